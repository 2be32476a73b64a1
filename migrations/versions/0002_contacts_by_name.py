"""contacts are listed by their last name

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-27 18:52:00

"""
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('customer_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_contact_last_name'), ['last_name'], unique=False)


def downgrade():
    with op.batch_alter_table('customer_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_contact_last_name'))
