"""Success records closed and reopened on their forms: refused beside the fields, emptied in spite of what was typed."""

from collections.abc import Callable

import pytest

from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from tests.conftest import Browser
from tests.pages import Page
from tests.success import Shelf

PATHS = {"Engagement": "engagements", "Objective": "success-objectives", "Outcome": "success-outcomes",
         "Initiative": "success-initiatives", "SuccessCase": "success-cases", "Touchpoint": "touchpoints",
         "SuccessTask": "success-tasks"}  # fmt: skip
TOLD = {"closure_code": "achieved", "close_notes": "Done"}
each = pytest.mark.parametrize("kind", PATHS)
ActorNamed = Callable[[str], Actor]


@each
@pytest.mark.parametrize(
    ("language", "said"), [("en", "Fill in the closure code and the close notes"), ("fr", "Renseignez le code et les")]
)
def test_closing_without_closure_is_refused_beside_both_fields(
    actor: ActorNamed, log_on: Callable[[str], Browser], kind: str, language: str, said: str
) -> None:
    record = Shelf(actor("csm")).every_kind()[kind]
    browser = log_on("csm")
    browser.send("/preferences", {"language": language})
    answer = browser.send(
        f"/{PATHS[kind]}/{record.sys_id}", {"state": "closed", "closure_code": "", "close_notes": " "}
    )
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page["f-closure_code-error"].text
    assert said in page["f-close_notes-error"].text
    session.expire_all()
    assert (record.state, record.active) == ("new", True)


@each
def test_reopening_empties_the_closure_whatever_was_typed(
    actor: ActorNamed, log_on: Callable[[str], Browser], kind: str
) -> None:
    record = Shelf(actor("csm")).every_kind()[kind]
    save(record, {"state": "closed"} | TOLD, by=actor("csm"))
    opened = {"state": "paused" if kind == "Touchpoint" else "new", "closure_code": "missed", "close_notes": "keep me"}
    answer = log_on("csm").send(f"/{PATHS[kind]}/{record.sys_id}", opened)
    assert answer.status_code == 303, Page(answer.text).text
    session.expire_all()
    assert (record.active, record.closure_code, record.close_notes, record.closed_at) == (True, None, None, None)
