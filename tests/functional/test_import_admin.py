"""Administrators try and switch validations."""

from collections.abc import Callable

from sqlalchemy import select

from ale.domains.imports.records import ValidationAssist
from ale.foundation.db import session
from tests.conftest import Browser
from tests.imports import Import, contact
from tests.pages import Visit

LogOnAs = Callable[[str], Browser]


def validation(name: str) -> ValidationAssist:
    found = select(ValidationAssist).where(ValidationAssist.name == f"ALE Customer contacts: {name}")
    return session.scalars(found.order_by(ValidationAssist.order)).first()  # type: ignore[return-value]


def test_a_validation_is_tried_on_a_row_and_on_what_is_typed(log_on: LogOnAs, contacts: Import) -> None:
    contacts.load_rows(contact(1, Language="klingon"))
    visit = Visit(log_on("admin"))
    where = f"/import-setup/validations/{validation('Language').sys_id}"
    visit.open(where)
    visit.follow("Test against a sample row")
    row = contacts.rows()[0].sys_id
    assert visit.open(f"{where}/test?row={row}")["f-cell-u_language"].attrs["value"] == "klingon"
    assert "Language: klingon is not an available choice." in visit.press("Test").text
    assert "Passed" in visit.press("Test", **{"cell-u_language": "fr"}).text
    assert '"u_language":"klingon"' in contacts.rows()[0].cells


def test_a_script_is_tried_in_the_sandbox(log_on: LogOnAs, contacts: Import) -> None:
    visit = Visit(log_on("admin"))
    visit.open(f"/import-setup/validations/{validation('account of the case').sys_id}/test")
    page = visit.press("Test", **{"cell-u_company": "Boxeo"})
    assert "The account differs from that of the onboarding case." in page.text
    assert "Passed" in visit.press("Test", **{"cell-u_company": contacts.task.sys_domain.rpartition("/")[2]}).text


def test_a_validation_is_switched(log_on: LogOnAs, contacts: Import) -> None:
    one, visit = validation("Language"), Visit(log_on("admin"))
    visit.open(f"/import-setup/validations/{one.sys_id}")
    visit.press("Switch on or off")
    session.expire_all()
    assert not validation("Language").active
    contacts.load_rows(contact(1, Language="klingon"))
    assert contacts.counts == (0, 0, 1, 0)


def test_agents_do_not_edit_validations(browser: Browser) -> None:
    one = validation("Language")
    assert browser.send(f"/import-setup/validations/{one.sys_id}/switch").status_code in (403, 404)
    session.expire_all()
    assert validation("Language").active
