"""The people of an onboarding on both sides: contacts, responsibilities, the account team, and the mails they get."""

import pytest
from sqlalchemy import func, select

from ale.domains.accounts.records import Contact
from ale.domains.onboarding import service as onboarding
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import RoleGrant, User
from ale.domains.playbooks import queries
from ale.domains.playbooks import service as playbooks
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from tests.factories import SYSTEM, make, responsibility, user
from tests.stories import ANALYST, CONTACT, DEVELOPER, EXPERT, KEY, MANAGER, Story, refused


def test_ONB_18_E1_a_new_contact_of_the_account_joins_the_team(story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin", "Lea.Martin@Alderis.example ")
    contact = session.scalars(select(Contact).where(Contact.email == "lea.martin@alderis.example")).one()
    assert contact.account == story.case.account
    assert [one.contact for one in onboarding.customer_team(story.case)] == [contact.sys_id]


def test_ONB_18_E2_the_same_address_is_the_same_person(story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    story.add_contact("Léa", "MARTIN", "LEA.martin@alderis.example")
    assert len(onboarding.customer_team(story.case)) == 1
    assert session.scalar(select(func.count()).where(Contact.account == story.case.account)) == 1


def test_ONB_18_a_contact_of_another_account_is_refused(story: Story) -> None:
    story.inform()
    make(Contact, email="tom@other.example")
    problems = refused(story.add_contact, "Tom", "Roy", "tom@other.example")
    assert problems == [("CONTACT_OTHER_ACCOUNT", "email")]
    assert onboarding.customer_team(story.case) == []


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        (("Lea", "Martin", "lea.martin"), [("INVALID_EMAIL", "email")]),
        (
            ("", "", ""),
            [("REQUIRED_FIELD", "first_name"), ("REQUIRED_FIELD", "last_name"), ("REQUIRED_FIELD", "email")],
        ),
    ],
)
def test_ONB_18_names_and_a_valid_address_are_required(
    story: Story, given: tuple[str, str, str], problems: list[tuple[str, str]]
) -> None:
    story.inform()
    first, last, email = given
    given_values = {"first_name": first, "last_name": last, "email": email}
    assert refused(story.act, "add_customer_team", "add", **given_values) == problems


def test_the_customer_team_is_not_empty(story: Story) -> None:
    story.inform()
    assert refused(story.complete, "add_customer_team") == [("CONTACT_MISSING", "email")]


