"""The page of an import as a browser shows it: lists, filters, files, progress, and who sees it."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.imports.records import ValidationAssist
from ale.domains.people.records import User
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.ledger import running_about
from tests.conftest import Browser, statements
from tests.import_pages import address, faulty, tabs, work
from tests.imports import CONTACTS, SYSTEM, Import, as_csv, contact, import_task
from tests.pages import Page, Visit

LogOnAs = Callable[[str], Browser]
ActorNamed = Callable[[str], Actor]
PIECE = {"HX-Request": "true", "HX-Target": "import"}


# --- the page --------------------------------------------------------------------------------------------------------


def test_imports_are_listed_and_open_at_their_rows(visit: Visit, contacts: Import) -> None:
    page = visit.open("/imports")
    link = next(one for one in page.find("a") if one.text == contacts.task.number)
    assert link.attrs["href"].startswith(address(contacts))
    assert any(one.text.startswith("Imports") for one in page["rail"].find("a", aria_current="page"))
    assert visit.open(link.attrs["href"]).title == "Import"


def test_an_empty_import_says_how_to_begin_and_offers_one_filled_button(visit: Visit, contacts: Import) -> None:
    page = visit.open(address(contacts))
    filled = [one.name for one in page["import"].find("button") if "primary" in one.attrs["class"]]
    assert filled == ["Import"]
    assert "Download the template" in page.text


def test_rows_stand_in_lists_with_true_counts_and_their_problems(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2, Email="nonsense"), contact(3))
    page = visit.open(address(contacts))
    assert tabs(page) == {"Ready to publish": "2", "Needs attention": "1", "Yet to validate": "0", "Published": "0"}
    wrong = [one for one in page.find("td") if "wrong" in one.attrs.get("class", "")]
    assert [one.text for one in wrong] == ["nonsense nonsense is not an email address."]
    assert "2 of 3 rows are ready." in page["standing"].text
    ready = visit.open(f"{address(contacts)}?state=ready")
    assert [one.text for one in ready.find("td") if "line" in one.attrs.get("class", "").split()] == [
        "2", "4",
    ]  # fmt: skip


def test_the_page_speaks_french(log_on: LogOnAs, contacts: Import) -> None:
    contacts.load_rows(contact(1, Email="nonsense"))
    reader = session.scalars(select(User).where(User.user_name == "analyst")).one()
    save(reader, {"language": "fr"}, by=SYSTEM)
    page = Page(log_on("analyst").get(address(contacts)).text)
    assert {"Prêt à publier", "À corriger"} <= set(tabs(page))
    assert "n’est pas une adresse e-mail" in page["import"].text
    assert "Prénom" in page["import"].text


def test_what_a_supplied_script_says_is_french_and_what_another_says_is_left_alone(
    log_on: LogOnAs, contacts: Import
) -> None:
    own = "({validationPassed: stagingTableGr.u_title != 'Boss', message: 'No bosses, 100 %!'})"
    given = {"name": "Own", "validation_type": "record", "staging_table": CONTACTS, "script": own}
    create(ValidationAssist, given, by=SYSTEM)
    contacts.load_rows(contact(1, Account="Boxeo"), contact(2, Title="Boss"))
    save(session.scalars(select(User).where(User.user_name == "analyst")).one(), {"language": "fr"}, by=SYSTEM)
    page = Page(log_on("analyst").get(address(contacts)).text)
    for part in ("causes", "rows"):
        assert "Le compte diffère de celui du dossier d’intégration." in page[part].text
        assert "No bosses, 100 %!" in page[part].text
        assert "The account differs" not in page[part].text


def test_htmx_gets_the_import_alone(browser: Browser, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    piece = browser.get(f"{address(contacts)}?state=ready", headers=PIECE)
    assert piece.text.lstrip().startswith('<section class="card import" id="import"')
    assert "<html" not in piece.text


def test_the_list_costs_the_same_for_one_row_and_for_fifty(browser: Browser, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    with statements() as few:
        browser.get(f"{address(contacts)}?state=ready")
    contacts.load_rows(*(contact(number) for number in range(2, 80)))
    with statements() as many:
        browser.get(f"{address(contacts)}?state=ready")
    assert len(many) <= len(few)


def test_pages_go_by_key_in_both_directions(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(*(contact(number) for number in range(1, 121)))
    first = visit.open(f"{address(contacts)}?state=ready")
    assert "1–50 of 120" in first.text
    assert "51–100 of 120" in visit.follow("Next").text
    assert "101–120 of 120" in visit.follow("Next").text
    assert "51–100 of 120" in visit.follow("Previous").text
    assert "1–50 of 120" in visit.follow("Previous").text


@pytest.mark.parametrize(
    ("asked", "lines"),
    [("q=row+2%40", [3]), ("q=ROW2", [3]), ("q=email", []), ("kind=reference:u_company&value=genixFY", [4]),
     ("kind=reference:u_company&value=Other", [])],
)  # fmt: skip
def test_rows_are_narrowed_by_text_and_by_cause(
    browser: Browser, contacts: Import, asked: str, lines: list[int]
) -> None:
    contacts.load_rows(contact(1, Language="x"), contact(2, Email="row2.example", Language="x"), *faulty(3))
    asked = asked.replace("row+2%40", "row2.")
    page = Page(browser.get(f"{address(contacts)}?state=needs_attention&{asked}").text)
    found = [int(one.text.split()[-1]) for one in page.find("td") if "line" in one.attrs.get("class", "").split()]
    assert found == lines


def test_right_to_left_text_and_markup_are_shown_as_they_are(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1, First_name="<b>نور</b>", Language="x"))
    page = visit.open(address(contacts))
    assert "<b>نور</b>" in page["import"].text


# --- files -----------------------------------------------------------------------------------------------------------


def upload(browser: Browser, one: Import, *files: tuple[str, bytes]) -> int:
    sent = {"files": [(io.BytesIO(content), name) for name, content in files]}
    return browser.send(f"{address(one)}/files", sent, content_type="multipart/form-data").status_code


def test_a_bad_file_never_blocks_a_good_one(browser: Browser, contacts: Import) -> None:
    good, other = as_csv([contact(1)]), b"External id,First name,Last name,Email,Language,Active,Colour\n"
    assert upload(browser, contacts, ("good.csv", good), ("colour.csv", other), ("notes.pdf", b"%PDF")) == 303
    work(contacts)
    assert contacts.counts == (0, 0, 1, 0)
    files = Page(browser.get(address(contacts)).text)["files"].text
    assert "Column Colour of the file is unknown; use the template." in files
    assert "notes.pdf cannot be imported: only Excel workbooks (.xlsx) and CSV files (.csv) can." in files
    assert "good.csv" in files


def test_upload_without_a_file_is_refused_in_words(browser: Browser, contacts: Import) -> None:
    answer = browser.send(f"{address(contacts)}/files", {}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text


def test_attached_files_are_imported_once(visit: Visit, contacts: Import) -> None:
    contacts.file(as_csv([contact(1)]), "sites.csv")
    visit.open(address(contacts))
    page = visit.press("Import from attachments")
    assert "Loading rows" in page["import"].text
    work(contacts)
    assert contacts.counts == (0, 0, 1, 0)
    assert "Import from attachments" not in visit.open(address(contacts)).text


def test_a_file_is_sent_as_a_download_and_only_from_its_import(browser: Browser, contacts: Import) -> None:
    content = as_csv([contact(1)])
    file = contacts.file(content, "mine.csv")
    answer = browser.get(f"{address(contacts)}/files/{file.sys_id}")
    assert (answer.data, answer.headers["Content-Disposition"]) == (content, "attachment; filename=mine.csv")
    other = import_task()
    assert browser.get(f"/imports/{other.sys_id}/files/{file.sys_id}").status_code == 404


def test_the_template_comes_under_the_name_of_its_source(browser: Browser, contacts: Import) -> None:
    answer = browser.get(f"{address(contacts)}/template")
    assert answer.headers["Content-Disposition"] == "attachment; filename=customer_contact_template.xlsx"
    assert answer.data[:2] == b"PK"


# --- work in the background ------------------------------------------------------------------------------------------


def test_progress_asks_again_until_the_work_is_over(browser: Browser, contacts: Import) -> None:
    upload(browser, contacts, ("rows.csv", as_csv([contact(1)])))
    asked = {"HX-Request": "true", "HX-Target": "work"}
    piece = browser.get(f"{address(contacts)}?poll=1", headers=asked).text
    assert 'hx-trigger="every 1s"' in piece
    assert "<progress" in piece
    assert 'id="standing" hx-swap-oob="morph"' in piece
    work(contacts)
    piece = browser.get(f"{address(contacts)}?poll=1", headers=asked).text
    assert 'id="work"' not in piece
    assert 'hx-target="#import"' in piece
    assert 'id="files" hx-swap-oob="morph"' in piece
    edited = browser.get(f"{address(contacts)}?poll=1&edit={contacts.rows()[0].sys_id}", headers=asked).text
    assert "hx-trigger" not in edited, "what is being typed is not swapped away"


def test_a_job_that_failed_says_why(browser: Browser, contacts: Import) -> None:
    upload(browser, contacts, ("notes.pdf", b"%PDF"))
    work(contacts)
    page = Page(browser.get(address(contacts)).text)
    assert "The last job failed" in page["import"].text


# --- who may ---------------------------------------------------------------------------------------------------------


def test_customers_see_nothing(log_on: LogOnAs, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    for name in ("genixify.admin", "boxeo.admin"):
        browser = log_on(name)
        assert browser.get(address(contacts)).location == "/portal"
        assert browser.send(f"{address(contacts)}/publish", {"everything": "1"}).location == "/portal"
    assert running_about(contacts.task.sys_id) == []


def test_agents_of_another_domain_do_not_find_it(log_on: LogOnAs, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    row, other = contacts.rows()[0].sys_id, session.scalars(select(User).where(User.user_name == "analyst")).one()
    other.sys_domain = "TOP/Boxeo"
    browser = log_on("analyst")
    for rest in ("", "/details", "/restart", f"/rows/{row}", "/template"):
        assert browser.get(f"{address(contacts)}{rest}").status_code == 404
    for rest in ("/publish", "/validate", "/fix", "/restart", f"/rows/{row}", "/discard", "/close"):
        assert browser.send(f"{address(contacts)}{rest}", {"everything": "1"}).status_code == 404
    assert contacts.task.number not in browser.get("/imports").text


def test_a_row_of_another_import_is_not_found(browser: Browser, contacts: Import, actor: ActorNamed) -> None:
    other = Import(import_task(), actor("analyst"))
    other.load_rows(contact(1))
    row = other.rows()[0].sys_id
    assert browser.get(f"{address(contacts)}/rows/{row}").status_code == 404
    assert browser.send(f"{address(contacts)}/rows/{row}", {"cell-u_title": "x"}).status_code == 404


def test_who_may_only_read_sees_rows_and_no_buttons(log_on: LogOnAs, contacts: Import) -> None:
    contacts.load_rows(contact(1), *faulty(2))
    viewer = log_on("viewer")
    assert viewer.get(address(contacts)).status_code == 404
    assert viewer.send(f"{address(contacts)}/publish", {"everything": "1"}).status_code == 404
    assert running_about(contacts.task.sys_id) == []


def test_the_addresses_of_staging_tables_lead_to_their_imports(visit: Visit, log_on: LogOnAs, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    row = contacts.rows()[0].sys_id
    assert contacts.task.number in visit.open(f"/{CONTACTS}.list").text
    assert visit.address == f"/imports/tasks?query=source_table%3D{CONTACTS}"
    visit.open(f"/{CONTACTS}.do?sys_id={row}")
    assert visit.address == f"{address(contacts)}/rows/{row}"
    visit.open(f"/{CONTACTS}.do")
    assert visit.address == f"/imports/tasks?query=source_table%3D{CONTACTS}"
    for path in (f"/{CONTACTS}.list", f"/{CONTACTS}.do?sys_id={row}"):
        assert log_on("viewer").get(path).status_code == 404
