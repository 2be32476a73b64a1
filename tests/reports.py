"""Reports as tests make and read them."""

from typing import Any

from ale.domains.accounts.records import Contact
from ale.domains.reports.records import Report
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from tests.conftest import Browser
from tests.factories import SYSTEM, account, make
from tests.pages import Page


def kept(by: Actor = SYSTEM, **given: Any) -> Report:
    """A report about the contacts."""
    words = {"name": "Contacts by account", "table_name": "customer_contact", "group_by": "account", "chart": "bar"}
    return create(Report, words | {"audience": "everybody"} | given, by=by)


def opened(browser: Browser, report: Report) -> Page:
    """The page of a report."""
    return Page(browser.get(f"/reports/{report.sys_id}/run").text)


def figures(page: Page) -> dict[str, list[str]]:
    """The table twin: what each line tells, by its heading."""
    lines = [one for one in page.find("tr") if any(one.find("th", scope="row"))]
    return {next(one.find("th")).text: [cell.text for cell in one.find("td")] for one in lines}


def zoes() -> None:
    """Contacts of two languages in both accounts, all called Zoe."""
    for name, language in (("Genixify", "fr"), ("Genixify", "fr"), ("Boxeo", "de")):
        make(Contact, account=account(name).sys_id, language=language, first_name="Zoe")
