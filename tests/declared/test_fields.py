"""A field that is closed to somebody is neither shown nor found nor changed, at any door (fields.yaml)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from ale.domains.people.records import User
from ale.domains.people.roles import closure
from ale.domains.people.service import actor_for, grant, set_password
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.drafts import drafted
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.history import say
from ale.foundation.reading import may_see, may_set
from ale.foundation.record import RECORDS, Record
from ale.web.addresses import PAGES, form_href, list_href
from ale.web.batch import deeds_of
from tests.conftest import Browser
from tests.declared.contract import PERSONAS, declared, held, is_customer
from tests.factories import SYSTEM, make, user
from tests.functional.api.calls import basic
from tests.pages import Page

LogOn = Callable[[str], Browser]


def narrow() -> dict[tuple[str, str], dict[str, Any]]:
    """What is said of each field, by table and name."""
    found = {}
    for one in declared("fields.yaml")["fields"]:
        tables = RECORDS if one["tables"] == ["*"] else one["tables"]
        found |= {(table, name): one for table in tables for name in one["names"] if _known(table, name)}
    return found


def _known(table: str, name: str) -> bool:
    sheet = RECORDS[table].__sheet__
    return name in fields_of(RECORDS[table]) or name in {one.name for one in sheet.calculated}


@pytest.mark.parametrize("persona", PERSONAS)
def test_fields_are_read_and_written_as_the_contract_says(persona: str) -> None:
    by = Actor("x", "X", "TOP", held(persona), account="a" * 32 if is_customer(persona) else None)
    wrong = []
    for (table, name), said in narrow().items():
        item = fields_of(RECORDS[table]).get(name)
        reads = bool(held(persona) & {*said["read"], "admin"})
        if item is None:
            [figure] = [one for one in RECORDS[table].__sheet__.calculated if one.name == name]
            sees = figure.customer if is_customer(persona) else by.has(*figure.read_roles)
        else:
            sees = may_see(item, by)
            writes = reads and bool(held(persona) & {*said.get("write", held(persona)), "admin"})
            if not is_customer(persona) and not item.facts.read_only and may_set(item, by) != writes:
                wrong.append(("write", table, name))
        if sees != reads:
            wrong.append(("read", table, name))
    assert wrong == []


def test_no_other_field_is_narrower_than_its_record() -> None:
    """Else the contract says nothing of it; who only writes less is an administrator's matter."""
    declared_ones = {
        (table, item.name)
        for table, kind in RECORDS.items()
        for item in fields_of(kind).values()
        if item.facts.read_roles
    }
    assert declared_ones == {key for key in narrow() if key[1] in fields_of(RECORDS[key[0]])}


def closed_to(table: str) -> tuple[list[str], list[Field]]:
    """Roles that read (and write) a table without some of its fields, and these fields."""
    access, known = RECORDS[table].__sheet__.access, fields_of(RECORDS[table])
    items = [known[name] for one, name in narrow() if one == table and name in known]
    for role in access.read:
        closed = [one for one in items if not closure([role]) & {*one.facts.read_roles, "admin"}]
        opened = {name for one in closed for name in one.facts.read_roles} | {"admin"}
        writers = [one for one in access.write if closed and not closure([one]) & opened]
        if closed:
            return [role, *writers], closed
    return [], []


TABLES = [table for table in sorted(RECORDS) if closed_to(table)[1]]


def test_there_are_such_roles() -> None:
    assert {"customer_account", "sn_acct_lc_onb_case", "sn_acct_lc_engagement"} <= {*TABLES}


PLANTED: dict[Kind, Any] = {
    Kind.DATE: date(2031, 3, 7), Kind.DATETIME: datetime(2031, 3, 7, 9, 30), Kind.DECIMAL: 63, Kind.INTEGER: 63,  # noqa: DTZ001
    Kind.BOOLEAN: True,
}  # fmt: skip


def planted(item: Field) -> Any:
    if item.kind is Kind.CHOICE:
        return list(item.choices or ())[-1]
    return PLANTED.get(item.kind, [user("csm")] if item.to == "sys_user" else [])


@pytest.fixture
def record(app: object, table: str) -> Record:
    """A record with something in each field that is closed, and a work note."""
    kind: Any = RECORDS[table]
    one = make(kind)
    values = {item.name: planted(item) for item in closed_to(table)[1]}
    session.execute(update(kind).where(kind.sys_id == one.sys_id).values(**values))
    session.expire(one)
    say(one, "work_notes", "canarynote", SYSTEM)
    return one


