"""Form, playbook, API and import say the same of every value: 2,000 generated ones, over the fields of all types."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks import behaviours
from ale.domains.playbooks.run import Run, RunActivity
from ale.foundation.actor import Actor
from ale.foundation.changes import preview, save
from ale.foundation.convert import as_text
from ale.foundation.db import session
from ale.foundation.drafts import drafted
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Rejected
from ale.foundation.record import RECORDS, Record, Step
from ale.web.forms import RecordForm
from tests.factories import SYSTEM, valid
from tests.stories import Story

MANY = 2_000
ODD = (
    "", "   ", " x ", "0", "-1", "12.5", "12,5", "1e3", "999999999999", "2026-02-30", "2026-11-27", "27/11/2026",
    "2026-11-27 10:00:00", "2026-11-27T10:00", "nan", "Infinity", "true", "maybe", "Ünïcödé 漢字 🎉", "\u202eabc",
    "a\u0000b", "<b>x</b>", "=1+1", "a@b.example", "a@b", "https://b.example", "javascript:x", "TOP", "x" * 5_000,
    "0" * 32, "ABCDEF", "admin",
)  # fmt: skip
"""Texts that some kind of field reads and others do not."""

Verdict = tuple[str, Any]


def asked() -> Iterator[tuple[type[Record], Field, str]]:
    """Fields of all types in turn with a text for each, the same in every run."""
    chance = random.Random(2026)
    while True:
        for name in sorted(RECORDS):
            known = [one for one in fields_of(RECORDS[name]).values() if _is_typed(one)]
            for item in chance.sample(known, min(2, len(known))):
                own = [text for choice in item.choices or () for text in (choice.value, *choice.label)]
                yield RECORDS[name], item, chance.choice([*ODD, *own, *own])


def _is_typed(item: Field) -> bool:
    """Whether somebody types or chooses one value: a box and a list of many are sent otherwise by a form."""
    return item.kind not in (Kind.BOOLEAN, Kind.LIST) and not item.facts.read_only and item.facts.format != "secret"


def of_rules(record_type: type[Record], values: Values, item: Field, record: Record | None = None) -> Verdict:
    """What saving would come to: the value as it would be stored, or all that is wrong."""
    try:
        full = preview(record_type, values, by=SYSTEM, record=record)
    except Rejected as refusal:
        return "refused", sorted({(one.code, one.field or "") for one in refusal.problems})
    return "stored", as_text(full[item.name])


def by_form(record_type: type[Record], values: Values, item: Field) -> Verdict:
    """As a browser sends it: everything as text."""
    sent = MultiDict({name: as_text(value) for name, value in values.items() if value is not None})
    form = RecordForm(record_type, SYSTEM, sent=sent)
    return of_rules(record_type, values | form.given, item)


def by_card(record_type: type[Record], values: Values, item: Field) -> Verdict:
    """As a card of a playbook sends it: a form of the fields that its activity shows."""
    card = Step("card", Label("", ""), {}, lambda _row: True, (item.name,))
    sent = MultiDict({item.name: as_text(values[item.name])})
    form = RecordForm(record_type, SYSTEM, sent=sent, step=card)
    return of_rules(record_type, values | form.given, item)


def by_import(record_type: type[Record], values: Values, item: Field) -> Verdict:
    """As a chunk of rows is published."""
    [draft] = drafted(record_type, [(None, values)], by=SYSTEM)
    if draft.problems:
        return "refused", sorted({(one.code, one.field or "") for one in draft.problems})
    return "stored", as_text(draft.after[item.name])


@pytest.mark.usefixtures("app")
def test_every_door_says_the_same_of_a_value(app: Flask) -> None:
    bases: dict[type[Record], Values] = {}
    differ, verdicts = [], set()
    questions = asked()
    for _number in range(MANY):
        record_type, item, text = next(questions)
        if record_type not in bases:
            bases[record_type] = valid(record_type)
        values = bases[record_type] | {item.name: text}
        with app.test_request_context():
            said = {
                "API": of_rules(record_type, values, item),
                "form": by_form(record_type, values, item),
                "playbook": by_card(record_type, values, item),
                "import": by_import(record_type, values, item),
            }
        verdicts.add(said["API"][0])
        if len(set(map(str, said.values()))) > 1:
            differ.append((record_type.__name__, item.name, text[:40], said))
    assert differ == []
    assert verdicts == {"stored", "refused"}


def kept(run: Run, item: Field, deed: Callable[[], object]) -> Verdict:
    """What a deed leaves in a field of the record, or why it is refused; the record is as before then."""
    point = session.begin_nested()
    try:
        deed()
    except Rejected as refusal:
        return "refused", sorted({(one.code, one.field or "") for one in refusal.problems})
    else:
        return "stored", as_text(getattr(run.record, item.name))
    finally:
        point.rollback()


def test_what_an_activity_keeps_is_what_a_save_stores(actor: Callable[[str], Actor]) -> None:
    """Behind the card: its activity stores nothing else and refuses nothing else than the API does."""
    agent = actor("agent")
    run, known, chance = Story.begin(agent).run, fields_of(OnboardingCase), random.Random(2026)
    cards = [
        (activity, known[name])
        for activity in run.activities.values()
        for name in activity.shown
        if name in known and _is_typed(known[name])
    ]
    verdicts = set()
    for _number in range(60):
        activity, item = chance.choice(cards)
        given = {item.name: chance.choice([*ODD, *(one.value for one in item.choices or ())])}
        said = [kept(run, item, deed) for deed in _both(run, activity, given, agent)]
        assert said[0] == said[1], (activity.definition.key, given)
        verdicts.add(said[0][0])
    assert verdicts == {"stored", "refused"}


def _both(run: Run, activity: RunActivity, given: Values, by: Actor) -> tuple[Callable[[], object], ...]:
    return lambda: behaviours.keep(run, activity, given, by), lambda: save(run.record, given, by=by)
