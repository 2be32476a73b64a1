"""reports: periods, figures, and for whom they are

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-28 08:10:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('sys_report', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name_fr', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('interval', sa.Enum('month', 'quarter', 'year', name='interval', native_enum=False, length=60), nullable=True))
        batch_op.add_column(sa.Column('aggregation', sa.Enum('count', 'sum', 'avg', name='aggregation', native_enum=False, length=60), nullable=False, server_default='count'))
        batch_op.add_column(sa.Column('measured', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('since', sa.String(length=255), nullable=True))
        # until now everybody with the role found every report
        batch_op.add_column(sa.Column('audience', sa.Enum('mine', 'role', 'everybody', name='audience', native_enum=False, length=60), nullable=False, server_default='everybody'))
    with op.batch_alter_table('sys_report', schema=None) as batch_op:
        batch_op.alter_column('aggregation', server_default=None)
        batch_op.alter_column('audience', server_default=None)


def downgrade():
    with op.batch_alter_table('sys_report', schema=None) as batch_op:
        for name in ('audience', 'since', 'measured', 'aggregation', 'interval', 'name_fr'):
            batch_op.drop_column(name)
