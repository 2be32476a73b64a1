"""The customer account and its contacts."""

from collections.abc import Sequence
from datetime import date
from itertools import chain, count
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Mapped

from ale.domains.accounts import rules
from ale.domains.people.records import STAFF
from ale.domains.system.records import ADMIN
from ale.domains.system.service import setting, setting_is_on, setting_number
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field, reference
from ale.foundation.kin import ancestors, together
from ale.foundation.label import Label
from ale.foundation.problem import sentence
from ale.foundation.record import Access, Record, Section, Sheet
from ale.foundation.statements import among

DOMAIN_EACH = "csm_auto_account_domain_generation"
HEALTH_READ = (*STAFF, "ale.finance_user")
STATUS_VALUE = ("HEALTH_STATUS_VALUE", sentence("Unknown health status: {value}."))
SCORE_RANGE = ("HEALTH_SCORE_RANGE", sentence("The health score is a whole number from 0 to 100."))
HEALTH_WRITE = ("sn_customerservice_agent", "sn_acct_lc.ale_success_agent", "ale.finance_manager")
SCORE_MODE = "ale.health_score_mode"
STATUS_MODE, CHURN_THRESHOLD = "ale.health_status_mode", "ale.churn_risk_threshold"
WATCH_DAYS = "ale.renewal_watch_days"
HEALTHY_FROM, DECLINING_FROM = "ale.health_status_healthy_min", "ale.health_status_declining_min"
CUSTOMER = ("sn_customerservice.customer",)
CUSTOMER_ADMIN = ("sn_customerservice.customer_admin",)
OPEN: dict[str, Any] = {"customer": True, "customer_gives": ("create", "write")}
"""Fields that customers read and, where they may write the record, fill."""


def of_own_account(column: str) -> Any:
    """Rows condition: a customer reads the records whose `column` is the own account."""

    def rows(record_type: Any, by: Actor) -> ColumnElement[bool] | None:
        return getattr(record_type, column) == by.account if by.is_customer else None

    return rows


def of_accounts_below(record_type: Any, by: Actor) -> ColumnElement[bool] | None:
    """Rows condition: a customer reads the records of the own account, an administrator those of its children too."""
    return is_own(record_type.account, by) if by.is_customer else None


def is_own(account: Any, by: Actor) -> ColumnElement[bool]:
    """SQL: the column `account` holds that of the customer `by`, or for its administrators a child of that."""
    own: ColumnElement[bool] = account == by.account
    if not by.has(*CUSTOMER_ADMIN):
        return own
    return or_(own, account.in_(select(Account.sys_id).where(Account.parent == by.account)))


def _health_follows_score(values: Values, before: Values | None) -> Values:
    """SAG-03, SAG-04: what the score decides where the settings say so."""
    if not rules.score_changes(values, before):
        return {}
    status: Values = {}
    if setting(STATUS_MODE, "manual") == "derived":
        limits = setting_number(HEALTHY_FROM, 80), setting_number(DECLINING_FROM, 65)
        status = rules.status_of_score(values, before, *limits)
    threshold = setting_number(CHURN_THRESHOLD, -1)
    return status | (rules.churn_of_score(values, before, threshold) if threshold >= 0 else {})


class Tier(Choice):
    STRATEGIC = "strategic", "Strategic", "Stratégique"
    ENTERPRISE = "enterprise", "Enterprise", "Grand compte"
    STANDARD = "standard", "Standard", "Standard"


class HealthStatus(Choice):
    HEALTHY = "healthy", "Healthy", "Sain"
    DECLINING = "declining", "Declining", "Aggravé", "Escalated", "Worsened"
    AT_RISK = "at_risk", "At risk", "À risque", "A risque"


def own_domain(values: Values, by: Actor) -> str:
    """DOM-01: with the property on, a new account gets a domain of its own, below that of its parent or the actor's."""
    if not setting_is_on(DOMAIN_EACH):
        return by.domain
    parent = session.get(Account, values["parent"]) if values.get("parent") else None
    return free_path(f"{parent.sys_domain if parent else by.domain}/{rules.domain_word(str(values.get('name') or ''))}")


