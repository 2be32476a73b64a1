"""every record says whether it is active; accounts and contacts whether they were deleted where they come from

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-28 12:45:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ACTIVE = (
    'account_address_relationship', 'ale_csv_import', 'ale_health_score', 'ale_health_weight',
    'ale_health_weighting', 'ale_import_mapping', 'ale_play_start', 'ale_risk_occurrence', 'ale_saved_view',
    'ale_usage_figure', 'ast_contract', 'cmdb_model', 'cmn_department', 'cmn_location', 'domain', 'pa_indicators',
    'service_entitlement', 'sn_acct_lc_engagement_contract_relationship', 'sn_acct_lc_meeting',
    'sn_acct_lc_publication', 'sn_csm_service_definition', 'sn_customerservice_account_relationship',
    'sn_customerservice_responsibility_def', 'sn_install_base_item', 'sn_install_base_m2m_installed_product',
    'sn_install_base_sold_product', 'sys_attachment', 'sys_data_source', 'sys_db_object', 'sys_group_has_role',
    'sys_import_set', 'sys_metadata', 'sys_pd_activity', 'sys_pd_activity_context', 'sys_pd_activity_definition',
    'sys_pd_context', 'sys_pd_lane', 'sys_pd_lane_context', 'sys_pd_process_definition', 'sys_properties',
    'sys_report', 'sys_transform_entry', 'sys_transform_map', 'sys_user_grmember', 'sys_user_has_role',
    'sys_user_role', 'syslog',
)
DELETED = ('customer_account', 'customer_contact')


def upgrade():
    """The defaults stay in the database: so no table, however large, is written anew."""
    for name in ACTIVE:
        op.add_column(name, sa.Column('active', sa.Boolean(), nullable=False, server_default=sa.true()))
    for name in DELETED:
        op.add_column(name, sa.Column('is_deleted', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    for name in DELETED:
        op.drop_column(name, 'is_deleted')
    for name in ACTIVE:
        op.drop_column(name, 'active')
