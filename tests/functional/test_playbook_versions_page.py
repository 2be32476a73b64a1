"""What leads to a playbook: an account made by hand, and versions drafted and activated by buttons."""

from collections.abc import Callable

from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks.records import Playbook
from ale.foundation.db import session
from tests.conftest import Browser
from tests.pages import Visit
from tests.stories import Story


def test_an_account_made_by_hand_leads_to_its_case(log_on: Callable[[str], Browser]) -> None:
    visit = Visit(log_on("admin"))
    visit.open("/accounts/new")
    visit.press("Create", name="Alderis")
    account = session.scalars(select(Account).where(Account.name == "Alderis")).one()
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == account.sys_id)).one()
    page = visit.open(f"/playbooks/of/{case.sys_id}")
    assert page.title == "Onboarding for Alderis"


def test_PBK_05_a_new_version_is_drafted_and_activated_by_buttons(visit: Visit, story: Story) -> None:
    first = story.run.playbook
    visit.open(f"/playbook-designer/playbooks/{first.sys_id}")
    page = visit.press("New version")
    assert "This is a draft." in page.text
    draft = session.scalars(select(Playbook).where(Playbook.key == first.key, Playbook.version == 2)).one()
    visit.press("Activate")
    assert draft.state == "active"
    assert Story.begin(story.by, "Boreal").run.playbook.version == 2
