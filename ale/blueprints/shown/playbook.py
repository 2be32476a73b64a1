"""The playbook page as its templates read it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from ale.blueprints.shown.playbook_words import ASKED, CASE_TASK, Words, called, facts_of, standing_of, words_for
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.playbooks import queries
from ale.domains.playbooks.instances import ActivityState, Context
from ale.domains.playbooks.run import Run, RunActivity, RunStage
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.clock import today
from ale.foundation.convert import as_text, convert
from ale.foundation.db import session
from ale.foundation.field import Field, fields_of
from ale.foundation.label import Label
from ale.foundation.objections import steps_now
from ale.foundation.problem import Problem, sentence
from ale.foundation.reading import may, name_of, readable_fields
from ale.foundation.record import RECORDS, Record, Step, table_name
from ale.foundation.work import journals_for
from ale.web import stream
from ale.web.addresses import form_href, list_href, record_href
from ale.web.files import Files
from ale.web.forms import RecordForm, Sent
from ale.web.language import label, locale
from ale.web.values import TONES, shown, text_of


@dataclass
class PlaybookPage:
    """What the templates of one playbook page read; `sent` and `problems` belong to the activity that was posted."""

    run: Run
    by: Actor
    stage: RunStage
    opened: RunActivity | None = None
    sent: Sent | None = None
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        """The facts under the head of the page; beside the go-live date how far it is, until the case is over."""
        facts = facts_of(self.run.record, self._said.facts, self.by)
        return [dict(one, note=self._days_left) if one["name"] == "go_live_date" else one for one in facts]

    @cached_property
    def _said(self) -> Words:
        return words_for(self.run.record)

    @property
    def title(self) -> str:
        """What the record is about."""
        return called(self.run.record)

    @property
    def kind(self) -> dict[str, str | None]:
        """The list that the record stands in, and what one of it is called."""
        sheet = self.run.record.__sheet__
        return {"label": label(sheet.plural), "one": label(sheet.label), "href": list_href(type(self.run.record))}

    @property
    def _days_left(self) -> str:
        """in 18 days, today, 2 days late; empty once the case is over."""
        case = self.run.case
        if not case.active or case.go_live_date is None:
            return ""
        (days,) = facts_of(case, ("days_remaining",), self.by) or ({"value": ""},)
        return _("in %(days)s", days=days["value"]) if case.go_live_date > today() else str(days["value"])

    @property
    def advised(self) -> Record:
        """The record that actions are recommended for: the task of the activity that is open, else the case."""
        key = self.opened.context.task if self.opened else None
        return (session.get(CaseTask, key) if key else None) or self.run.record

    @property
    def standing(self) -> Choice:
        """Where the record stands: the stage of a case for those who may see it, the state of anything else."""
        return standing_of(self.run.record, self.by)

    @property
    def tone(self) -> str:
        """The colour of where it stands."""
        return TONES.get(self.standing.value, "")

    @cached_property
    def stages(self) -> list[dict[str, Any]]:
        """The stage picker."""
        return [self._stage(one) for one in self.run.stages]

    def _stage(self, one: RunStage) -> dict[str, Any]:
        over, total = one.progress
        blocker = self.run.stages[self.run.stages.index(one) - 1] if self.run.blocked_by(one) else None
        names = {"complete": "done", "in_progress": "current", "canceled": "canceled"}
        canceled = label(ActivityState.CANCELED) if one.state == ActivityState.CANCELED else None
        done = canceled or _("%(n)s of %(of)s done", n=over, of=total)
        note = _("After %(stage)s", stage=blocker.label(locale())) if blocker else done
        return {
            "label": one.label(locale()), "note": note, "state": "locked" if blocker else names.get(one.state, "open"),
            "href": url_for(".show", context=self.run.context.sys_id, stage=one.id), "current": one is self.stage,
        }  # fmt: skip

    @property
    def record(self) -> Record:
        """What the playbook runs on."""
        return self.run.record

    @property
    def address(self) -> str | None:
        """The form of the record."""
        return form_href(type(self.record), self.record.sys_id)

    @property
    def steps(self) -> list[Step]:
        """What ends the record, once its playbook lets it (PBK-10, PBK-15); a case is closed at its form (ONB-19)."""
        own = [] if isinstance(self.record, OnboardingCase) else steps_now(self.record, self.by)
        return [replace(one, primary=True) for one in own if one.name == "close"]

    @property
    def blocker(self) -> RunStage | None:
        """The stage that has to end before the one shown can start."""
        return self.run.blocked_by(self.stage)

    def problems_of(self, activity: RunActivity) -> list[Problem]:
        """Why the last try on this activity was refused."""
        return self.problems if activity is self.opened else []

    def errors(self, activity: RunActivity) -> list[dict[str, str | None]]:
        """The same for the error summary."""
        return [{"field": one.field, "text": one.text(_, locale())} for one in self.problems_of(activity)]

    def error(self, activity: RunActivity, name: str) -> str | None:
        """The problem of one field."""
        found = next((one for one in self.problems_of(activity) if one.field == name), None)
        return found.text(_, locale()) if found else None

    def typed(self, activity: RunActivity, name: str) -> str:
        """What was typed in the try that was refused; empty after a good one."""
        return self.sent.get(name, "") if self.sent and self.problems and activity is self.opened else ""

    def stamp(self, activity: RunActivity) -> str:
        """What the fields of an activity hold, in short; of a refused form what they held when it was opened."""
        told = any(one.code == "CHANGED_MEANWHILE" for one in self.problems)
        return ("" if told else self.typed(activity, "stamp")) or self._now(activity)

    def _now(self, activity: RunActivity) -> str:
        text = "\n".join(as_text(getattr(self.run.record, name)) for name in activity.shown)
        return sha256(text.encode()).hexdigest()[:12]

    def outrun(self, activity: RunActivity) -> list[Problem]:
        """The sent fields that somebody else has changed since the form was opened."""
        form = self.form(activity)
        if self.sent is None or self.sent.get("stamp", "") in ("", self._now(activity)):
            return []
        message = sentence("Meanwhile somebody set this to {value}. Save again to replace it.")
        return [
            Problem("CHANGED_MEANWHILE", message, one.name, value=one.value or "–")
            for one in shown(self.run.record, activity.shown, self.by)
            if one.name in form.given and form.values[one.name] != getattr(self.run.record, one.name)
        ]

    def form(self, activity: RunActivity) -> RecordForm:
        """The fields of the record that an activity shows."""
        step = Step(activity.definition.key, Label("", ""), {}, lambda _row: True, tuple(activity.shown))
        mine = activity is self.opened
        return RecordForm(type(self.run.record), self.by, self.run.record, sent=self.sent if mine else None, step=step,
                          problems=self.problems_of(activity))  # fmt: skip

    def read_only(self, activity: RunActivity) -> list[dict[str, Any]]:
        """The same fields as facts."""
        return facts_of(self.run.record, activity.shown, self.by)

    def task_facts(self, task: CaseTask) -> list[dict[str, Any]]:
        """Where the task of an activity stands."""
        return facts_of(task, ("number", "state", "progress", "assigned_to", "due_date"), self.by)

    def contact_choices(self, people: list[dict[str, Any]]) -> list[tuple[str, str]]:
        """The contacts of the customer team, each once; those without a responsibility first."""
        ordered = sorted(people, key=lambda one: one["responsibility"] is not None)
        return list({one["contact"]: (one["contact"], one["name"]) for one in ordered}.values())

    def squad_choices(self, people: list[dict[str, Any]]) -> list[tuple[str, str]]:
        """Everybody who can be on the squad."""
        return [(one["member"], f"{one['name']} · {one['role']}") for one in people]

    def task_form(self, activity: RunActivity) -> RecordForm:
        """The fields of an ad-hoc task or meeting."""
        table = activity.definition.record_table
        table = table if table in ASKED else CASE_TASK
        step = Step("create", Label("", ""), {}, lambda _row: True, ASKED[table])
        mine = activity is self.opened
        return RecordForm(RECORDS[table], self.by, None, start=activity.values(self.by.language),
                          sent=self.sent if mine else None, step=step, problems=self.problems_of(activity))  # fmt: skip

    def card(self, activity: RunActivity) -> dict[str, Any]:
        """What the card of an activity needs beside its own fields."""
        chosen = (self.sent or request.args).get("responsibility", "") if activity is self.opened else ""
        return queries.card(self.run, activity, locale(), chosen)

    @cached_property
    def may_work(self) -> bool:
        """Whether the actor may do something here."""
        return may(Context, "write", self.by) and self.run.context.state == "in_progress"

    @property
    def journals(self) -> tuple[str, ...]:
        """The journals that the actor may write to."""
        return journals_for(self.run.record, self.by)

    @property
    def team_is_known(self) -> bool:
        """ONB-17: people stand in the left panel once the first stage is complete."""
        return self.run.stages[0].state == "complete"

    @property
    def has_customer_team(self) -> bool:
        """Whether the record has a customer team."""
        return isinstance(self.run.record, OnboardingCase)

    @cached_property
    def customers(self) -> list[dict[str, Any]]:
        return queries.customer_people(self.run.case, locale())

    @cached_property
    def squad(self) -> list[dict[str, Any]]:
        return queries.squad_people(self.run.case, locale())

    @cached_property
    def case_facts(self) -> list[dict[str, Any]]:
        """The case in the left panel."""
        return facts_of(self.run.record, self._said.beside, self.by)

    @cached_property
    def account_facts(self) -> list[dict[str, Any]]:
        """The account in the left panel."""
        account = queries.account_of(self.run)
        names = ("name", "number", "tier", "account_manager", "health_status")
        return facts_of(account, names, self.by) if account else []

    @property
    def files(self) -> Files:
        """What hangs on the record."""
        return Files(self.run.record, self.by)

    @cached_property
    def stream(self) -> list[dict[str, Any]]:
        return stream.entries(self.run.record, self.by)

    @cached_property
    def log(self) -> list[dict[str, Any]]:
        """The activity log as stream entries."""
        known = {name: label(item.label) for name, item in self.record_fields.items()}
        words = {"complete": _("Completed"), "skipped": _("Skipped")}
        return [
            {
                "kind": "event", "author": one["user"], "initials": stream.initials(one["user"]), "at": one["at"],
                "text": " · ".join(filter(None, [one["activity"].label(locale()), words.get(one["state"] or "")])),
                "changes": [
                    {"label": known.get(name, name), "old": self._read(name, old), "new": self._read(name, new)}
                    for name, old, new in one["changes"]
                    if name in known or name not in fields_of(type(self.run.record))
                ],
            }
            for one in queries.log(self.run)
        ]  # fmt: skip

    @cached_property
    def record_fields(self) -> dict[str, Field]:
        return readable_fields(type(self.run.record), self.by)

    def _read(self, name: str, text: str | None) -> str:
        """A value of the history as a person reads it."""
        item = self.record_fields.get(name)
        if item is None:
            return ""
        called = {(str(item.to), str(text)): name_of(item.to, text)} if item.to and text else {}
        return text_of(item, convert(item, text)[0], called)

    @cached_property
    def related(self) -> list[dict[str, Any]]:
        """The tasks and meetings of the record, each with its page."""
        return [self.item(one) for one in queries.related(self.run) if may(type(one), "read", self.by)]

    def item(self, record: Any) -> dict[str, Any]:
        """A task or meeting as a line with its number and state."""
        table = getattr(record, "sys_class_name", table_name(type(record)))
        return {
            "number": record.number, "text": called(record), "href": record_href(table, record.sys_id),
            "state": label(record.state), "tone": TONES.get(record.state.value, ""),
        }  # fmt: skip
