"""Launching success plays and blueprints: a new notifier runs the subflow of its definition, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.plays import recipe
from ale.domains.plays.launches import (
    LAUNCH_TABLES,
    Blueprint,
    Definition,
    FlowRun,
    Launch,
    LaunchState,
    RunState,
    Subflow,
)
from ale.domains.plays.recipe import Inputs, Recipe
from ale.domains.success.plan import Objective
from ale.domains.success.records import Engagement
from ale.domains.system.messages import tell
from ale.domains.system.platform import MessageLevel
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import after, create, save
from ale.foundation.clock import today
from ale.foundation.convert import convert
from ale.foundation.db import session
from ale.foundation.documents import named
from ale.foundation.field import Values, fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Conflict, Problem, Refusal, Rejected, sentence
from ale.foundation.reading import followed, name_of, visible
from ale.foundation.record import RECORDS, Record, display_of, new_id, table_name
from ale.foundation.translations import translator

DONE = Label("Success play “{title}” is complete: {made}", "Le scénario de réussite « {title} » est terminé : {made}")
FAILED = Label("Success play “{title}” failed: {why}", "Le scénario de réussite « {title} » a échoué : {why}")

_UP = ("engagement", "success_outcome", "success_objective", "internal_play")
"""The references that lead from a record to its engagement."""


@dataclass
class Made:
    """What a recipe made so far: records by their names in it, and the names that its texts may use."""

    names: Values
    records: dict[str, Record] = field(default_factory=dict)
    created: list[Record] = field(default_factory=list)


def recipe_of(flow: str) -> Recipe:
    """What running a subflow asks and does."""
    chosen = session.get_one(Subflow, flow)
    return recipe.read(chosen.inputs, chosen.steps)


def launch(definition: Definition, source: Record | None, inputs: Mapping[str, Any], *, by: Actor, key: str) -> Launch:
    """Launch a definition from a record, once for each `key`: a second press of Finish finds the first launch.

    Rejected for missing or wrong inputs; what goes wrong afterwards is told by the launch itself.
    """
    session.execute(select(Definition.sys_id).where(Definition.sys_id == definition.sys_id).with_for_update())
    if found := session.get(Launch, key):
        return found
    beside = {"source_table": table_name(type(source)), "source_record": source.sys_id} if source is not None else {}
    return create(Launch, {"sys_id": key, "definition": definition.sys_id, "inputs": dict(inputs)} | beside, by=by)


def launch_alone(definition: Definition, source: Record, inputs: Mapping[str, Any], *, by: Actor) -> Launch:
    """Launch a definition when nobody is there to be told what is missing or wrong: the launch itself tells it."""
    try:
        with session.begin_nested():
            return launch(definition, source, inputs, by=by, key=new_id())
    except Rejected as reason:
        beside = {"source_table": table_name(type(source)), "source_record": source.sys_id}
        asked = {"definition": definition.sys_id, "inputs": dict(inputs), "state": LaunchState.ERROR}
        failed = create(Launch, asked | beside, by=by)
        _tell(failed, definition, source, by, failure=reason)
        return failed


def look_ahead(flow: str, source: Record | None, inputs: Mapping[str, Any], *, by: Actor) -> list[Record]:
    """The records that running a subflow makes, in the running transaction, which the caller takes back."""
    todo = recipe_of(flow)
    return run(todo, _facts(source, by) | _given(todo.inputs, inputs, source, by), source, by).created


def offered(by: Actor, table: str, *, blueprints: bool = False) -> Sequence[Definition]:
    """SUC-04: what is published globally or in the domain of `by` and fits the records of `table`, in its order."""
    found = visible(Definition, by).where(
        Definition.active.is_(True),
        Definition.is_blueprint.is_(blueprints),
        Definition.sys_domain.in_((by.domain, ROOT_DOMAIN)),
    )
    rows = session.scalars(found.order_by(Definition.order, Definition.title))
    return [one for one in rows if table in (one.target_tables or LAUNCH_TABLES)]


def offered_of(by: Actor, table: str, subflow: str) -> Definition | None:
    """The first play offered on the records of `table` that runs the subflow of this name."""
    flows = session.scalars(select(Subflow.sys_id).where(Subflow.name == subflow)).all()
    return next((one for one in offered(by, table) if one.flow in flows), None)


def start_of(asked: Inputs, source: Record | None, by: Actor) -> Values:
    """What the form of the inputs begins with."""
    facts = _facts(source, by)
    known = {name: facts[name] for name in ("account", "engagement") if name in fields_of(RECORDS[asked.table])}
    return known | recipe.filled(asked.start, facts, by.language, today())


def engagement_of(record: Record | None) -> Engagement | None:
    """The engagement that a record belongs to, itself if it is one."""
    while record is not None and not isinstance(record, Engagement):
        known = fields_of(type(record))
        up = next((name for name in _UP if name in known and getattr(record, name)), None)
        record = followed(record, up) if up else None
    return record


@after(Launch, "create")
def run_the_subflow(launch: Launch, _before: Values | None, by: Actor) -> None:
    """SUC-06: run it with the rights of the application; a failure takes back every step and is told.

    Rejected, as if it had not been launched, when the definition is not published or an input is missing or wrong.
    """
    if launch.definition is None or launch.state != LaunchState.IN_PROGRESS:
        return
    definition = session.get_one(Definition, launch.definition)
    if not definition.active:
        raise Rejected([Problem("NOT_PUBLISHED", "Only a published definition can be launched.", "definition")])
    source, todo = named(launch.source_table, launch.source_record), recipe_of(definition.flow)
    names = _facts(source, by) | _given(todo.inputs, launch.inputs or {}, source, by)
    launch = save(launch, {"launched_by": by.id}, by=by.for_system())
    try:
        with session.begin_nested():
            made = run(todo, names, source, by)
    except Refusal as reason:
        _tell(launch, definition, source, by, failure=reason)
    else:
        _tell(launch, definition, source, by, made=made)


def run(todo: Recipe, names: Values, source: Record | None, by: Actor) -> Made:
    """Do the steps of a recipe in the running transaction; Rejected where one is refused."""
    system = by.for_system().through("play")
    made = Made(dict(names))
    made.records |= {"source": source} if source is not None else {}
    made.records |= {"engagement": engagement} if (engagement := engagement_of(source)) is not None else {}
    for step in todo.steps:
        if not recipe.is_due(step, made.names):
            made.names.setdefault(step.name, None)
            continue
        values = recipe.filled(step.values, made.names, by.language, today())
        match step.deed:
            case "create":
                record = create(RECORDS[step.subject], values, by=system)
                made.created.append(record)
            case "change":
                record = save(_subject(made, step.subject), values, by=system)
            case _:
                record = _search(step.subject, values)
        made.names[step.name], made.records[step.name] = record.sys_id, record
    return made


def _subject(made: Made, name: str) -> Record:
    if name not in made.records:
        raise Rejected([Problem("NO_RECORD", "There is no record to change here: {name}.", name=name)])
    return made.records[name]


def _search(table: str, values: Mapping[str, Any]) -> Record:
    record_type: Any = RECORDS[table]
    wanted = [getattr(record_type, name) == value for name, value in values.items()]
    found: Record | None = session.scalars(select(record_type).where(*wanted).order_by(record_type.sys_id)).first()
    if found is None:
        about = ", ".join(str(value) for value in values.values())
        raise Rejected([Problem("NOT_FOUND", "Nothing was found for “{about}”.", about=about)])
    return found


def _facts(source: Record | None, by: Actor) -> Values:
    """The names that every recipe may use; see `recipe.KNOWN`."""
    engagement = engagement_of(source)
    key = getattr(source, "account", None) or (engagement.account if engagement else None)
    account = session.get(Account, key) if key else None
    return {
        "source": source.sys_id if source is not None else None,
        "source_table": table_name(type(source)) if source is not None else None,
        "source_name": display_of(source) if source is not None else None,
        "engagement": engagement.sys_id if engagement else None,
        "account": key,
        "account_name": account.name if account else None,
        "user": by.id if by.id != Actor.system().id else None,  # who launched it, unless it began by itself
    }


def _given(asked: Inputs | None, raw: Mapping[str, Any], source: Record | None, by: Actor) -> Values:
    """The inputs in stored form; Rejected with all that are missing or cannot be read.

    An input that was not sent at all is what the form would begin with; one that was emptied stays empty.
    """
    if asked is None:
        return {}
    known, start = fields_of(RECORDS[asked.table]), start_of(asked, source, by)
    values: Values = {}
    problems = []
    for name in asked.fields:
        item = known[name]
        values[name], problem = convert(item, raw.get(name, start.get(name)))
        if problem is None and values[name] in (None, "", []) and (item.mandatory or name in asked.required):
            problem = Problem("REQUIRED_FIELD", "{label} is required.", name, label=item.label)
        problems += [problem] if problem else []
    if problems:
        raise Rejected(problems)
    return values


def _tell(
    launch: Launch, definition: Definition, source: Record | None, by: Actor, *,
    made: Made | None = None, failure: Refusal | None = None,
) -> None:  # fmt: skip
    """What came of a launch: on the notifier, in the run, on the record it was launched from, as a blueprint."""
    system = by.for_system()
    title = Label(definition.title, definition.title_fr or definition.title).text(by.language)
    problems = _problems(failure)
    if made is None:
        state, run_state = LaunchState.ERROR, RunState.FAILED
        why = " ".join(one.text(translator(by.language), by.language) for one in problems)
        said = FAILED.text(by.language).format(title=title, why=why)
        created = []
    else:
        state, run_state = LaunchState.COMPLETE, RunState.SUCCESS
        created = [{"table": table_name(type(one)), "sys_id": one.sys_id} for one in made.created]
        said = DONE.text(by.language).format(title=title, made=_list_of(made.created))
    told = {"message": said, "problems": [one.kept() for one in problems] or None}
    save(launch, told | {"state": state, "created_records": created or None}, by=system)
    beside = {"source_table": launch.source_table, "source_record": launch.source_record}
    create(FlowRun, {"flow": definition.flow, "notifier": launch.sys_id, "state": run_state, "log": said} | beside,
           by=system)  # fmt: skip
    if definition.is_blueprint and isinstance(source, Engagement):
        _keep_blueprint(launch, definition, source, created, system)
    if source is not None and "work_notes" in source.__sheet__.journals:
        save(source, {"work_notes": said}, by=system)
    tell(launch.launched_by, said, launch, by, level=MessageLevel.ERROR if made is None else MessageLevel.SUCCESS)


def _list_of(made: Sequence[Record]) -> str:
    """The first record with its name, the others by their numbers; what has no number goes by its name."""
    called = [(getattr(one, "number", None), name_of(table_name(type(one)), one.sys_id)) for one in made]
    first = " ".join(dict.fromkeys(filter(None, called[0]))) if called else "–"
    return ", ".join(filter(None, [first, *(number or name for number, name in called[1:])]))


def _problems(failure: Refusal | None) -> Sequence[Problem]:
    """Why a launch failed; none for one that did not."""
    if isinstance(failure, Rejected):
        return failure.problems
    if isinstance(failure, Conflict):
        return [Problem("CHANGED_MEANWHILE", sentence("Somebody changed a record meanwhile; launch it again."))]
    return [Problem("NOT_DONE", sentence("A step is not allowed, or its record is not there."))] if failure else ()


def _keep_blueprint(
    launch: Launch, definition: Definition, engagement: Engagement, created: Sequence[Mapping[str, str]], by: Actor
) -> None:
    """SUC-19: the blueprint of a launch: the one that asked for it, else a new one."""
    values = {
        "notifier": launch.sys_id,
        "objectives": [one["sys_id"] for one in created if one["table"] == table_name(Objective)],
        "state": launch.state,
    }
    about = {"engagement": engagement.sys_id, "definition": definition.sys_id}
    asking = select(Blueprint).filter_by(**about, notifier=None, state=LaunchState.IN_PROGRESS)
    found = session.scalars(asking.order_by(Blueprint.sys_id)).first()
    if found is not None:
        save(found, values, by=by)
    else:
        create(Blueprint, about | values, by=by)


@after(Blueprint, "create")
def launch_the_blueprint(blueprint: Blueprint, _before: Values | None, by: Actor) -> None:
    """SUC-19: a blueprint made by itself, as over the API, is launched with what its inputs begin with."""
    if not blueprint.notifier:
        source = {"source_table": table_name(Engagement), "source_record": blueprint.engagement}
        create(Launch, {"definition": blueprint.definition} | source, by=by.for_system())
