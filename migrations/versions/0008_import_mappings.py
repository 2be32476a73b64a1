"""columns of files that are matched by people and remembered; the life of an import in numbers

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-28 08:00:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ale_import_moment',
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('import_task', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('actor', sa.String(length=32), nullable=False),
    sa.Column('deed', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=255), nullable=True),
    sa.Column('rows_read', sa.Integer(), nullable=False),
    sa.Column('rows_ready', sa.Integer(), nullable=False),
    sa.Column('rows_attention', sa.Integer(), nullable=False),
    sa.Column('rows_to_validate', sa.Integer(), nullable=False),
    sa.Column('rows_published', sa.Integer(), nullable=False),
    sa.Column('rows_discarded', sa.Integer(), nullable=False),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_import_moment'))
    )
    with op.batch_alter_table('ale_import_moment', schema=None) as batch_op:
        batch_op.create_index('ix_ale_import_moment_task', ['import_task', 'sys_id'], unique=False)

    op.create_table('ale_import_mapping',
    sa.Column('map', sa.String(length=32), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('headings', sa.Text(), nullable=True),
    sa.Column('meanings', sa.Text(), nullable=True),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['customer_account.sys_id'], name=op.f('fk_ale_import_mapping_account')),
    sa.ForeignKeyConstraint(['map'], ['sys_transform_map.sys_id'], name=op.f('fk_ale_import_mapping_map')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_import_mapping')),
    sa.UniqueConstraint('sys_domain', 'map', 'account', name=op.f('uq_ale_import_mapping_sys_domain_map_account'))
    )
    with op.batch_alter_table('ale_import_mapping', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_import_mapping_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_import_mapping_map'), ['map'], unique=False)

    with op.batch_alter_table('sys_import_set', schema=None) as batch_op:
        batch_op.add_column(sa.Column('survey', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('mapping', sa.JSON(), nullable=True))

    with op.batch_alter_table('sys_transform_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('value_aliases', sa.Text(), nullable=True))


def downgrade():
    with op.batch_alter_table('sys_transform_entry', schema=None) as batch_op:
        batch_op.drop_column('value_aliases')

    with op.batch_alter_table('sys_import_set', schema=None) as batch_op:
        batch_op.drop_column('mapping')
        batch_op.drop_column('survey')

    with op.batch_alter_table('ale_import_mapping', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_import_mapping_map'))
        batch_op.drop_index(batch_op.f('ix_ale_import_mapping_account'))

    op.drop_table('ale_import_mapping')
    with op.batch_alter_table('ale_import_moment', schema=None) as batch_op:
        batch_op.drop_index('ix_ale_import_moment_task')

    op.drop_table('ale_import_moment')
