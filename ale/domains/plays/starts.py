"""Plays that start by themselves: rules as rows that an administrator edits, and a row for each start, once a cause."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import WATCH_DAYS
from ale.domains.plays import recipe, rules
from ale.domains.plays.launches import Definition, Subflow
from ale.domains.success.measures import VIEWER
from ale.domains.system.service import setting_number
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.db import Separated, session
from ale.foundation.documents import domain_beside
from ale.foundation.encoded import Related, parse
from ale.foundation.field import Values, document, field, fields_of, reference
from ale.foundation.label import Label
from ale.foundation.query import Walk, columns_of
from ale.foundation.record import RECORDS, Access, Record, Section, Sheet

_KEEPER = ("sn_acct_lc.success_play_admin",)
_ENGAGEMENT, _SIGNAL = "sn_acct_lc_engagement", "sn_acct_lc_risk_signal_issue"
_FILLED = ("account", "engagement", "assigned_to")
"""What a play that starts by itself is given, whatever it asks."""


class Trigger(Choice):
    RENEWAL = "renewal", "A renewal comes near", "Un renouvellement approche"
    HEALTH = "health", "Health falls", "La santé baisse"
    RISK = "risk", "A risk signal opens", "Un signal de risque s’ouvre"


TABLES = {Trigger.RENEWAL: _ENGAGEMENT, Trigger.HEALTH: _ENGAGEMENT, Trigger.RISK: _SIGNAL}
"""What a play is launched from, by its trigger."""


def _about_rules(rows: Sequence[Values]) -> Sequence[Values]:
    """Names in the condition that the records do not have; how the play fits what nobody is there to answer."""
    return [
        {"unknown": _unknown(TABLES[row["trigger"]], row.get("condition") or "")}
        | _about_play(TABLES[row["trigger"]], row.get("definition") or "")
        for row in rows
    ]


def _unknown(table: str, text: str) -> list[str]:
    """What a condition speaks of that records of this table do not have, or what is no condition at all."""
    kind, by = RECORDS[table], Actor.system()
    walk, query = Walk(select(kind.sys_id), columns_of(kind, by), by), parse(text)
    said = [one for group in query.groups for clause in group for one in clause]
    lost = [".".join(one.path) for one in said if not isinstance(one, Related) and walk.column(one.path) is None]
    parts = [
        one for one in text.replace("^^", "").split("^") if one.strip() and not parse(one.removeprefix("OR")).groups
    ]
    unread = [part for part in parts if not part.startswith(("ORDERBY", "ENDRLQUERY"))]
    return lost + unread


def _about_play(table: str, key: str) -> Values:
    definition = session.get(Definition, key)
    flow = session.get(Subflow, definition.flow) if definition is not None else None
    if definition is None or flow is None:
        return {"fits": True, "asks": [], "repeats": False}
    todo = recipe.read(flow.inputs, flow.steps)
    targets: Any = definition.target_tables
    return {
        "fits": not targets or table in targets,
        "asks": _asked(todo.inputs) if todo.inputs else [],
        "repeats": table == _SIGNAL and any((one.deed, one.subject) == ("create", _SIGNAL) for one in todo.steps),
    }


def _asked(inputs: recipe.Inputs) -> list[Label]:
    """What somebody has to answer: required, and not begun with."""
    known = fields_of(RECORDS[inputs.table])
    return [
        known[name].label
        for name in inputs.fields
        if (known[name].mandatory or name in inputs.required) and name not in (*inputs.start, *_FILLED)
    ]


def _watched(values: Values, before: Values | None) -> Values:
    """SUC-17: 90 to 120 days before the renewal, unless the rule or, for the most days, the setting says otherwise."""
    if not rules.is_of_renewals(values):
        return {"from_days": None, "to_days": None}
    least, most = values.get("from_days"), values.get("to_days")
    most = setting_number(WATCH_DAYS, 120) if most is None else most
    return {"from_days": 90 if least is None else least, "to_days": most}


class PlayRule(Record):
    """When which play starts by itself."""

    __tablename__ = "ale_play_rule"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    name_fr: Mapped[str | None] = field("Name (French)", "Nom (français)", max_length=160)
    trigger: Mapped[Trigger] = field("Starts when", "Démarre quand", default=Trigger.RISK)
    from_days: Mapped[int | None] = field(
        "Days before, at least", "Jours avant, au moins", minimum=0, maximum=999, visible_when=rules.is_of_renewals
    )
    to_days: Mapped[int | None] = field(
        "Days before, at most", "Jours avant, au plus", minimum=0, maximum=999, visible_when=rules.is_of_renewals
    )
    condition: Mapped[str | None] = field(
        "Condition", "Condition", long=True,
        hint=Label("An encoded query on the engagement or signal, such as probabilityINvery_high,high. Empty: always.",
                   "Une requête encodée sur l’engagement ou le signal, par exemple probabilityINvery_high,high. "
                   "Vide : toujours."),
    )  # fmt: skip
    definition: Mapped[str] = reference("Success play", "Scénario de réussite", to="sn_acct_lc_definition_record")
    active: Mapped[bool] = field("Active", "Actif", default=False)

    __sheet__ = Sheet(
        label=Label("Rule for success plays", "Règle des scénarios de réussite"),
        plural=Label("Rules for success plays", "Règles des scénarios de réussite"), display="name",
        columns=("name", "name_fr", "trigger", "condition", "definition", "active"), order="name",
        filters=("trigger", "active", "definition"), search=("name", "name_fr"),
        form=(Section.of("Rule", "Règle", "name", "name_fr", "trigger", "from_days", "to_days", "condition",
                         "definition", "active"),),
        derive=(_watched,), needs=_about_rules,
        check=(rules.days_are_in_order, rules.condition_is_known, rules.play_starts_alone),
        access=Access(read=(*VIEWER, *_KEEPER), create=_KEEPER, write=_KEEPER, delete=_KEEPER), icon="workflow",
    )  # fmt: skip


def _beside_its_source(values: Values, by: Actor) -> str:
    return domain_beside(values.get("source_table"), values.get("source_record"), by.domain)


class PlayStart(Separated, Record):
    """A rule started its play for a record; only the application writes it, once for each cause."""

    __tablename__ = "ale_play_start"

    rule: Mapped[str] = reference("Rule", "Règle", to="ale_play_rule")
    source_table: Mapped[str] = field("Table", "Table", max_length=80, format="table_name")
    source_record: Mapped[str] = document("Started for", "Démarré pour", _ENGAGEMENT, _SIGNAL, table_in="source_table")
    cause: Mapped[str] = field("Cause", "Cause", max_length=40)
    launch: Mapped[str | None] = reference("Launch", "Lancement", to="sn_acct_lc_success_launcher_notifier")

    __sheet__ = Sheet(
        label=Label("Start by rule", "Démarrage automatique"),
        plural=Label("Starts by rule", "Démarrages automatiques"), display="cause",
        columns=("cause", "rule", "source_record", "launch", "sys_created_on"), order="sys_created_on",
        filters=("rule",), search=("cause",),
        form=(Section.of("Start", "Démarrage", "rule", "source_table", "source_record", "cause", "launch",
                         "sys_created_on"),),
        unique=(("rule", "source_record", "cause"),), domain_of=_beside_its_source,
        access=Access(read=VIEWER, delete=("admin",)), icon="rocket",
    )  # fmt: skip
