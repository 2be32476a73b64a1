"""The life of an import: each row accounted for at each moment, on a page, in a report, for `flask ale verify`."""

import io

from openpyxl import load_workbook
from sqlalchemy import select

from ale.domains.imports import repair, service
from ale.domains.imports.moments import Moment, conservation_of, moments_of
from ale.domains.imports.records import ImportTask
from ale.foundation.attachments import Attachment
from ale.foundation.db import session, transaction
from ale.verify import breaches
from tests.conftest import Browser
from tests.import_pages import address
from tests.imports import Import, as_csv, contact, run
from tests.pages import Visit


def amounts(one: Moment) -> tuple[int, ...]:
    """Read, then ready, needing attention, yet to validate, published and discarded."""
    return (one.rows_read, one.rows_ready, one.rows_attention, one.rows_to_validate, one.rows_published,
            one.rows_discarded)  # fmt: skip


def live(one: Import) -> None:
    """Two files, one of them refused beside; a row corrected, one discarded, some published, that undone; a restart."""
    one.load(as_csv([contact(1), contact(2, Email=""), contact(3, Email="")]), b"%PDF", names=("a.csv", "b.pdf"))
    one.load(as_csv([contact(4)]), names=("c.csv",))
    wrong = one.rows("needs_attention")
    with transaction():
        repair.discard(one.task, [wrong[0].sys_id], by=one.by)
    with transaction():
        repair.edit_row(wrong[1], {"u_email": "three@example.com"}, version=None, by=one.by)
    one.validate()
    one.publish()
    with transaction():
        job = service.undo(one.task, one.publication, by=one.by)
    run(job)
    with transaction():
        service.restart(one.task, by=one.by)


def test_each_deed_leaves_a_moment_whose_numbers_add_up(contacts: Import) -> None:
    live(contacts)
    told = [(one.deed, one.about, *amounts(one)) for one in moments_of(contacts.task, 100)]
    published = contacts.publication.number
    assert told == [
        ("import.load", "a.csv, b.pdf", 3, 1, 2, 0, 0, 0),
        ("import.load", "c.csv", 4, 2, 2, 0, 0, 0),
        ("discard", None, 4, 2, 1, 0, 0, 1),
        ("import.validate", None, 4, 3, 0, 0, 0, 1),
        ("import.publish", published, 4, 0, 0, 0, 3, 1),
        ("import.undo", published, 4, 3, 0, 0, 0, 1),
        ("restart", None, 4, 3, 0, 0, 0, 1),
    ]
    assert all(one.actor == contacts.by.id for one in moments_of(contacts.task, 100))
    assert conservation_of(contacts.task.sys_id).accounted == 0
    assert [str(one) for one in breaches()] == []


def test_an_import_of_nothing_but_refused_files_has_a_life_too(contacts: Import) -> None:
    contacts.load(b"%PDF", names=("b.pdf",))
    (moment,) = moments_of(contacts.task, 9)
    assert (moment.deed, moment.about, moment.rows_read) == ("import.load", "b.pdf", 0)


def test_the_page_accounts_for_every_row_of_every_file(visit: Visit, contacts: Import) -> None:
    contacts.load(as_csv([contact(1), contact(2, Email="")]), as_csv([contact(3)]), names=("a.csv", "b.csv"))
    contacts.publish([contacts.rows("ready")[0].sys_id])
    visit.open(address(contacts))
    page = visit.follow("Life")
    assert "3 read = 1 ready + 1 needing attention + 0 yet to validate + 1 published + 0 discarded" in page.text
    files = [[cell.text for cell in row.find("td")] for row in page["files"].find("tr")][1:]
    digests = dict(session.execute(select(Attachment.file_name, Attachment.sha256)).all())
    assert [(row[0], *row[4:]) for row in files] == [
        ("a.csv", "2", "0", "1", "0", "1", "0", digests["a.csv"]),
        ("b.csv", "1", "1", "0", "0", "0", "0", digests["b.csv"]),
    ]
    assert "as in the template" in page["columns"].text
    assert "Email is empty" in page["causes"].text
    assert "1 created" in page["publications"].text
    assert "can be undone" in page["publications"].text


def test_a_page_whose_numbers_do_not_add_up_says_so(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    task = session.get_one(ImportTask, contacts.task.sys_id)
    task.rows_ready = 7
    session.flush()
    assert "The numbers do not add up" in visit.open(f"{address(contacts)}/life").text
    assert any("1 read, but 7 ready" in str(one) for one in breaches())


def test_the_report_holds_what_the_page_shows(browser: Browser, contacts: Import) -> None:
    contacts.load(as_csv([contact(1), contact(2, Email="")]), names=("=a.csv",))
    answer = browser.get(f"{address(contacts)}/life/report")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [
        "Summary", "Files", "Columns of the files", "Over time", "Problems by cause", "Publications",
    ]  # fmt: skip
    summary = dict(list(row)[:2] for row in book["Summary"].iter_rows(values_only=True))
    assert (summary["Read"], summary["Ready"], summary["Needs attention"]) == (2, 1, 1)
    cell = book["Files"]["A2"]
    assert (cell.value, cell.data_type) == ("=a.csv", "s"), "no name of a file is run as a formula"
    assert [row[4] for row in book["Over time"].iter_rows(min_row=2, values_only=True)] == [2]
