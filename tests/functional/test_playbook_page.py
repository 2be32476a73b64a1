"""The playbook page as a browser shows it, with and without scripts: cards, forms, refusals, panels, addresses."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ale.domains.accounts.records import Contact
from ale.domains.onboarding.service import customer_team
from ale.domains.onboarding.teams import CustomerTeamMember
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.clock import today
from tests.conftest import Browser, statements
from tests.factories import make, responsibility
from tests.pages import Page, Visit
from tests.stories import CONTACT, KEY, Story

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


# --- the page -------------------------------------------------------------------------------------------------------


def test_a_case_opens_at_the_first_thing_to_do(visit: Visit, story: Story) -> None:
    page = visit.open(f"/playbooks/of/{story.case.sys_id}")
    assert page.title == "Onboarding for Alderis"
    (title,) = opened(page)
    assert title.startswith("Enter onboarding related info")
    assert story.case.number in page.text


def test_every_activity_has_its_own_address(visit: Visit, capture: Story) -> None:
    for key in ("select_account", "import_contract", "data_import_summary", "golive_support_case"):
        activity = capture.activity(key)
        page = visit.open(f"{address(capture)}/activities/{activity.id}")
        (title,) = opened(page)
        assert title.startswith(activity.label("en"))


def test_an_activity_of_another_playbook_is_not_found(visit: Visit, capture: Story, build: Story) -> None:
    other = build.activity("select_account").id
    assert visit.browser.get(f"{address(capture)}/activities/{other}").status_code == 404


def test_a_locked_stage_says_what_blocks_it(visit: Visit, capture: Story) -> None:
    page = visit.open(f"{address(capture)}?stage={capture.stage(4).id}")
    assert "This stage starts when Data Capture & Validation is complete." in page.text
    assert "Execute training" in page.text
    assert not list(page["activities"].find("button"))


def test_the_stage_picker_counts_and_locks(visit: Visit, capture: Story) -> None:
    capture.complete("import_location")
    page = visit.open(address(capture))
    notes = [next(one.find("small")).text for one in page["stages"].find("li")]
    assert notes == [
        "6 of 6 done", "1 of 9 done", "Locked. After Data Capture & Validation",
        "Locked. After Development & Automation", "Locked. After Testing & Training",
    ]  # fmt: skip
    (current,) = [one for one in page["stages"].find() if one.attrs.get("aria-current") == "step"]
    assert "Data Capture & Validation" in current.text


def test_ONB_10_what_does_not_apply_is_not_shown(visit: Visit, build: Story) -> None:
    assert "Service Exchange" not in visit.open(address(build))["activities"].text
    save(build.case, {"service_exchange_integration": "remote_catalog"}, by=build.by)
    text = visit.open(address(build))["activities"].text
    assert "Install Service Exchange for Consumer" in text
    assert "Configure remote catalog" in text
    assert "Configure remote task" not in text


def test_the_page_speaks_french(visit: Visit, story: Story) -> None:
    visit.open(address(story))
    page = visit.press("FR Français")
    assert page.find("html")[0].attrs["lang"] == "fr"
    assert opened(page)[0].startswith("Saisir les informations d’intégration")
    assert "Mise en service et assistance" in page["stages"].text
    assert "Date de mise en service" in page["activities"].text


def test_who_only_reads_gets_no_buttons(log_on: LogOnAs, story: Story) -> None:
    page = Visit(log_on("viewer")).open(address(story))
    assert not list(page["activities"].find("button"))
    assert "Enter onboarding related info" in page["activities"].text


def test_customers_and_strangers_do_not_get_in(log_on: LogOnAs, client: Browser, story: Story) -> None:
    assert log_on("genixify.admin").get(address(story)).location == "/portal"
    assert client.get(address(story)).location.startswith("/login")


def test_the_page_needs_as_many_statements_for_two_people_as_for_ten(visit: Visit, capture: Story) -> None:
    def needed() -> int:
        with statements() as sent:
            visit.open(address(capture))
        return len(sent)

    visit.open(address(capture))
    before = needed()
    assert before < 60
    for _ in range(8):
        contact = make(Contact, account=capture.case.account)
        given = {"contact": contact.sys_id, "responsibility": responsibility(KEY)}
        make(CustomerTeamMember, onboarding_case=capture.case.sys_id, **given)
    assert needed() == before


# --- beside the cards -----------------------------------------------------------------------------------------------


def test_ONB_17_E1_people_stand_beside_the_cards_after_the_first_stage(visit: Visit, capture: Story) -> None:
    page = visit.open(address(capture))
    (side,) = [one for one in page.find("div") if one.attrs.get("class") == "side"]
    for words in ("Genixify", "Customer team", "Lea Martin", CONTACT, "Squad", "Jules Hamel"):
        assert words in side.text


def test_ONB_17_E2_before_that_case_and_account_only(visit: Visit, story: Story) -> None:
    page = visit.open(address(story))
    (side,) = [one for one in page.find("div") if one.attrs.get("class") == "side"]
    assert "Account" in side.text
    assert "Customer team" not in side.text
    assert "Squad" not in side.text


@pytest.mark.parametrize(("days", "words"), [(10, "10 days"), (1, "1 day"), (0, "today"), (-2, "2 days late")])
def test_ONB_20_days_before_go_live_in_words(visit: Visit, story: Story, days: int, words: str) -> None:
    save(story.case, {"go_live_date": today() + timedelta(days=days)}, by=story.by)
    facts = visit.open(address(story))["progress"]
    assert words in facts.text


def test_comments_and_work_notes_are_told_apart(visit: Visit, story: Story) -> None:
    visit.open(address(story))
    visit.press("Post work note", text="They asked for a discount.")
    page = visit.press("Send comment", text="Here is the plan.")
    entries = [one for one in page.find("li") if "discount" in one.text or "the plan" in one.text]
    assert len(entries) == 2
    assert len({one.attrs.get("class") for one in entries}) == 2


def test_an_empty_entry_is_refused(visit: Visit, story: Story) -> None:
    visit.open(address(story))
    visit.press("Send comment", text="  ")
    assert visit.status == 422


def test_PBK_04_the_log_lists_what_was_entered(visit: Visit, story: Story) -> None:
    story.inform(go_live_date="2025-06-30")
    page = visit.open(address(story))
    log = page["panel"].text
    assert "Enter onboarding related info · Completed" in log
    assert "Olive Marchand" in log
    assert "Service Exchange integration" in log


def test_related_items_lead_to_the_tasks(visit: Visit, build: Story) -> None:
    visit.open(address(build))
    task = build.task("account_relationships")
    page = visit.follow(f"{task.number} {task.subject}", within="panel")
    assert task.number in page.text


def test_ad_hoc_tasks_are_made_and_listed(visit: Visit, build: Story) -> None:
    for key in build.doing:
        build.complete(key)
    visit.open(address(build))
    page = visit.press("Create task", subject="Load legacy tickets")
    assert "Load legacy tickets" in page[card(build, "related_work")].text
    page = visit.press("Mark complete", within=card(build, "related_work"))
    assert visit.status == 422
    assert "Close or cancel the open tasks first." in page.text


def test_PBK_17_the_summary_asks_for_notes_of_each_task(visit: Visit, capture: Story) -> None:
    for key in capture.doing:
        capture.complete(key)
    page = visit.open(address(capture))
    fields = [one for one in page.find("textarea") if one.attrs["name"].startswith("close_notes.")]
    assert len(fields) == 8
    names = {one.attrs["name"].replace(".", "__"): "All in." for one in fields}
    missing = fields[3].attrs["name"]
    all_but_one = names | {missing.replace(".", "__"): ""}
    page = visit.press("Mark complete", within=card(capture, "data_import_summary"), **all_but_one)
    assert visit.status == 422
    assert "Enter close notes for every import task" in page[f"f-{missing}-error"].text
    kept = [one for one in page.find("textarea") if one.attrs["name"].startswith("close_notes.")]
    assert [bool(one.text) for one in kept].count(True) == 7, "what was typed stays"
    visit.press("Mark complete", within=card(capture, "data_import_summary"), **names)
    assert capture.stage(3).state == "in_progress"


# --- the end --------------------------------------------------------------------------------------------------------


def test_the_playbook_is_canceled_and_then_offers_nothing(visit: Visit, capture: Story) -> None:
    visit.open(address(capture))
    page = visit.press("Cancel playbook")
    assert "The playbook is canceled." in page.text
    assert not list(page["activities"].find("button"))
    assert capture.run.context.state == "canceled"


def test_a_second_completion_is_refused_in_words(visit: Visit, log_on: LogOnAs, story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    visit.open(address(story))
    other = Visit(log_on("analyst"))
    other.open(address(story))
    other.press("Mark complete")
    page = visit.press("Mark complete", within=card(story, "add_customer_team"))
    assert visit.status == 422
    assert "somebody may have completed it" in page.text


# --- htmx -----------------------------------------------------------------------------------------------------------


def test_htmx_gets_the_cards_alone(log_on: LogOnAs, story: Story) -> None:
    response = log_on("agent").get(address(story), headers=CARDS)
    page = Page(response.text)
    assert not page.is_whole
    assert page["activities"].tag == "section"
    assert "HX-Target" in response.headers["Vary"]


def test_htmx_may_ask_for_a_refusal_too(log_on: LogOnAs, story: Story) -> None:
    browser = log_on("agent")
    at = f"{address(story)}/activities/{story.activity('enter_onboarding_info').id}/complete"
    response = browser.send(at, {"service_exchange_integration": "not_required"}, headers=CARDS)
    assert response.status_code == 422
    page = Page(response.text)
    assert not page.is_whole
    assert "f-go_live_date-error" in page.ids


def test_ONB_14_the_reminder_comes_with_the_cards(log_on: LogOnAs, story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    story.complete("add_customer_team")
    at = f"{address(story)}/activities/{story.activity('add_customer_responsibilities').id}/do/add"
    (lea,) = (one.contact for one in customer_team(story.case))
    given = {"contact": lea, "responsibility": responsibility(CONTACT)}
    browser = log_on("agent")
    page = Page(browser.send(at, given, headers=CARDS, follow_redirects=True).text)
    assert not page.is_whole
    assert page["flash"].attrs["hx-swap-oob"] == "true"
    assert "Lea Martin needs the role sn_customerservice.customer_admin" in page["flash"].text
    assert "flash" not in Page(browser.get(address(story), headers=CARDS).text).ids, "what stands there stays"


def test_an_import_that_nobody_touched_leads_to_its_own_page(visit: Visit, capture: Story) -> None:
    page = visit.open(f"{address(capture)}/activities/{capture.activity('import_contract').id}")
    ways = [
        one.attrs["href"] for one in page[card(capture, "import_contract")].find("a") if one.name == "Open the import"
    ]
    assert ways == [f"/imports/{capture.task('import_contract').sys_id}"]
