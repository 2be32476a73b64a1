"""Many records of a list at once: what would come of it is said before, the same rules hold, nobody hinders another."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.people.records import User
from ale.domains.success.plan import Objective
from ale.foundation.bulk import create_many
from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.outbox import Email
from tests.conftest import Browser
from tests.success import SYSTEM, Shelf, owner

LogOnAs = Callable[[str], Browser]
CLOSED = {"closure_code": "achieved", "close_notes": "Delivered as agreed"}


@pytest.fixture
def objectives(app: object) -> list[Objective]:
    """Three open objectives of one engagement, and one that is closed."""
    shelf = Shelf()
    engagement = shelf.engagement("Genixify")
    made = [shelf.objective(engagement, title=f"Batchine {n}") for n in range(4)]
    save(made[3], {"state": "closed", **CLOSED}, by=SYSTEM)
    return made


def sent(records: Sequence[Any], do: str, **more: str) -> dict[str, Any]:
    return {"rows": [one.sys_id for one in records], "do": do, **more}


def told(page: str) -> str:
    """What the page says of the outcome."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", "".join(re.findall(r'<p role="status">.*?</p>(?:\s*<ul.*?</ul>)?', page, re.S))).split()
    )


def test_what_would_come_of_it_is_said_and_nothing_is_done(log_on: LogOnAs, objectives: list[Objective]) -> None:
    browser = log_on("csm")
    asked = browser.send("/success-objectives/batch", sent(objectives, "close"))
    assert "4 records" in asked.text
    assert 'name="closure_code"' in asked.text
    assert told(asked.text) == ""
    before = [len(session.scalars(select(kind)).all()) for kind in (Audit, Email)]
    tried = browser.send("/success-objectives/batch", sent(objectives, "close", go="try", **CLOSED))
    assert told(tried.text).startswith("3 would be changed. 1 would be refused: Batchine 3")
    session.expire_all()
    assert [one.state for one in objectives] == ["new", "new", "new", "closed"]
    assert [len(session.scalars(select(kind)).all()) for kind in (Audit, Email)] == before


def test_those_that_are_refused_hinder_no_other(log_on: LogOnAs, objectives: list[Objective]) -> None:
    done = log_on("csm").send("/success-objectives/batch", sent(objectives, "close", go="apply", **CLOSED))
    assert told(done.text).startswith("3 changed. 1 were refused: Batchine 3 This step is not available now.")
    session.expire_all()
    assert {one.state for one in objectives} == {"closed"}
    assert {one.close_notes for one in objectives} == {"Delivered as agreed"}


def test_the_same_rules_hold(log_on: LogOnAs, objectives: list[Objective]) -> None:
    done = log_on("csm").send("/success-objectives/batch", sent(objectives[:2], "close", go="apply"))
    assert told(done.text).startswith("0 changed. 2 were refused: Batchine 0 Fill in the closure code")


def test_all_that_a_list_holds_gets_what_was_filled_in_and_keeps_the_rest(
    log_on: LogOnAs, objectives: list[Objective]
) -> None:
    browser = log_on("csm")
    jules = session.scalars(select(User).where(User.user_name == "csm")).one()
    kept = {"all": "1", "list": "query=titleSTARTSWITHBatchine^state=new", "do": "change-fields"}
    asked = browser.send("/success-objectives/batch", kept)
    assert "3 records" in asked.text
    assert 'name="driver"' in asked.text
    assert 'name="state"' not in asked.text
    answer = browser.send(
        "/success-objectives/batch", {**kept, "go": "apply", "objective_owner": jules.sys_id, "driver": ""}
    )
    assert answer.status_code == 303
    assert "3 records changed." in browser.get(answer.location).text
    session.expire_all()
    assert [one.objective_owner for one in objectives] == [*[jules.sys_id] * 3, None]
    assert {one.priority for one in objectives} == {"4"}


def test_what_others_refer_to_is_not_deleted(log_on: LogOnAs, objectives: list[Objective]) -> None:
    Shelf().outcome(objectives[0])
    browser = log_on("admin")
    asked = browser.send("/success-objectives/batch", sent(objectives[:2], "delete"))
    assert told(asked.text).startswith("1 would be changed. 1 would be refused: Batchine 0 Other records refer")
    browser.send("/success-objectives/batch", sent(objectives[:2], "delete", go="apply"))
    left = session.scalars(select(Objective.title).where(Objective.title.startswith("Batchine"))).all()
    assert sorted(left) == ["Batchine 0", "Batchine 2", "Batchine 3"]


def test_who_may_only_read_is_offered_nothing(log_on: LogOnAs, objectives: list[Objective]) -> None:
    browser = log_on("viewer")
    page = browser.get("/success-objectives").text
    assert "Batchine 0" in page
    assert 'class="pick"' not in page
    for deed in ("close", "change-fields", "delete", "nonsense"):
        assert browser.send("/success-objectives/batch", sent(objectives, deed)).status_code == 404


def test_records_one_may_not_see_are_as_none(log_on: LogOnAs, objectives: list[Objective]) -> None:
    asked = log_on("csm").send("/success-objectives/batch", {"rows": ["0" * 32], "do": "close"})
    assert "0 records" in asked.text


def crowd(number: int) -> None:
    """So many contacts called Crowd."""
    own = owner("Boxeo").sys_id
    rows = [
        {"first_name": "F", "last_name": "Crowd", "email": f"c{n}@example.org", "account": own} for n in range(number)
    ]
    create_many(Contact, rows, by=SYSTEM)


def test_too_many_at_once_are_refused_with_the_number(log_on: LogOnAs) -> None:
    crowd(501)
    answer = log_on("agent").send("/contacts/batch", {"all": "1", "list": "q=Crowd", "do": "change-fields"})
    assert answer.status_code == 422
    assert "at most 500 records" in answer.text


def test_a_list_says_how_many_are_selected_of_how_many(log_on: LogOnAs) -> None:
    crowd(60)
    browser = log_on("agent")
    page = browser.get("/contacts?query=last_name=Crowd").text
    assert "{count} selected of 60" in page
    address = re.search(r'href="([^"]+)">Select all 60<', page)
    assert address
    whole = browser.get(address[1].replace("&amp;", "&")).text
    assert "All 60 selected" in whole
    assert whole.count(" checked>") >= 50
