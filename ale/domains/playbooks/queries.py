"""What the playbook page shows beside the activities: people, choices of a card, the log, what blocks a stage."""

from typing import Any

from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.service import account_team, customer_team
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import Audience, Responsibility, User
from ale.domains.playbooks.instances import ActivityContext
from ale.domains.playbooks.records import Activity, Kind
from ale.domains.playbooks.run import Run, RunActivity
from ale.domains.playbooks.success_work import BELOW, journal_of, makes_sample, open_work, records_below, text_of
from ale.domains.playbooks.task_work import related_tasks, summarised_tasks, task_of
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.reading import names_of
from ale.foundation.record import Record

Person = dict[str, Any]


def responsibilities(audience: Audience) -> list[Responsibility]:
    """The responsibilities of a team, by name."""
    found = select(Responsibility).where(Responsibility.audience == audience).order_by(Responsibility.name)
    return list(session.scalars(found))


def holders(responsibility: Responsibility | None) -> list[User]:
    """The users who hold a responsibility, by name."""
    keys = responsibility.eligible_users if responsibility else []
    return list(session.scalars(select(User).where(User.sys_id.in_(keys), User.active.is_(True)).order_by(User.name)))


def customer_people(case: OnboardingCase, locale: str) -> list[Person]:
    """{member, contact, name, email, initials, role, responsibility} of the customer team."""
    rows = customer_team(case)
    contacts = _by_id(Contact, [row.contact for row in rows])
    duties = _by_id(Responsibility, [row.responsibility for row in rows if row.responsibility])
    return [
        _person(row, contacts[row.contact].full_name, duties.get(row.responsibility or ""), locale)
        | {"contact": row.contact, "email": contacts[row.contact].email}
        for row in rows
        if row.contact in contacts
    ]


def account_people(case: OnboardingCase, locale: str) -> list[Person]:
    """{member, name, initials, role, responsibility} of the account team."""
    rows = account_team(case)
    users = _by_id(User, [row.user for row in rows])
    duties = _by_id(Responsibility, [row.responsibility for row in rows])
    return [
        _person(row, users[row.user].name, duties.get(row.responsibility), locale) for row in rows if row.user in users
    ]


def squad_people(case: OnboardingCase, locale: str) -> list[Person]:
    """{member, name, initials, role, responsibility} of the squad of a case."""
    return [one for one in squad_candidates(locale) if one["member"] in case.squad]


def squad_candidates(locale: str) -> list[Person]:
    """Everybody who can be put on a squad."""
    rows = list(session.scalars(select(SquadMember)))
    users = _by_id(User, [row.user for row in rows])
    duties = _by_id(Responsibility, [row.responsibility for row in rows])
    people = [_person(row, users[row.user].name, duties.get(row.responsibility), locale) for row in rows]
    return sorted(people, key=lambda one: one["name"])


def _by_id(kind: Any, keys: list[str]) -> dict[str, Any]:
    return {one.sys_id: one for one in session.scalars(select(kind).where(kind.sys_id.in_(keys)))} if keys else {}


def _person(row: Any, name: str, duty: Responsibility | None, locale: str) -> Person:
    initials = "".join(word[0] for word in name.split()[:2]).upper()
    return {
        "member": row.sys_id, "name": name, "initials": initials, "href": None,
        "role": duty.label(locale) if duty else "", "responsibility": duty.sys_id if duty else None,
    }  # fmt: skip


def card(run: Run, activity: RunActivity, locale: str, responsibility: str = "") -> dict[str, Any]:
    """What the card of an activity needs beside its own fields, by kind and table."""
    found = _CARDS.get((activity.kind, activity.definition.record_table or "")) or _CARDS.get((activity.kind, ""))
    return found(run, activity, locale, responsibility) if found else {}


def _customer_card(run: Run, activity: RunActivity, locale: str, _chosen: str) -> dict[str, Any]:
    return {
        "people": customer_people(run.case, locale),
        "responsibilities": [(one.sys_id, one.label(locale)) for one in responsibilities(Audience.CUSTOMER)],
    }


def _account_card(run: Run, activity: RunActivity, locale: str, chosen: str) -> dict[str, Any]:
    duties = responsibilities(Audience.INTERNAL)
    current = next((one for one in duties if one.sys_id == chosen), duties[0] if duties else None)
    return {
        "people": account_people(run.case, locale),
        "responsibilities": [(one.sys_id, one.label(locale)) for one in duties],
        "chosen": current.sys_id if current else "",
        "users": [(user.sys_id, user.name) for user in holders(current)],
    }


