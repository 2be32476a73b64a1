"""definitions of the global domain are read from every domain: the second wall is raised anew with their policy

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-28 08:00:00

"""
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    """No table changes; every migration ends by raising the wall (migrations/env.py)."""


def downgrade():
    """The wall is taken down and raised with the tables."""
