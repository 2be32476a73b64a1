"""The health fields of an account: their values, what follows from the score, and who says otherwise."""

from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import CHURN_THRESHOLD, STATUS_MODE, Account, HealthStatus
from ale.domains.system.records import Property
from ale.foundation.bulk import create_many
from ale.foundation.changes import create, save
from ale.foundation.db import session
from tests.factories import SYSTEM
from tests.stories import refused


def account(**given: Any) -> Account:
    """A new account."""
    return create(Account, {"name": "Alderis"} | given, by=SYSTEM)


def setting(name: str, value: str) -> None:
    """Give a property another value."""
    save(session.scalars(select(Property).where(Property.name == name)).one(), {"value": value}, by=SYSTEM)


def test_SAG_01_E1_E2_a_score_is_a_whole_number_from_0_to_100(app: object) -> None:
    one = account()
    for score in (0, 62, 100):
        assert save(one, {"health_score": score}, by=SYSTEM).health_score == score
    for score in (101, -1, "62.5", "good"):
        assert refused(save, one, {"health_score": score}, by=SYSTEM) == [("HEALTH_SCORE_RANGE", "health_score")]


@pytest.mark.parametrize(
    ("text", "status"),
    [("À risque", "at_risk"), ("Aggravé", "declining"), ("Escalated", "declining"), ("Sain", "healthy"),
     ("AT RISK", "at_risk"), ("healthy", "healthy")],
)  # fmt: skip
def test_SAG_02_E1_E2_a_status_is_read_in_both_languages(app: object, text: str, status: str) -> None:
    assert account(health_status=text).health_status == HealthStatus(status)


def test_SAG_02_another_word_is_refused(app: object) -> None:
    assert refused(account, health_status="fine") == [("HEALTH_STATUS_VALUE", "health_status")]


def test_SAG_03_in_manual_mode_the_status_is_never_touched(app: object) -> None:
    assert account(health_score=62).health_status is None


@pytest.mark.parametrize(
    ("score", "status"), [(62, "at_risk"), (64, "at_risk"), (65, "declining"), (79, "declining"), (80, "healthy")]
)
def test_SAG_03_E1_the_status_follows_the_score(app: object, score: int, status: str) -> None:
    setting(STATUS_MODE, "derived")
    one = account()
    assert save(one, {"health_score": score}, by=SYSTEM).health_status == HealthStatus(status)


def test_SAG_03_E2_a_status_given_with_the_score_wins(app: object) -> None:
    setting(STATUS_MODE, "derived")
    one = account(health_score=62, health_status="healthy")
    assert one.health_status == HealthStatus.HEALTHY
    assert save(one, {"phone": "1"}, by=SYSTEM).health_status == HealthStatus.HEALTHY


def test_SAG_03_the_same_holds_for_many_at_once(app: object) -> None:
    setting(STATUS_MODE, "derived")
    create_many(Account, [{"name": "One", "health_score": 10}, {"name": "Two", "health_score": 90}], by=SYSTEM)
    found = dict(
        session.execute(select(Account.name, Account.health_status).where(Account.name.in_(("One", "Two")))).all()
    )
    assert found == {"One": HealthStatus.AT_RISK, "Two": HealthStatus.HEALTHY}


def test_SAG_04_E1_E2_a_score_below_the_threshold_is_a_risk_of_churn(app: object) -> None:
    one = account()
    assert not save(one, {"health_score": 10}, by=SYSTEM).churn_risk
    setting(CHURN_THRESHOLD, "50")
    assert save(one, {"health_score": 49}, by=SYSTEM).churn_risk
    assert not save(one, {"health_score": 50}, by=SYSTEM).churn_risk
    assert save(one, {"health_score": 60, "churn_risk": True}, by=SYSTEM).churn_risk
