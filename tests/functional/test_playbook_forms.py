"""The forms of the playbook, sent by hand without scripts: what is kept, what is refused, and in which words."""

from collections.abc import Callable

from sqlalchemy import func, select

from ale.domains.onboarding.records import OnboardingCase, OnboardingType
from ale.domains.onboarding.service import account_team, customer_team
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.clock import today
from ale.foundation.db import session
from tests.conftest import Browser
from tests.factories import responsibility, user
from tests.pages import Page, Visit
from tests.stories import CONTACT, DEVELOPER, KEY, MANAGER, Story
from tests.success import Shelf

LogOnAs = Callable[[str], Browser]
ActorNamed = Callable[[str], Actor]
CARDS = {"HX-Request": "true", "HX-Target": "activities"}


def card(story: Story, key: str) -> str:
    """The id of the card of an activity."""
    return f"activity-{story.activity(key).id}"


def opened(page: Page) -> list[str]:
    """The titles of the cards that stand open."""
    return [next(one.find("summary")).text for one in page.find("details") if "open" in one.attrs]


def address(story: Story) -> str:
    return f"/playbooks/{story.run.context.sys_id}"


def test_ONB_03_E1_a_new_case_from_the_list(visit: Visit, story: Story) -> None:
    save(story.case, {"state": "canceled", "close_notes": "Bought elsewhere."}, by=story.by)
    visit.open("/cases")
    visit.follow("New")
    page = visit.press("Continue", account_text="Alderis")
    assert opened(page)[0].startswith("Enter onboarding related info")
    assert session.scalar(select(func.count()).where(OnboardingCase.account == story.case.account)) == 2


def test_ONB_03_E2_without_an_account_no_case_is_made(visit: Visit) -> None:
    before = session.scalar(select(func.count(OnboardingCase.sys_id)))
    visit.open("/playbooks/new")
    page = visit.press("Continue")
    assert visit.status == 422
    assert page["f-account-error"].text == "Error: Account is required."
    assert page.find("title")[0].text.startswith("Error:")
    assert session.scalar(select(func.count(OnboardingCase.sys_id))) == before


def test_ONB_02_E1_a_success_case_becomes_an_onboarding_of_its_account(visit: Visit) -> None:
    origin = Shelf().case(Shelf().engagement("Alderis"))
    visit.open(f"/success-cases/{origin.sys_id}")
    page = visit.follow("Create onboarding case")
    (told,) = [one.text for one in page.find("dl") if "Originating case" in one.text]
    assert "Alderis" in told
    assert not list(page.find("input", name="account"))
    page = visit.press("Continue", onboarding_type="phased")
    assert opened(page)[0].startswith("Enter onboarding related info")
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.origin_case == origin.sys_id)).one()
    assert (case.account, case.onboarding_type) == (origin.account, OnboardingType.PHASED)


def test_ONB_02_who_makes_no_cases_is_offered_none(log_on: LogOnAs) -> None:
    origin = Shelf().case(Shelf().engagement("Alderis"))
    csm = log_on("csm")
    assert "Create onboarding case" not in csm.get(f"/success-cases/{origin.sys_id}").text
    assert csm.get(f"/playbooks/onboarding-from/{origin.sys_id}").status_code == 403
    assert csm.send(f"/playbooks/onboarding-from/{origin.sys_id}").status_code == 403


def test_ONB_01_the_account_that_came_with_the_case_is_read_only(visit: Visit, story: Story) -> None:
    page = visit.open(f"{address(story)}/activities/{story.activity('select_account').id}")
    assert "Alderis" in page[card(story, "select_account")].text
    assert not list(page[card(story, "select_account")].find("input", name="account"))


def test_ONB_09_E1_what_is_missing_is_said_beside_the_field_and_above(visit: Visit, story: Story) -> None:
    visit.open(address(story))
    page = visit.press("Mark complete", assigned_to_text="Jules Hamel", service_exchange_integration="not_required")
    assert visit.status == 422
    assert page["f-go_live_date-error"].text == "Error: Go live date is required to complete this activity."
    assert page["f-go_live_date"].attrs["aria-invalid"] == "true"
    assert page["f-assigned_to"].attrs["value"] == "Jules Hamel", "what was typed stays"
    (chosen,) = [one for one in page["f-service_exchange_integration"].find("option") if "selected" in one.attrs]
    assert chosen.attrs["value"] == "not_required"
    assert any(one.attrs["href"] == "#f-go_live_date" for one in page.find("a") if one.attrs.get("href"))
    assert story.state("enter_onboarding_info") == "in_progress"


