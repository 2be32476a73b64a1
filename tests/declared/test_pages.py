"""Every record type keeps on its pages what its declaration promises."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from ale.domains.people.records import User
from ale.domains.people.service import set_password
from ale.foundation.actor import Actor
from ale.foundation.field import fields_of
from ale.foundation.reading import may, may_set
from ale.foundation.record import RECORDS, Record
from ale.web.addresses import list_href
from tests.conftest import Browser
from tests.factories import make
from tests.pages import Element, Page, sent

LogOnAs = Callable[[str], Browser]
Named = Callable[[str], Actor]
every_type = pytest.mark.parametrize("table", sorted(RECORDS))


class Addresses:
    """Where the pages of one type are."""

    def __init__(self, app: Flask, table: str) -> None:
        with app.test_request_context():
            self.list = str(list_href(RECORDS[table]))
        self.new = f"{self.list}/new"

    def show(self, record: Record) -> str:
        """The page of a record."""
        return f"{self.list}/{record.sys_id}"


@pytest.fixture
def at(app: Flask, table: str) -> Addresses:
    return Addresses(app, table)


@pytest.fixture
def nobody(log_on: LogOnAs) -> Browser:
    """A user without any role."""
    set_password(make(User, user_name="nobody"), "demo")
    return log_on("nobody")


@every_type
def test_the_list_opens_and_sorts_by_each_column(log_on: LogOnAs, at: Addresses, table: str) -> None:
    browser, sheet = log_on("admin"), RECORDS[table].__sheet__
    make(RECORDS[table])
    page = Page(browser.get(at.list).text)
    assert page.title == sheet.plural.en
    own = [one for one in page.find("th", scope="col") if one.within("figure") is None]  # a picture has its own table
    headings = [one for one in own if one.attrs.get("class") != "pick"]
    assert len(headings) == len(sheet.columns)
    assert page.find("td")
    for heading in page.find("a", **{"class": "sort"}):
        once = Page(browser.get(heading.attrs["href"]).text)
        again = next(one for one in once.find("a", **{"class": "sort"}) if one.text == heading.text)
        assert browser.get(again.attrs["href"]).status_code == 200, again.attrs["href"]


@every_type
def test_the_filter_offers_what_the_sheet_names(log_on: LogOnAs, at: Addresses, table: str) -> None:
    page = Page(log_on("admin").get(at.list).text)
    offered = [key.removeprefix("filter-") for key in page.ids if key.startswith("filter-")]
    known = fields_of(RECORDS[table])
    assert {known[name].name for name in RECORDS[table].__sheet__.filters} <= {*offered}


@every_type
def test_a_new_form_has_a_label_for_every_field_one_may_set(
    log_on: LogOnAs, actor: Named, at: Addresses, table: str
) -> None:
    response = log_on("admin").get(at.new)
    if not may(RECORDS[table], "create", actor("admin")):
        assert response.status_code == 403
        return
    page = Page(response.text)
    names = [name for part in RECORDS[table].__sheet__.form for name in part.fields]
    known = fields_of(RECORDS[table])
    for name in names:
        if name in known and may_set(known[name], actor("admin")) and known[name].facts.visible_when is None:
            label = next(one for one in page.find("label") if one.attrs.get("for") == f"f-{name}" or _holds(one, name))
            assert label.text.startswith(known[name].label.en), name
            assert ("required" in label.text) >= known[name].mandatory, name


def _holds(label: Element, name: str) -> bool:
    return any(one.attrs.get("name") == name for one in label.find("input"))


@every_type
def test_an_untouched_form_changes_nothing(log_on: LogOnAs, actor: Named, at: Addresses, table: str) -> None:
    browser, record = log_on("admin"), make(RECORDS[table])
    version = record.sys_mod_count
    page = Page(browser.get(at.show(record)).text)
    form = next((one for one in page.find("form") if one.attrs.get("id") == "record-form"), None)
    assert (form is not None) == may(RECORDS[table], "write", actor("admin"))
    if form is None:
        return
    response = browser.post(at.show(record), data=sent(form))
    assert response.status_code == 303, Page(response.text).text
    assert record.sys_mod_count == version


@every_type
def test_a_stale_form_is_a_conflict(log_on: LogOnAs, actor: Named, at: Addresses, table: str) -> None:
    browser, record = log_on("admin"), make(RECORDS[table])
    response = browser.send(at.show(record), {"version": record.sys_mod_count + 7})
    assert response.status_code == (409 if may(RECORDS[table], "write", actor("admin")) else 403)


@every_type
def test_who_has_no_role_sees_nothing(nobody: Browser, at: Addresses, table: str) -> None:
    record = make(RECORDS[table])
    assert nobody.get(at.new).status_code == 403
    access = RECORDS[table].__sheet__.access
    if access.read == ("*",) and access.rows is None:  # which everybody reads
        assert (nobody.get(at.show(record)).status_code, nobody.send(at.show(record), {}).status_code) == (200, 403)
        return
    assert nobody.get(at.show(record)).status_code == 404
    assert nobody.send(at.show(record), {}).status_code == 404
    if access.read == ("*",):  # each row asks for the record it hangs on
        assert record.sys_id not in nobody.get(at.list).text
        return
    assert nobody.get(at.list).status_code == 403
    assert nobody.get(f"{at.list}/export?format=csv").status_code == 403


@every_type
def test_a_form_without_the_token_does_nothing(log_on: LogOnAs, at: Addresses, table: str) -> None:
    browser, record = log_on("admin"), make(RECORDS[table])
    for address in (at.new, at.show(record), f"{at.show(record)}/remove"):
        assert browser.post(address, data={}).status_code == 400, address


@every_type
def test_the_pages_speak_french(log_on: LogOnAs, at: Addresses, table: str) -> None:
    browser, record, sheet = log_on("admin"), make(RECORDS[table]), RECORDS[table].__sheet__
    browser.send("/preferences", {"language": "fr"})
    assert Page(browser.get(at.list).text).title == sheet.plural.fr
    page = browser.get(at.show(record)).text
    assert all(re.search(rf"<h2>{re.escape(part.label.fr)}</h2>", page) for part in sheet.form)


@every_type
def test_the_documented_address_leads_to_the_list(log_on: LogOnAs, at: Addresses, table: str) -> None:
    browser = log_on("admin")
    assert browser.get(f"/{table}.list").location == at.list
    assert browser.get(f"/{table}.do?sys_id={'0' * 32}").status_code == 302
