"""Taking a publication back and doing it again: what people did since stays, everything else is as it was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from ale.domains.accounts.records import Contact
from ale.domains.imports import service, undoing
from ale.domains.imports.publications import LeftAlone, Publication, PublicationState
from ale.domains.success.actions import Meeting, SuccessCase
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import now
from ale.foundation.db import session, transaction
from ale.foundation.history import Audit
from ale.foundation.ledger import Job
from ale.foundation.problem import NotVisible
from ale.verify import breaches
from tests.factories import make
from tests.imports import SYSTEM, Import, account, contact, import_task, made, run
from tests.stories import refused

FIELDS = ("external_reference_id", "first_name", "last_name", "email", "phone", "title", "language", "active",
          "start_date", "location", "notes", "account", "sys_domain", "sys_id")  # fmt: skip


def digest() -> dict[str, tuple[Any, ...]]:
    """All contacts, each with everything it says of its person."""
    columns = [getattr(Contact, name) for name in FIELDS]
    return {row[-1]: tuple(row) for row in session.execute(select(*columns).order_by(Contact.sys_id))}


def turn(contacts: Import, way: Callable[..., Job]) -> tuple[int, int, int]:
    """Undo or redo the last publication: reversed, kept, blocked."""
    with transaction():
        job = way(contacts.task, contacts.publication, by=contacts.by)
    assert run(job).state == "done"
    done = contacts.publication
    return done.reversed, done.kept, done.blocked


def foreseen(contacts: Import) -> tuple[int, int, int]:
    """What an undo would come to."""
    seen = list(undoing.foresee(contacts.publication, contacts.by))
    return sum(len(one.done) for one in seen), sum(one.count("kept") for one in seen), sum(
        one.count("blocked") for one in seen
    )  # fmt: skip


def why(record: Contact) -> str:
    """Why a record was left alone."""
    return str(session.scalars(select(LeftAlone.reason).where(LeftAlone.record == record.sys_id)).one()["code"])


def test_a_publication_tells_what_came_of_its_rows(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    contacts.load_rows(contact(1, Title="Director"), contact(2), contact(3))
    job = contacts.publish()
    told = contacts.publication
    assert told.sys_id == job.sys_id
    assert (told.created, told.updated, told.unchanged, told.refused) == (1, 1, 1, 0)
    assert (told.state, told.number[:4]) == (PublicationState.PUBLISHED, "PUBL")
    changed = session.scalars(select(Audit.change_set).where(Audit.record == made(3).sys_id)).all()
    assert changed == [job.sys_id]


def test_undo_brings_everything_back_as_it_was(contacts: Import) -> None:
    contacts.load_rows(contact(1, Phone="+33 1", Start_date="2026-02-28"), contact(2))
    contacts.publish()
    before = digest()
    contacts.load_rows(contact(1, Phone="+33 2", Title="Director", Active="no", Start_date="2027-01-01"), contact(3))
    contacts.publish()
    assert digest() != before
    assert foreseen(contacts) == (2, 0, 0)
    assert turn(contacts, service.undo) == (2, 0, 0)
    assert digest() == before
    assert contacts.counts == contacts.counted() == (0, 0, 2, 2)
    assert contacts.publication.state is PublicationState.UNDONE
    assert breaches() == []


def test_undo_keeps_what_was_edited_since_and_says_by_whom(contacts: Import, actor: Callable[[str], Actor]) -> None:
    contacts.load_rows(contact(1, Phone="1"))
    contacts.publish()
    before = digest()
    contacts.load_rows(*(contact(number, Title="New") for number in range(1, 41)))
    contacts.publish()
    by = actor("agent")
    edited = [made(number).sys_id for number in (1, 7, 30)]
    for key in edited:
        save(session.get_one(Contact, key), {"notes": "Called today"}, by=by)
    after = digest()
    assert foreseen(contacts) == (37, 3, 0)
    assert turn(contacts, service.undo) == (37, 3, 0)
    assert digest() == before | {key: after[key] for key in edited}
    kept = session.scalars(select(LeftAlone).where(LeftAlone.verdict == "kept")).all()
    assert {one.record for one in kept} == set(edited)
    assert {one.reason["user"] for one in kept} == {by.id}
    assert contacts.counts == contacts.counted()


def test_undo_leaves_what_something_hangs_on(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2), contact(3), contact(4))
    contacts.publish()
    save(account(), {"primary_contact": made(1).sys_id}, by=SYSTEM)
    make_meeting(made(2))
    assert foreseen(contacts) == (2, 0, 2)
    assert turn(contacts, service.undo) == (2, 0, 2)
    assert (why(made(1)), why(made(2))) == ("NEEDED", "NEEDED")
    assert contacts.counted() == (0, 0, 2, 2)
    assert breaches() == []


def make_meeting(person: Contact) -> None:
    """A meeting that lists the contact among its attendees."""
    engagement = session.scalars(select(Engagement).where(Engagement.account == person.account)).first()
    assert engagement is not None
    case = make(SuccessCase, engagement=engagement.sys_id)
    make(Meeting, parent_record=case.sys_id, customer_attendees=[person.sys_id])


def test_undo_leaves_a_state_that_a_rule_forbids(contacts: Import) -> None:
    contacts.load_rows(contact(1, Email="first@example.com"))
    contacts.publish()
    contacts.load_rows(contact(1, Email="second@example.com"))
    contacts.publish()
    given = {"first_name": "Ada", "last_name": "New", "email": "first@example.com", "account": account().sys_id}
    create(Contact, given, by=SYSTEM)
    assert foreseen(contacts) == (0, 0, 1)
    assert turn(contacts, service.undo) == (0, 0, 1)
    assert (made(1).email, why(made(1))) == ("second@example.com", "REFUSED")


def test_a_record_that_was_deleted_since_stays_so(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    key = made(1).sys_id
    remove(made(1), by=SYSTEM)
    assert turn(contacts, service.undo) == (1, 1, 0)
    assert session.get(LeftAlone, (contacts.publication.sys_id, key)) is not None


def test_a_second_publication_is_undone_before_the_first(contacts: Import) -> None:
    contacts.load_rows(contact(1, Title="One"))
    contacts.publish()
    first = contacts.publication
    contacts.load_rows(contact(1, Title="Two"))
    contacts.publish()
    with transaction():
        job = service.undo(contacts.task, session.get_one(Publication, first.sys_id), by=contacts.by)
    run(job)
    assert made(1).title == "Two"  # changed since, by the second publication
    with transaction():
        job = service.undo(contacts.task, contacts.publication, by=contacts.by)
    run(job)
    assert made(1).title == "One"


def test_redo_does_again_what_was_undone(contacts: Import) -> None:
    contacts.load_rows(contact(1, Title="One"))
    contacts.publish()
    contacts.load_rows(contact(1, Title="Two"), contact(2), contact(3))
    contacts.publish()
    after = digest()
    turn(contacts, service.undo)
    turn(contacts, service.redo)
    assert digest() == after
    assert contacts.publication.state is PublicationState.PUBLISHED
    assert contacts.counts == contacts.counted() == (0, 0, 0, 4)
    assert breaches() == []
    turn(contacts, service.undo)
    assert made(1).title == "One"
    assert contacts.counts == contacts.counted() == (0, 0, 3, 1)


def test_redo_leaves_what_was_edited_after_the_undo(contacts: Import) -> None:
    contacts.load_rows(contact(1, Title="One"), contact(2, Title="One"))
    contacts.publish()
    contacts.load_rows(contact(1, Title="Two"), contact(2, Title="Two"))
    contacts.publish()
    turn(contacts, service.undo)
    save(made(2), {"title": "Three"}, by=SYSTEM)
    turn(contacts, service.redo)
    assert (made(1).title, made(2).title) == ("Two", "Three")


def test_rows_that_were_undone_can_be_published_again(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    turn(contacts, service.undo)
    contacts.publish()
    assert contacts.counted() == (0, 0, 0, 2)
    assert made(1).last_name == "Row 1"
    assert breaches() == []


def test_undo_works_after_restart_and_after_close(contacts: Import) -> None:
    before = digest()
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    with transaction():
        service.restart(contacts.task, by=contacts.by)
    save(contacts.task, {"state": "closed", "close_notes": "Done"}, by=SYSTEM)
    assert turn(contacts, service.undo) == (2, 0, 0)
    assert digest() == before


def test_undo_is_offered_for_the_days_of_the_setting(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    old = {"sys_created_on": now() - timedelta(days=31)}
    session.execute(update(Publication).where(Publication.sys_id == contacts.publication.sys_id).values(old))
    assert refused(service.undo, contacts.task, contacts.publication, by=contacts.by) == [
        ("UNDO_EXPIRED", "publication")
    ]


def test_a_publication_is_undone_once_and_redone_only_then(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    assert refused(service.redo, contacts.task, contacts.publication, by=contacts.by) == [("NOT_UNDONE", "publication")]
    turn(contacts, service.undo)
    assert refused(service.undo, contacts.task, contacts.publication, by=contacts.by) == [
        ("NOT_PUBLISHED", "publication")
    ]


def test_nothing_is_published_while_an_undo_is_under_way(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish([contacts.rows()[0].sys_id])
    with transaction():
        job = service.undo(contacts.task, contacts.publication, by=contacts.by)
    assert refused(service.publish, contacts.task, "all", by=contacts.by) == [("JOB_RUNNING", None)]
    assert refused(service.undo, contacts.task, contacts.publication, by=contacts.by) == [("JOB_RUNNING", None)]
    run(job)
    contacts.publish()
    assert contacts.counted() == (0, 0, 0, 2)


def test_the_publication_of_another_import_is_not_there(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    with pytest.raises(NotVisible):
        service.publication_of(import_task(), contacts.publication.sys_id, contacts.by)


def test_an_undo_that_was_interrupted_goes_on_where_it_stopped(
    contacts: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ale.domains.imports.change_sets.AT_ONCE", 3)
    before = digest()
    contacts.load_rows(*(contact(number) for number in range(1, 12)))
    contacts.publish()
    with transaction():
        job = service.undo(contacts.task, contacts.publication, by=contacts.by)
    with monkeypatch.context() as patch:
        patch.setattr(undoing._Way, "chunk", _fails_after(2, undoing._Way.chunk))
        run(job)
    assert session.scalar(select(func.count()).select_from(Contact).where(Contact.last_name.startswith("Row "))) == 5
    session.execute(update(Job).where(Job.sys_id == job.sys_id).values(lease_until=None))
    session.commit()
    assert run(job).state == "done"
    assert digest() == before
    assert (contacts.publication.reversed, contacts.counted()) == (11, (0, 0, 11, 0))
    assert breaches() == []


def _fails_after(count: int, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, which stops in an unexpected way after so many chunks."""
    left = [count]

    def chunk(*args: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise ZeroDivisionError("stopped on purpose")
        return work(*args)

    return chunk
