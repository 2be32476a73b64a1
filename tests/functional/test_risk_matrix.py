"""The risk matrix above the list of signals: each cell counts exactly the signals of the list that it leads to."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.signals.records import RiskSignal
from ale.domains.success.records import Engagement
from ale.foundation.changes import save
from ale.foundation.db import session
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, make

LogOnAs = Callable[[str], Browser]
CELL = re.compile(r'<a href="([^"]+)" aria-label="([^"]+)"( aria-current="true")?><rect class="(\w+)"')


@pytest.fixture
def signals(engagement: Engagement) -> Engagement:
    """Three signals of one engagement and no others: two very probable critical ones, one that is over."""
    for one in session.scalars(select(RiskSignal).where(RiskSignal.active)).all():
        save(one, {"state": "closed", "closure_code": "achieved", "close_notes": "Done."}, by=SYSTEM)
    for probability, priority in (("very_high", "1"), ("very_high", "1"), ("low", "4"), ("low", "4")):
        one = make(RiskSignal, engagement=engagement.sys_id, probability=probability, priority=priority)
    save(one, {"state": "canceled", "close_notes": "No risk."}, by=SYSTEM)
    return engagement


def cells(browser: Browser, address: str = "/signals") -> list[tuple[Any, ...]]:
    """Address, words, mark and tone of the cells that lead somewhere."""
    return [tuple(map(unescape, one)) for one in CELL.findall(browser.get(address).text)]


def rows(browser: Browser, address: str) -> int:
    """How many records a list shows."""
    return browser.get(address).text.count(' name="rows" value=')


def test_the_matrix_counts_the_open_signals(log_on: LogOnAs, signals: Engagement) -> None:
    found = {said: tone for _href, said, _mark, tone in cells(log_on("csm"))}
    assert found == {
        "Priority Critical, probability Very high: 2 signals": "bad", "Priority Low, probability Low: 1 signal": "ok",
    }  # fmt: skip


@pytest.mark.parametrize("asked", ["", "?query=state=canceled", "?query=engagement={}^ORDERBYnumber", "?q=nothing"])
def test_each_cell_leads_to_exactly_its_signals(log_on: LogOnAs, signals: Engagement, asked: str) -> None:
    csm = log_on("csm")
    found = cells(csm, f"/signals{asked.format(signals.sys_id)}")
    assert len(found) == {"": 2, "?query=state=canceled": 1, "?q=nothing": 0}.get(asked, 2)
    for href, said, _mark, _tone in found:
        (count,) = re.findall(r": (\d+) signal", said)
        assert rows(csm, href) == int(count), said


def test_a_list_narrowed_to_a_cell_still_shows_the_whole_with_that_cell_marked(
    log_on: LogOnAs, signals: Engagement
) -> None:
    csm = log_on("csm")
    (first, *_), _other = cells(csm)
    assert [bool(mark) for _href, _said, mark, _tone in cells(csm, first)] == [True, False]


def test_the_table_below_the_picture_says_the_same(log_on: LogOnAs, signals: Engagement) -> None:
    page = log_on("csm").get("/signals").text
    table = page[page.index('<table class="table compact">') : page.index("</figure>")]
    numbers = [int(one) for one in re.findall(r'<td class="num">(?:<a [^>]*>)?(\d+)', table)]
    assert (len(numbers), sum(numbers)) == (25, 3)
    assert table.count("<a ") == 2


def test_a_list_without_signals_has_no_matrix(log_on: LogOnAs, signals: Engagement) -> None:
    assert "<figure" not in log_on("csm").get("/signals?q=nothing").text


def test_a_matrix_costs_one_statement_however_many_signals(log_on: LogOnAs, signals: Engagement) -> None:
    csm = log_on("csm")
    figures = []
    for more in (1, 20):
        for _ in range(more):
            make(RiskSignal, engagement=signals.sys_id)
        csm.get("/signals")
        with statements() as said:
            csm.get("/signals")
        figures.append(len(said))
    assert figures[0] == figures[1]