def free_path(base: str) -> str:
    """The path itself, or with the first number behind it under which no domain is listed yet."""
    taken = set(session.scalars(select(Domain.name).where(Domain.name.startswith(base, autoescape=True))))
    return next(path for path in chain([base], (f"{base}{n}" for n in count(2))) if path not in taken)


def _namesakes(rows: Sequence[Values]) -> Sequence[Values]:
    """`namesake` of each row: the account of its name in any domain that this session sees."""
    names = {str(row["name"]) for row in rows if row.get("name")}
    found = select(Account.name, Account.sys_id).where(among(Account.name, names))
    known: dict[Any, str] = dict(session.execute(found).all())
    return [{"namesake": known.get(row.get("name"))} for row in rows]


class Account(Separated, Record):
    """Enterprise customer of the provider. The account owns its domain; every separated record copies it."""

    __tablename__ = "customer_account"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    name: Mapped[str] = field("Name", "Nom", max_length=160, customer=True)
    parent: Mapped[str | None] = reference("Parent account", "Compte parent", to="customer_account")
    customer: Mapped[bool] = field("Customer", "Client", default=True)
    escalated: Mapped[bool] = field("Escalated", "Escaladé", default=False)
    external_reference_id: Mapped[str | None] = field("External reference id", "Identifiant externe", max_length=100)
    is_deleted: Mapped[bool] = field("Deleted at source", "Supprimé à la source", default=False)
    primary_contact: Mapped[str | None] = reference(
        "Primary contact", "Contact principal", to="customer_contact", constrained=False, within="account"
    )
    account_manager: Mapped[str | None] = reference("Account manager", "Chargé de compte", to="sys_user")
    phone: Mapped[str | None] = field("Phone", "Téléphone", max_length=40, format="phone")
    website: Mapped[str | None] = field("Website", "Site web", format="url")
    tier: Mapped[Tier | None] = field("Tier", "Niveau")
    health_score: Mapped[int | None] = field(
        "Health score", "Score de santé", minimum=0, maximum=100, unreadable=SCORE_RANGE,
        read_roles=HEALTH_READ, write_roles=HEALTH_WRITE,
    )  # fmt: skip
    health_status: Mapped[HealthStatus | None] = field(
        "Health status", "Statut de santé", unreadable=STATUS_VALUE, read_roles=HEALTH_READ, write_roles=HEALTH_WRITE
    )
    churn_risk: Mapped[bool] = field(
        "At risk of churn", "À risque de résiliation", default=False, read_roles=HEALTH_READ, write_roles=HEALTH_WRITE
    )
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Customer account", "Compte client"), plural=Label("Customer accounts", "Comptes clients"),
        display="name", prefix="ACCT", columns=("number", "name", "tier", "account_manager", "health_status", "active"),
        order="name", filters=("tier", "health_status", "churn_risk", "active"), search=("name", "number"),
        form=(
            Section.of("Account", "Compte", "number", "name", "parent", "tier", "account_manager", "primary_contact",
                       "escalated"),
            Section.of("Reach", "Coordonnées", "phone", "website", "external_reference_id"),
            Section.of("Additional details", "Détails supplémentaires", "health_score", "health_status", "churn_risk"),
            Section.of("State", "État", "customer", "active", "is_deleted"),
        ),
        access=Access(
            read=(*STAFF, "ale.finance_user", "ale.connector_user"), report_view=(*STAFF, "ale.finance_user"),
            create=("sn_customerservice_agent", "ale.connector_admin"),
            write=("sn_customerservice_agent", "ale.finance_manager", "ale.connector_admin"), delete=("admin",),
            customer_read=CUSTOMER, rows=of_own_account("sys_id"),
        ),
        derive=(_health_follows_score,), needs=together(ancestors("customer_account"), _namesakes),
        check=(rules.parent_makes_no_circle, rules.name_is_free),
        unique=(("name",), ("external_reference_id",)), domain_of=own_domain, icon="briefcase",
    )  # fmt: skip


