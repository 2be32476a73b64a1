"""Accounts from a file (SAG-06): what is saved, what is told by line, and who may."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ale.domains.accounts.records import Account, HealthStatus
from ale.domains.imports.account_loads import MOST, CsvImport, load
from ale.foundation.actor import Actor
from ale.foundation.attachments import attachments_of
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.problem import Forbidden
from tests.conftest import Browser
from tests.factories import SYSTEM
from tests.stories import refused

LogOnAs = Callable[[str], Browser]
Loading = Callable[..., CsvImport]
HEAD = "NUMBER,EXTERNAL_REFERENCE_ID,NAME,PARENT,HEALTH_SCORE,HEALTH_STATUS,CHURN_RISK"


@pytest.fixture
def by(actor: Callable[[str], Actor]) -> Actor:
    agent = actor("agent")
    return replace(agent, roles=agent.roles | {"sn_customerservice_agent"})


@pytest.fixture
def loading(by: Actor, tmp_path: Path) -> Loading:
    def loaded(*lines: str, head: str = HEAD, by: Actor = by) -> CsvImport:
        path = tmp_path / "accounts.csv"
        path.write_text("\n".join((head, *lines)), "utf-8")
        return load(path, "accounts.csv", by)

    return loaded


@pytest.fixture
def alderis(app: object) -> Account:
    return create(Account, {"name": "Alderis", "external_reference_id": "CRM-7"}, by=SYSTEM)


def errors(loaded: CsvImport) -> list[tuple[int, str, str | None]]:
    return [(one["line"], one["code"], one["field"]) for one in (loaded.errors or {}).get("rows", ())]


def numbers(loaded: CsvImport) -> tuple[str, int, int]:
    return loaded.state.value, loaded.rows_ok, loaded.rows_error


def test_SAG_06_E1_good_rows_are_saved_and_the_bad_one_is_told(loading: Loading, alderis: Account) -> None:
    loaded = loading(f"{alderis.number},,,,62,At risk,true", ",,Corvia,,140,,", ",,Delmar,,90,Sain,")
    assert numbers(loaded) == ("partial", 2, 1)
    assert errors(loaded) == [(3, "HEALTH_SCORE_RANGE", "health_score")]
    assert (alderis.health_score, alderis.health_status, alderis.churn_risk) == (62, HealthStatus.AT_RISK, True)
    names = session.scalars(select(Account.name).where(Account.name.in_(["Corvia", "Delmar"]))).all()
    assert names == ["Delmar"]


def test_SAG_06_E2_an_unknown_column_refuses_the_file(loading: Loading, alderis: Account) -> None:
    before = session.scalar(select(func.count()).select_from(Account))
    assert refused(loading, ",,Corvia,,1,,,x", head=f"{HEAD},COLOUR") == [("CSV_HEADER", "file")]
    assert refused(loading, "Corvia,Corvia", head="NAME,NAME")[0] == ("CSV_HEADER", "file")
    assert session.scalar(select(func.count()).select_from(Account)) == before


@pytest.mark.parametrize(
    "row", ["{number},,Alderis SA,,50,,", ",CRM-7,Alderis SA,,50,,", ",,Alderis,,50,,", "{number},CRM-8,,,50,,"]
)
def test_rows_are_matched_by_number_then_reference_then_name(loading: Loading, alderis: Account, row: str) -> None:
    before = session.scalar(select(func.count()).select_from(Account))
    assert numbers(loading(row.format(number=alderis.number))) == ("success", 1, 0)
    assert alderis.health_score == 50
    assert session.scalar(select(func.count()).select_from(Account)) == before


def test_an_empty_cell_leaves_and_NULL_empties(loading: Loading, alderis: Account) -> None:
    save(alderis, {"health_score": 80, "health_status": "healthy"}, by=SYSTEM)
    loading(f"{alderis.number},NULL,,,NULL,,")
    assert (alderis.external_reference_id, alderis.health_score) == (None, None)
    assert alderis.health_status == HealthStatus.HEALTHY


def test_parents_are_named_by_number_or_name_and_may_stand_above_in_the_file(
    loading: Loading, alderis: Account
) -> None:
    loaded = loading(",,Alderis Sud,Alderis,,,", ",,Alderis Est,Alderis Sud,,,", ",,Alderis Nord,Nobody,,,")
    assert errors(loaded) == [(4, "NO_ACCOUNT", "parent")]
    below = session.scalars(select(Account).where(Account.name == "Alderis Est")).one()
    assert session.get_one(Account, below.parent).parent == alderis.sys_id


def test_a_number_that_is_unknown_makes_no_account(loading: Loading, alderis: Account) -> None:
    loaded = loading("ACCT9999999,,Alderis,,10,,")
    assert (numbers(loaded), errors(loaded)) == (("failed", 0, 1), [(2, "NO_ACCOUNT", "number")])
    assert alderis.health_score is None


def test_who_may_not_make_accounts_changes_those_there_are(loading: Loading, alderis: Account, by: Actor) -> None:
    finance = Actor(by.id, by.name, by.domain, roles=frozenset({"ale.finance_manager", "ale.finance_user"}))
    loaded = loading(",,Alderis,,71,,", ",,Corvia,,71,,", by=finance)
    assert errors(loaded) == [(3, "NOT_ALLOWED", "name")]
    assert alderis.health_score == 71


def test_the_file_is_kept_with_the_load(loading: Loading, by: Actor) -> None:
    loaded = loading(",,Corvia,,1,,")
    (file,) = attachments_of(loaded, by)
    assert (file.sys_id, file.file_name) == (loaded.attachment, "accounts.csv")


def test_a_file_with_too_many_rows_is_refused_as_a_whole(loading: Loading) -> None:
    assert refused(loading, *(f",,A{n},,1,," for n in range(MOST + 1)))
    assert not session.scalar(select(func.count()).where(Account.name == "A1"))


def test_others_may_not_load(loading: Loading, actor: Callable[[str], Actor]) -> None:
    with pytest.raises(Forbidden):
        loading(",,Corvia,,1,,", by=actor("viewer"))


def test_the_page_gives_the_template_and_tells_lines(log_on: LogOnAs) -> None:
    browser = log_on("admin")
    template = browser.get("/import/customer_account/template.csv").get_data()
    assert template.decode("utf-8-sig").strip() == HEAD
    content = template + b",,Corvia,,140,,\r\n,,Delmar,,14,,\r\n"
    sent = {"file": (BytesIO(content), "accounts.csv")}
    page = browser.send("/import/customer_account", data=sent, follow_redirects=True).text
    assert "Loaded: 1 · refused: 1." in page
    assert "The health score is a whole number from 0 to 100." in page
    wrong = browser.send("/import/customer_account", data={"file": (BytesIO(b"COLOUR\nred\n"), "a.csv")})
    assert wrong.status_code == 422
    assert "Unknown column COLOUR." in wrong.text
    assert log_on("viewer").get("/import/customer_account").status_code == 403
