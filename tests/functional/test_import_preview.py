"""Preview is a promise: its counts come true, and nothing that changed since is written over."""

import random
from typing import Any

import pytest

from ale.domains.accounts.records import Contact
from ale.domains.imports import previewing, service
from ale.domains.imports.previewing import Foreseen
from ale.foundation.changes import create, save
from ale.foundation.db import transaction
from ale.foundation.problem import Rejected
from tests.imports import SYSTEM, Import, account, contact, made, run

ADDRESSES = [f"p{number}@example.com" for number in range(9)]


def look(contacts: Import) -> list[Foreseen]:
    """What publishing all ready rows would do."""
    return list(previewing.look(contacts.task, "all", by=contacts.by))


def counted(contacts: Import) -> tuple[int, int, int, int]:
    """What publishing came to."""
    told = contacts.publication
    return told.created, told.updated, told.unchanged, told.refused


def promised(contacts: Import) -> tuple[tuple[int, int, int, int], str]:
    """What a preview says, and its token."""
    seen = previewing.preview(contacts.task, "all", by=contacts.by)
    return (seen.created, seen.updated, seen.unchanged, seen.conflict), seen.token


def test_each_row_is_foreseen_with_the_fields_that_would_change(contacts: Import) -> None:
    contacts.load_rows(contact(1, Phone="+33 1"), contact(2))
    contacts.publish()
    contacts.load_rows(contact(1, Phone="+33 2", Title="Director"), contact(2), contact(3, Email="row1@example.com"))
    first, second, third = look(contacts)
    changes = {"phone": ("+33 1", "+33 2"), "title": (None, "Director")}
    assert (first.event, first.line, first.differences) == ("save", 2, changes)
    assert (second.event, second.differences) == ("none", {})
    assert third.draft is not None
    assert (third.event, [one.code for one in third.draft.problems]) == ("conflict", ["DUPLICATE"])
    assert made(1).title is None


def test_a_preview_is_refused_when_a_target_changed_and_its_line_is_named(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    contacts.load_rows(contact(1, Title="New"), contact(2, Title="New"))
    _counts, token = promised(contacts)
    with transaction():
        save(made(2), {"notes": "Called"}, by=SYSTEM)
    with pytest.raises(Rejected) as refusal:
        service.publish(contacts.task, "all", by=contacts.by, token=token)
    problem = refusal.value.problems[0]
    assert (problem.code, problem.params["lines"]) == ("PREVIEW_OUTDATED", "3")
    assert "lines 3" in problem.text()
    _counts, token = promised(contacts)
    contacts.publish(token=token)
    assert counted(contacts) == (0, 2, 0, 0)


def test_what_changes_while_the_job_waits_is_refused_row_by_row(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    contacts.load_rows(contact(1, Title="New"), contact(2, Title="New"))
    _counts, token = promised(contacts)
    with transaction():
        job = service.publish(contacts.task, "all", by=contacts.by, token=token)
    with transaction():
        save(made(2), {"title": "Set by hand"}, by=SYSTEM)
    run(job)
    assert (made(1).title, made(2).title) == ("New", "Set by hand")
    assert counted(contacts) == (0, 1, 0, 1)
    assert [contacts.problems(row) for row in contacts.rows("needs_attention")] == [[("CHANGED_SINCE_PREVIEW", "")]]


def _file(dice: random.Random) -> list[dict[str, str]]:
    """Rows that meet each other and what is there: keys, addresses and texts from small sets."""
    rows = []
    for _ in range(dice.randint(1, 14)):
        row = contact(dice.randint(1, 30), Email=dice.choice(ADDRESSES), Title=dice.choice(["", "One", "Two"]))
        row |= {"Active": dice.choice(["yes", "no", "oui", "maybe"]), "Phone": dice.choice(["", "1", "2"])}
        rows.append(row | ({"Account": "Boxeo"} if dice.random() < 0.2 else {}))
    return rows


def _people(dice: random.Random) -> None:
    """Contacts that nobody imported: without a key, known by their address alone."""
    for address in dice.sample(ADDRESSES, 6):
        given: dict[str, Any] = {"first_name": "Ada", "last_name": "Old", "email": address, "account": account().sys_id}
        create(Contact, given, by=SYSTEM)


@pytest.mark.parametrize("seed", range(25))
def test_what_is_previewed_of_random_files_comes_true(
    contacts: Import, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    for module in ("publishing", "previewing"):
        monkeypatch.setattr(f"ale.domains.imports.{module}.AT_ONCE", 3)  # rows of different chunks meet
    dice = random.Random(seed)
    _people(dice)
    for _ in range(3):
        contacts.load_rows(*_file(dice))
        counts, token = promised(contacts)
        contacts.publish(token=token)
        assert counted(contacts) == counts
