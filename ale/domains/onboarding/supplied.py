"""The settings and responsibilities that an onboarding starts with."""

from sqlalchemy import select

from ale.domains.accounts.records import (
    CHURN_THRESHOLD,
    DECLINING_FROM,
    HEALTHY_FROM,
    SCORE_MODE,
    STATUS_MODE,
    WATCH_DAYS,
)
from ale.domains.onboarding.service import FLOW
from ale.domains.people.records import Audience, Responsibility, Role
from ale.domains.system.records import Property, PropertyType
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session

SETTINGS = (
    (FLOW, "true", PropertyType.BOOLEAN, "A new customer account starts an onboarding case by itself."),
    ("csm_auto_account_domain_generation", "false", PropertyType.BOOLEAN, "A new account gets a domain of its own."),
    (
        SCORE_MODE,
        "manual",
        PropertyType.STRING,
        "computed: accounts get the health score of each day; manual or supplied (import, API): it leaves them alone.",
    ),
    (STATUS_MODE, "manual", PropertyType.STRING, "derived: the health status follows the score; manual: it does not."),
    (HEALTHY_FROM, "80", PropertyType.INTEGER, "Lowest health score of a healthy account."),
    (DECLINING_FROM, "65", PropertyType.INTEGER, "Lowest health score of a declining account; below it is at risk."),
    (
        CHURN_THRESHOLD,
        "",
        PropertyType.INTEGER,
        "Health score below which an account is at risk of churn; empty: none.",
    ),
    ("ale.undo_days", "30", PropertyType.INTEGER, "Days for which a publication of an import can be undone."),
    (
        WATCH_DAYS,
        "120",
        PropertyType.INTEGER,
        "Most days before a renewal at which a new rule for success plays starts its play, where the rule says none.",
    ),
    ("sn_acct_lc.BackupDays", "0", PropertyType.INTEGER, "Age in days from which staging rows are backed up."),
)

CHOICES = {SCORE_MODE: "manual, supplied, computed", STATUS_MODE: "manual, derived"}
"""The values of the settings that have only some."""

RESPONSIBILITIES = (
    ("Customer onboarding point of contact", "Point de contact d’intégration du client", Audience.CUSTOMER,
     "sn_customerservice.customer_admin", True),
    ("Key team member", "Membre clé de l’équipe", Audience.CUSTOMER, "sn_customerservice.customer_case_manager", False),
    ("Foundational data SME", "Expert des données de base", Audience.CUSTOMER, None, False),
    ("Onboarding manager", "Gestionnaire d’intégration", Audience.INTERNAL, None, False),
    ("Foundational data analyst", "Analyste des données de base", Audience.INTERNAL, None, False),
    ("ServiceNow Developer/Admin", "Développeur/administrateur ServiceNow", Audience.INTERNAL, None, False),
    ("Customer success manager", "Responsable de la réussite client", Audience.SQUAD, None, False),
    ("Account manager", "Chargé de compte", Audience.SQUAD, None, False),
    ("Technical lead", "Responsable technique", Audience.SQUAD, None, False),
)  # fmt: skip


def supply_settings(by: Actor) -> None:
    """Make the settings that are not there yet."""
    there = set(session.scalars(select(Property.name)))
    for name, value, kind, description in SETTINGS:
        if name not in there:
            given = {"name": name, "value": value, "type": kind, "description": description}
            create(Property, given | {"choices": CHOICES.get(name)}, by=by)


def supply_responsibilities(by: Actor) -> None:
    """Make the responsibilities that are not there yet."""
    there = set(session.scalars(select(Responsibility.name)))
    roles = dict(session.execute(select(Role.name, Role.sys_id)).all())
    for name, french, audience, role, primary in RESPONSIBILITIES:
        if name not in there:
            given = {"name": name, "name_fr": french, "audience": audience, "is_primary_contact": primary}
            create(Responsibility, given | {"required_role": roles.get(role or "")}, by=by)