def _squad_card(run: Run, activity: RunActivity, locale: str, _chosen: str) -> dict[str, Any]:
    return {"candidates": squad_candidates(locale), "squad": run.case.squad}


def _task_card(run: Run, activity: RunActivity, locale: str, _chosen: str) -> dict[str, Any]:
    return {"task": task_of(activity)}


def _open_card(run: Run, activity: RunActivity, locale: str, _chosen: str) -> dict[str, Any]:
    return {"tasks": open_work(run, activity), "sample": makes_sample(activity)}


_CARDS: dict[tuple[Kind, str], Any] = {
    (Kind.TEAM_MEMBERS, "sn_acct_lc_customer_team_member"): _customer_card,
    (Kind.RESPONSIBILITIES, "sn_acct_lc_customer_team_member"): _customer_card,
    (Kind.RESPONSIBILITIES, "sn_customerservice_team_member"): _account_card,
    (Kind.TEAM_MEMBERS, "sn_acct_lc_squad_member"): _squad_card,
    (Kind.CREATE_VIEW_TASK, ""): _task_card,
    (Kind.SUMMARY, ""): lambda run, activity, locale, _chosen: {"tasks": summarised_tasks(run, activity)},
    (Kind.RELATED_WORK, ""): lambda run, activity, locale, _chosen: {"tasks": related_tasks(run, activity)},
    (Kind.RELATED_WORK, "sn_acct_lc_success_task"): _open_card,
    (Kind.RELATED_WORK, "sn_acct_lc_internal_play_task"): _open_card,
    (Kind.RELATED_MEETING, ""): _open_card,
    (Kind.JOURNAL_ENTRY, ""): lambda run, activity, locale, _chosen: {
        "journal": journal_of(activity),
        "text": text_of(activity),
    },
}


def log(run: Run) -> list[dict[str, Any]]:
    """The activity log (PBK-04), newest first: {activity, user, at, changes: [(field, old, new)]}.

    What was entered in an activity is a change of its `data`; a later change of one of its fields on the record is
    an entry of its own.
    """
    owners = {name: one for one in run.activities.values() for name in one.shown}
    on_record = (Audit.record == run.record.sys_id) & Audit.field_name.in_(list(owners))
    on_activity = Audit.record.in_(list(run.activities)) & (Audit.field_name == "state")
    found = select(Audit).where(on_record | on_activity).order_by(Audit.at.desc(), Audit.sys_id.desc()).limit(200)
    rows = session.scalars(found).all()
    names = names_of("sys_user", {row.user for row in rows})
    entries: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        activity = run.activities.get(row.record) or owners[row.field_name or ""]
        key = (activity.id, row.at, row.user)
        entry = entries.setdefault(
            key, {"activity": activity, "user": names.get(row.user, "ALE"), "at": row.at, "changes": [], "state": None}
        )
        if row.record in run.activities:
            entry["state"] = row.new_value
        else:
            entry["changes"].append((row.field_name, row.old_value, row.new_value))
    return [entry for entry in entries.values() if entry["changes"] or entry["state"] in ("complete", "skipped")]


def account_of(run: Run) -> Account | None:
    """The account behind the record of a run."""
    return session.get(Account, run.case.account)


def related(run: Run) -> list[Record]:
    """All tasks of a case, or the tasks and meetings of another record, for the related items; oldest first."""
    if isinstance(run.record, OnboardingCase):
        tasks = select(CaseTask).where(CaseTask.parent == run.record.sys_id)
        return list(session.scalars(tasks.order_by(CaseTask.sys_id)))
    tables = dict.fromkeys(str(one.definition.record_table) for one in run.activities.values())
    return [one for table in tables if table in BELOW for one in records_below(run, table)]


def activity_of_task(task: CaseTask) -> tuple[ActivityContext, Activity] | None:
    """The activity that made a task."""
    found = (
        select(ActivityContext, Activity)
        .join(Activity, ActivityContext.activity == Activity.sys_id)
        .where(ActivityContext.sys_id == task.playbook_activity)
    )
    row = session.execute(found).one_or_none()
    return (row[0], row[1]) if row else None
