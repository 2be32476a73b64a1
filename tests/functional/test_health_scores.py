"""Health scores: what counts, what is kept, whom the score is given to, and weights that stay once they counted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import SCORE_MODE, STATUS_MODE, Account, HealthStatus
from ale.domains.scores import engine, queries, service
from ale.domains.scores.records import HealthScore, HealthWeight, UsageFigure, Weighting
from ale.domains.scores.supplied import NAME, weigh
from ale.domains.signals.records import RiskSignal
from ale.domains.success.records import Engagement
from ale.domains.system.records import Property, ScheduledJob
from ale.foundation import clock
from ale.foundation.changes import create, move, remove, save
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.verify import breaches
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, make
from tests.stories import refused
from tests.success import Shelf

TOLD = {"closure_code": "achieved", "close_notes": "Done."}


@pytest.fixture
def shelf(app: object) -> Shelf:
    return Shelf()


@pytest.fixture(autouse=True)
def weights_that_count(app: object) -> Weighting:
    """The weights that ALE delivers count, not those of the demo."""
    version = create(Weighting, {"name": "Supplied weights"}, by=SYSTEM)
    weigh(version, by=SYSTEM)
    return move(version, "publish", {}, by=SYSTEM)


@pytest.fixture
def engagement(shelf: Shelf) -> Engagement:
    """An account whose health is followed."""
    return shelf.engagement()


def setting(name: str, value: str) -> None:
    save(session.scalars(select(Property).where(Property.name == name)).one(), {"value": value}, by=SYSTEM)


def raw(account: str) -> dict[str, str | None]:
    """The raw figures of an account at this moment."""
    found = queries.counted([account], now())[account]
    return {one: None if (said := engine.raw_figure(one, rows)) is None else f"{said:f}" for one, rows in found.items()}


def run() -> HealthScore | None:
    """Make the scores of today; that of Alderis."""
    service.store_scores(SYSTEM)
    session.expire_all()
    mine = select(HealthScore).join(Account, Account.sys_id == HealthScore.account).where(Account.name == "Alderis")
    return session.scalars(mine).one_or_none()


def test_outcomes_count_by_how_far_they_are_on_their_way(shelf: Shelf, engagement: Engagement) -> None:
    goal = shelf.objective(engagement)
    assert raw(engagement.account)[engine.OUTCOMES] is None
    shelf.outcome(goal, base_value=0, current_value=30, target_value=100)
    shelf.outcome(goal, base_value=100, current_value=0, target_value=0)
    shelf.outcome(goal, base_value=0, target_value=10)
    assert raw(engagement.account)[engine.OUTCOMES] == "65"
    gone = shelf.outcome(goal, base_value=0, current_value=0, target_value=10)
    assert raw(engagement.account)[engine.OUTCOMES] != "65"
    save(gone, {"state": "canceled", "close_notes": "Gone."}, by=SYSTEM)
    assert raw(engagement.account)[engine.OUTCOMES] == "65"


def test_touchpoints_of_the_last_ninety_days_count_as_kept_or_not(shelf: Shelf, engagement: Engagement) -> None:
    def touchpoint(days: int, **closed: Any) -> None:
        save(shelf.touchpoint(engagement, meeting_date=now() - timedelta(days=days)), closed, by=SYSTEM)

    assert raw(engagement.account)[engine.TOUCHPOINTS] is None
    touchpoint(1, state="closed", **TOLD)
    touchpoint(89, state="closed", **TOLD)
    touchpoint(91)
    touchpoint(-2)
    touchpoint(3, state="canceled", **TOLD)
    assert raw(engagement.account)[engine.TOUCHPOINTS] == "100"
    touchpoint(2)
    touchpoint(4, state="closed", **TOLD | {"closure_code": "missed"})
    assert raw(engagement.account)[engine.TOUCHPOINTS] == "50"


def test_open_work_after_its_due_date_is_overdue(shelf: Shelf, engagement: Engagement) -> None:
    late, later = now() - timedelta(minutes=1), now() + timedelta(days=1)
    case = shelf.case(engagement, due_date=late)
    shelf.task(case, due_date=late)
    shelf.task(case, due_date=later)
    done = shelf.task(case, due_date=late)
    shelf.initiative(shelf.outcome(shelf.objective(engagement)), due_date=late)
    assert raw(engagement.account)[engine.OVERDUE] == "4"
    save(done, {"state": "closed"} | TOLD, by=SYSTEM)
    assert raw(engagement.account)[engine.OVERDUE] == "3"


def test_open_risks_count_the_heavier_the_likelier(engagement: Engagement) -> None:
    risk = make(RiskSignal, engagement=engagement.sys_id, probability="very_high")
    make(RiskSignal, engagement=engagement.sys_id, probability="low")
    assert raw(engagement.account)[engine.RISKS] == "7"
    save(risk, {"state": "closed"} | TOLD, by=SYSTEM)
    assert raw(engagement.account)[engine.RISKS] == "2"


def test_the_newest_figure_of_usage_counts_while_it_is_fresh(engagement: Engagement) -> None:
    def sent(measure: str, days: int, value: str) -> None:
        facts = {"account": engagement.account, "measure": measure, "day": today() - timedelta(days=days)}
        create(UsageFigure, facts | {"value": value}, by=SYSTEM)

    sent("Active_Users", 10, "40")
    sent("active_users", 2, "42.5")
    sent("active_users", -1, "99")
    sent("logins", 31, "7")
    found = raw(engagement.account)
    assert {key: value for key, value in found.items() if key.startswith("usage")} == {"usage:active_users": "42.5"}


def test_a_score_keeps_what_it_was_made_of(shelf: Shelf, engagement: Engagement) -> None:
    outcome = shelf.outcome(shelf.objective(engagement), base_value=0, current_value=40, target_value=100)
    risk = make(RiskSignal, engagement=engagement.sys_id, probability="moderate")
    score = run()
    assert score is not None
    assert score.score == 66  # (35 * 40 + 20 * 100 + 25 * 75) / 80
    assert score.receipts[engine.OUTCOMES]["rows"] == {"sn_acct_lc_success_outcome": {outcome.sys_id: "40"}}
    assert score.receipts[engine.RISKS]["rows"] == {"sn_acct_lc_risk_signal_issue": {risk.sys_id: "3"}}
    assert score.receipts[engine.TOUCHPOINTS]["mark"] is None
    assert engine.recomputed(score.receipts) == queries.as_scored(score)
    assert score.sys_domain == engagement.sys_domain


def test_a_later_run_of_the_day_takes_the_place_of_an_earlier_one(shelf: Shelf, engagement: Engagement) -> None:
    first = run()
    assert first is not None
    assert (first.score, first.sys_mod_count) == (100, 0)
    shelf.task(shelf.case(engagement), due_date=now() - timedelta(days=1))
    second = run()
    assert second is not None
    assert (second.sys_id, second.score) == (first.sys_id, 96)
    assert second.receipts[engine.OVERDUE]["raw"] == "1"


def test_the_next_day_has_a_score_of_its_own(engagement: Engagement, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    tomorrow = now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    service.store_scores(SYSTEM)
    assert len(queries.scored_days(engagement.account, today() - timedelta(days=9))) == 2


def test_accounts_without_an_active_engagement_are_not_followed(shelf: Shelf, engagement: Engagement) -> None:
    assert engagement.account in queries.followed()
    save(engagement, {"state": "closed"} | TOLD, by=SYSTEM)
    assert engagement.account not in queries.followed()
    assert run() is None


def test_many_accounts_take_as_many_statements_as_few(shelf: Shelf, engagement: Engagement) -> None:
    service.store_scores(SYSTEM)
    with statements() as few:
        service.store_scores(SYSTEM)
    for number in range(8):
        shelf.engagement(f"Firm {number}")
    service.store_scores(SYSTEM)
    session.expire_all()
    with statements() as many:
        service.store_scores(SYSTEM)
    assert len(many) == len(few)


@pytest.mark.parametrize("mode", ["manual", "supplied"])
def test_a_score_that_somebody_gave_is_left_alone(engagement: Engagement, mode: str) -> None:
    setting(SCORE_MODE, mode)
    account = session.get_one(Account, engagement.account)
    save(account, {"health_score": 12}, by=SYSTEM)
    assert run() is not None
    assert session.get_one(Account, engagement.account).health_score == 12


def test_where_scores_are_computed_accounts_follow_and_so_does_their_status(engagement: Engagement) -> None:
    setting(SCORE_MODE, "computed")
    setting(STATUS_MODE, "derived")
    for _ in range(3):
        make(RiskSignal, engagement=engagement.sys_id, probability="very_high")
    score = run()
    account = session.get_one(Account, engagement.account)
    assert score is not None
    assert (account.health_score, account.health_status) == (score.score, HealthStatus.AT_RISK)
    assert (score.score, account.sys_mod_count) == (44, 1)
    run()
    assert session.get_one(Account, engagement.account).sys_mod_count == 1, "the same score is no change"


def test_without_published_weights_there_is_no_score(engagement: Engagement) -> None:
    current = queries.in_force()
    assert current is not None
    save(current, {"state": "retired"}, by=SYSTEM)
    assert service.store_scores(SYSTEM) == "no published weights"
    assert run() is None


def test_the_job_runs_every_day_and_at_once(engagement: Engagement, log_on: Callable[[str], Browser]) -> None:
    job = session.scalars(select(ScheduledJob).where(ScheduledJob.name == NAME.en)).one()
    assert (job.active, job.handler) == (True, "health_scores")
    setting(SCORE_MODE, "computed")
    assert log_on("admin").send(f"/jobs/{job.sys_id}/execute-now").status_code == 303
    assert queries.scored_days(engagement.account, today()) == [(today(), 100)]
    assert session.get_one(Account, engagement.account).health_score == 100


def supplied() -> Weighting:
    found = queries.in_force()
    assert found is not None
    return found


def weights(version: Weighting) -> list[HealthWeight]:
    return list(session.scalars(select(HealthWeight).where(HealthWeight.weighting == version.sys_id)))


def test_published_weights_stay_as_they_are(app: object) -> None:
    current = supplied()
    one = weights(current)[0]
    fixed = [("WEIGHTING_FIXED", None)]
    assert refused(save, one, {"weight": 99}, by=SYSTEM) == fixed
    assert refused(remove, one, by=SYSTEM) == fixed
    more = {"weighting": current.sys_id, "measure": "usage", "usage": "logins", "weight": 1, "zero_at": 0, "full_at": 9}
    assert refused(create, HealthWeight, more, by=SYSTEM) == fixed
    assert refused(save, current, {"state": "draft"}, by=SYSTEM) == [("WEIGHTING_STATE", "state")]
    assert refused(remove, current, by=SYSTEM) == fixed
    draft = service.new_version(current, SYSTEM)
    assert refused(save, weights(draft)[0], {"weighting": current.sys_id}, by=SYSTEM) == fixed


def test_a_change_makes_a_new_version_that_takes_the_place_when_it_is_published(app: object) -> None:
    current = supplied()
    draft = service.new_version(current, SYSTEM)
    assert (draft.version, draft.state) == (current.version + 1, "draft")
    assert queries.weights_of(draft.sys_id) == queries.weights_of(current.sys_id)
    save(weights(draft)[0], {"weight": 70}, by=SYSTEM)
    assert supplied() == current
    move(draft, "publish", {}, by=SYSTEM)
    session.expire_all()
    assert (supplied(), current.state, draft.published_at is not None) == (draft, "retired", True)
    assert refused(save, current, {"state": "published"}, by=SYSTEM) == [("WEIGHTING_STATE", "state")]


def test_a_version_without_weights_is_not_published(app: object) -> None:
    empty = create(Weighting, {"name": "Empty"}, by=SYSTEM)
    assert refused(move, empty, "publish", {}, by=SYSTEM) == [("WEIGHTING_EMPTY", "state")]
    assert refused(create, Weighting, {"name": "At once", "state": "published"}, by=SYSTEM)[0][0] == "WEIGHTING_STATE"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"full_at": 0}, ("WEIGHT_SPAN", "full_at")),
        ({"weight": 0}, ("OUT_OF_RANGE", "weight")),
        ({"measure": "usage", "usage": " "}, ("REQUIRED_FIELD", "usage")),
        ({"measure": "outcomes_reached", "usage": "ignored"}, ("DUPLICATE_WEIGHT", "measure")),
    ],
)
def test_a_weight_that_cannot_be_marked_is_refused(app: object, values: dict[str, Any], problem: Any) -> None:
    draft = service.new_version(supplied(), SYSTEM)
    given = {"weighting": draft.sys_id, "measure": "usage", "usage": "logins", "weight": 5, "zero_at": 0, "full_at": 9}
    assert refused(create, HealthWeight, given | values, by=SYSTEM) == [problem]


def test_a_score_that_its_receipts_do_not_give_is_a_breach(engagement: Engagement) -> None:
    score = run()
    assert score is not None
    assert [str(one) for one in breaches() if "health score" in str(one)] == []
    score.receipts = score.receipts | {engine.RISKS: score.receipts[engine.RISKS] | {"points": 1}}
    session.flush()
    assert [str(one) for one in breaches() if "health score" in str(one)]
