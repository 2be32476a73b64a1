"""Where an import stands: how many rows are where, what is being done with them, what comes next."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import current_app, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _

from ale.domains.imports import queries
from ale.domains.imports.mapping import waiting_files
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, READY, WRONG, YET
from ale.domains.imports.staging import ImportSet, RowState
from ale.domains.imports.validating import NOTHING, VALIDATED
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.ledger import Job
from ale.foundation.reading import may
from ale.foundation.room import FULL, is_left
from ale.web.language import label, number

TABS = (READY, WRONG, YET, PUBLISHED)
_METER = ((PUBLISHED, "info"), (READY, "ok"), (WRONG, "bad"), (YET, ""))


@dataclass
class Standing:
    """One import as its own page and the activity of the playbook sum it up; `asked` is the tab asked for."""

    task: ImportTask
    by: Actor
    asked: str = ""

    @cached_property
    def may_work(self) -> bool:
        """Whether the actor may load, correct and publish here."""
        return may(ImportTask, "write", self.by) and self.task.state not in ("closed", "canceled")

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows by state."""
        return queries.counts(self.task)

    @property
    def total(self) -> int:
        """All rows of the import."""
        return sum(self.counts.values())

    @property
    def ready(self) -> int:
        """Rows that can be published."""
        return self.counts[READY]

    @property
    def waiting(self) -> int:
        """Rows that can be validated."""
        return self.counts[YET]

    @property
    def published(self) -> int:
        """Rows that are published."""
        return self.counts[PUBLISHED]

    @property
    def unpublished(self) -> int:
        """Rows that are not."""
        return self.total - self.published

    @cached_property
    def waiting_files(self) -> list[ImportSet]:
        """The files whose columns somebody must match; for who may."""
        return waiting_files(self.task) if self.may_work else []

    @cached_property
    def state(self) -> str:
        """The tab: the one asked for, else the first that has something to do."""
        if self.asked in TABS:
            return self.asked
        return next((one for one in (WRONG, YET, READY) if self.counts[one]), PUBLISHED if self.published else READY)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts of the meter."""
        return [{"label": label(RowState(one)), "count": self.counts[one], "tone": tone} for one, tone in _METER]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The lists with their counts, each at its own address."""
        return [
            {"label": label(RowState(one)), "count": self.counts[one], "current": one == self.state,
             "href": url_for("imports.show", sys_id=self.task.sys_id, state=one)}
            for one in TABS
        ]  # fmt: skip

    @property
    def links(self) -> list[dict[str, Any]]:
        """The same for another page, where none of them is the current one."""
        return [one | {"current": False} for one in self.tabs]

    @cached_property
    def work(self) -> list[dict[str, Any]]:
        """The jobs at work, as the progress macro takes them."""
        return [_shown(one) for one in queries.at_work(self.task)]

    @property
    def doing(self) -> set[str]:
        """The kinds of jobs at work."""
        return {one["kind"] for one in self.work}

    @cached_property
    def _last(self) -> Job | None:
        """The job that ended last, unless work goes on."""
        return None if self.work else queries.last_job(self.task)

    @property
    def failure(self) -> str:
        """What went wrong with the last job."""
        return said(self._last) if self._last and self._last.state == "failed" else ""

    @property
    def outcome(self) -> str:
        """That the data was validated, or that there was nothing to validate; until something else is done (IMP-03)."""
        is_told = self._last and self._last.message in (VALIDATED, NOTHING) and self.total and not self.waiting
        return said(self._last) if self._last and is_told else ""

    @property
    def next_deed(self) -> str:
        """The one thing to do now: match, upload, publish, validate, close or nothing."""
        if not self.may_work or self.work:
            return ""
        if self.waiting_files:
            return "match"
        if not self.total:
            return "upload"
        if self.ready:
            return "publish"
        return "validate" if self.waiting else "" if self.unpublished else "close"

    @property
    def listed(self) -> str:
        """The rows that are not published, by state: what Restart and Close leave behind."""
        amounts = {state: number(amount) for state, amount in self.counts.items()}
        words = {
            READY: _("%(count)s ready to publish", count=amounts[READY]),
            WRONG: _("%(count)s needing attention", count=amounts[WRONG]),
            YET: _("%(count)s yet to validate", count=amounts[YET]),
        }
        return ", ".join(text for state, text in words.items() if self.counts[state])

    @property
    def empty_text(self) -> tuple[str, str]:
        """What an empty list says."""
        return {
            READY: (_("No row is ready"), _("Rows appear here when validation finds nothing wrong with them.")),
            WRONG: (_("Nothing needs attention"), _("Every row that was validated is fine.")),
            YET: (_("Nothing waits for validation"), _("Rows that are loaded or corrected wait here.")),
            PUBLISHED: (_("Nothing is published yet"), _("Rows appear here once they have become records.")),
        }[self.state]


def _shown(one: queries.Work) -> dict[str, Any]:
    job, said = one.job, ""
    if job.total:
        said = _("%(done)s of %(total)s", done=number(job.done), total=number(job.total))
        if one.rate:
            said += " · " + _("%(rate)s rows a second", rate=number(round(one.rate)))
        if one.left is not None and one.left >= 1:
            said += " · " + _("%(time)s left", time=format_timedelta(one.left, threshold=1.2))
    elif job.state == "queued":
        said = _("waiting for its turn")
    if waits_for_room(job):
        said = _(FULL)
    shown = {"kind": job.kind, "id": f"job-{job.sys_id}", "label": _deed(job), "text": said}
    return shown | {"done": job.done, "total": job.total}


def said(job: Job) -> str:
    """What a job has to say, in the reader's language; why files were refused stands with each of them."""
    if waits_for_room(job):
        return _(FULL)
    loads = [session.get(ImportSet, key) for key in job.args.get("import_sets", ())] if job.ended_at else []
    return "\n".join(text for load in loads if load for text in refusals(load)) or (
        _(job.message) if job.message else ""
    )


def refusals(load: ImportSet) -> list[str]:
    """Why a file was refused, in the reader's language."""
    told = [(one["message"], one["params"]) for one in load.problems or ()]
    return [_(sentence).format(**params) for sentence, params in told]


def waits_for_room(job: Job) -> bool:
    """Whether a job that is not over can get no further before somebody has made room."""
    return job.ended_at is None and (job.message == FULL or not is_left(current_app.config["ALE"].data_dir))


def _deed(job: Job) -> str:
    """What a job does at the moment, in words."""
    words = {
        "Looking": _("Looking through the file"),
        "Loading": _("Loading rows"), "import.load": _("Loading rows"),
        "Validating": _("Validating rows"), "import.validate": _("Validating rows"),
        "Publishing": _("Publishing rows"), "import.publish": _("Publishing rows"),
        "Undoing": _("Taking records back"), "import.undo": _("Taking records back"),
        "Redoing": _("Publishing again"), "import.redo": _("Publishing again"),
        "Correcting": _("Correcting rows"), "import.repair": _("Correcting rows"),
    }  # fmt: skip
    return words.get(job.message) or words.get(job.kind) or _("Working")