@pytest.fixture
def reader(app: object, table: str) -> Actor:
    """Somebody with those roles."""
    who = make(User, user_name="reader")
    for role in closed_to(table)[0]:
        grant(who, role, SYSTEM)
    set_password(who, "demo")
    found = actor_for(who.sys_id)
    assert found is not None
    return found


@pytest.mark.parametrize("table", TABLES)
def test_what_is_closed_is_nowhere(log_on: LogOn, record: Record, reader: Actor, table: str) -> None:
    browser, names = log_on("reader"), [item.name for item in closed_to(table)[1]]
    wanted = ",".join(names)
    rows = f"/api/now/table/{table}"

    def asked(query: str) -> Any:
        return browser.get(f"{rows}{query}", headers=basic("reader"))

    shown = asked(f"/{record.sys_id}?sysparm_display_value=all").json["result"]
    assert not {*names, "work_notes"} & shown.keys()
    assert not {*names} & asked(f"/{record.sys_id}?sysparm_fields={wanted}").json["result"].keys()
    whole = asked("?sysparm_limit=1").headers["X-Total-Count"]
    for name in names:
        for query in (f"{name}ISEMPTY", f"{name}ISNOTEMPTY", f"{name}=63"):
            assert asked(f"?sysparm_limit=1&sysparm_query={query}").headers["X-Total-Count"] == whole, query
        orders = [asked(f"?sysparm_fields=sys_id&sysparm_query={how}{name}").json for how in ("ORDERBY", "ORDERBYDESC")]
        assert orders[0] == orders[1], name
        figures = f"/api/now/stats/{table}?sysparm_count=true&sysparm_group_by={name}&sysparm_max_fields={name}"
        assert name not in browser.get(figures, headers=basic("reader")).text
    history = browser.get(f"/api/now/table/sys_audit?sysparm_query=record={record.sys_id}", headers=basic("reader"))
    assert history.status_code == 403 or not [name for name in names if name in history.text]
    said = browser.get("/api/now/table/sys_journal_field?sysparm_query=element=work_notes", headers=basic("reader"))
    if not reader.has("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer", "sn_customerservice_agent"):
        assert "canarynote" not in said.text


@pytest.mark.parametrize("table", [one for one in TABLES if RECORDS[one] in PAGES])
def test_what_is_closed_is_on_no_page(log_on: LogOn, record: Record, reader: Actor, table: str) -> None:
    browser, closed = log_on("reader"), closed_to(table)[1]
    with browser.application.test_request_context():
        address, form = str(list_href(RECORDS[table])), str(form_href(RECORDS[table], record.sys_id))
    names, labels = [one.name for one in closed], {one.label.en for one in closed}
    page = browser.get(form).text
    assert not [name for name in names if f'id="f-{name}"' in page]
    listed = browser.get(f"{address}?view=whole&cols={','.join(names)},sys_created_on&sort={names[0]}")
    assert not labels & {one.text for one in Page(listed.text).find("th", scope="col")}
    assert not [name for name in names if f'id="filter-{name}"' in listed.text]
    exported = browser.get(f"{address}/export?format=csv&cols={','.join(names)},sys_created_on").text
    assert not labels & {*exported.lstrip("\ufeff").splitlines()[0].replace('"', "").split(",")}
    if not reader.has("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer", "sn_customerservice_agent"):
        assert "canarynote" not in page


@pytest.mark.parametrize("table", TABLES)
def test_what_is_closed_is_not_changed(record: Record, reader: Actor, table: str) -> None:
    """Nobody who may change the record, but not see the field, gives it a value: by a save, a batch or an import."""
    kind, closed = RECORDS[table], closed_to(table)[1]
    before = {one.name: getattr(record, one.name) for one in closed}
    offered = {name for step in deeds_of(kind, reader) if step.name == "change-fields" for name in step.fields}
    assert not offered & before.keys()
    assert not [one.name for one in closed if may_set(one, reader)]
    if not {*kind.__sheet__.access.write} & {*closed_to(table)[0]}:
        return
    given: dict[str, Any] = dict.fromkeys(before, "")
    [draft] = drafted(kind, [(record.sys_id, given)], by=reader)
    assert {name: draft.after[name] for name in before} == before
    save(record, given, by=reader)
    assert {name: getattr(record, name) for name in before} == before
