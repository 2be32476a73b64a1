"""A risk that is reported again is an occurrence of the open signal (C171); a signal shows its solutions' states."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from ale.domains.onboarding.records import OnboardingCase
from ale.domains.plays.records import InternalPlay
from ale.domains.signals.records import Occurrence, RiskSignal, Solution
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.history import Journal
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.functional.api.calls import basic
from tests.pages import Page
from tests.stories import refused
from tests.success import Shelf

LogOnAs = Callable[[str], Browser]
TABLE = "/api/now/table/sn_acct_lc_risk_signal_issue"
CLOSED = {"state": "closed", "closure_code": "achieved", "close_notes": "Back on course."}


@pytest.fixture
def other(engagement: Engagement) -> Engagement:
    """Another engagement of the same account."""
    return Shelf().engagement()


def report(engagement: Engagement | None, by: Actor = SYSTEM, **given: Any) -> RiskSignal:
    """Somebody reports that the sponsor left."""
    said = {"short_description": "Sponsor left", "description": "Since May.", "probability": "moderate"}
    hangs_on = {"engagement": engagement.sys_id} if engagement else {}
    return create(RiskSignal, said | hangs_on | given, by=by)


def occurrences(signal: RiskSignal) -> list[Occurrence]:
    """What was reported again, oldest first."""
    mine = select(Occurrence).where(Occurrence.risk_signal == signal.sys_id)
    return list(session.scalars(mine.order_by(Occurrence.sys_id)))


def signals_of(engagement: Engagement) -> int:
    """How many signals an engagement has."""
    mine = select(func.count()).select_from(RiskSignal).where(RiskSignal.engagement == engagement.sys_id)
    return session.scalar(mine) or 0


def test_C171_the_same_cause_again_is_an_occurrence_of_the_open_signal(by: Actor, engagement: Engagement) -> None:
    first = report(engagement)
    said = {"short_description": " sponsor  LEFT", "description": "Confirmed by Lea.", "work_notes": "Call!"}
    again = report(engagement, by, **said)
    assert (again.sys_id, signals_of(engagement), again.times_seen) == (first.sys_id, 1, 2)
    (one,) = occurrences(first)
    assert (one.description, one.reported_by, one.sys_domain) == ("Confirmed by Lea.", by.id, first.sys_domain)
    assert one.seen_at == first.last_seen
    assert session.scalars(select(Journal.text).where(Journal.record == first.sys_id)).all() == ["Call!"]


def test_C171_another_cause_is_another_signal(engagement: Engagement, other: Engagement) -> None:
    case = make(OnboardingCase, account=engagement.account).sys_id
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    made = [
        report(engagement), report(engagement, short_description="Budget cut"), report(engagement, cause="usage"),
        report(engagement, **source), report(other), report(None, scope="onboarding", onboarding_case=case),
    ]  # fmt: skip
    assert len({one.sys_id for one in made}) == len(made)


def test_C171_a_cause_that_the_sender_names_stays_the_same_whatever_is_said(engagement: Engagement) -> None:
    first = report(engagement, cause="usage", short_description="Usage fell by 10 %")
    assert report(engagement, cause="Usage", short_description="Usage fell by 20 %").sys_id == first.sys_id
    assert occurrences(first)[0].short_description == "Usage fell by 20 %"


def test_C171_an_onboarding_case_takes_the_place_of_the_engagement(engagement: Engagement) -> None:
    case = make(OnboardingCase, account=engagement.account).sys_id
    first, second = (report(None, scope="onboarding", onboarding_case=case) for _ in range(2))
    assert (first.sys_id, first.times_seen) == (second.sys_id, 2)


def test_C171_the_more_pressing_of_both_reports_counts(engagement: Engagement) -> None:
    first = report(engagement, probability="high", priority="3")
    report(engagement, probability="low", priority="2")
    assert (first.probability.value, first.priority.value) == ("high", "2")
    report(engagement, probability="very_high")
    assert first.probability.value == "very_high"


def test_C171_once_it_is_closed_the_cause_opens_a_new_signal(engagement: Engagement) -> None:
    first = report(engagement)
    save(first, CLOSED, by=SYSTEM)
    second = report(engagement)
    assert (second.sys_id != first.sys_id, second.times_seen, occurrences(first)) == (True, 1, [])
    assert refused(save, first, {"state": "active"}, by=SYSTEM) == [("OPEN_CAUSE", "short_description")]
    save(second, CLOSED, by=SYSTEM)
    save(first, {"state": "active"}, by=SYSTEM)
    assert report(engagement).sys_id == first.sys_id


def test_C171_signals_that_are_recorded_as_closed_do_not_repeat_each_other(engagement: Engagement) -> None:
    assert report(engagement, **CLOSED).sys_id != report(engagement, **CLOSED).sys_id


def test_C171_no_open_signal_takes_the_words_of_another(engagement: Engagement) -> None:
    report(engagement)
    one = report(engagement, short_description="Budget cut")
    assert refused(save, one, {"short_description": "Sponsor left"}, by=SYSTEM) == [("OPEN_CAUSE", "short_description")]


def test_C171_a_report_that_is_not_whole_is_no_occurrence(engagement: Engagement) -> None:
    first = report(engagement)
    assert refused(report, engagement, description="") == [("REQUIRED_FIELD", "description")]
    assert first.times_seen == 1


def test_SUC_01_occurrences_go_with_their_signal_to_another_account(engagement: Engagement) -> None:
    first = report(engagement)
    report(engagement)
    away = Shelf().engagement("Boxeo ltd")
    save(first, {"engagement": away.sys_id}, by=SYSTEM)
    (one,) = occurrences(first)
    assert (one.account, one.sys_domain) == (away.account, first.sys_domain)
    assert one.sys_domain != engagement.sys_domain


def test_a_signal_takes_its_occurrences_along_when_it_goes(engagement: Engagement) -> None:
    first = report(engagement)
    report(engagement)
    remove(first, by=SYSTEM)
    assert occurrences(first) == []


def test_C172_a_signal_of_another_system_comes_over_the_API_and_is_not_doubled(
    client: Browser, engagement: Engagement
) -> None:
    said = {"engagement": engagement.sys_id, "short_description": "Usage fell", "description": "By a third.",
            "probability": "high", "tracking_method": "integration", "cause": "usage"}  # fmt: skip
    first, second = (client.post(TABLE, headers=basic("csm"), json=said).json["result"] for _ in range(2))
    assert (first["sys_id"], first["times_seen"], second["times_seen"]) == (second["sys_id"], "1", "2")
    listed = client.get(f"/api/now/table/ale_risk_occurrence?sysparm_query=risk_signal={first['sys_id']}",
                        headers=basic("csm"))  # fmt: skip
    assert [one["tracking_method"] for one in listed.json["result"]] == ["integration"]


@pytest.mark.parametrize("path", ["", "/0"])
def test_occurrences_are_written_by_the_application_alone(client: Browser, engagement: Engagement, path: str) -> None:
    signal = report(engagement)
    report(engagement)
    path = f"/{occurrences(signal)[0].sys_id}" if path else ""
    method = "PATCH" if path else "POST"
    answer = client.open(f"/api/now/table/ale_risk_occurrence{path}", method=method, headers=basic("admin"), json={})
    assert answer.status_code == 403


def test_a_form_says_that_the_risk_is_known(log_on: LogOnAs, engagement: Engagement) -> None:
    signal = report(engagement)
    csm = log_on("csm")
    said = {"engagement": engagement.sys_id, "short_description": "Sponsor left", "description": "Lea says so.",
            "probability": "high", "risk_or_issue": "risk", "scope": "adoption", "state": "new", "priority": "4",
            "tracking_method": "manual"}  # fmt: skip
    answer = csm.send("/signals/new", said)
    assert str(answer.location).endswith(signal.sys_id)
    page = csm.get(str(answer.location)).text
    assert f"This risk is known already: signal {signal.number}" in page
    shown = Page(csm.get(f"/signals/{signal.sys_id}?related=ale_risk_occurrence.risk_signal").text)
    assert "Times seen 2" in " ".join(shown.text.split())
    assert "Lea says so." in csm.get(f"/risk-occurrences/{occurrences(signal)[0].sys_id}").text


def test_C184_the_page_of_a_signal_shows_how_far_its_solutions_are(log_on: LogOnAs, engagement: Engagement) -> None:
    signal, play = report(engagement), make(InternalPlay, engagement=engagement.sys_id)
    create(Solution, {"risk_signal": signal.sys_id, "solution_record": play.sys_id}, by=SYSTEM)
    csm, related = log_on("csm"), "sn_acct_lc_risk_signal_solution_relationship.risk_signal"
    for state, shown in (("new", "New"), ("in_progress", "In progress")):
        save(play, {"state": state}, by=SYSTEM)
        page = csm.get(f"/signals/{signal.sys_id}?related={related}").text
        row = page[page.index('id="related"') :]
        assert "State of the solution" in row
        assert f">{shown}<" in row
    listed = csm.get("/solutions/export?format=csv").text
    assert "In progress" in listed
