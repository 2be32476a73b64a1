"""From ready rows to records: created, updated, recognised, refused with the reason."""

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Location
from ale.domains.imports import previewing
from ale.domains.imports.records import ImportState
from ale.foundation.changes import create, save
from ale.foundation.db import session, transaction
from ale.foundation.history import Audit
from ale.foundation.problem import Rejected
from tests.imports import SYSTEM, Import, account, contact, made


def test_IMP_08_publishing_makes_records_with_history(contacts: Import) -> None:
    contacts.load_rows(contact(1, Start_date="2026-02-28", Active="non", Account="Genixify", Email="ROW1@example.com"))
    assert contacts.publish().state == "done"
    record, row = made(1), contacts.rows()[0]
    assert (row.state, row.target_record) == ("published", record.sys_id)
    assert (record.account, record.sys_domain) == (account().sys_id, account().sys_domain)
    assert (record.email, record.active, str(record.start_date)) == ("row1@example.com", False, "2026-02-28")
    audit = session.scalars(select(Audit).where(Audit.record == record.sys_id)).one()
    assert (audit.user, audit.reason, audit.field_name) == (contacts.by.id, "import", None)
    assert contacts.task.data_import_state is ImportState.PUBLISHED


def test_IMP_08_publishing_updates_what_is_there_and_keeps_what_the_row_leaves_empty(contacts: Import) -> None:
    contacts.load_rows(contact(1, Phone="+33 1"), contact(2))
    contacts.publish()
    contacts.load_rows(contact(1, Title="Director"), contact(2), contact(3))
    seen = previewing.preview(contacts.task, "all", by=contacts.by)
    assert (seen.created, seen.updated, seen.unchanged, seen.conflict) == (1, 1, 1, 0)
    contacts.publish(token=seen.token)
    assert (made(1).title, made(1).phone, made(1).sys_mod_count, made(2).sys_mod_count) == ("Director", "+33 1", 1, 0)
    fields = session.scalars(select(Audit.field_name).where(Audit.record == made(1).sys_id).order_by(Audit.sys_id))
    assert list(fields) == [None, "title"]


def test_only_the_account_is_blamed_when_it_is_gone_meanwhile(contacts: Import) -> None:
    create(Location, {"name": "Depot", "account": account().sys_id}, by=SYSTEM)
    contacts.load_rows(contact(1, Account="Genixify", Location="Depot"))
    assert contacts.counts == (0, 0, 1, 0)
    save(account(), {"name": "Genixify Group"}, by=SYSTEM)
    contacts.publish()
    assert contacts.problems(contacts.rows()[0]) == [("reference", "u_company")]


def test_a_record_without_key_is_recognised_by_its_address(contacts: Import) -> None:
    given = {"first_name": "Ada", "last_name": "Old", "email": "row1@example.com", "account": account().sys_id}
    known = create(Contact, given, by=SYSTEM)
    contacts.load_rows(contact(1), contact(2, Email="row1@example.com"))
    contacts.publish()
    assert made(1).sys_id == known.sys_id
    assert made(1).last_name == "Row 1"
    second = contacts.rows()[1]
    assert (second.state, contacts.problems(second)) == ("needs_attention", [("DUPLICATE", "u_email")])


def test_IMP_08_what_a_rule_of_the_target_refuses_comes_back_with_its_reason_and_the_others_go_on(
    places: Import, contacts: Import
) -> None:
    given = {"first_name": "A", "last_name": "B", "email": "row2@example.com", "account": account().sys_id}
    create(Contact, given | {"external_reference_id": "other"}, by=SYSTEM)
    contacts.load_rows(contact(1), contact(2), contact(3))
    contacts.publish()
    assert contacts.counts == contacts.counted() == (0, 1, 0, 2)
    assert contacts.problems(contacts.rows("needs_attention")[0]) == [("DUPLICATE", "u_email")]


def test_IMP_08_E1_E2_only_chosen_ready_rows_are_published(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2), contact(3, Email=""))
    first, second, wrong = contacts.rows()
    for chosen in ([wrong.sys_id], [first.sys_id, wrong.sys_id], [], ["f" * 32]):
        with pytest.raises(Rejected) as refused:
            contacts.publish(chosen)
        assert refused.value.codes == ["NOT_READY"]
    contacts.publish([second.sys_id])
    assert [row.state for row in contacts.rows()] == ["ready", "published", "needs_attention"]
    assert contacts.rows()[1].target_record == made(2).sys_id
    assert session.scalars(select(Contact).where(Contact.external_reference_id == "X-0001")).all() == []


def test_an_outdated_preview_is_refused(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    contacts.load_rows(contact(1, Title="Director"))
    token = previewing.preview(contacts.task, "all", by=contacts.by).token
    assert previewing.preview(contacts.task, "all", by=contacts.by).token[32:] == token[32:]  # after the moment
    with transaction():
        save(made(1), {"title": "Chief"}, by=SYSTEM)
    with pytest.raises(Rejected) as refused:
        contacts.publish(token=token)
    assert refused.value.codes == ["PREVIEW_OUTDATED"]
    assert contacts.counts == (0, 0, 1, 1)


def test_locations_are_known_by_name_within_the_account(places: Import) -> None:
    headings = ("Name", "City", "Account")
    places.load_rows({"Name": "Depot", "City": "Lyon"}, {"Name": "depot", "City": "Metz"}, headings=headings)
    places.publish()
    places.load_rows({"Name": "Depot", "City": "Paris", "Account": "Genixify"}, headings=headings)
    places.publish()
    found = select(Location.name, Location.city).where(
        Location.account == account().sys_id, Location.name.ilike("depot")
    )
    assert set(session.execute(found).all()) == {("Depot", "Paris"), ("depot", "Metz")}


def test_an_account_of_the_task_is_filled_in(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    assert session.get_one(Account, made(1).account).name == "Genixify"
