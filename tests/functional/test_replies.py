"""SUC-18: response templates in the comment box of touchpoints, initiatives and success cases."""

from collections.abc import Callable

import pytest

from ale.domains.accounts.records import Contact
from ale.domains.success.actions import SuccessCase, Touchpoint
from ale.domains.system.platform import ResponseTemplate
from ale.domains.system.replies import reply, templates_for
from ale.foundation.actor import Actor
from tests.conftest import Browser
from tests.factories import make
from tests.pages import Page
from tests.success import Shelf

TEXT = "Hello {contact.first_name}, about {subject}"


@pytest.fixture
def touchpoint(app: object) -> Touchpoint:
    """A touchpoint of Lea Martin."""
    shelf = Shelf()
    engagement = shelf.engagement()
    lea = make(Contact, account=engagement.account, first_name="Lea", last_name="Martin")
    return shelf.touchpoint(engagement, contact=lea.sys_id)


@pytest.fixture
def template(app: object) -> ResponseTemplate:
    """A template for touchpoints."""
    return make(ResponseTemplate, name="Greeting", body=TEXT, tables=["sn_acct_lc_touchpoint"])


def test_SUC_18_E1_the_chosen_template_stands_in_the_box(
    log_on: Callable[[str], Browser], touchpoint: Touchpoint, template: ResponseTemplate
) -> None:
    csm = log_on("csm")
    page = Page(csm.get(f"/touchpoints/{touchpoint.sys_id}").text)
    address = next(one.attrs["href"] for one in page.find("a") if one.text == "Greeting")
    piece = Page(csm.get(address, headers={"HX-Request": "true", "HX-Target": "stream"}).text)
    assert piece["say-text"].text == "Hello Lea, about Weekly review"
    assert "page-title" not in piece.ids


def test_SUC_18_E2_a_template_of_another_kind_is_not_listed(
    actor: Callable[[str], Actor], touchpoint: Touchpoint, template: ResponseTemplate
) -> None:
    make(ResponseTemplate, name="Cases only", tables=["sn_acct_lc_success_case"])
    make(ResponseTemplate, name="Retired", tables=["sn_acct_lc_touchpoint"], active=False)
    make(ResponseTemplate, name="Closed ones", tables=["sn_acct_lc_touchpoint"], condition={"state": "closed"})
    assert [one.name for one in templates_for(touchpoint, actor("csm"))] == ["Greeting"]
    case = Shelf().case(Shelf().engagement())
    assert isinstance(case, SuccessCase)
    assert [one.name for one in templates_for(case, actor("csm"))] == ["Cases only"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("State: {state}", "State: New"),
        ("{account}", "Alderis"),
        ("{contact.nothing} {colour} {subject.x}", "{contact.nothing} {colour} {subject.x}"),
        ("{product.name}!", "!"),
        ("<p>Hello <b>{contact.first_name}</b></p><p>Bye</p>", "Hello Lea\nBye"),
        ("{contact.first_name.__class__} {__class__}", "{contact.first_name.__class__} {__class__}"),
    ],
)
def test_only_readable_values_come_into_a_text(
    actor: Callable[[str], Actor], touchpoint: Touchpoint, body: str, said: str
) -> None:
    assert reply(make(ResponseTemplate, body=body), touchpoint, actor("csm")) == said
