"""What each kind of activity does when it begins, is acted on, and is completed; chosen by kind and table, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ale.domains.onboarding import mails
from ale.domains.playbooks import success_work, task_work, team_work
from ale.domains.playbooks.records import Kind
from ale.domains.playbooks.run import Run, RunActivity
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.convert import as_text
from ale.foundation.field import Values, fields_of
from ale.foundation.problem import Problem, Rejected

Action = Callable[[Run, RunActivity, Mapping[str, Any], Actor], list[Problem]]
Missing = Callable[[Run, RunActivity], list[Problem]]


@dataclass(frozen=True)
class Behaviour:
    """`begin` answers whether the activity is complete at once; `missing` why it cannot be completed yet."""

    begin: Callable[[Run, RunActivity, Actor], bool] = lambda run, activity, by: False
    keep: Callable[[Run, RunActivity, Mapping[str, Any], Actor], None] = lambda run, activity, values, by: None
    actions: Mapping[str, Action] | None = None
    missing: Missing = lambda run, activity: []
    done: Callable[[Run, RunActivity, Actor], None] = lambda run, activity, by: None


def _of(activity: RunActivity) -> Behaviour:
    table = activity.definition.record_table or ""
    return BEHAVIOURS.get((activity.kind, table)) or BEHAVIOURS[activity.kind, ""]


def begin(run: Run, activity: RunActivity, by: Actor) -> bool:
    """Start an activity; True when nothing is left to do."""
    return _of(activity).begin(run, activity, by)


def keep(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> None:
    """Store what was entered so far."""
    _of(activity).keep(run, activity, values, by)
    if values:
        note(activity, _captured(run, activity), by)


def act(run: Run, activity: RunActivity, action: str, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """Do one of the activity's own actions; the reminders to show."""
    known = (_of(activity).actions or {}).get(action)
    if known is None:
        raise Rejected([Problem("STEP_NOT_AVAILABLE", "This step is not available now.")])
    reminders = known(run, activity, values, by)
    note(activity, _captured(run, activity), by)
    return reminders


def missing(run: Run, activity: RunActivity) -> list[Problem]:
    """What keeps the activity from being completed."""
    return _of(activity).missing(run, activity)


def completed(run: Run, activity: RunActivity, by: Actor) -> None:
    """What follows from a completion: what its kind does then, and the mails named on it, once per completion."""
    _of(activity).done(run, activity, by)
    note(activity, _captured(run, activity), by)
    for kind in (activity.definition.on_complete or {}).get("mails", []):
        mails.send(kind, run.case, f"{activity.id}:{activity.context.sys_mod_count}")


def note(activity: RunActivity, data: Values, by: Actor) -> None:
    """Keep what was entered for the activity log (PBK-04); the history row says by whom and when."""
    if data and data != activity.context.data:
        save(activity.context, {"data": data}, by=by.for_system().through("playbook"))


def _captured(run: Run, activity: RunActivity) -> Values:
    """What the activity's screen shows as entered, as text by name."""
    if activity.kind in (Kind.RECORD_FORM, Kind.SELECT_RECORD):
        return {name: as_text(getattr(run.record, name)) for name in activity.shown}
    people = team_work.people(run, activity)
    return {"people": people} if people else {}


def _has_its_fields(run: Run, activity: RunActivity, by: Actor) -> bool:
    return not _unfilled(run, activity)


def _unfilled(run: Run, activity: RunActivity) -> list[Problem]:
    """ONB-09: every mandatory field of the activity that is empty on the record."""
    known = fields_of(type(run.record))
    return [
        Problem("REQUIRED_FIELD", "{label} is required to complete this activity.", name, label=known[name].label)
        for name in activity.required
        if getattr(run.record, name) in (None, "", [])
    ]


def _keep_fields(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> None:
    given = {name: value for name, value in values.items() if name in activity.shown}
    if given:
        save(run.record, given, by=by.through("playbook"))


CUSTOMER, ACCOUNT, SQUAD = (
    "sn_acct_lc_customer_team_member", "sn_customerservice_team_member", "sn_acct_lc_squad_member",
)  # fmt: skip

SUCCESS_TASK, PLAY_TASK = "sn_acct_lc_success_task", "sn_acct_lc_internal_play_task"
RELATED = Behaviour(
    actions={"create": success_work.add}, missing=success_work.nothing_is_open, done=success_work.make_sample
)

BEHAVIOURS: dict[tuple[Kind, str], Behaviour] = {
    (Kind.SELECT_RECORD, ""): Behaviour(begin=_has_its_fields, keep=_keep_fields, missing=_unfilled),
    (Kind.RECORD_FORM, ""): Behaviour(keep=_keep_fields, missing=_unfilled),
    (Kind.TEAM_MEMBERS, CUSTOMER): Behaviour(
        actions={"add": team_work.add_contact, "remove": team_work.remove_member}, missing=team_work.needs_a_contact
    ),
    (Kind.TEAM_MEMBERS, SQUAD): Behaviour(keep=team_work.keep_squad),
    (Kind.RESPONSIBILITIES, CUSTOMER): Behaviour(
        actions={"add": team_work.give_responsibility, "remove": team_work.remove_member},
        missing=team_work.needs_point_of_contact,
    ),
    (Kind.RESPONSIBILITIES, ACCOUNT): Behaviour(
        actions={"add": team_work.add_account_member, "remove": team_work.remove_member},
        missing=team_work.needs_a_developer,
    ),
    (Kind.CREATE_VIEW_TASK, ""): Behaviour(
        begin=task_work.create_task, keep=task_work.close_task, missing=task_work.task_was_made
    ),
    (Kind.SUMMARY, ""): Behaviour(
        keep=task_work.keep_notes, missing=task_work.notes_missing, done=task_work.close_summarised
    ),
    (Kind.RELATED_WORK, ""): Behaviour(actions={"create_task": task_work.add_work}, missing=task_work.no_open_work),
    (Kind.RELATED_WORK, SUCCESS_TASK): RELATED,
    (Kind.RELATED_WORK, PLAY_TASK): RELATED,
    (Kind.RELATED_MEETING, ""): RELATED,
    (Kind.JOURNAL_ENTRY, ""): Behaviour(
        keep=success_work.keep_text, missing=success_work.needs_a_text, done=success_work.send_text
    ),
}
