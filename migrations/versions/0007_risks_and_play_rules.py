"""occurrences of risk signals and the cause of each open one; rules by which plays start, and why launches failed

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-28 07:58:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ale_risk_occurrence',
    sa.Column('risk_signal', sa.String(length=32), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=True),
    sa.Column('seen_at', sa.DateTime(), nullable=False),
    sa.Column('short_description', sa.String(length=160), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('probability', sa.Enum('very_high', 'high', 'moderate', 'low', 'very_low', name='probability', native_enum=False, length=60), nullable=False),
    sa.Column('tracking_method', sa.Enum('manual', 'automated', 'integration', name='tracking', native_enum=False, length=60), nullable=False),
    sa.Column('reported_by', sa.String(length=32), nullable=True),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['customer_account.sys_id'], name=op.f('fk_ale_risk_occurrence_account')),
    sa.ForeignKeyConstraint(['risk_signal'], ['sn_acct_lc_risk_signal_issue.sys_id'], name=op.f('fk_ale_risk_occurrence_risk_signal')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_risk_occurrence'))
    )
    with op.batch_alter_table('ale_risk_occurrence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_risk_occurrence_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_risk_occurrence_reported_by'), ['reported_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_risk_occurrence_risk_signal'), ['risk_signal'], unique=False)

    with op.batch_alter_table('sn_acct_lc_risk_signal_issue', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cause', sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column('open_cause', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('times_seen', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('last_seen', sa.DateTime(), nullable=True))
    fill()
    with op.batch_alter_table('sn_acct_lc_risk_signal_issue', schema=None) as batch_op:
        batch_op.alter_column('times_seen', server_default=None)
        batch_op.alter_column('last_seen', existing_type=sa.DateTime(), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_sn_acct_lc_risk_signal_issue_sys_domain_open_cause'), ['sys_domain', 'open_cause'])

    op.create_table('ale_play_rule',
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('trigger', sa.Enum('renewal', 'health', 'risk', name='trigger', native_enum=False, length=60), nullable=False),
    sa.Column('from_days', sa.Integer(), nullable=True),
    sa.Column('to_days', sa.Integer(), nullable=True),
    sa.Column('condition', sa.Text(), nullable=True),
    sa.Column('definition', sa.String(length=32), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['definition'], ['sn_acct_lc_definition_record.sys_id'], name=op.f('fk_ale_play_rule_definition')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_play_rule'))
    )
    with op.batch_alter_table('ale_play_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_play_rule_definition'), ['definition'], unique=False)

    op.create_table('ale_play_start',
    sa.Column('rule', sa.String(length=32), nullable=False),
    sa.Column('source_table', sa.String(length=80), nullable=False),
    sa.Column('source_record', sa.String(length=32), nullable=False),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('launch', sa.String(length=32), nullable=True),
    sa.Column('sys_domain', sa.String(length=255), nullable=False),
    sa.Column('sys_id', sa.String(length=32), nullable=False),
    sa.Column('sys_created_on', sa.DateTime(), nullable=False),
    sa.Column('sys_created_by', sa.String(length=32), nullable=False),
    sa.Column('sys_updated_on', sa.DateTime(), nullable=False),
    sa.Column('sys_updated_by', sa.String(length=32), nullable=False),
    sa.Column('sys_mod_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch'], ['sn_acct_lc_success_launcher_notifier.sys_id'], name=op.f('fk_ale_play_start_launch')),
    sa.ForeignKeyConstraint(['rule'], ['ale_play_rule.sys_id'], name=op.f('fk_ale_play_start_rule')),
    sa.PrimaryKeyConstraint('sys_id', name=op.f('pk_ale_play_start')),
    sa.UniqueConstraint('sys_domain', 'rule', 'source_record', 'cause', name=op.f('uq_ale_play_start_sys_domain_rule_source_record_cause'))
    )
    with op.batch_alter_table('ale_play_start', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ale_play_start_launch'), ['launch'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_play_start_rule'), ['rule'], unique=False)
        batch_op.create_index(batch_op.f('ix_ale_play_start_source_record'), ['source_record'], unique=False)

    with op.batch_alter_table('sn_acct_lc_success_launcher_notifier', schema=None) as batch_op:
        batch_op.add_column(sa.Column('problems', sa.JSON(), nullable=True))


def fill():
    """Signals that are there were last seen when they were made; of those with one cause the first is told of more."""
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':  # behind the second wall only rows of a domain that was told are seen
        connection.execute(sa.text("SELECT set_config('ale.domain', 'TOP', true)"))
    signal = sa.table('sn_acct_lc_risk_signal_issue', *map(sa.column, (
        'sys_id', 'sys_created_on', 'sys_domain', 'engagement', 'onboarding_case', 'source_record',
        'short_description', 'state', 'open_cause', 'last_seen',
    )))
    connection.execute(sa.update(signal).values(last_seen=signal.c.sys_created_on))
    is_open = signal.c.state.not_in(('closed', 'canceled'))
    known = set()
    for row in connection.execute(sa.select(signal).where(is_open).order_by(signal.c.sys_id)).all():
        said = ' '.join(row.short_description.casefold().split())
        cause = ' '.join((row.engagement or row.onboarding_case or '', row.source_record or '-', said))
        if (row.engagement or row.onboarding_case) and (row.sys_domain, cause) not in known:
            known.add((row.sys_domain, cause))
            connection.execute(sa.update(signal).where(signal.c.sys_id == row.sys_id).values(open_cause=cause))
    if connection.dialect.name == 'postgresql':
        connection.execute(sa.text("SELECT set_config('ale.domain', '', true)"))


def downgrade():
    with op.batch_alter_table('sn_acct_lc_success_launcher_notifier', schema=None) as batch_op:
        batch_op.drop_column('problems')

    with op.batch_alter_table('ale_play_start', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_play_start_source_record'))
        batch_op.drop_index(batch_op.f('ix_ale_play_start_rule'))
        batch_op.drop_index(batch_op.f('ix_ale_play_start_launch'))

    op.drop_table('ale_play_start')
    with op.batch_alter_table('ale_play_rule', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_play_rule_definition'))

    op.drop_table('ale_play_rule')

    with op.batch_alter_table('sn_acct_lc_risk_signal_issue', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_sn_acct_lc_risk_signal_issue_sys_domain_open_cause'), type_='unique')
        batch_op.drop_column('last_seen')
        batch_op.drop_column('times_seen')
        batch_op.drop_column('open_cause')
        batch_op.drop_column('cause')

    with op.batch_alter_table('ale_risk_occurrence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ale_risk_occurrence_risk_signal'))
        batch_op.drop_index(batch_op.f('ix_ale_risk_occurrence_reported_by'))
        batch_op.drop_index(batch_op.f('ix_ale_risk_occurrence_account'))

    op.drop_table('ale_risk_occurrence')
