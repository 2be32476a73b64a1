"""The pages of health: why a score changed, down to the rows; weights tried before they count; who sees what."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from ale.domains.accounts.records import Account
from ale.domains.people.records import User
from ale.domains.people.service import grant, set_password
from ale.domains.scores import engine, queries, service
from ale.domains.scores.records import HealthScore, HealthWeight, Weighting
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, save
from ale.foundation.clock import today
from ale.foundation.db import session
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, account, make
from tests.pages import Page

LogOnAs = Callable[[str], Browser]


def cells(page: Page, caption: str) -> list[list[str]]:
    """The rows of a table by its caption, as texts."""
    table = next(one for one in page.find("table") if any(two.text == caption for two in one.find("caption")))
    return [[two.text for two in one.find("td", "th")] for one in table.find("tr")][1:]


def figure(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace("+", ""))


@pytest.fixture
def genixify(app: object) -> str:
    """The account of the demo with half a year of scores."""
    return account("Genixify").sys_id


def days(key: str) -> list[tuple[date, int]]:
    return queries.scored_days(key, today() - timedelta(days=400))


def test_why_a_score_changed_sums_exactly_and_leads_to_the_rows(log_on: LogOnAs, genixify: str) -> None:
    page = Page(log_on("csm").get(f"/health/{genixify}").text)
    rows = cells(page, "Why the score changed")
    told = {name: [figure(one) for one in rest] for name, *rest in rows}
    total = told.pop("Score")
    assert [sum(column) for column in zip(*told.values(), strict=True)] == total
    (since, before), (until, after) = days(genixify)[-29], days(genixify)[-1]
    assert [*map(int, total)] == [before, after, after - before]
    assert f"Why {before} → {after}" in page.text
    assert (until, (until - since).days) == (today(), 28)
    links = [one.attrs["href"] for one in page["why"].find("a") if one.attrs["href"].startswith("#")]
    assert {one.removeprefix("#") for one in links} <= page.ids.keys()
    late = next(page[one.removeprefix("#")] for one in links if "Overdue work" in page[one.removeprefix("#")].text)
    assert "Call the sponsor changed" in late.text
    opened = [one.attrs["href"] for one in late.find("a")]
    assert any("/internal-play-tasks/" in one for one in opened)
    listed = next(one for one in opened if "query=sys_idIN" in one)
    assert "Call the sponsor" in Page(log_on("csm").get(listed).text)["rows"].text


def test_the_waterfall_goes_from_one_score_to_the_other(log_on: LogOnAs, genixify: str) -> None:
    page = Page(log_on("csm").get(f"/health/{genixify}").text)
    picture = next(one for one in page.find("figure") if one.attrs.get("class") == "waterfall")
    first, *bars, last = [figure(one.text) for one in picture.find("text") if "text-anchor" in one.attrs]
    assert first + sum(bars) == last
    assert bars


def test_any_two_days_are_compared_and_only_that_piece_is_sent(log_on: LogOnAs, genixify: str) -> None:
    (first, old), (last, new) = days(genixify)[0], days(genixify)[-3]
    address = f"/health/{genixify}?from={last}&to={first}"
    piece = Page(log_on("csm").get(address, headers={"HX-Request": "true", "HX-Target": "why"}).text)
    assert "page-title" not in piece.ids
    assert f"Why {old} → {new}" in piece["why"].text
    assert "Weight 35 → 30" in piece["why"].text
    whole = Page(log_on("csm").get(f"/health/{genixify}?from=yesterday&to=2001-01-01").text)
    assert f"→ {days(genixify)[-1][1]}" in whole["why"].text


def test_one_day_alone_is_shown_with_its_receipts(log_on: LogOnAs) -> None:
    key = make(Engagement).account
    service.store_scores(SYSTEM)
    text = Page(log_on("csm").get(f"/health/{key}").text)["why"].text
    assert "Why 100 → 100" in text
    assert "Receipts of" in text


def test_an_account_without_scores_says_so(log_on: LogOnAs) -> None:
    assert "No scores yet" in log_on("csm").get(f"/health/{make(Account).sys_id}").text


def test_the_score_over_time_has_its_numbers_beside_it(log_on: LogOnAs, genixify: str) -> None:
    page = Page(log_on("csm").get(f"/health/{genixify}").text)
    assert [int(one) for _day, one in cells(page, "Score over time")] == [
        score for _, score in reversed(days(genixify))
    ]


def test_accounts_that_fell_most_stand_on_top(log_on: LogOnAs) -> None:
    rows = cells(Page(log_on("csm").get("/health").text), "Health of accounts")
    changes = [int(figure(row[2])) for row in rows]
    assert [row[0] for row in rows] == ["Genixify", "Boxeo"]
    assert changes == sorted(changes)
    assert changes[0] < 0


def test_it_reads_in_french(log_on: LogOnAs, genixify: str) -> None:
    save(session.scalars(select(User).where(User.user_name == "csm")).one(), {"language": "fr"}, by=SYSTEM)
    text = log_on("csm").get(f"/health/{genixify}").text
    assert "Pourquoi" in text
    assert "Points de contact tenus : 66,67 %" in text


def test_engagement_portfolio_and_account_lead_to_it(log_on: LogOnAs, genixify: str) -> None:
    browser = log_on("csm")
    key = session.scalars(select(Engagement.sys_id).where(Engagement.account == genixify)).one()
    for address in (f"/success/engagements/{key}", f"/success?engagement={key}", f"/accounts/{genixify}"):
        assert f"/health/{genixify}" in [one.attrs["href"] for one in Page(browser.get(address).text).find("a")], (
            address
        )


def test_a_score_of_the_list_opens_at_its_day(log_on: LogOnAs, genixify: str) -> None:
    day = days(genixify)[3][0]
    key = session.scalars(
        select(HealthScore.sys_id).where(HealthScore.account == genixify, HealthScore.day == day)
    ).one()
    address = str(log_on("csm").get(f"/health-scores/{key}/day").location)
    assert address == f"/health/{genixify}?to={day}"


def drafted(**changed: Any) -> Weighting:
    """A draft like the weights that count, with other weights for some measures."""
    current = queries.in_force()
    assert current is not None
    draft = service.new_version(current, SYSTEM)
    for one in session.scalars(select(HealthWeight).where(HealthWeight.weighting == draft.sys_id)).all():
        if one.measure in changed:
            save(one, {"weight": changed[one.measure]}, by=SYSTEM)
    return draft


def test_weights_are_tried_on_six_months_and_nothing_is_stored(log_on: LogOnAs, genixify: str) -> None:
    draft = drafted(outcomes_reached=300)
    latest = session.scalars(
        select(HealthScore).where(HealthScore.account == genixify).order_by(HealthScore.day)
    ).all()[-1]
    expected = engine.scored(engine.counted(latest.receipts), queries.weights_of(draft.sys_id)).score
    assert expected is not None
    browser = log_on("admin")
    browser.get("/health")
    with statements() as sent:
        page = Page(browser.get(f"/health-weightings/{draft.sys_id}/trial").text)
    assert [one for one in sent if not one.lstrip().upper().startswith(("SELECT", "WITH"))] == []
    rows = cells(page, "Newest scores")
    assert rows[0][:3] == ["Genixify", str(latest.score), str(expected)]
    assert int(figure(rows[0][3])) == expected - latest.score
    kept = [day for day, _score in days(genixify) if day >= today() - timedelta(days=182)]
    assert len(cells(page, "Genixify")) == len(kept)
    lines = [one.attrs["points"].split() for one in page.find("polyline")]
    assert [len(one) for one in lines[:2]] == [len(kept), len(kept)]
    assert lines[0] != lines[1]


def test_a_trial_of_the_same_weights_changes_nothing_since_they_count(log_on: LogOnAs) -> None:
    page = Page(log_on("admin").get(f"/health-weightings/{drafted().sys_id}/trial").text)
    assert {row[3] for row in cells(page, "Newest scores")} == {"0"}


def test_a_trial_names_what_no_receipts_were_kept_for(log_on: LogOnAs) -> None:
    draft = drafted()
    given = {"weighting": draft.sys_id, "measure": "usage", "usage": "logins", "weight": 5, "zero_at": 0, "full_at": 9}
    create(HealthWeight, given, by=SYSTEM)
    assert (
        "No receipts were kept for: Usage: logins."
        in log_on("admin").get(f"/health-weightings/{draft.sys_id}/trial").text
    )


def test_administrators_alone_weigh(log_on: LogOnAs) -> None:
    key = drafted().sys_id
    many = session.scalar(select(func.count(Weighting.sys_id)))
    assert log_on("csm").get(f"/health-weightings/{key}").status_code == 200
    assert log_on("csm").get(f"/health-weightings/{key}/trial").status_code == 403
    assert log_on("csm").send(f"/health-weightings/{key}/new-version").status_code == 403
    assert session.scalar(select(func.count(Weighting.sys_id))) == many
    assert log_on("admin").send(f"/health-weightings/{key}/new-version").status_code == 303
    assert session.scalar(select(func.count(Weighting.sys_id))) == (many or 0) + 1


@pytest.fixture
def finance(app: object) -> str:
    """Somebody of finance, who reads health and none of what it is made of."""
    user = make(User, user_name="finance")
    set_password(user, "demo")
    grant(user, "ale.finance_user", SYSTEM)
    session.commit()
    return "finance"


def test_rows_that_one_may_not_read_count_without_their_names(log_on: LogOnAs, genixify: str, finance: str) -> None:
    page = Page(log_on(finance).get(f"/health/{genixify}").text)
    assert page["why"].text.count("not visible to you") >= 10
    assert "Call the sponsor" not in page.text
    assert not [one for one in page["why"].find("a") if not one.attrs["href"].startswith(("#", "/health-weightings/"))]
