"""The publications of an import as pages read them: what came of each, what an undo would do, what it left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from ale.domains.imports import service, undoing
from ale.domains.imports.publications import LeftAlone, Publication, PublicationState
from ale.domains.imports.records import ImportTask
from ale.domains.system.service import setting_number
from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.problem import Problem
from ale.foundation.reading import name_of, names_of
from ale.web.addresses import record_href
from ale.web.language import datetime_text, label, locale, number

MOST = 200
"""Records left alone that a page lists."""

TONES = {"published": "ok", "undone": "", "publishing": "info", "undoing": "info", "redoing": "info"}


@dataclass(frozen=True)
class ShownPublication:
    """One publication on the page of its import."""

    publication: Publication
    by: Actor

    @property
    def title(self) -> str:
        """Its number."""
        return self.publication.number

    @property
    def badge(self) -> tuple[str, str]:
        """Its state and the colour."""
        return label(self.publication.state), TONES[self.publication.state.value]

    @property
    def when(self) -> str:
        """When, and by whom."""
        who = name_of("sys_user", self.publication.sys_created_by)
        return f"{datetime_text(self.publication.sys_created_on)} · {who}"

    @property
    def came_of_it(self) -> str:
        """What came of its rows, in words."""
        one = self.publication
        parts = [
            (one.created, _("%(count)s created", count=number(one.created))),
            (one.updated, _("%(count)s updated", count=number(one.updated))),
            (one.unchanged, _("%(count)s unchanged", count=number(one.unchanged))),
            (one.refused, _("%(count)s refused", count=number(one.refused))),
        ]
        return ", ".join(text for count, text in parts if count) or _("Nothing yet")

    @property
    def taken_back(self) -> str:
        """What an undo came to; empty before one."""
        one = self.publication
        if one.state is not PublicationState.UNDONE:
            return ""
        return in_words(one.reversed, one.kept, one.blocked)

    @property
    def can_undo(self) -> bool:
        """Whether an undo is offered."""
        return self._may and not self._is_over and self.publication.state is PublicationState.PUBLISHED

    @property
    def can_redo(self) -> bool:
        """Whether a redo is offered."""
        return self._may and self.publication.state is PublicationState.UNDONE

    @property
    def _may(self) -> bool:
        return service.may_import(self.by)

    @property
    def _is_over(self) -> bool:
        days = setting_number(service.UNDO_DAYS, 30)
        return self.publication.sys_created_on < now() - timedelta(days=days)

    def at(self, endpoint: str = "show") -> str:
        """The address of its page, or of a deed."""
        keys: dict[str, Any] = {"sys_id": self.publication.import_task, "publication": self.publication.sys_id}
        return url_for(f"publications.{endpoint}", **keys)


def in_words(reversed_: int, kept: int, blocked: int) -> str:
    """How many records an undo takes back, keeps, and cannot take back."""
    parts = [_("%(count)s taken back", count=number(reversed_))]
    parts += [_("%(count)s kept", count=number(kept))] if kept else []
    parts += [_("%(count)s blocked", count=number(blocked))] if blocked else []
    return ", ".join(parts)


def publications_of(task: ImportTask, by: Actor) -> list[ShownPublication]:
    """The publications of an import, newest first."""
    mine = select(Publication).where(Publication.import_task == task.sys_id).order_by(Publication.sys_id.desc())
    return [ShownPublication(one, by) for one in session.scalars(mine.limit(MOST))]


@dataclass(frozen=True)
class Left:
    """A record that stays as it is, and why."""

    title: str
    href: str | None
    why: str
    about: str | None = None


@dataclass(frozen=True)
class PublicationPage:
    """One publication: what an undo would do while it is published, what one left alone afterwards."""

    task: ImportTask
    publication: Publication
    by: Actor
    problems: Sequence[Problem] = ()

    @property
    def shown(self) -> ShownPublication:
        """What the list says of it."""
        return ShownPublication(self.publication, self.by)

    @property
    def crumbs(self) -> list[dict[str, Any]]:
        """Back to the import."""
        back = {"label": self.task.number, "href": url_for("imports.show", sys_id=self.task.sys_id)}
        return [{"label": _("Imports"), "href": url_for("imports.index")}, back, {"label": self.publication.number}]

    @property
    def errors(self) -> list[dict[str, str | None]]:
        """Why the last deed was refused."""
        return [{"field": None, "text": one.text(_, locale())} for one in self.problems]

    @cached_property
    def _seen(self) -> tuple[int, dict[str, tuple[str, Any]]]:
        """How many records an undo would take back, and which it would leave, with verdict and reason."""
        count = 0
        left: dict[str, tuple[str, Any]] = {}
        for verdicts in undoing.foresee(self.publication, self.by):
            count += len(verdicts.done)
            left |= verdicts.left
        return count, left

    @property
    def foreseen(self) -> str:
        """What an undo would do, in words."""
        count, left = self._seen
        verdicts = [verdict for verdict, _reason in left.values()]
        return in_words(count, verdicts.count("kept"), verdicts.count("blocked"))

    @cached_property
    def _stays(self) -> dict[str, tuple[str, Any]]:
        if self.shown.can_undo:
            return self._seen[1]
        mine = select(LeftAlone).where(LeftAlone.publication == self.publication.sys_id).order_by(LeftAlone.record)
        return {one.record: (one.verdict, one.reason) for one in session.scalars(mine)}

    @property
    def left_count(self) -> int:
        """How many records stay as they are."""
        return len(self._stays)

    @property
    def left(self) -> list[tuple[str, list[Left]]]:
        """The records that stay, by verdict; no more than MOST in all."""
        some = dict(list(self._stays.items())[:MOST])
        names = names_of(self.publication.target_table, some)
        people = names_of("sys_user", {one["user"] for _verdict, one in some.values() if one["code"] == "EDITED"})
        titles = {"kept": _("Kept: changed since"), "blocked": _("Blocked")}
        groups = []
        for verdict, title in titles.items():
            mine = {key: reason for key, (known, reason) in some.items() if known == verdict}
            rows = [self._left(key, reason, names, people) for key, reason in mine.items()]
            groups += [(title, rows)] if rows else []
        return groups

    def _left(self, key: str, reason: Any, names: dict[str, str], people: dict[str, str]) -> Left:
        href = record_href(self.publication.target_table, key) if key in names else None
        return Left(names.get(key, key), href, _why(reason, people))


def _why(reason: dict[str, Any], people: dict[str, str]) -> str:
    """The reason as a sentence."""
    match reason["code"]:
        case "EDITED":
            when = datetime_text(datetime.fromisoformat(reason["at"]))
            return _("%(who)s changed it, %(when)s", who=people.get(reason["user"], "ALE"), when=when)
        case "NEEDED":
            return _("%(what)s refers to it", what=label(Label(*reason["label"])))
        case "GONE":
            return _("It was deleted since")
        case "THERE":
            return _("It is there already")
    return _("A rule forbids its former state: %(why)s", why=" ".join(map(_said, reason["problems"])))


def _said(problem: dict[str, Any]) -> str:
    """A problem that was kept, in the reader's language."""
    sentence, params = problem["message"], problem["params"]
    shown = {name: label(Label(*one)) if isinstance(one, list) else one for name, one in params.items()}
    return _(sentence).format(**shown)
