"""csv imports, and how many rows of a load were discarded

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28 06:12:00

"""
from alembic import op
import sqlalchemy as sa
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ale_csv_import',
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('table_name', sa.String(length=80), nullable=False),
    sa.Column('attachment', sa.String(length=32), nullable=True),
    sa.Column('state', sa.Enum('queued', 'running', 'success', 'partial', 'failed', name='runstate', native_enum=False, length=60), nullable=False),
    sa.Column('rows_ok', sa.Integer(), nullable=False),
    sa.Column('rows_error', sa.Integer(), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=True),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_csv_import')),
    sa.UniqueConstraint('sys_domain', 'number', name=op.f('uq_ale_csv_import_sys_domain_number'))
    )
    with op.batch_alter_table('ale_csv_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_csv_import_attachment'), ['attachment'], unique=False)

    with op.batch_alter_table('sys_import_set', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rows_discarded', sa.Integer(), nullable=False, server_default='0'))
    postgresql = op.get_bind().dialect.name == 'postgresql'
    if postgresql:  # behind the second wall only rows of a domain that was told are seen
        op.execute("SELECT set_config('ale.domain', 'TOP', true)")
    op.execute(
        'UPDATE sys_import_set SET rows_discarded = rows_total - '
        '(SELECT count(*) FROM ale_staging_row WHERE ale_staging_row.import_set = sys_import_set.sys_id)'
    )
    if postgresql:
        op.execute("SELECT set_config('ale.domain', '', true)")
    with op.batch_alter_table('sys_import_set', schema=None) as batch_op:
        batch_op.alter_column('rows_discarded', server_default=None)



def downgrade():
    with op.batch_alter_table('sys_import_set', schema=None) as batch_op:
        batch_op.drop_column('rows_discarded')

    with op.batch_alter_table('ale_csv_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_csv_import_attachment'))

    op.drop_table('ale_csv_import')