def test_ONB_09_E2_and_then_the_next_activity_opens(visit: Visit, story: Story) -> None:
    visit.open(address(story))
    page = visit.press(
        "Mark complete", assigned_to_text="Jules Hamel", service_exchange_integration="not_required",
        go_live_date="2025-06-30",
    )  # fmt: skip
    assert opened(page)[0].startswith("Add customer team")
    assert story.case.assigned_to == user("csm")


def test_PBK_02_save_and_come_back(visit: Visit, log_on: LogOnAs, story: Story) -> None:
    visit.open(address(story))
    page = visit.press("Save", go_live_date="2025-06-30")
    assert "Saved. You can go on later." in page.text
    assert opened(page)[0].startswith("Enter onboarding related info")
    other = Visit(log_on("analyst")).open(f"/playbooks/of/{story.case.sys_id}")
    assert other["f-go_live_date"].attrs["value"] == "2025-06-30"


def test_a_stale_form_overwrites_nothing(visit: Visit, log_on: LogOnAs, story: Story) -> None:
    visit.open(address(story))
    other = Visit(log_on("analyst"))
    other.open(address(story))
    other.press("Save", go_live_date="2025-07-15")
    visit.press("Save", go_live_date="2025-06-30")
    assert visit.status == 409
    assert story.case.go_live_date.isoformat() == "2025-07-15"


def test_the_whole_first_stage_by_hand(visit: Visit, story: Story) -> None:
    go_live = today().isoformat()
    visit.open(address(story))
    visit.press(
        "Mark complete", assigned_to_text="Olive Marchand", service_exchange_integration="not_required",
        go_live_date=go_live,
    )  # fmt: skip
    for first, last in (("Lea", "Martin"), ("Tom", "Roy")):
        visit.press("Add", first_name=first, last_name=last, email=f"{first}@alderis.example")
    visit.press("Mark complete", within=card(story, "add_customer_team"))
    lea, tom = (one.contact for one in customer_team(story.case))
    page = visit.press("Add", contact=lea, responsibility=responsibility(CONTACT))
    assert "Lea Martin needs the role sn_customerservice.customer_admin" in page.text, "ONB-14: a reminder, no refusal"
    visit.press("Add", contact=tom, responsibility=responsibility(KEY))
    visit.press("Mark complete", within=card(story, "add_customer_responsibilities"))
    team = f"{address(story)}/activities/{story.activity('add_account_team').id}"
    for duty, name in ((DEVELOPER, "admin"), (MANAGER, "agent")):
        visit.open(f"{team}?responsibility={responsibility(duty)}")
        visit.press("Add", user=user(name))
    assert [one.user for one in account_team(story.case)] == [user("admin"), user("agent")]
    visit.press("Mark complete", within=card(story, "add_account_team"))
    page = visit.press("Mark complete", within=card(story, "add_squad"))
    assert story.stage(1).state == "complete"
    assert opened(page)[0].startswith("Customer contacts")
    assert len(story.mails()) == 2 * 2 + 2


def test_ONB_15_E1_the_users_offered_follow_the_responsibility(visit: Visit, story: Story) -> None:
    story.inform()
    story.meet_the_customer()
    story.give(CONTACT, KEY, KEY)
    story.complete("add_customer_responsibilities")
    at = f"{address(story)}/activities/{story.activity('add_account_team').id}"
    page = visit.open(f"{at}?responsibility={responsibility(DEVELOPER)}")
    assert [one.text for one in page["f-user"].find("option") if one.text] == ["Ada Winter", "Nina Sow"]
    page = visit.open(f"{at}?responsibility={responsibility(MANAGER)}")
    assert [one.text for one in page["f-user"].find("option") if one.text] == ["Olive Marchand"]


def test_a_refused_contact_keeps_what_was_typed(visit: Visit, story: Story) -> None:
    story.inform()
    visit.open(address(story))
    page = visit.press("Add", first_name="Lea", last_name="Martin", email="nobody")
    assert visit.status == 422
    assert page["f-email-error"].text == "Error: Enter a valid email address."
    kept = [page[f"f-{name}"].attrs["value"] for name in ("first_name", "last_name", "email")]
    assert kept == ["Lea", "Martin", "nobody"]


def test_somebody_is_taken_off_the_team(visit: Visit, story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    visit.open(address(story))
    page = visit.press("Remove Lea Martin")
    assert "Nobody yet." in page[card(story, "add_customer_team")].text
    assert customer_team(story.case) == []
