"""Nobody is kept out: axe finds nothing on any page, in both languages and themes, and each fits a telephone."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect

from tests.e2e import workbooks
from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import Import, log_on, read_in, settled

RECORD = re.compile(r"\b[0-9a-f]{32}\b")
OWN = (
    "accounts|cases|health(?!-)|history|journal|knowledge|success|"
    "success/engagements|success/objectives|import-setup/validations|imports|outbox|playbooks/|portal|tasks|tokens"
)
ALIKE = {
    "new record": r"/(?!playbooks/).+/new",
    "removal": r"/.+/·/remove",
    "step": r"/.+/·/steps/[a-z_-]+",
    "list": rf"/(?!{OWN})[a-z-]+(/[a-z-]+)?",
    "record": rf"/(?!{OWN})[a-z-]+(/[a-z-]+)?/·",
}
"""The pages that one template makes for all record types, by their paths, without those that show more (OWN)."""
LINKS = "Array.from(document.querySelectorAll('a[href]'), a => new URL(a.getAttribute('href'), document.baseURI).href)"
both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def kind(address: str) -> str:
    """Pages of one kind are made by one template; of the portal's home each list is looked at."""
    path = RECORD.sub("·", urlsplit(address).path)
    if path == "/portal":
        return f"{path}?{urlsplit(address).query}".rstrip("?")
    return next((name for name, alike in ALIKE.items() if re.fullmatch(alike, path)), path)


def crawl(page: Page, start: str) -> dict[str, list[str]]:
    """What is wrong with the pages that links lead to from `start`, one page of each kind, by address."""
    page.goto(start)
    own = urlsplit(page.url).netloc
    waiting, seen = deque([page.url]), {kind(page.url)}
    wrong: dict[str, list[str]] = {}
    while waiting:
        try:
            page.goto(waiting.popleft())
        except Error as error:
            if "Download is starting" in error.message:
                continue
            raise
        if page.url not in wrong:
            wrong[page.url] = barriers(page)
        for link in page.evaluate(LINKS):
            if urlsplit(link).netloc == own and kind(link) not in seen:
                seen.add(kind(link))
                waiting.append(link)
    return wrong


@both_languages
def test_no_page_of_the_workspace_keeps_anybody_out(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "admin", language)
    wrong = crawl(page, "/")
    assert len(wrong) >= 25, sorted(wrong)
    assert faults(wrong) == {}


@both_languages
def test_no_page_of_the_portal_keeps_anybody_out(
    open_browser: Callable[..., Page], tmp_path: Path, language: str
) -> None:
    show_a_task(open_browser(), workbooks.write(tmp_path, "locations.xlsx", workbooks.locations("Genixify")))
    let_follow_success(open_browser())
    page = open_browser(**WIDE)
    log_on(page, "genixify.admin", language)
    wrong = crawl(page, "/portal")
    lists = [f"/portal?list={name}" for name in ("all", "cases", "tasks")]
    success = [f"/portal/success/{name}/·" for name in ("cases", "initiatives", "tasks", "touchpoints")]
    assert {kind(one) for one in wrong} == {
        "/portal", *lists, "/portal/cases/·", "/portal/tasks/·", "/portal/tasks/·/files/·", "/portal/success",
        *success,
    }  # fmt: skip
    assert faults(wrong) == {}


@both_languages
def test_no_state_of_a_page_keeps_anybody_out(open_browser: Callable[..., Page], tmp_path: Path, language: str) -> None:
    page = open_browser(**WIDE)
    wrong = {name: barriers(page) for name in states(page, language, tmp_path)}
    assert len(wrong) == 15
    assert faults(wrong) == {}


def faults(wrong: dict[str, list[str]]) -> dict[str, list[str]]:
    """The places where something is wrong."""
    return {place: found for place, found in wrong.items() if found}