class ContactLanguage(Choice):
    EN = "en", "English", "Anglais"
    DE = "de", "German", "Allemand"
    FR = "fr", "French", "Français"
    ES = "es", "Spanish", "Espagnol"
    IT = "it", "Italian", "Italien"
    JA = "ja", "Japanese", "Japonais"


class Contact(Separated, Record):
    """A person at a customer."""

    __tablename__ = "customer_contact"

    external_reference_id: Mapped[str | None] = field("External id", "Identifiant externe", max_length=20)
    is_deleted: Mapped[bool] = field("Deleted at source", "Supprimé à la source", default=False)
    first_name: Mapped[str] = field("First name", "Prénom", max_length=40, **OPEN)
    last_name: Mapped[str] = field("Last name", "Nom", max_length=40, index=True, **OPEN)
    email: Mapped[str] = field("Email", "E-mail", max_length=100, format="email", **OPEN)
    title: Mapped[str | None] = field("Title", "Fonction", max_length=60, **OPEN)
    phone: Mapped[str | None] = field("Phone", "Téléphone", max_length=40, format="phone", **OPEN)
    mobile_phone: Mapped[str | None] = field("Mobile phone", "Portable", max_length=40, format="phone", **OPEN)
    account: Mapped[str] = reference(
        "Account", "Compte", to="customer_account", customer=True, customer_gives=("create",)
    )
    location: Mapped[str | None] = reference("Location", "Emplacement", to="cmn_location", within="account")
    language: Mapped[ContactLanguage] = field("Language", "Langue", default=ContactLanguage.EN)
    start_date: Mapped[date | None] = field("Start date", "Date de début")
    notes: Mapped[str | None] = field("Notes", "Notes", max_length=500)
    user: Mapped[str | None] = reference("Portal user", "Utilisateur du portail", to="sys_user")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Customer contact", "Contact client"), plural=Label("Customer contacts", "Contacts clients"),
        display="email", columns=("last_name", "first_name", "email", "title", "account", "active"), order="last_name",
        filters=("account", "language", "active"), search=("last_name", "first_name", "email"),
        form=(
            Section.of("Contact", "Contact", "first_name", "last_name", "email", "account", "title", "location"),
            Section.of("Reach", "Coordonnées", "phone", "mobile_phone", "language", "user"),
            Section.of("More", "Autres", "external_reference_id", "start_date", "active", "is_deleted", "notes"),
        ),
        access=Access(
            read=(*STAFF, "ale.connector_user"), report_view=STAFF,
            create=("sn_customerservice_agent", "sn_acct_lc.agent", "sn_acct_lc.ale_success_agent",
                    "ale.connector_admin"),
            write=("sn_customerservice_agent", "sn_acct_lc.agent", "sn_acct_lc.ale_success_agent"),
            delete=("admin",), customer_read=CUSTOMER, customer_create=CUSTOMER_ADMIN, customer_write=CUSTOMER_ADMIN,
            rows=of_own_account("account"),
        ),
        derive=(rules.email_is_lower_case,), unique=(("email",), ("external_reference_id",)), domain_of="account",
        icon="users",
    )  # fmt: skip

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Domain(Record):
    """A domain as administrators see it; the path itself separates."""

    __tablename__ = "domain"

    name: Mapped[str] = field("Name", "Nom")
    parent: Mapped[str | None] = reference("Parent domain", "Domaine parent", to="domain")
    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account")

    __sheet__ = Sheet(
        label=Label("Domain", "Domaine"), plural=Label("Domains", "Domaines"), display="name",
        columns=("name", "parent", "account"), order="name", search=("name",),
        form=(Section.of("Domain", "Domaine", "name", "parent", "account"),), access=ADMIN, unique=(("name",),),
        icon="globe",
    )  # fmt: skip
