"""Lists of records: filters in the address, sorting, pages by key, and the same statements for any number of rows."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Product
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many
from ale.foundation.changes import create
from ale.foundation.db import session
from tests.conftest import Browser, statements

LogOnAs = Callable[[str], Browser]
BY = Actor.system()


def emails(page: str) -> list[str]:
    """The e-mail addresses of the rows, in their order."""
    return re.findall(r'href="mailto:([^"]+)"', page)


@pytest.fixture
def crowd(app: object) -> list[str]:
    """123 contacts of one account, every third without a title; their addresses in alphabetical order."""
    account = session.scalars(select(Account.sys_id).where(Account.name == "Boxeo")).one()
    rows = [
        {"first_name": f"F{n % 7}", "last_name": "Crowd", "email": f"crowd{n:03}@example.org", "account": account,
         "title": f"T{n % 5}" if n % 3 else None}
        for n in range(123)
    ]  # fmt: skip
    create_many(Contact, rows, by=BY)
    return [str(row["email"]) for row in rows]


def pages(browser: Browser, address: str, rel: str = "next") -> Iterator[str]:
    """The pages of a list, one after the other."""
    while True:
        page = browser.get(address).text
        yield page
        found = re.search(rf'<a class="btn small" href="([^"]+)"[^>]*rel="{rel}"', page)
        if not found:
            return
        address = found[1].replace("&amp;", "&")


@pytest.mark.parametrize("sort", ["email", "-email", "title", "-title", "account", "-first_name", "active"])
def test_pages_by_key_show_every_row_once(log_on: LogOnAs, crowd: list[str], sort: str) -> None:
    browser = log_on("agent")
    found = [emails(page) for page in pages(browser, f"/contacts?query=last_name=Crowd&sort={sort}")]
    assert [len(page) for page in found] == [50, 50, 23]
    assert sorted(chain.from_iterable(found)) == crowd
    back = [emails(page) for page in pages(browser, f"/contacts?query=last_name=Crowd&sort={sort}&before=end", "prev")]
    assert list(chain.from_iterable(back[::-1])) == list(chain.from_iterable(found))


def test_rows_stand_in_the_order_of_the_sorted_column(log_on: LogOnAs, crowd: list[str]) -> None:
    browser = log_on("agent")
    page = browser.get("/contacts?query=last_name=Crowd&sort=-email").text
    assert emails(page) == crowd[::-1][:50]
    assert re.search(r'<th scope="col" aria-sort="descending">.*?Email', page)
    titles = browser.get("/contacts?query=last_name=Crowd&sort=-title").text
    assert "T4" in titles
    assert "T0" not in titles, "without a title comes last when it descends"


def test_the_pager_says_where_one_is(log_on: LogOnAs, crowd: list[str]) -> None:
    shown = [re.search(r'<nav class="pager".*?<span[^>]*>(.*?)</span>', page)
             for page in pages(log_on("agent"), "/contacts?query=last_name=Crowd&sort=email")]  # fmt: skip
    assert [found and found[1] for found in shown] == ["1–50 of 123", "51–100 of 123", "101–123 of 123"]


def test_counting_stops_at_a_thousand(log_on: LogOnAs, crowd: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ale.web.list_page.MOST", 100)
    assert "1–50 of 100+" in log_on("agent").get("/contacts?query=last_name=Crowd").text


def test_the_same_statements_for_any_number_of_rows(log_on: LogOnAs, crowd: list[str]) -> None:
    browser, counts = log_on("agent"), {}
    browser.get("/contacts")
    for address in ("query=last_name=Martin", "query=last_name=Crowd", "query=last_name=Crowd&sort=account", "q=crowd"):
        with statements() as sent:
            browser.get(f"/contacts?{address}")
        counts[address] = len(sent)
    assert len(set(counts.values())) == 1, counts
    assert max(counts.values()) <= 10, counts


def test_the_filter_form_becomes_one_query_in_the_address(log_on: LogOnAs, crowd: list[str]) -> None:
    browser = log_on("agent")
    response = browser.get("/contacts?query=title=T1&active=true&language=&account_text=boxeo&sort=email")
    account = session.scalars(select(Account.sys_id).where(Account.name == "Boxeo")).one()
    assert response.status_code == 302
    assert response.location == f"/contacts?query=title%3DT1%5Eaccount%3D{account}%5Eactive%3Dtrue&sort=email"
    page = browser.get(response.location).text
    for chip in ("Title: T1", "Account: Boxeo", "Active: Yes"):
        assert f">{chip}<" in page
    again = browser.get(f"{response.location.split('?')[0]}?query=title%3DT1%5Eactive%3Dtrue&active=false")
    assert again.location == "/contacts?query=title%3DT1%5Eactive%3Dfalse"


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("emailSTARTSWITHcrowd00", "Email begins with crowd00"),
        ("titleISEMPTY", "Title: empty"),
        ("language!=en", "Language: not English"),
        ("account.name=Boxeo", "Account › Name: Boxeo"),
        ("language=fr^ORlanguage=de", "Language: French or Language: German"),
        ("title=T1^NQtitle=T2", "Title: T1 / Title: T2"),
        ("RLQUERYsn_acct_lc_onb_case.contact,>0^ENDRLQUERY", "Related: Account onboarding cases &gt; 0"),
    ],
)
def test_every_condition_reads_as_a_chip(log_on: LogOnAs, query: str, chip: str) -> None:
    page = log_on("agent").get("/contacts", query_string={"query": query}).text
    assert f">{chip}<" in page


def test_a_chip_takes_out_its_own_condition_only(log_on: LogOnAs, crowd: list[str]) -> None:
    page = log_on("agent").get("/contacts?query=title=T1^active=true^emailSTARTSWITHcrowd").text
    hrefs = re.findall(r'<a class="chip" href="([^"]+)"', page)
    assert hrefs[1] == "/contacts?query=title%3DT1%5EemailSTARTSWITHcrowd"


def test_the_search_finds_in_the_fields_of_the_sheet(log_on: LogOnAs, crowd: list[str]) -> None:
    browser = log_on("agent")
    assert emails(browser.get("/contacts?q=CROWD007").text) == ["crowd007@example.org"]
    assert "Nothing matches" in browser.get("/contacts?q=100%25").text, "a wildcard is a character like others"


def test_sorting_swaps_the_rows_only(log_on: LogOnAs, crowd: list[str]) -> None:
    headers = {"HX-Request": "true", "HX-Target": "rows"}
    piece = log_on("agent").get("/contacts?query=last_name=Crowd&sort=email", headers=headers).text
    assert piece.lstrip().startswith('<div id="rows">')
    assert emails(piece) == crowd[:50]


def test_a_mark_that_is_none_is_not_found(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    for mark in ("x", "WzEsMl0", "%00", "bnVsbA"):
        assert browser.get(f"/contacts?after={mark}").status_code == 404, mark


def test_the_next_record_is_the_next_of_the_list(log_on: LogOnAs, crowd: list[str]) -> None:
    browser = log_on("agent")
    page = browser.get("/contacts?query=last_name=Crowd&sort=-email").text
    second = re.findall(r'<td><a href="(/contacts/[^"]+)"', page)[1].replace("&amp;", "&")
    shown = browser.get(second).text
    neighbours = re.findall(r'<a class="btn quiet square" href="([^"]+)"', shown)
    reached = [browser.get(address.replace("&amp;", "&")).text for address in neighbours]
    assert [re.findall(r"<h1[^>]*>(.*?)</h1>", page)[0] for page in reached] == [crowd[122], crowd[120]]


def test_exports_hold_the_filtered_list_in_its_order(log_on: LogOnAs, crowd: list[str]) -> None:
    browser = log_on("agent")
    response = browser.get("/contacts/export?format=csv&query=last_name=Crowd&sort=-email")
    assert response.content_type == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["Last name", "First name", "Email", "Title", "Account", "Active"]
    assert [row[2] for row in rows[1:]] == crowd[::-1]
    book = load_workbook(io.BytesIO(browser.get("/contacts/export?format=xlsx&query=last_name=Crowd").data))
    assert book.active.max_row == 124
    assert book.active["E2"].value == "Boxeo"


def test_no_cell_of_an_export_is_a_formula(log_on: LogOnAs) -> None:
    nasty = ["=1+1", "+cmd", "-2", "@sum", "\tx"]
    for text in nasty:
        create(Product, {"name": f"{text}!", "description": f"{text}\x07"}, by=BY)
    browser = log_on("agent")
    rows = list(csv.reader(io.StringIO(browser.get("/products/export?format=csv").get_data().decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    sheet = load_workbook(io.BytesIO(browser.get("/products/export?format=xlsx").data)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=1+1!" in {cell.value for cell in cells}


def test_a_list_of_nothing_says_so(log_on: LogOnAs) -> None:
    page = log_on("admin").get("/account-relationships").text
    assert "Nothing here yet" in page
