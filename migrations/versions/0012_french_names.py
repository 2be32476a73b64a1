"""scheduled jobs and rules for plays have French names; settings know their values

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-28 12:58:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

FRENCH = {
    'sysauto_script': {
        'Attachment sweep': 'Nettoyage des pièces jointes',
        'Health scores': 'Scores de santé',
        'Landing page figures': 'Chiffres de la page d’accueil',
        'Renewal plays': 'Scénarios de renouvellement',
        'Scheduled Staging Data Backup Job': 'Sauvegarde planifiée des données intermédiaires',
    },
    'ale_play_rule': {
        'Renewal in 90 to 120 days': 'Renouvellement dans 90 à 120 jours',
        'Fallen health becomes a risk signal': 'Une santé en baisse devient un signal de risque',
        'Serious risk is answered': 'Réponse à un risque sérieux',
    },
}
CHOICES = {
    'ale.health_score_mode': 'manual, supplied, computed',
    'ale.health_status_mode': 'manual, derived',
}
"""What was supplied before; none of these tables belongs to a domain."""


def upgrade():
    op.add_column('sysauto_script', sa.Column('name_fr', sa.String(length=100), nullable=True))
    op.add_column('ale_play_rule', sa.Column('name_fr', sa.String(length=160), nullable=True))
    op.add_column('sys_properties', sa.Column('choices', sa.String(length=255), nullable=True))
    for name, texts in FRENCH.items():
        rows = sa.table(name, sa.column('name'), sa.column('name_fr'))
        for english, french in texts.items():
            op.execute(sa.update(rows).where(rows.c.name == english).values(name_fr=french))
    settings = sa.table('sys_properties', sa.column('name'), sa.column('choices'))
    for name, choices in CHOICES.items():
        op.execute(sa.update(settings).where(settings.c.name == name).values(choices=choices))


def downgrade():
    op.drop_column('sys_properties', 'choices')
    op.drop_column('ale_play_rule', 'name_fr')
    op.drop_column('sysauto_script', 'name_fr')
