"""The weights of the health score in versions, the figures of usage sent to it, and the score of each day."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import HEALTH_READ
from ale.domains.people.records import STAFF
from ale.domains.scores import engine, rules
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.problem import Problem
from ale.foundation.record import Access, Record, Section, Sheet, Step

WEIGHERS = ("admin",)
SENDERS = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent", "ale.connector_user")
"""Who may send figures of usage, mostly programs over the API."""


class WeightingState(Choice):
    DRAFT = "draft", "Draft", "Brouillon"
    PUBLISHED = "published", "Published", "Publié"
    RETIRED = "retired", "Retired", "Retiré"


class Measure(Choice):
    """What is counted; see `queries` for how."""

    OUTCOMES_REACHED = engine.OUTCOMES, "Outcomes reached", "Résultats atteints"
    TOUCHPOINTS_KEPT = engine.TOUCHPOINTS, "Touchpoints kept", "Points de contact tenus"
    OVERDUE_WORK = engine.OVERDUE, "Overdue work", "Travail en retard"
    OPEN_RISKS = engine.RISKS, "Open risks", "Risques ouverts"
    USAGE = engine.USAGE, "Usage figure", "Chiffre d’usage"


def _next_version(values: Values, before: Values | None) -> Values:
    """Versions are counted; the unique constraint refuses the second of two that are made at once."""
    if before is not None:
        return {}
    return {"version": (session.scalar(select(func.max(Weighting.version))) or 0) + 1}


def _published_now(values: Values, before: Values | None) -> Values:
    is_new = values["state"] == WeightingState.PUBLISHED and (before is None or rules.is_draft(before))
    return {"published_at": now()} if is_new else {}


def _weightless(rows: Sequence[Values]) -> Sequence[Values]:
    """Whether a version weighs nothing yet."""
    keys = [row["sys_id"] for row in rows]
    weighed = set(session.scalars(select(HealthWeight.weighting).where(HealthWeight.weighting.in_(keys))))
    return [{"weightless": key not in weighed} for key in keys]


def _in_use(rows: Sequence[Values]) -> Sequence[Values]:
    """Whether a weight belongs to a version that was published, also when it is about to be moved out of it.

    The versions are held, so that none is published while its weights change.
    """
    found = select(HealthWeight.sys_id, HealthWeight.weighting)
    there = dict(session.execute(found.where(HealthWeight.sys_id.in_([row["sys_id"] for row in rows]))).all())
    homes = [{row.get("weighting"), there.get(row["sys_id"])} - {None} for row in rows]
    wanted = select(Weighting.sys_id, Weighting.state).where(Weighting.sys_id.in_(set().union(*homes)))
    states = dict(session.execute(wanted.order_by(Weighting.sys_id).with_for_update()).all())
    return [{"in_use": any(states.get(one) != WeightingState.DRAFT for one in home if one in states)} for home in homes]


class Weighting(Record):
    """One version of the weights: a draft is edited, a published one stays as it is."""

    __tablename__ = "ale_health_weighting"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    version: Mapped[int] = field("Version", "Version", default=1, read_only=True)
    state: Mapped[WeightingState] = field("State", "État", default=WeightingState.DRAFT)
    published_at: Mapped[datetime | None] = field("Published", "Publié le", read_only=True)
    reason: Mapped[str | None] = field("Reason for the change", "Raison du changement", long=True)

    __sheet__ = Sheet(
        label=Label("Health weighting", "Pondération de la santé"),
        plural=Label("Health weightings", "Pondérations de la santé"), display="name",
        columns=("name", "version", "state", "published_at"), order="version", filters=("state",), search=("name",),
        form=(Section.of("Weighting", "Pondération", "name", "version", "state", "published_at", "reason"),),
        flow=(Step("publish", Label("Publish", "Publier"), {"state": WeightingState.PUBLISHED}, rules.is_draft),),
        derive=(_next_version, _published_now),
        check=(rules.versions_go_forward, rules.published_weights_are_complete), needs=_weightless,
        access=Access(read=HEALTH_READ, create=WEIGHERS, write=WEIGHERS, delete=WEIGHERS), unique=(("version",),),
        icon="target",
    )  # fmt: skip


class HealthWeight(Record):
    """How much one measure counts in a version, and between which figures it is marked."""

    __tablename__ = "ale_health_weight"

    weighting: Mapped[str] = reference("Weighting", "Pondération", to="ale_health_weighting")
    measure: Mapped[Measure] = field("Measure", "Mesure")
    usage: Mapped[str] = field(
        "Usage figure", "Chiffre d’usage", max_length=80, default="",
        required_when=lambda row: row["measure"] == Measure.USAGE,
        visible_when=lambda row: row["measure"] == Measure.USAGE,
        hint=Label("The name under which it is sent, e.g. active_users.",
                   "Le nom sous lequel il est envoyé, par exemple active_users."),
    )  # fmt: skip
    weight: Mapped[int] = field("Weight", "Poids", minimum=1, maximum=1000)
    zero_at: Mapped[Decimal] = field(
        "No marks at", "Zéro point à",
        hint=Label("The figure that earns nothing, e.g. 0 % of the way, or 10 late tasks.",
                   "Le chiffre qui ne rapporte rien, par exemple 0 % du chemin, ou 10 tâches en retard."),
    )  # fmt: skip
    full_at: Mapped[Decimal] = field(
        "Full marks at", "Tous les points à",
        hint=Label("The figure that earns everything; lower than the other one where less is better.",
                   "Le chiffre qui rapporte tout ; plus bas que l’autre quand moins vaut mieux."),
    )  # fmt: skip

    __sheet__ = Sheet(
        label=Label("Health weight", "Poids de la santé"), plural=Label("Health weights", "Poids de la santé"),
        display="measure", columns=("measure", "usage", "weight", "zero_at", "full_at", "weighting"), order="sys_id",
        filters=("weighting", "measure"), search=("usage",),
        form=(
            Section.of("Weight", "Poids", "weighting", "measure", "usage", "weight"),
            Section.of("Marks", "Points", "zero_at", "full_at"),
        ),
        derive=(rules.usage_is_named,), needs=_in_use, check=(rules.only_drafts_are_edited, rules.ends_differ),
        access=Access(read=HEALTH_READ, create=WEIGHERS, write=WEIGHERS, delete=WEIGHERS),
        unique=(("weighting", "measure", "usage"),),
        duplicate=Problem("DUPLICATE_WEIGHT", "This version weighs this measure already.", "measure"), icon="target",
    )  # fmt: skip


def _as_sent(values: Values, before: Values | None) -> Values:
    """Figures of one kind have one name, however it was written."""
    return {"measure": str(values.get("measure") or "").strip().casefold() or None}


class UsageFigure(Separated, Record):
    """How much an account used something on one day; a later figure of the day takes its place by an update."""

    __tablename__ = "ale_usage_figure"

    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    measure: Mapped[str] = field("Measure", "Mesure", max_length=80)
    day: Mapped[date] = field("Day", "Jour")
    value: Mapped[Decimal] = field("Value", "Valeur")

    __sheet__ = Sheet(
        label=Label("Usage figure", "Chiffre d’usage"), plural=Label("Usage figures", "Chiffres d’usage"),
        display="measure", columns=("account", "measure", "day", "value"), order="day",
        filters=("account", "measure", "day"), search=("measure",),
        form=(Section.of("Usage figure", "Chiffre d’usage", "account", "measure", "day", "value"),),
        derive=(_as_sent,),
        access=Access(read=(*STAFF, "ale.connector_user"), create=SENDERS, write=SENDERS, delete=("admin",)),
        unique=(("account", "measure", "day"),), domain_of="account", icon="bar-chart-3",
    )  # fmt: skip


class HealthScore(Separated, Record):
    """The score of an account on one day, with all it was made of; the application alone writes it.

    Receipts name rows that not everybody who reads scores may read: whole they are for administrators, and the page of
    an account's health shows of them what its reader may see.
    """

    __tablename__ = "ale_health_score"

    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    day: Mapped[date] = field("Day", "Jour", index=True)
    score: Mapped[int] = field("Health score", "Score de santé", minimum=0, maximum=100)
    weighting: Mapped[str] = reference("Weighting", "Pondération", to="ale_health_weighting")
    receipts: Mapped[dict[str, Any]] = field("Receipts", "Justificatifs", read_roles=WEIGHERS)

    __sheet__ = Sheet(
        label=Label("Health score", "Score de santé"), plural=Label("Health scores", "Scores de santé"),
        display="day", columns=("account", "day", "score", "weighting"), order="day",
        filters=("account", "day", "weighting"),
        form=(Section.of("Health score", "Score de santé", "account", "day", "score", "weighting"),),
        access=Access(read=HEALTH_READ), unique=(("account", "day"),), domain_of="account", icon="heart-pulse",
    )  # fmt: skip
