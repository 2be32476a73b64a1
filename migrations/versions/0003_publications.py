"""publications, and the change set of each line of history

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 04:36:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ale_left_alone',
    sa.Column('publication', sa.String(length=32), nullable=False),
    sa.Column('record', sa.String(length=32), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('publication', 'record', name=op.f('pk_ale_left_alone'))
    )
    op.create_table('sn_acct_lc_publication',
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('import_task', sa.String(length=32), nullable=False),
    sa.Column('target_table', sa.String(length=80), nullable=False),
    sa.Column('state', sa.Enum('publishing', 'published', 'undoing', 'undone', 'redoing', name='publicationstate', native_enum=False, length=60), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('reversed', sa.Integer(), nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('blocked', sa.Integer(), nullable=False),
    sa.Column('last_change', sa.String(length=32), nullable=True),
    sa.Column('place', sa.String(length=32), nullable=True),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['import_task'], ['sn_ti_core_task.sys_id'], name=op.f('fk_sn_acct_lc_publication_import_task')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_sn_acct_lc_publication')),
    sa.UniqueConstraint('sys_domain', 'number', name=op.f('uq_sn_acct_lc_publication_sys_domain_number'))
    )
    with op.batch_alter_table('sn_acct_lc_publication', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sn_acct_lc_publication_import_task'), ['import_task'], unique=False)

    with op.batch_alter_table('sys_audit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('change_set', sa.String(length=32), nullable=True))

    with op.batch_alter_table('ale_staging_row', schema=None) as batch_op:
        batch_op.add_column(sa.Column('publication', sa.String(length=32), nullable=True))


def downgrade():
    with op.batch_alter_table('ale_staging_row', schema=None) as batch_op:
        batch_op.drop_column('publication')

    with op.batch_alter_table('sys_audit', schema=None) as batch_op:
        batch_op.drop_column('change_set')

    with op.batch_alter_table('sn_acct_lc_publication', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sn_acct_lc_publication_import_task'))

    op.drop_table('sn_acct_lc_publication')
    op.drop_table('ale_left_alone')
