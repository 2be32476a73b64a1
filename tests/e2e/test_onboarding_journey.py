"""The main job in a browser: a new account is onboarded, its data imported and repaired, and its case goes live."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ale.domains.imports import validation
from ale.foundation import clock
from tests.e2e import workbooks
from tests.e2e.visitor import Import, Playbook, choose, log_on

RESPONSIBILITIES = {
    "en": ("Customer onboarding point of contact", "Key team member", "ServiceNow Developer/Admin"),
    "fr": (
        "Point de contact d’intégration du client",
        "Membre clé de l’équipe",
        "Développeur/administrateur ServiceNow",
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_new_account_goes_live(open_browser: Callable[..., Page], tmp_path: Path, language: str) -> None:
    account = f"Alderis {language.upper()} Marine"
    make_account(open_browser(), account, language)
    page = open_browser()
    log_on(page, "agent", language)
    open_playbook(page, account)
    playbook = Playbook(page)
    set_up(playbook, account, language)
    case = page.url
    bring_in_contacts(page, tmp_path, account)
    bring_in(page, case, 2, workbooks.write(tmp_path, "locations.xlsx", workbooks.locations(account)), ready=2)
    bring_in(page, case, 4, workbooks.write(tmp_path, "install_base.xlsx", workbooks.install_base(account)), ready=1)
    bring_in(page, case, 6, workbooks.write(tmp_path, "contracts.xlsx", workbooks.contracts(account)), ready=1)
    for number in (3, 5, 7, 8):
        cancel(page, case, number)
    page.goto(case)
    expect(page.locator("#stages .done")).to_have_count(1)
    assert finish_stages(playbook) >= 10
    expect(page.locator("#stages .done")).to_have_count(5)
    close_case(page)
    for records, query, count in (
        ("contacts", "external_reference_idISNOTEMPTY^", 6),
        ("contacts", "", 8),  # with Lea and Tom of the customer team
        ("locations", "", 2),
        ("install-base", "", 1),
    ):
        page.goto(f"/{records}?query={query}account.name={account}")
        expect(page.locator("tbody tr")).to_have_count(count)
    expect_mails(open_browser(), language, workbooks.mail("lea", account), workbooks.mail("tom", account))


def test_what_is_imported_is_wrong_in_every_rule() -> None:
    wrong = {kind.partition(":")[0] for kinds in workbooks.RULES.values() for kind in kinds}
    of_cells = {rule for rule, _code in validation._RULES.values()}
    assert wrong == of_cells | {"mandatory", "duplicate", "script"}


def make_account(page: Page, name: str, language: str) -> None:
    """The administrator makes the account; nothing else."""
    log_on(page, "admin", language)
    page.goto("/accounts/new")
    page.locator("#f-name").fill(name)
    page.locator("#record-form .btn.primary, .btn.primary[form=record-form]").first.click()
    expect(page.locator("h1")).to_have_text(name)


def open_playbook(page: Page, account: str) -> None:
    """Its case is there by itself, with its playbook at the first thing to do."""
    page.goto(f"/cases?q={account}")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.locator("#stages li")).to_have_count(5)


def set_up(playbook: Playbook, account: str, language: str) -> None:
    """Initial setup: info, customer team with responsibilities, account team, squad."""
    page, (contact, key, developer) = playbook.page, RESPONSIBILITIES[language]
    playbook.card.locator("[id^=complete-]").click()
    expect(page.locator("#error-summary")).to_be_focused()
    choose(playbook.card.get_by_role("combobox").first, "Olive")
    playbook.control("service_exchange_integration").select_option("not_required")
    playbook.control("onboarding_type").select_option("full")
    playbook.control("go_live_date").fill((clock.today() + timedelta(days=30)).isoformat())
    playbook.complete()
    playbook.add("Lea Martin", first_name="Lea", last_name="Martin", email=workbooks.mail("lea", account))
    playbook.add("Tom Roy", first_name="Tom", last_name="Roy", email=workbooks.mail("tom", account))
    playbook.complete()
    playbook.add(contact, contact="Lea Martin", responsibility=contact)
    playbook.add(key, contact="Tom Roy", responsibility=key)
    playbook.complete()
    playbook.add(developer, responsibility=developer, user="Nina Sow")
    playbook.complete()
    playbook.control("squad").first.check()
    playbook.complete()
    expect(page.locator("#stages a.done, #stages .done")).to_have_count(1)


def bring_in_contacts(page: Page, folder: Path, account: str) -> None:
    """Three of fourteen rows are right at once, two by one deed for both, one by hand."""
    contacts = Import(page)
    contacts.begin(workbooks.write(folder, "contacts.xlsx", workbooks.contacts(account)))
    contacts.holds(ready=3, needs_attention=11)
    contacts.show("needs_attention")
    expect(contacts.wrong).to_have_count(10)  # what the script says stands under the whole row
    assert contacts.kinds == workbooks.RULES["contacts"]
    contacts.fix(account).click()
    contacts.holds(ready=5, needs_attention=9)
    contacts.show("needs_attention")
    contacts.wrong.filter(has_text="not an address").locator("a").click()
    page.locator("[name=cell-u_email]").fill(workbooks.mail("p11", account))
    page.locator("#save-row").click()
    contacts.holds(yet_to_validate=1)
    page.locator("#validate").click()
    contacts.holds(ready=6, needs_attention=8)
    page.locator("#publish").click()
    contacts.holds(published=6, ready=0)
    contacts.close("Eight rows were wrong and left out.")


def bring_in(page: Page, case: str, number: int, path: Path, ready: int) -> None:
    """Load a file at the activity with this number of the stage, see what is wrong, and publish what is ready."""
    wrong = workbooks.RULES[path.stem]
    Playbook(page).unfold(case, number)
    one = Import(page)
    one.begin(path)
    one.holds(ready=ready, needs_attention=len(wrong))
    assert one.kinds == wrong
    page.locator("#publish").click()
    one.holds(published=ready)
    one.close("As agreed.")


def cancel(page: Page, case: str, number: int) -> None:
    """Nobody needs this import."""
    page.goto(case)
    page.locator("#log-and-items ul.links a").nth(number - 1).click()
    page.locator("a[href$='/details']").click()
    page.locator("#f-state").select_option("canceled")
    page.locator("#record-form .btn.primary").click()
    expect(page.locator("#flash .text")).to_be_visible()


def finish_stages(playbook: Playbook) -> int:
    """Mark everything complete that is left, the summary with notes where they are missing; how many that were."""
    amount = 0
    while playbook.card.count():
        for notes in playbook.card.locator("textarea[name^='close_notes.']").all():
            if not notes.input_value():
                notes.fill("Nothing to bring in.")
        playbook.complete()
        amount += 1
    return amount


def close_case(page: Page) -> None:
    """Close the case from its record, with how it went."""
    page.locator("#more summary").click()
    page.locator("#more a").first.click()
    page.locator("a[href$='/steps/close']").click()
    page.locator("#step-resolution_code").select_option("successful_no_issues")
    page.locator("#step-close_notes").fill("Live as planned.")
    page.locator("#dialog .btn.primary").click()
    expect(page.locator("a[href$='/steps/close']")).to_have_count(0)


def expect_mails(page: Page, language: str, *recipients: str) -> None:
    """The outbox shows a mail to each of them."""
    log_on(page, "admin", language)
    page.goto("/outbox")
    for one in recipients:
        expect(page.locator("tbody")).to_contain_text(one)
