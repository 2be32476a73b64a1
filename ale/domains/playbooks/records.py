"""A playbook as rows: versions, stages, activities, definitions of activities. Instances are in `instances`."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.playbooks import rules
from ale.foundation.choice import Choice
from ale.foundation.db import session
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet, Step

READERS = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent", "playbook.reader")
DEFINED = Access(
    read=READERS, report_view=("playbook.reader",), create=("playbook.author",), write=("playbook.author",),
    delete=("playbook.admin",),
)  # fmt: skip


class PlaybookState(Choice):
    DRAFT = "draft", "Draft", "Brouillon"
    ACTIVE = "active", "Active", "Actif"
    INACTIVE = "inactive", "Inactive", "Inactif"


class Kind(Choice):
    """How an activity behaves: which template shows it and what completes it."""

    SELECT_RECORD = "select_record", "Select record", "Sélection d’enregistrement"
    RECORD_FORM = "record_form", "Record form", "Formulaire"
    TEAM_MEMBERS = "team_members", "Team members", "Membres d’équipe"
    RESPONSIBILITIES = "responsibilities", "Responsibilities", "Responsabilités"
    CREATE_VIEW_TASK = "create_view_task", "Create & view task record", "Créer et afficher une tâche"
    SUMMARY = "summary", "Summary", "Résumé"
    RELATED_WORK = "related_work", "Related work", "Travail connexe"
    RELATED_MEETING = "related_meeting", "Related meeting", "Réunion connexe"
    JOURNAL_ENTRY = "journal_entry", "Comment or work note", "Commentaire ou note de travail"


class WhenToStart(Choice):
    WITH_PREVIOUS = "with_previous", "With Previous", "Avec la précédente"
    AFTER_PREVIOUS = "after_previous", "After Previous", "Après la précédente"
    IMMEDIATELY = "immediately", "Immediately", "Immédiatement"


def _completeness(rows: Sequence[Values]) -> Sequence[Values]:
    """Whether a version lacks a stage, or one of its stages an activity."""
    ids = [row["sys_id"] for row in rows]
    stages = dict(session.execute(select(Stage.sys_id, Stage.playbook).where(Stage.playbook.in_(ids))).all())
    filled = set(session.scalars(select(Activity.stage).where(Activity.stage.in_(stages))))
    empty = {playbook for stage, playbook in stages.items() if stage not in filled}
    return [{"incomplete": key in empty or key not in stages.values()} for key in ids]


def _stages_in_use(rows: Sequence[Values]) -> Sequence[Values]:
    """Whether a stage belongs to a version that was activated, also when it is about to be moved out of it."""
    there = _pairs(Stage.sys_id, Stage.playbook, [row["sys_id"] for row in rows])
    homes = [{row.get("playbook"), there.get(row["sys_id"])} for row in rows]
    fixed = _fixed(set().union(*homes))
    return [{"in_use": not fixed.isdisjoint(home)} for home in homes]


def _activities_in_use(rows: Sequence[Values]) -> Sequence[Values]:
    """The same for an activity, by the version of its stage."""
    there = _pairs(Activity.sys_id, Activity.stage, [row["sys_id"] for row in rows])
    homes = [{row.get("stage"), there.get(row["sys_id"])} for row in rows]
    playbooks = _pairs(Stage.sys_id, Stage.playbook, set().union(*homes))
    fixed = _fixed(playbooks.values())
    return [{"in_use": any(playbooks.get(str(stage)) in fixed for stage in home)} for home in homes]


def _pairs(key: Any, value: Any, keys: Iterable[Any]) -> dict[str, str]:
    return dict(session.execute(select(key, value).where(key.in_(list(keys)))).all())


def _fixed(keys: Iterable[Any]) -> set[Any]:
    """Those of these versions that are no drafts any more."""
    found = select(Playbook.sys_id).where(Playbook.sys_id.in_(list(keys)), Playbook.state != PlaybookState.DRAFT)
    return set(session.scalars(found))


class Playbook(Record):
    """One version of a playbook; running instances keep the version they started with."""

    __tablename__ = "sys_pd_process_definition"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    name_fr: Mapped[str | None] = field("Name (French)", "Nom (français)", max_length=160)
    key: Mapped[str] = field("Key", "Clé", max_length=80)
    version: Mapped[int] = field("Version", "Version", default=1, read_only=True)
    table_name: Mapped[str] = field("Record table", "Table de l’enregistrement", max_length=80)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    state: Mapped[PlaybookState] = field("State", "État", default=PlaybookState.DRAFT)

    __sheet__ = Sheet(
        label=Label("Playbook", "Playbook"), plural=Label("Playbooks", "Playbooks"), display="name",
        columns=("name", "key", "version", "table_name", "state"), order="name", filters=("state", "key"),
        search=("name", "key"),
        form=(Section.of("Playbook", "Playbook", "name", "name_fr", "key", "version", "table_name", "state",
                         "description"),),
        flow=(Step("activate", Label("Activate", "Activer"), {"state": PlaybookState.ACTIVE}, rules.can_be_activated),),
        check=(rules.active_versions_are_complete, rules.versions_in_use_are_no_drafts), needs=_completeness,
        access=DEFINED, unique=(("key", "version"),), icon="workflow",
    )  # fmt: skip


class Stage(Record):
    """A stage (lane) of a playbook."""

    __tablename__ = "sys_pd_lane"

    playbook: Mapped[str] = reference("Playbook", "Playbook", to="sys_pd_process_definition")
    label: Mapped[str] = field("Label", "Libellé", max_length=160)
    label_fr: Mapped[str | None] = field("Label (French)", "Libellé (français)", max_length=160)
    guidance: Mapped[str | None] = field("What to do here", "Ce qu’il faut faire ici", long=True)
    guidance_fr: Mapped[str | None] = field("What to do here (French)", "Ce qu’il faut faire ici (français)", long=True)
    order: Mapped[int] = field("Order", "Ordre")

    __sheet__ = Sheet(
        label=Label("Stage (lane)", "Étape (voie)"), plural=Label("Stages (lanes)", "Étapes (voies)"), display="label",
        columns=("playbook", "order", "label", "label_fr"), order="order", filters=("playbook",), search=("label",),
        form=(Section.of("Stage", "Étape", "playbook", "order", "label", "label_fr", "guidance", "guidance_fr"),),
        needs=_stages_in_use, check=(rules.only_drafts_are_edited,),
        access=DEFINED, unique=(("playbook", "order"),), icon="workflow",
    )  # fmt: skip


class ActivityDefinition(Record):
    """A behaviour that activities of any playbook can have."""

    __tablename__ = "sys_pd_activity_definition"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    application: Mapped[str] = field("Application", "Application", default="Account lifecycle events", max_length=100)
    kind: Mapped[Kind] = field("Behaviour", "Comportement")
    description: Mapped[str | None] = field("Description", "Description", long=True)

    __sheet__ = Sheet(
        label=Label("Activity definition", "Définition d’activité"),
        plural=Label("Activity definitions", "Définitions d’activité"), display="name",
        columns=("name", "application", "kind"), order="name", filters=("kind",), search=("name",),
        form=(Section.of("Definition", "Définition", "name", "application", "kind", "description"),),
        access=DEFINED, unique=(("name",),), icon="workflow",
    )  # fmt: skip


class Activity(Record):
    """A step of a stage; conditions are encoded queries on the record of the playbook or on the task it made."""

    __tablename__ = "sys_pd_activity"

    stage: Mapped[str] = reference("Stage", "Étape", to="sys_pd_lane")
    key: Mapped[str] = field("Key", "Clé", max_length=80)
    definition: Mapped[str] = reference("Activity definition", "Définition d’activité", to="sys_pd_activity_definition")
    label: Mapped[str] = field("Label", "Libellé", max_length=160)
    label_fr: Mapped[str | None] = field("Label (French)", "Libellé (français)", max_length=160)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    description_fr: Mapped[str | None] = field("Description (French)", "Description (français)", long=True)
    order: Mapped[int] = field("Order", "Ordre")
    when_to_start: Mapped[WhenToStart] = field("When to start", "Quand démarrer", default=WhenToStart.AFTER_PREVIOUS)
    optional: Mapped[bool] = field("Optional", "Facultative", default=False)
    condition: Mapped[str | None] = field("Display condition", "Condition d’affichage", long=True)
    record_table: Mapped[str | None] = field("Table", "Table", max_length=80)
    canceled_conditions: Mapped[str | None] = field("Canceled conditions", "Conditions d’annulation", long=True)
    closed_conditions: Mapped[str | None] = field("Closed conditions", "Conditions de fermeture", long=True)
    responsibility: Mapped[str | None] = reference(
        "Responsibility name", "Nom de la responsabilité", to="sn_customerservice_responsibility_def"
    )
    fields: Mapped[dict[str, Any] | None] = field("Fields", "Champs")
    field_values: Mapped[dict[str, Any] | None] = field("Field values", "Valeurs de champs")
    on_complete: Mapped[dict[str, Any] | None] = field("On completion", "À la fin")

    __sheet__ = Sheet(
        label=Label("Playbook activity", "Activité de playbook"),
        plural=Label("Playbook activities", "Activités de playbook"), display="label",
        columns=("stage", "order", "label", "definition", "when_to_start", "optional"), order="order",
        filters=("stage", "definition"), search=("label", "key"),
        form=(
            Section.of("General", "Général", "stage", "order", "key", "label", "label_fr", "description",
                       "description_fr", "when_to_start", "optional", "condition"),
            Section.of("Automation", "Automatisation", "definition", "record_table", "responsibility", "fields",
                       "field_values", "canceled_conditions", "closed_conditions", "on_complete"),
        ),
        needs=_activities_in_use, check=(rules.only_drafts_are_edited,),
        access=DEFINED, unique=(("stage", "key"), ("stage", "order")), icon="workflow",
    )  # fmt: skip