def test_somebody_taken_off_the_team_stays_a_contact(story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    (member,) = onboarding.customer_team(story.case)
    story.act("add_customer_team", "remove", member=member.sys_id)
    assert onboarding.customer_team(story.case) == []
    assert session.scalar(select(func.count()).where(Contact.account == story.case.account)) == 1


def test_nobody_is_taken_off_the_team_of_another_case(story: Story, agent: Actor) -> None:
    story.inform()
    other = Story.begin(agent, "Boreal")
    other.inform()
    other.add_contact("Tom", "Roy", "tom@boreal.example")
    (member,) = onboarding.customer_team(other.case)
    story.act("add_customer_team", "remove", member=member.sys_id)
    assert len(onboarding.customer_team(other.case)) == 1


def test_ONB_11_E1_two_mails_to_each_of_the_customer_team(story: Story) -> None:
    story.inform(go_live_date="2025-06-30")
    story.meet_the_customer()
    story.give(CONTACT, KEY, KEY)
    story.complete("add_customer_responsibilities")
    people = ["lea.martin@alderis.example", "nina.sow@alderis.example", "tom.roy@alderis.example"]
    first, second = story.mails("customer_point_of_contact"), story.mails("customer_key_team")
    assert sorted(one.recipient for one in first) == people
    assert sorted(one.recipient for one in second) == people
    assert len(story.mails()) == 6
    assert "Alderis" in first[0].subject
    assert "Lea Martin" in first[0].subject
    assert story.case.number in first[0].body
    assert "2025-06-30" in first[0].body
    assert "Tom Roy: Key team member" in second[0].body
    assert "Nina Sow: Key team member" in second[0].body
    assert "Lea Martin:" not in second[0].body


def test_ONB_11_each_reads_the_own_language(story: Story) -> None:
    story.inform()
    story.meet_the_customer()
    tom = session.scalars(select(Contact).where(Contact.email == "tom.roy@alderis.example")).one()
    save(tom, {"language": "fr"}, by=SYSTEM)
    story.give(CONTACT, KEY, KEY)
    story.complete("add_customer_responsibilities")
    written = {one.recipient: one for one in story.mails("customer_key_team")}
    assert written["tom.roy@alderis.example"].subject == "L’équipe de l’intégration de Alderis"
    assert "Nina Sow: Membre clé de l’équipe" in written["tom.roy@alderis.example"].body
    assert written["nina.sow@alderis.example"].subject == "The team for the onboarding of Alderis"


def test_ONB_11_E2_without_a_point_of_contact_nothing_is_sent(story: Story) -> None:
    story.inform()
    story.meet_the_customer()
    story.give(KEY, KEY, EXPERT)
    problems = refused(story.complete, "add_customer_responsibilities")
    assert problems == [("POINT_OF_CONTACT_MISSING", "responsibility")]
    assert story.mails() == []


def test_ONB_11_everybody_has_a_responsibility(story: Story) -> None:
    story.inform()
    story.meet_the_customer()
    story.give(CONTACT, KEY)
    assert refused(story.complete, "add_customer_responsibilities") == [("RESPONSIBILITY_MISSING", "contact")]


def test_ONB_11_a_further_completion_sends_again_and_a_repeated_one_does_not(story: Story) -> None:
    story.inform()
    story.meet_the_customer()
    story.give(CONTACT, KEY, KEY)
    story.complete("add_customer_responsibilities")
    assert refused(story.complete, "add_customer_responsibilities") == [("NOT_IN_PROGRESS", None)]
    assert len(story.mails()) == 6


def test_ONB_14_E1_a_role_is_reminded_of_and_never_granted(story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    story.complete("add_customer_team")
    (reminder,) = story.give(CONTACT)
    assert reminder.code == "ROLE_REMINDER"
    assert reminder.text() == (
        "Lea Martin needs the role sn_customerservice.customer_admin; ask an administrator to grant it."
    )
    (member,) = onboarding.customer_team(story.case)
    assert member.responsibility == responsibility(CONTACT)


def test_ONB_14_E2_who_has_the_role_is_not_reminded(story: Story) -> None:
    story.inform()
    manager = session.scalars(select(User).where(User.user_name == "genixify.manager")).one()
    grants = session.scalar(select(func.count(RoleGrant.sys_id)))
    tom = make(Contact, account=story.case.account, email="tom.roy@alderis.example", user=manager.sys_id)
    story.add_contact("Tom", "Roy")
    assert [one.contact for one in onboarding.customer_team(story.case)] == [tom.sys_id]
    story.complete("add_customer_team")
    assert story.give(KEY) == []
    assert session.scalar(select(func.count(RoleGrant.sys_id))) == grants


def test_one_person_may_answer_for_two_things_but_not_twice_for_one(story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    story.complete("add_customer_team")
    for duty in (CONTACT, KEY, CONTACT):
        story.give(duty)
    duties = [one.responsibility for one in onboarding.customer_team(story.case)]
    assert duties == [responsibility(CONTACT), responsibility(KEY)]


def test_a_responsibility_needs_a_person_and_a_duty(story: Story) -> None:
    story.inform()
    story.meet_the_customer()
    problems = refused(story.act, "add_customer_responsibilities", "add", contact="", responsibility="")
    assert problems == [("REQUIRED_FIELD", "contact"), ("REQUIRED_FIELD", "responsibility")]


# --- the account team -----------------------------------------------------------------------------------------------


@pytest.fixture
def at_account_team(story: Story) -> Story:
    story.inform()
    story.meet_the_customer()
    story.give(CONTACT, KEY, KEY)
    story.complete("add_customer_responsibilities")
    return story


def test_ONB_12_E1_one_mail_to_each_of_the_account_team(at_account_team: Story) -> None:
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.add_member("agent", MANAGER)
    at_account_team.complete("add_account_team")
    mails = at_account_team.mails("account_team_added")
    assert sorted(one.recipient for one in mails) == ["admin@provider.example", "agent@provider.example"]
    for mail in mails:
        assert f"Ada Winter: {DEVELOPER}" in mail.body
        assert f"Olive Marchand: {MANAGER}" in mail.body


def test_ONB_12_E2_a_completion_after_a_reopening_sends_to_all_again(at_account_team: Story, agent: Actor) -> None:
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.complete("add_account_team")
    run = at_account_team.run
    playbooks.reopen(run, at_account_team.activity("add_account_team", run), agent)
    at_account_team.add_member("agent", MANAGER)
    at_account_team.complete("add_account_team")
    written = [one.recipient for one in at_account_team.mails("account_team_added")]
    assert sorted(written) == ["admin@provider.example", "admin@provider.example", "agent@provider.example"]


def test_the_account_team_has_a_developer(at_account_team: Story) -> None:
    at_account_team.add_member("agent", MANAGER)
    assert refused(at_account_team.complete, "add_account_team") == [("DEVELOPER_MISSING", "responsibility")]


def test_ONB_15_E1_only_holders_are_offered(at_account_team: Story) -> None:
    run = at_account_team.run
    activity = at_account_team.activity("add_account_team", run)
    card = queries.card(run, activity, "en", responsibility(DEVELOPER))
    assert [name for _, name in card["users"]] == ["Ada Winter", "Nina Sow"]


def test_ONB_15_E2_anybody_else_is_refused(at_account_team: Story) -> None:
    assert refused(at_account_team.add_member, "csm", MANAGER) == [("USER_NOT_ELIGIBLE", "user")]
    assert onboarding.account_team(at_account_team.case) == []


def test_the_same_member_is_not_added_twice(at_account_team: Story) -> None:
    at_account_team.add_member("agent", MANAGER)
    assert [code for code, _ in refused(at_account_team.add_member, "agent", MANAGER)] == ["DUPLICATE"]
    assert len(onboarding.account_team(at_account_team.case)) == 1


def test_ONB_13_E1_tasks_go_to_the_developer(capture: Story) -> None:
    assert capture.task("import_location").assigned_to == user("admin")


def test_ONB_13_E2_an_activity_may_name_who_answers(at_account_team: Story) -> None:
    definition = at_account_team.activity("import_location").definition
    definition.responsibility = responsibility(ANALYST)
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.add_member("analyst", ANALYST)
    at_account_team.complete("add_account_team")
    at_account_team.complete("add_squad")
    assert at_account_team.task("import_location").assigned_to == user("analyst")
    assert at_account_team.task("import_contract").assigned_to == user("admin")


def test_ONB_13_a_responsibility_nobody_holds_leaves_the_task_to_the_developer(at_account_team: Story) -> None:
    definition = at_account_team.activity("import_location").definition
    definition.responsibility = responsibility(ANALYST)
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.add_member("agent", MANAGER)
    at_account_team.complete("add_account_team")
    at_account_team.complete("add_squad")
    assert at_account_team.case.assigned_to == user("agent")
    assert at_account_team.task("import_location").assigned_to == user("admin")


def test_ONB_13_an_activity_that_names_nobody_leaves_the_task_to_the_developer(at_account_team: Story) -> None:
    definition = at_account_team.activity("import_location").definition
    definition.responsibility = None
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.complete("add_account_team")
    at_account_team.complete("add_squad")
    assert at_account_team.task("import_location").assigned_to == user("admin")


def test_ONB_13_without_either_the_owner_of_the_case_has_it(story: Story) -> None:
    story.inform(assigned_to=user("analyst"))
    assert onboarding.default_assignee(story.case, None) == user("analyst")
    assert onboarding.default_assignee(story.case, responsibility(ANALYST)) == user("analyst")


def test_ONB_16_E1_no_squad_is_needed(at_account_team: Story) -> None:
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.complete("add_account_team")
    at_account_team.complete("add_squad")
    assert at_account_team.state("add_squad") == "complete"
    assert [at_account_team.stage(number).state for number in (1, 2)] == ["complete", "in_progress"]


def test_ONB_16_E2_the_chosen_squad_is_that_of_the_case(at_account_team: Story) -> None:
    squad = [make(SquadMember).sys_id, make(SquadMember).sys_id]
    at_account_team.add_member("admin", DEVELOPER)
    at_account_team.complete("add_account_team")
    at_account_team.complete("add_squad", squad=squad)
    assert at_account_team.case.squad == squad
    assert {one["member"] for one in queries.squad_people(at_account_team.case, "en")} == set(squad)
