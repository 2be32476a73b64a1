"""health scores with their weights, and figures of usage

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-28 07:48:00

"""
from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ale_health_weighting',
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'retired', name='weightingstate', native_enum=False, length=60), nullable=False),
    sa.Column('published_at', sa.DateTime(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_health_weighting')),
    sa.UniqueConstraint('version', name=op.f('uq_ale_health_weighting_version'))
    )
    op.create_table('ale_health_weight',
    sa.Column('weighting', sa.String(length=32), nullable=False),
    sa.Column('measure', sa.Enum('outcomes_reached', 'touchpoints_kept', 'overdue_work', 'open_risks', 'usage', name='measure', native_enum=False, length=60), nullable=False),
    sa.Column('usage', sa.String(length=80), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('zero_at', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('full_at', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['weighting'], ['ale_health_weighting.sys_id'], name=op.f('fk_ale_health_weight_weighting')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_health_weight')),
    sa.UniqueConstraint('weighting', 'measure', 'usage', name=op.f('uq_ale_health_weight_weighting_measure_usage'))
    )
    with op.batch_alter_table('ale_health_weight', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_health_weight_weighting'), ['weighting'], unique=False)

    op.create_table('ale_health_score',
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('weighting', sa.String(length=32), nullable=False),
    sa.Column('receipts', sa.JSON(), nullable=False),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['customer_account.sys_id'], name=op.f('fk_ale_health_score_account')),
    sa.ForeignKeyConstraint(['weighting'], ['ale_health_weighting.sys_id'], name=op.f('fk_ale_health_score_weighting')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_health_score')),
    sa.UniqueConstraint('sys_domain', 'account', 'day', name=op.f('uq_ale_health_score_sys_domain_account_day'))
    )
    with op.batch_alter_table('ale_health_score', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_health_score_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_health_score_day'), ['day'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_health_score_weighting'), ['weighting'], unique=False)

    op.create_table('ale_usage_figure',
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('measure', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('value', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['customer_account.sys_id'], name=op.f('fk_ale_usage_figure_account')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_usage_figure')),
    sa.UniqueConstraint('sys_domain', 'account', 'measure', 'day', name=op.f('uq_ale_usage_figure_sys_domain_account_measure_day'))
    )
    with op.batch_alter_table('ale_usage_figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_usage_figure_account'), ['account'], unique=False)



def downgrade():
    with op.batch_alter_table('ale_usage_figure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_usage_figure_account'))

    op.drop_table('ale_usage_figure')
    with op.batch_alter_table('ale_health_score', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_health_score_weighting'))
        batch_op.drop_index(batch_op.f('ix_ale_health_score_day'))
        batch_op.drop_index(batch_op.f('ix_ale_health_score_account'))

    op.drop_table('ale_health_score')
    with op.batch_alter_table('ale_health_weight', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_health_weight_weighting'))

    op.drop_table('ale_health_weight')
    op.drop_table('ale_health_weighting')
