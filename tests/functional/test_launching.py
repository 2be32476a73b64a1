"""Launching success plays and blueprints: what is offered, what comes of it, and that it is all or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ale.domains.accounts.records import Account, Contact
from ale.domains.knowledge.records import Article, RelatedArticle
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks.instances import Context
from ale.domains.plays import service
from ale.domains.plays.launches import AleChoice, Blueprint, Definition, FlowRun, Launch, Subflow
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.plays.renewals import renewal_plays
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.history import Journal
from ale.foundation.record import Record, table_name
from tests.factories import SYSTEM, make
from tests.stories import refused
from tests.success import Shelf, owner

ActorNamed = Callable[[str], Actor]


@pytest.fixture
def csm(actor: ActorNamed) -> Actor:
    """Somebody with the role of a success agent."""
    return actor("csm")


@pytest.fixture
def engagement(app: object) -> Engagement:
    """An engagement of Alderis."""
    return Shelf().engagement()


def launch(title: str, source: Record | None, by: Actor, **inputs: Any) -> Launch:
    """Launch the supplied definition with that title."""
    definition = session.scalars(select(Definition).where(Definition.title == title)).one()
    beside = {"source_table": table_name(type(source)), "source_record": source.sys_id} if source is not None else {}
    return create(Launch, {"definition": definition.sys_id, "inputs": inputs} | beside, by=by)


def titles(found: Sequence[Definition]) -> list[str]:
    """What the definitions are called."""
    return [one.title for one in found]


def notes(record: Record) -> list[str]:
    """The work notes of a record."""
    return list(session.scalars(select(Journal.text).where(Journal.record == record.sys_id)))


def count(record_type: type[Record]) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(record_type)) or 0


def test_SUC_04_E1_published_definitions_are_offered_in_their_order(csm: Actor) -> None:
    category, flow = make(AleChoice).sys_id, make(Subflow, published=True).sys_id
    for title, state, order in (("A", "published", 200), ("B", "published", 100), ("C", "draft", 1)):
        make(Definition, title=title, category=category, flow=flow, state=state, order=order)
    found = service.offered(csm, "sn_acct_lc_engagement")
    assert titles([one for one in found if one.category == category]) == ["B", "A"]


def test_SUC_04_definitions_of_another_domain_are_not_offered(csm: Actor) -> None:
    away = owner("Boxeo ltd").sys_domain
    made = make(Definition, title="Ours alone", flow=make(Subflow, published=True).sys_id, state="published")
    made.sys_domain = away
    session.flush()
    assert "Ours alone" not in titles(service.offered(csm, "sn_acct_lc_engagement"))


def test_SUC_06_E1_a_launched_play_makes_its_records_and_says_so(csm: Actor, engagement: Engagement) -> None:
    done = launch("Get to green", engagement, csm, short_description="Back to green")
    play = session.scalars(select(InternalPlay).where(InternalPlay.engagement == engagement.sys_id)).one()
    tasks = session.scalars(select(InternalPlayTask).where(InternalPlayTask.internal_play == play.sys_id)).all()
    assert (done.number[:3], done.state.value, done.launched_by) == ("SLN", "complete", csm.id)
    assert (play.short_description, len(tasks), done.ended_at is not None) == ("Back to green", 4, True)
    assert done.created_records[0] == {"table": "sn_acct_lc_internal_play", "sys_id": play.sys_id}
    assert any(play.number in text for text in notes(engagement))
    run = session.scalars(select(FlowRun).where(FlowRun.notifier == done.sys_id)).one()
    assert run.state.value == "success"


def test_SUC_06_E2_a_step_that_fails_takes_back_the_ones_before(csm: Actor, engagement: Engagement) -> None:
    steps = [
        {"create": "sn_acct_lc_internal_play", "as": "play",
         "values": {"engagement": "{engagement}", "short_description": "One", "description": "First"}},
        {"create": "sn_acct_lc_internal_play_task", "values": {"internal_play": "{play}", "description": "No title"}},
    ]  # fmt: skip
    flow = make(Subflow, published=True, steps=steps)
    made = make(Definition, title="Broken", flow=flow.sys_id, state="published")
    before = count(InternalPlay)
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    done = create(Launch, {"definition": made.sys_id} | source, by=csm)
    assert (done.state.value, count(InternalPlay)) == ("error", before)
    assert "Short description is required" in str(done.message)
    assert any("Short description is required" in text for text in notes(engagement))


def test_SUC_06_texts_are_in_the_language_of_who_launches(csm: Actor, engagement: Engagement) -> None:
    launch("Get to green", engagement, replace(csm, language="fr"))
    play = session.scalars(select(InternalPlay).where(InternalPlay.engagement == engagement.sys_id)).one()
    assert play.short_description == "Remettre Alderis au vert"
    assert any("est terminé" in text for text in notes(engagement))


def test_what_is_not_published_is_not_launched(csm: Actor, engagement: Engagement) -> None:
    made = make(Definition, flow=make(Subflow, published=True).sys_id)
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    assert refused(create, Launch, {"definition": made.sys_id} | source, by=csm) == [("NOT_PUBLISHED", "definition")]


def test_a_play_launched_from_a_risk_signal_becomes_its_solution(csm: Actor, engagement: Engagement) -> None:
    signal = make(RiskSignal, engagement=engagement.sys_id)
    launch("Get to green", signal, csm)
    solution = session.scalars(select(Solution).where(Solution.risk_signal == signal.sys_id)).one()
    assert solution.solution_table.value == "sn_acct_lc_internal_play"


def test_an_emptied_input_stays_empty_and_one_not_sent_is_as_the_form_begins(
    csm: Actor, engagement: Engagement
) -> None:
    launch("Get to green", engagement, csm, due_date="")
    launch("Get to green", engagement, csm)
    dates = [one.due_date for one in session.scalars(select(InternalPlay).order_by(InternalPlay.sys_id)) if
             one.engagement == engagement.sys_id]  # fmt: skip
    assert dates[0] is None
    assert dates[1] is not None
    assert dates[1].date() == today() + timedelta(days=30)


def test_inputs_that_cannot_be_read_or_are_missing_are_named(csm: Actor, engagement: Engagement) -> None:
    assert refused(launch, "Get to green", engagement, csm, due_date="soon") == [("INVALID_DATETIME", "due_date")]
    missing = [("REQUIRED_FIELD", "short_description"), ("REQUIRED_FIELD", "description"),
               ("REQUIRED_FIELD", "probability")]  # fmt: skip
    assert refused(launch, "Record a risk or issue", engagement, csm) == missing


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("Optimize architecture", ["sn_acct_lc_success_case", *["sn_acct_lc_success_task"] * 2]),
        ("Strategy assessment", ["sn_acct_lc_success_case", "sn_acct_lc_success_task"]),
        ("Implementation review", ["sn_acct_lc_success_case"]),
        ("Proof of concept", ["sn_acct_lc_success_case"]),
        ("Partner implementation review", ["sn_acct_lc_internal_play", *["sn_acct_lc_internal_play_task"] * 2]),
        ("Name a responsible contact", ["sn_acct_lc_success_case", "sn_acct_lc_success_task"]),
        ("Next quarterly review", ["sn_acct_lc_touchpoint"]),
        ("Quarterly NPS survey", ["sn_acct_lc_touchpoint", "sn_acct_lc_success_task"]),
        ("Schedule a follow-up", ["sn_acct_lc_touchpoint"]),
        ("Prepare the renewal", ["sn_acct_lc_internal_play", *["sn_acct_lc_internal_play_task"] * 3]),
    ],
)
def test_each_supplied_play_makes_what_it_says(csm: Actor, engagement: Engagement, title: str, made: list[str]) -> None:
    done = launch(title, engagement, csm)
    assert (done.state.value, [one["table"] for one in done.created_records]) == ("complete", made), done.message


def test_a_risk_signal_is_made_with_what_the_launcher_asks(csm: Actor, engagement: Engagement) -> None:
    given = {"short_description": "Sponsor left", "description": "Since May", "probability": "high"}
    done = launch("Record a risk or issue", engagement, csm, **given)
    signal = session.get_one(RiskSignal, done.created_records[0]["sys_id"])
    assert (signal.short_description, signal.probability.value, signal.reported_by) == ("Sponsor left", "high", csm.id)


def test_the_contact_that_is_given_becomes_the_key_contact(csm: Actor, engagement: Engagement) -> None:
    contact = make(Contact, account=engagement.account)
    launch("Name a responsible contact", engagement, csm, contact=contact.sys_id)
    assert session.get_one(Engagement, engagement.sys_id).key_customer_contact == contact.sys_id


def test_an_article_is_attached_to_what_it_is_launched_from(csm: Actor, engagement: Engagement) -> None:
    case = session.scalars(select(OnboardingCase)).first()
    flow = session.scalars(select(Subflow).where(Subflow.name.startswith("ALE Attach"))).one()
    made = make(Definition, flow=flow.sys_id, state="published", target_tables=["sn_acct_lc_onb_case"])
    beside = {"definition": made.sys_id, "source_table": "sn_acct_lc_onb_case", "source_record": case.sys_id}
    if not session.scalar(select(Article.sys_id).where(Article.title.startswith("Consumer guide"))):
        make(Article, title="Consumer guide: installing Service Exchange and registering with providers")
    done = create(Launch, beside, by=csm)
    assert done.state.value == "complete", done.message
    link = session.scalars(select(RelatedArticle).where(RelatedArticle.task == case.sys_id)).one()
    assert "Consumer guide: installing" in str(done.message)
    assert link.article not in str(done.message)


@pytest.mark.parametrize(
    ("title", "outcomes", "initiatives"),
    [
        ("Digital transformation - standard", 2, 2), ("Digital transformation - objective", 1, 0),
        ("Decommission legacy", 2, 2), ("Decommission legacy - objective", 1, 0), ("Business velocity", 2, 2),
    ],
)  # fmt: skip
def test_SUC_19_E1_a_blueprint_makes_objectives_with_outcomes(
    csm: Actor, engagement: Engagement, title: str, outcomes: int, initiatives: int
) -> None:
    done = launch(title, engagement, csm)
    objective = session.scalars(select(Objective).where(Objective.engagement == engagement.sys_id)).one()
    found = session.scalars(select(Outcome.sys_id).where(Outcome.success_objective == objective.sys_id)).all()
    below = session.scalars(select(Initiative).where(Initiative.success_outcome.in_(found))).all()
    blueprint = session.scalars(select(Blueprint).where(Blueprint.notifier == done.sys_id)).one()
    assert (len(found), len(below)) == (outcomes, initiatives)
    assert (done.state.value, blueprint.state.value) == ("complete", "complete")
    assert blueprint.objectives == [objective.sys_id]
    assert any(objective.number in text for text in notes(engagement))


def test_SUC_19_a_blueprint_made_by_itself_is_launched_once(csm: Actor, engagement: Engagement) -> None:
    title = "Digital transformation - objective"
    definition = session.scalars(select(Definition).where(Definition.title == title)).one()
    made = create(Blueprint, {"engagement": engagement.sys_id, "definition": definition.sys_id}, by=csm)
    assert made.state.value == "complete"
    assert len(made.objectives) == 1
    assert session.scalars(select(Blueprint.sys_id)).all() == [made.sys_id]


def test_SUC_20_E1_a_new_onboarding_journey_starts_a_case_with_its_playbook(csm: Actor) -> None:
    boxeo = owner("Boxeo ltd")
    products = [Shelf().sold("Boxeo ltd", name=name).sys_id for name in ("Suite", "Desk")]
    given = {
        "account": boxeo.sys_id,
        "short_description": "Phase two",
        "description": "The south",
        "products": products,
    }
    done = launch("Initiate a new onboarding journey", None, csm, **given)
    case = session.get_one(OnboardingCase, done.created_records[0]["sys_id"])
    assert (case.number[:6], case.account, case.products) == ("ALEONB", boxeo.sys_id, products)
    assert str(done.message).count(case.number) == 1
    assert session.scalars(select(Context).where(Context.record == case.sys_id)).one().state.value == "in_progress"
    assert done.state.value == "complete"


def test_SUC_20_E2_without_an_account_nothing_begins(csm: Actor) -> None:
    given = {"short_description": "Phase two", "description": "The south"}
    assert refused(launch, "Initiate a new onboarding journey", None, csm, **given) == [("REQUIRED_FIELD", "account")]


def test_SUC_17_E1_E2_a_renewal_is_prepared_once_and_only_90_to_120_days_ahead(engagement: Engagement) -> None:
    for days, plays in ((121, 0), (120, 1), (119, 2), (119, 2), (90, 3), (89, 3)):
        save(engagement, {"renewal_date": today() + timedelta(days=days)}, by=SYSTEM)
        renewal_plays(SYSTEM)
        mine = InternalPlay.engagement == engagement.sys_id
        assert session.scalar(select(func.count()).select_from(InternalPlay).where(mine)) == plays, days


def test_SUC_17_nothing_begins_without_a_published_definition(engagement: Engagement) -> None:
    definition = session.scalars(select(Definition).where(Definition.title == "Prepare the renewal")).one()
    save(definition, {"state": "closed"}, by=SYSTEM)
    save(engagement, {"renewal_date": today() + timedelta(days=100)}, by=SYSTEM)
    assert renewal_plays(SYSTEM) == "no published definition"
    assert not session.scalars(select(InternalPlay).where(InternalPlay.engagement == engagement.sys_id)).all()


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([{"create": "no_table", "values": {}}], "RECIPE_TABLE"),
        ([{"create": "sn_acct_lc_touchpoint", "values": {"colour": "red"}}], "RECIPE_FIELD"),
        ([{"create": "sn_acct_lc_touchpoint", "values": {"subject": "{nobody}"}}], "RECIPE_NAME"),
        ([{"change": "later", "values": {}}], "RECIPE_TABLE"),
        ([{"values": {}}], "RECIPE_STEP"),
        ({"create": "sn_acct_lc_touchpoint"}, "RECIPE_LIST"),
    ],
)
def test_a_subflow_that_could_not_run_is_not_saved(actor: ActorNamed, steps: Any, code: str) -> None:
    assert refused(create, Subflow, {"name": "Mine", "steps": steps}, by=actor("admin")) == [(code, "steps")]


def test_inputs_speak_of_fields_that_are_there(actor: ActorNamed) -> None:
    inputs = {"table": "sn_acct_lc_touchpoint", "fields": ["colour"]}
    wrong = refused(create, Subflow, {"name": "Mine", "inputs": inputs}, by=actor("admin"))
    assert wrong == [("RECIPE_FIELD", "inputs")]


def test_an_account_is_known_to_a_play_without_an_engagement(csm: Actor) -> None:
    account: Account = owner("Alderis")
    play = make(InternalPlay, account=account.sys_id)
    done = launch("Partner implementation review", play, csm)
    made = session.get_one(InternalPlay, done.created_records[0]["sys_id"])
    assert (made.account, made.short_description) == (account.sys_id, "Review the partner’s work for Alderis")
