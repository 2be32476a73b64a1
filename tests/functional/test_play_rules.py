"""Plays start by rules that an administrator edits: for a renewal, when health falls, when a risk signal opens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ale import jobs
from ale.domains.accounts.records import Account
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.people.records import User
from ale.domains.plays import starting, supplied
from ale.domains.plays.launches import Definition, Launch, Subflow
from ale.domains.plays.records import InternalPlay
from ale.domains.plays.renewals import renewal_plays
from ale.domains.plays.starting import KIND
from ale.domains.plays.starts import PlayRule, PlayStart, Trigger
from ale.domains.signals.records import Occurrence, RiskSignal, Solution
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import today
from ale.foundation.db import inside, session
from ale.foundation.history import Journal
from ale.foundation.ledger import Job
from ale.foundation.record import Record
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.stories import refused

LogOnAs = Callable[[str], Browser]
SERIOUS = {"short_description": "Sponsor left", "description": "Since May.", "probability": "high"}


def rule_of(trigger: str, **changes: Any) -> PlayRule:
    """The supplied rule with this trigger, switched on."""
    rule = session.scalars(select(PlayRule).where(PlayRule.trigger == trigger)).one()
    return save(rule, {"active": True} | changes, by=SYSTEM)


def play(title: str) -> str:
    """The supplied success play that is called so."""
    return session.scalars(select(Definition.sys_id).where(Definition.title == title)).one()


def work() -> int:
    """Let the worker do what rules asked for; how many jobs there were."""
    waiting = session.scalars(select(Job.sys_id).where(Job.kind == KIND, Job.state == "queued")).all()
    for key in waiting:
        jobs.run_job(key)
    session.expire_all()
    assert {one.state for one in session.scalars(select(Job).where(Job.sys_id.in_(waiting)))} <= {"done"}
    return len(waiting)


def count(kind: type[Record], **about: Any) -> int:
    """How many records there are with these values."""
    return session.scalar(select(func.count()).select_from(kind).filter_by(**about)) or 0


def test_rules_that_answer_what_people_do_are_inactive_at_first(app: object) -> None:
    found = {one.trigger: one.active for one in session.scalars(select(PlayRule))}
    assert found == {Trigger.RENEWAL: True, Trigger.HEALTH: False, Trigger.RISK: False}


def test_a_serious_risk_is_answered_by_a_play(engagement: Engagement, by: Actor) -> None:
    rule = rule_of("risk")
    save(engagement, {"customer_success_manager": by.id}, by=SYSTEM)
    signal = create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=by)
    assert count(Solution, risk_signal=signal.sys_id) == 0  # not before what happened is safe
    assert work() == 1
    solution = session.scalars(select(Solution).where(Solution.risk_signal == signal.sys_id)).one()
    assert session.get_one(InternalPlay, solution.solution_record).assigned_to == by.id
    begun = session.scalars(select(PlayStart).where(PlayStart.rule == rule.sys_id)).one()
    launch = session.get_one(Launch, begun.launch)
    assert (begun.cause, begun.source_record, begun.sys_domain) == (signal.number, signal.sys_id, signal.sys_domain)
    assert (launch.state.value, launch.launched_by, launch.source_record) == ("complete", "system", signal.sys_id)


@pytest.mark.parametrize(
    ("changes", "given"),
    [({"active": False}, {}), ({}, {"probability": "low"}), ({"condition": "engagement.stage=renew"}, {}),
     ({}, {"state": "closed", "closure_code": "achieved", "close_notes": "Known."})],
)  # fmt: skip
def test_what_a_rule_does_not_describe_starts_nothing(engagement: Engagement, changes: Any, given: Any) -> None:
    rule_of("risk", **changes)
    create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id} | given, by=SYSTEM)
    assert work() == 0


def test_conditions_follow_references(engagement: Engagement) -> None:
    rule_of("risk", condition=f"engagement.stage={engagement.stage.value}")
    create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=SYSTEM)
    assert work() == 1


def test_a_risk_that_is_seen_again_or_opened_again_starts_its_play_once(engagement: Engagement) -> None:
    rule_of("risk")
    said = SERIOUS | {"engagement": engagement.sys_id}
    signal = create(RiskSignal, said, by=SYSTEM)
    create(RiskSignal, said, by=SYSTEM)
    assert work() == 1
    save(signal, {"state": "closed", "closure_code": "achieved", "close_notes": "Done."}, by=SYSTEM)
    save(signal, {"state": "active"}, by=SYSTEM)
    assert work() == 1
    assert (count(Solution, risk_signal=signal.sys_id), count(PlayStart, source_record=signal.sys_id)) == (1, 1)


def test_the_play_of_an_onboarding_hangs_on_its_account(engagement: Engagement) -> None:
    rule_of("risk")
    case = make(OnboardingCase, account=engagement.account).sys_id
    signal = create(RiskSignal, SERIOUS | {"scope": "onboarding", "onboarding_case": case}, by=SYSTEM)
    work()
    solution = session.scalars(select(Solution).where(Solution.risk_signal == signal.sys_id)).one()
    assert session.get_one(InternalPlay, solution.solution_record).account == engagement.account


@pytest.mark.parametrize(
    ("healths", "falls"),
    [(["green", "yellow"], 1), (["yellow"], 1), (["red", "yellow"], 1), (["green", "unknown"], 0), (["green"], 0)],
)
def test_health_that_falls_becomes_a_risk_signal(engagement: Engagement, healths: list[str], falls: int) -> None:
    rule_of("health")
    for health in healths:
        save(engagement, {"perceived_health": health}, by=SYSTEM)
    assert work() == falls
    assert count(RiskSignal, engagement=engagement.sys_id, tracking_method="automated") == falls


def test_health_that_falls_often_on_one_day_is_one_cause_and_on_another_day_an_occurrence(
    engagement: Engagement,
) -> None:
    rule = rule_of("health")
    for health in ("yellow", "green", "red"):
        save(engagement, {"perceived_health": health}, by=SYSTEM)
    assert work() == 2
    assert count(PlayStart, rule=rule.sys_id) == 1
    assert starting.start(rule, engagement, "2030-01-01", SYSTEM)
    signal = session.scalars(select(RiskSignal).where(RiskSignal.engagement == engagement.sys_id)).one()
    assert (signal.times_seen, count(Occurrence, risk_signal=signal.sys_id)) == (2, 1)


def test_the_health_of_an_account_is_that_of_its_active_engagements(engagement: Engagement) -> None:
    rule_of("health")
    other = make(Engagement, account=engagement.account)
    save(other, {"state": "closed", "closure_code": "achieved", "close_notes": "Done."}, by=SYSTEM)
    account = session.get_one(Account, engagement.account)
    for status in ("healthy", "at_risk", "declining"):
        save(account, {"health_status": status}, by=SYSTEM)
    assert work() == 1
    assert count(RiskSignal, engagement=engagement.sys_id) == 1


def test_the_health_of_a_closed_engagement_starts_nothing(engagement: Engagement) -> None:
    rule_of("health")
    save(engagement, {"state": "closed", "closure_code": "achieved", "close_notes": "Done."}, by=SYSTEM)
    save(engagement, {"perceived_health": "red"}, by=SYSTEM)
    assert work() == 0


def test_one_rule_may_follow_on_another(engagement: Engagement) -> None:
    rule_of("health")
    rule_of("risk")
    save(engagement, {"perceived_health": "red"}, by=SYSTEM)
    assert (work(), work(), work()) == (1, 1, 0)
    signal = session.scalars(select(RiskSignal).where(RiskSignal.engagement == engagement.sys_id)).one()
    assert count(Solution, risk_signal=signal.sys_id) == 1


def test_a_play_that_fails_is_told_and_hinders_nobody(engagement: Engagement) -> None:
    rule = rule_of("risk")
    flow = session.get_one(Subflow, session.get_one(Definition, rule.definition).flow)
    save(
        flow, {"inputs": flow.inputs | {"required": ["squad"], "fields": [*flow.inputs["fields"], "squad"]}}, by=SYSTEM
    )
    signal = create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=SYSTEM)
    assert work() == 1
    launch = session.scalars(select(Launch).where(Launch.source_record == signal.sys_id)).one()
    assert (launch.state.value, launch.problems[0]["code"]) == ("error", "REQUIRED_FIELD")
    assert count(PlayStart, launch=launch.sys_id) == 1
    assert any("Squad is required" in one for one in
               session.scalars(select(Journal.text).where(Journal.record == signal.sys_id)))  # fmt: skip


def test_a_play_that_is_not_published_waits_for_its_next_cause(engagement: Engagement) -> None:
    rule = rule_of("risk")
    save(session.get_one(Definition, rule.definition), {"state": "closed"}, by=SYSTEM)
    create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=SYSTEM)
    assert (work(), count(PlayStart, rule=rule.sys_id)) == (1, 0)


def test_a_rule_reaches_whoever_works_in_the_domain_of_an_account_alone(engagement: Engagement) -> None:
    rule_of("risk")
    session.commit()
    with inside(engagement.sys_domain):
        signal = create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=Actor.system(engagement.sys_domain))
        session.commit()
    assert work() == 1
    assert count(Solution, risk_signal=signal.sys_id) == 1


def test_a_play_speaks_the_language_of_the_success_manager(engagement: Engagement, by: Actor) -> None:
    rule_of("risk")
    session.get_one(User, by.id).language = "fr"
    save(engagement, {"customer_success_manager": by.id}, by=SYSTEM)
    create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=SYSTEM)
    work()
    assert count(InternalPlay, engagement=engagement.sys_id, short_description="Remettre Alderis au vert") == 1


def test_SUC_17_the_time_before_a_renewal_and_its_condition_are_those_of_the_rule(engagement: Engagement) -> None:
    rule = rule_of("renewal", from_days=10, to_days=20, condition="perceived_health=red")
    save(engagement, {"renewal_date": today() + timedelta(days=15)}, by=SYSTEM)
    for health, plays in (("green", 0), ("red", 1), ("red", 1)):
        save(engagement, {"perceived_health": health}, by=SYSTEM)
        renewal_plays(SYSTEM)
        assert count(InternalPlay, engagement=engagement.sys_id) == plays, health
    begun = session.scalars(select(PlayStart).where(PlayStart.rule == rule.sys_id)).one()
    assert begun.cause == str(today() + timedelta(days=15))
    save(rule, {"active": False}, by=SYSTEM)
    assert renewal_plays(SYSTEM) == "no published definition"


def test_only_rules_of_renewals_have_days(engagement: Engagement) -> None:
    days = {one.trigger.value: (one.from_days, one.to_days) for one in session.scalars(select(PlayRule))}
    assert days == {"renewal": (90, 120), "health": (None, None), "risk": (None, None)}


def test_SUC_17_a_renewal_that_was_prepared_before_there_were_rules_is_not_prepared_again(
    engagement: Engagement,
) -> None:
    rule, day = rule_of("renewal"), today() + timedelta(days=100)
    save(engagement, {"renewal_date": day}, by=SYSTEM)
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    create(Launch, source | {"definition": rule.definition, "inputs": {"renewal_date": str(day)}}, by=SYSTEM)
    session.delete(rule)
    session.flush()
    supplied.supply_plays(SYSTEM)
    assert (renewal_plays(SYSTEM), count(PlayStart, source_record=engagement.sys_id)) == ("0 plays", 1)


def test_rules_are_supplied_once_whatever_they_are_called_now(app: object) -> None:
    for rule in session.scalars(select(PlayRule)).all():
        save(rule, {"name": f"Our {rule.name}", "condition": ""}, by=SYSTEM)
    supplied.supply_plays(SYSTEM)
    assert count(PlayRule) == 3


# --- what an administrator may write --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"condition": "colour=red"}, ("UNKNOWN_CONDITION", "condition")),
        ({"condition": "engagement.colour=red"}, ("UNKNOWN_CONDITION", "condition")),
        ({"condition": "state=new^serious"}, ("UNKNOWN_CONDITION", "condition")),
        ({"condition": "state=new^NQpriority=1^ORcolour=2"}, ("UNKNOWN_CONDITION", "condition")),
        ({"trigger": "renewal", "from_days": 30, "to_days": 20}, ("DAYS_ORDER", "to_days")),
        ({"definition": "Record a risk or issue", "trigger": "health"}, ("PLAY_ASKS", "definition")),
        ({"definition": "Record fallen health"}, ("PLAY_STARTS_ITSELF", "definition")),
        ({"definition": "Initiate a new onboarding journey"}, ("PLAY_NOT_OFFERED", "definition")),
    ],
)
def test_a_rule_that_could_not_do_what_it_says_is_not_saved(
    actor: Callable[[str], Actor], given: Any, problem: tuple[str, str]
) -> None:
    whole = {"name": "Mine", "trigger": "risk", "definition": "Get to green"} | given
    assert refused(create, PlayRule, whole | {"definition": play(whole["definition"])}, by=actor("admin")) == [problem]


@pytest.mark.parametrize(
    "condition",
    ["", "state=new^ORstate=active^ORDERBYnumber", "engagement.account.tier=1^NQprobabilityINhigh",
     "RLQUERYale_risk_occurrence.risk_signal,>1^probability=high^ENDRLQUERY^state=new", "short_descriptionLIKEa^^b"],
)  # fmt: skip
def test_a_condition_may_say_what_lists_may(actor: Callable[[str], Actor], condition: str) -> None:
    given = {"name": "Mine", "trigger": "risk", "definition": play("Get to green"), "condition": condition}
    assert create(PlayRule, given, by=actor("admin")).active is False


def test_rules_are_kept_by_administrators_of_plays_and_read_by_success_managers(log_on: LogOnAs) -> None:
    rule = rule_of("risk")
    assert '<a href="/play-rules"' in log_on("admin").get("/").text
    assert 'name="condition"' in log_on("admin").get(f"/play-rules/{rule.sys_id}").text
    csm = log_on("csm")
    assert 'name="condition"' not in csm.get(f"/play-rules/{rule.sys_id}").text
    assert csm.send("/play-rules/new", {"name": "Mine"}).status_code == 403


def test_the_pages_of_rule_and_signal_lead_to_what_was_started(log_on: LogOnAs, engagement: Engagement) -> None:
    rule = rule_of("risk")
    signal = create(RiskSignal, SERIOUS | {"engagement": engagement.sys_id}, by=SYSTEM)
    work()
    admin = log_on("admin")
    for address in (f"/play-rules/{rule.sys_id}?related=ale_play_start.rule",
                    f"/signals/{signal.sys_id}?related=ale_play_start.source_record"):  # fmt: skip
        assert signal.number in admin.get(address).text.split('id="related"')[1], address
