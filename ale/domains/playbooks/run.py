"""A run of a playbook as one object: its rows, read in four statements, and the plan the engine sees."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from sqlalchemy import select

from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks import engine
from ale.domains.playbooks.instances import ActivityContext, Context, ContextState, StageContext
from ale.domains.playbooks.records import Activity, ActivityDefinition, Kind, Playbook, Stage
from ale.foundation.db import session
from ale.foundation.encoded import matches
from ale.foundation.field import Values
from ale.foundation.label import in_language
from ale.foundation.problem import NotVisible
from ale.foundation.record import RECORDS, Record, values_of


class Part:
    """What an activity and a stage of a run have in common: a row of the run and the definition it follows."""

    context: Any
    definition: Any

    @property
    def id(self) -> str:
        return str(self.context.sys_id)

    @property
    def state(self) -> str:
        return str(self.context.state.value)

    def label(self, locale: str) -> str:
        """What it is called in `locale`."""
        return self._in(locale, "label")

    def _in(self, locale: str, name: str) -> str:
        """A text of the definition in `locale`; English where it has no other."""
        french = getattr(self.definition, f"{name}_fr") if locale == "fr" else None
        return french or getattr(self.definition, name) or ""


@dataclass
class RunActivity(Part):
    """An activity of a run with its definition."""

    context: ActivityContext
    definition: Activity
    kind: Kind
    counts: bool

    def description(self, locale: str) -> str:
        """What to do, in `locale`."""
        return self._in(locale, "description")

    @property
    def required(self) -> list[str]:
        """The fields of the record that must be filled to complete it."""
        return list((self.definition.fields or {}).get("required", []))

    @property
    def shown(self) -> list[str]:
        """The fields of the record that the activity shows."""
        return [*self.required, *(self.definition.fields or {}).get("more", [])]

    def values(self, language: str) -> Values:
        """The fields of the record that it makes; texts in the language of whoever makes it."""
        given = self.definition.field_values or {}
        return {name: in_language(value, language) for name, value in given.items()}


@dataclass
class RunStage(Part):
    """A stage of a run with its activities in order."""

    context: StageContext
    definition: Stage
    activities: list[RunActivity] = field(default_factory=list)

    def guidance(self, locale: str) -> str:
        """What the stage is for, in `locale`."""
        return self._in(locale, "guidance")

    @property
    def plan(self) -> engine.StagePlan:
        activities = tuple(
            engine.ActivityPlan(one.id, one.state, one.definition.when_to_start.value, one.counts)
            for one in self.activities
        )
        return engine.StagePlan(self.id, self.state, activities)

    @property
    def listed(self) -> list[RunActivity]:
        """The activities a person sees: those whose display condition holds."""
        return [one for one in self.activities if one.counts]

    @property
    def progress(self) -> tuple[int, int]:
        """How many listed activities are over, and of how many."""
        return engine.progress(self.plan)


@dataclass
class Run:
    """One playbook at work on one record."""

    context: Context
    record: Record
    playbook: Playbook
    stages: list[RunStage]

    @property
    def case(self) -> OnboardingCase:
        """The record as the supplied activities take it: they ask for what a case has, whatever its type."""
        return cast(OnboardingCase, self.record)

    @cached_property
    def activities(self) -> dict[str, RunActivity]:
        return {one.id: one for stage in self.stages for one in stage.activities}

    @property
    def plan(self) -> list[engine.StagePlan]:
        return [stage.plan for stage in self.stages]

    def stage_of(self, activity: RunActivity) -> RunStage:
        return next(stage for stage in self.stages if activity in stage.activities)

    @property
    def current(self) -> RunStage:
        """The stage at work; the last one when all are over."""
        return next((stage for stage in self.stages if stage.state not in engine.OVER), self.stages[-1])

    @property
    def unfinished(self) -> list[RunActivity]:
        """What a person still sees to do, now or later; none once the run is over."""
        listed = [one for stage in self.stages for one in stage.listed]
        is_over = self.context.state != ContextState.IN_PROGRESS
        return [] if is_over else [one for one in listed if one.state in engine.UNFINISHED]

    def first_to_do(self) -> RunActivity | None:
        """The first activity in progress of the stage at work: where the page opens."""
        return next((one for one in self.current.listed if one.state == engine.IN_PROGRESS), None)

    def blocked_by(self, stage: RunStage) -> RunStage | None:
        """The stage that must end before `stage` may start."""
        found = engine.blocked_by(self.plan, stage.id)
        return next((one for one in self.stages if one.id == found), None)


def take(context: Context) -> Run:
    """The run as it is now that nobody else can move it on or change its record, until the transaction ends.

    Two people who end the last two activities of a step at once would not see each other, and nothing would follow.
    """
    record_type = RECORDS[context.record_table]
    anew = {"populate_existing": True}
    for kind, key in ((record_type, context.record), (Context, context.sys_id)):
        held = select(kind).where(kind.sys_id == key).with_for_update(key_share=True)
        session.scalars(held, execution_options=anew).one_or_none()
    return load(context, fresh=True)


def load(context: Context, *, fresh: bool = False) -> Run:
    """The run behind a context; four statements whatever its size. `fresh` reads again what was read before."""
    anew: dict[str, Any] = {"populate_existing": fresh}
    record = session.get(RECORDS[context.record_table], context.record, populate_existing=fresh)
    playbook = session.get(Playbook, context.playbook)
    if record is None or playbook is None:
        raise NotVisible
    stages = {
        stage.sys_id: RunStage(stage, definition)
        for stage, definition in session.execute(
            select(StageContext, Stage)
            .join(Stage, StageContext.stage == Stage.sys_id)
            .where(StageContext.instance == context.sys_id)
            .order_by(Stage.order),
            execution_options=anew,
        )
    }
    by_definition = {stage.definition.sys_id: stage for stage in stages.values()}
    values = values_of(record)
    rows = session.execute(
        select(ActivityContext, Activity, ActivityDefinition.kind)
        .join(Activity, ActivityContext.activity == Activity.sys_id)
        .join(ActivityDefinition, Activity.definition == ActivityDefinition.sys_id)
        .where(ActivityContext.instance == context.sys_id)
        .order_by(Activity.order),
        execution_options=anew,
    )
    for one, definition, kind in rows:
        counts = not definition.condition or matches(definition.condition, values)
        by_definition[definition.stage].activities.append(RunActivity(one, definition, kind, counts))
    return Run(context, record, playbook, list(stages.values()))


def run_on(record: Record) -> Run | None:
    """The newest run on a record, if any."""
    found = select(Context).where(Context.record == record.sys_id).order_by(Context.sys_id.desc()).limit(1)
    context = session.scalars(found).one_or_none()
    return load(context) if context else None
