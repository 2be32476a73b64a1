"""Recommended actions in the side panel: cards by context, questions with their ends, Assign, Register."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.actions import service
from ale.domains.actions.records import ActionRule, FieldRecommendation, Guidance, Recommendation
from ale.domains.actions.trail import ActionLog, Registration
from ale.domains.imports.records import ImportTask
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.teams import AccountTeamMember, CustomerTeamMember
from ale.domains.people.records import Role
from ale.domains.playbooks.instances import ActivityContext
from ale.domains.playbooks.records import Activity
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from tests.conftest import Browser
from tests.factories import SYSTEM, make, responsibility
from tests.imports import import_task
from tests.pages import Page
from tests.stories import CONTACT, refused

LogOnAs = Callable[[str], Browser]
ActorNamed = Callable[[str], Actor]


@pytest.fixture
def task(app: object) -> ImportTask:
    """An open import task of Genixify."""
    return import_task()


def task_of(key: str) -> CaseTask:
    """An open task that an activity of the onboarding playbook made."""
    activity = session.scalars(select(Activity.sys_id).where(Activity.key == key)).first()
    context = make(ActivityContext, activity=activity)
    return make(CaseTask, playbook_activity=context.sys_id)


def titles(record: Any, by: Actor) -> list[str]:
    """What the cards are called."""
    return [one.title for one in service.cards(record, by)]


def card(record: Any, by: Actor, title: str) -> Recommendation:
    """The card with that title."""
    return next(one for one in service.cards(record, by) if one.title == title)


def logged(outcome: str) -> ActionLog:
    """The only entry with this outcome."""
    return session.scalars(select(ActionLog).where(ActionLog.outcome == outcome)).one()


def test_RA_01_E1_an_import_task_has_three_cards(actor: ActorNamed, task: ImportTask) -> None:
    assert titles(task, actor("agent")) == [
        "Data import task guide", "Assigned to recommendation", "Troubleshoot data import failure",
    ]  # fmt: skip


def test_RA_01_E2_a_closed_task_has_none(actor: ActorNamed, task: ImportTask) -> None:
    save(task, {"state": "closed", "close_notes": "Done"}, by=SYSTEM)
    assert titles(task, actor("agent")) == []


def test_RA_01_tasks_have_the_cards_of_their_activity(actor: ActorNamed) -> None:
    assert titles(task_of("sx_install"), actor("agent")) == [
        "Install Service Exchange for Consumer", "Troubleshoot Service Exchange failed setup",
        "Assigned to recommendation", "Contact recommendation",
    ]  # fmt: skip
    assert titles(task_of("sx_register"), actor("agent"))[0] == "Register a consumer"
    assert titles(make(CaseTask), actor("agent")) == []


def test_RA_01_cards_are_for_the_roles_of_their_rule(actor: ActorNamed, task: ImportTask) -> None:
    admin = session.scalars(select(Role.sys_id).where(Role.name == "playbook.admin")).one()
    rule = make(ActionRule, table_name="sn_ti_core_task", audience_roles=[admin], condition={"state": "open"})
    guidance = make(Guidance).sys_id
    make(Recommendation, rule=rule.sys_id, title="For few", type="guidance", guidance=guidance, order=1)
    assert "For few" not in titles(task, actor("agent"))
    assert titles(task, actor("admin"))[0] == "For few"


def test_RA_02_E1_E2_a_recommended_value_fills_new_records_and_only_advises_on_others(log_on: LogOnAs) -> None:
    make(FieldRecommendation, table_name="sn_ti_core_task", field_name="priority", value_source={"value": "2"})
    agent, there = log_on("agent"), make(CaseTask, priority="4")
    page = Page(agent.get("/tasks/new").text)
    assert [one.attrs["value"] for one in page["f-priority"].find("option") if "selected" in one.attrs] == ["2"]
    shown = Page(agent.get(f"/tasks/{there.sys_id}").text)
    assert [one.attrs["value"] for one in shown["f-priority"].find("option") if "selected" in one.attrs] == ["4"]
    assert "Recommended: High" in shown["f-priority-hint"].text
    assert there.priority.value == "4"


def test_RA_03_E1_assign_writes_the_holder_of_the_responsibility(log_on: LogOnAs, task: ImportTask) -> None:
    member = make(AccountTeamMember, account=task.account, onboarding_case=task.parent)
    save(task, {"responsibility": member.responsibility, "assigned_to": None}, by=SYSTEM)
    agent = log_on("agent")
    page = Page(agent.get(f"/imports/{task.sys_id}").text)
    form = next(one for one in page["recommended"].find("form") if one.attrs["action"].endswith("/assign"))
    assert agent.send(form.attrs["action"], {}).status_code == 303
    session.expire_all()
    assert session.get_one(ImportTask, task.sys_id).assigned_to == member.user
    assert logged("applied").answers == {"assigned_to": member.user}


def test_RA_03_E2_assign_writes_the_point_of_contact(actor: ActorNamed) -> None:
    task = task_of("sx_install")
    contact = make(Contact, account=task.account)
    given = {"onboarding_case": task.parent, "responsibility": responsibility(CONTACT), "contact": contact.sys_id}
    member = make(CustomerTeamMember, **given)
    by = actor("agent")
    service.assign(card(task, by, "Contact recommendation"), task, by=by)
    assert task.contact == member.contact
    assert logged("applied").user == by.id


def test_RA_03_without_anybody_to_propose_nothing_is_written(actor: ActorNamed, task: ImportTask) -> None:
    by = actor("agent")
    wrong = refused(service.assign, card(task, by, "Assigned to recommendation"), task, by=by)
    assert wrong == [("NOTHING_TO_ASSIGN", None)]
    assert not session.scalars(select(ActionLog).where(ActionLog.outcome == "applied")).all()


@pytest.mark.parametrize(
    ("answers", "said", "is_over"),
    [
        ([], "Do you have problems onboarding a consumer?", False),
        (["no"], "Troubleshooting ended.", True),
        (["yes"], "Which error message do you see?", False),
        (["yes", "Registration key expired", "yes"], "Start the registration again", False),
        (["yes", "Registration key expired", "no"], "Contact customer support", True),
        (["yes", "No such error", "yes"], "Which error message do you see?", False),
    ],
)
def test_RA_05_the_tree_leads_from_question_to_instruction(
    actor: ActorNamed, answers: list[str], said: str, is_over: bool
) -> None:
    task, by = task_of("sx_install"), actor("agent")
    tree = card(task, by, "Troubleshoot Service Exchange failed setup")
    node = service.walk(tree, answers)[1]
    assert node.text.startswith(said)
    assert service.is_over(tree, answers) is is_over
    assert bool(node.kb_article) is (node.kind.value == "instruction")


def test_RA_06_E1_E2_troubleshooting_leads_to_an_instruction_and_its_end_is_logged(
    log_on: LogOnAs, task: ImportTask
) -> None:
    agent = log_on("agent")
    page = Page(agent.get(f"/imports/{task.sys_id}").text)
    start = next(one.attrs["href"] for one in page["recommended"].find("a") if one.text == "Start")
    piece = {"HX-Request": "true", "HX-Target": "recommended"}
    assert "Do you have problems importing data?" in agent.get(start, headers=piece).text
    answers: list[str] = []
    for answer, said in (("yes", "Which issue do you have?"), ("Rows stay in Needs attention", "Read the problem")):
        answers.append(answer)
        shown = agent.send(start, {"a": answers}, headers=piece).text
        assert said in shown
        assert "page-title" not in Page(shown).ids
    assert "How to complete the data import task" in shown
    assert "End Troubleshooting" in shown
    assert not session.scalars(select(ActionLog)).all()
    ended = agent.send(start, {"a": [*answers, "end_troubleshooting"]}, headers=piece).text
    assert "Troubleshooting ended." in ended
    said_of = {"q1": "yes", "q2": "Rows stay in Needs attention", "i_attention": "end_troubleshooting", "end": "end_ok"}
    assert logged("ended").answers == said_of


def test_RA_04_a_consumer_is_registered_without_leaving_the_task(log_on: LogOnAs) -> None:
    task = task_of("sx_register")
    agent = log_on("agent")
    page = Page(agent.get(f"/tasks/{task.sys_id}").text)
    address = next(one.attrs["href"] for one in page["recommended"].find("a") if one.text == "Start Registration")
    assert "Consumer instance URL" in agent.get(address).text
    account = session.get_one(OnboardingCase, task.parent).account
    given = {"account": account, "contact": make(Contact, account=account).sys_id, "instance_url": "alderis"}
    refusal = agent.send(address, given)
    assert refusal.status_code == 422
    assert "Enter the https address" in refusal.text, Page(refusal.text)["error-summary"].text
    answer = agent.send(address, given | {"instance_url": "https://alderis.example"})
    assert (answer.status_code, task.sys_id in answer.location) == (303, True)
    made = session.scalars(select(Registration)).one()
    assert (made.state, made.task) == ("initiated", task.sys_id)


def test_a_dismissed_card_is_gone_for_who_dismissed_it(log_on: LogOnAs, actor: ActorNamed, task: ImportTask) -> None:
    agent, by = log_on("agent"), actor("agent")
    guide = card(task, by, "Data import task guide")
    address = f"/recommended/sn_ti_core_imp_task/{task.sys_id}/{guide.sys_id}/dismiss"
    assert agent.send(address, {}).status_code == 200
    assert "Data import task guide" not in titles(task, by)
    assert "Data import task guide" in titles(task, actor("admin"))


def test_the_panel_speaks_french(log_on: LogOnAs, task: ImportTask) -> None:
    agent = log_on("agent")
    agent.send("/preferences", {"language": "fr"})
    text = Page(agent.get(f"/imports/{task.sys_id}").text)["recommended"].text
    assert "Guide de la tâche d’importation" in text
    assert "Du modèle aux enregistrements publiés" in text


def test_the_cards_of_another_record_are_not_there(log_on: LogOnAs, actor: ActorNamed, task: ImportTask) -> None:
    guide = card(task, actor("agent"), "Data import task guide")
    agent, other = log_on("agent"), make(CaseTask)
    assert agent.send(f"/recommended/sn_ti_core_task/{other.sys_id}/{guide.sys_id}/dismiss", {}).status_code == 404
    assert agent.get(f"/recommended/sn_ti_core_imp_task/{'0' * 32}").status_code == 404
    assert agent.get(f"/recommended/nothing/{task.sys_id}").status_code == 404


def test_a_text_with_scripts_is_shown_without_them(actor: ActorNamed, log_on: LogOnAs, task: ImportTask) -> None:
    guide = card(task, actor("agent"), "Data import task guide")
    body = '<p onclick="x()">Read <script>alert(1)</script><a href="/x" style="color: red">this</a></p>'
    save(session.get_one(Guidance, guide.guidance), {"body": body}, by=SYSTEM)
    shown = log_on("agent").get(f"/imports/{task.sys_id}").text
    assert "alert(1)" not in shown
    assert "onclick" not in shown
    assert "color: red" not in shown