def show_a_task(page: Page, workbook: Path) -> None:
    """Let the customer see one import of the onboarding, and a workbook for it."""
    log_on(page, "agent")
    page.goto("/tasks")
    page.locator("tbody a").first.click()
    page.locator("a[href$='/details']").click()
    page.locator("#f-visible_to_customer").check()
    page.locator("#record-form .btn.primary").click()
    expect(page.locator("#flash .text")).to_be_visible()
    (task,) = RECORD.findall(page.url)
    place = f"table_name=sn_ti_core_imp_task&table_sys_id={task}&file_name={workbook.name}"
    caller = {"Authorization": "Basic " + b64encode(b"agent:demo").decode()}
    answer = page.request.post(f"/api/now/attachment/file?{place}", data=workbook.read_bytes(), headers=caller)
    assert answer.status == 201


def let_follow_success(page: Page) -> None:
    """Give the customer's administrator the role of those who follow success."""
    log_on(page, "admin")
    page.goto("/users?q=genixify.admin")
    page.locator("tbody a").first.click()
    page.locator("main a[href$='/roles']").click()
    role = page.locator("select[name=role] option", has_text="sn_acct_lc.ale_success_customer")
    if role.count():  # else the journey in the other language did so
        page.locator("select[name=role]").select_option(role.get_attribute("value"))
        page.locator("main form:has(select[name=role]) .btn").click()
        expect(page.locator("#flash .text")).to_be_visible()


def states(page: Page, language: str, folder: Path) -> Iterator[str]:
    """Bring the page into the states that no link leads to, one after the other; their names."""
    yield from logging_on(page, language)
    yield from forms_and_dialogs(page)
    yield from importing(page, folder)
    yield from stages_and_drawers(page)


def logging_on(page: Page, language: str) -> Iterator[str]:
    page.goto("/login")
    read_in(page, language)
    yield "log-on"
    page.locator("input[name=username]").fill("nobody")
    page.locator("input[name=password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".banner.bad")).to_be_visible()
    yield "log-on refused"
    log_on(page, "admin", language)
    page.goto("/styleguide")
    yield "style guide"
    page.goto("/nowhere")
    yield "error"


def forms_and_dialogs(page: Page) -> Iterator[str]:
    page.goto("/accounts/new")
    page.locator(".btn.primary[form=record-form], #record-form .btn.primary").first.click()
    expect(page.locator("#error-summary")).to_be_focused()
    yield "form with its error summary"
    page.goto("/cases?q=PRO-PLUS")
    page.locator("tbody a").first.click()
    page.locator("#more summary").click()
    page.locator("#more a").first.click()
    page.locator("a[href$='/steps/close']").click()
    expect(page.locator("#dialog[open] #step-close_notes")).to_be_visible()
    yield "dialog of a step"


def importing(page: Page, folder: Path) -> Iterator[str]:
    page.goto("/imports")
    page.locator("tbody a").first.click()
    if page.locator("#rows").count() == 0:
        page.locator("input[type=file]").first.set_input_files(
            workbooks.write(folder, "contacts.xlsx", workbooks.contacts("Genixify"))
        )
        page.locator("form[enctype] .btn.primary").first.click()
        Import(page).holds(ready=3, needs_attention=11)
    page.locator("#rows a.cell").first.click()
    expect(page.locator("#save-row")).to_be_visible()
    settled(page)
    yield "import with a row under repair"
    page.locator("#cancel-row").click()
    Import(page).close_dialog()
    yield "dialog of closing an import"


def stages_and_drawers(page: Page) -> Iterator[str]:
    page.goto("/cases?q=PRO-PLUS")
    page.locator("tbody a").first.click()
    stages = [one.get_attribute("href") or "" for one in page.locator("#stages a").all()]
    for number, address in enumerate(stages, 1):
        page.goto(address)
        yield f"stage {number}"
    page.set_viewport_size({"width": 1024, "height": 3000})
    page.locator(".panel-button").click()
    expect(page.locator("#panel")).to_be_visible()
    yield "drawer of details"
    page.set_viewport_size({"width": 700, "height": 3000})
    page.keyboard.press("Escape")
    page.locator(".menu-button").click()
    expect(page.locator("#rail")).to_be_visible()
    yield "drawer of the menu"
