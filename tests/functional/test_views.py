"""Saved views and the choice of columns: a list as somebody arranged it, for oneself, a role or everybody."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.people.records import Role
from ale.domains.views.records import SavedView
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.problem import Forbidden, Rejected
from ale.web.saved_views import views_of
from tests.conftest import Browser

LogOnAs = Callable[[str], Browser]
ActorOf = Callable[[str], Actor]


def headings(page: str) -> list[str]:
    """The columns of the list."""
    return [
        re.sub(r"<[^>]+>", "", one).strip()
        for one in re.findall(r'<th scope="col"(?! class="pick")[^>]*>(.*?)</th>', page)
    ]


def kept(by: Actor, **given: object) -> SavedView:
    """A view of the contacts."""
    return create(SavedView, {"name": "Frenchies", "table_name": "customer_contact"} | given, by=by)


def test_chosen_columns_stand_in_the_address_and_in_the_export(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    answer = browser.get("/contacts?cols=email&cols=phone&query=active=true")
    assert answer.location == "/contacts?query=active%3Dtrue&cols=email,phone"
    page = browser.get(answer.location).text
    assert headings(page) == ["Email", "Phone"]
    file = browser.get("/contacts/export?format=csv&cols=email,phone").get_data().decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(file))) == ["Email", "Phone"]


def test_columns_one_may_not_see_cannot_be_chosen(log_on: LogOnAs) -> None:
    browser = log_on("admin")
    assert "password" not in "".join(re.findall(r'name="cols" value="([^"]+)"', browser.get("/users").text))
    assert len(headings(browser.get("/users?cols=password,user_name").text)) == 1


def test_a_list_is_kept_as_it_is_seen(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    sent = {"name": "Active ones", "query": "active=true", "cols": "email", "sort": "-email"}
    answer = browser.send("/views/keep/customer_contact", sent)
    view = session.scalars(select(SavedView).where(SavedView.name == "Active ones")).one()
    assert answer.status_code == 303
    assert answer.location == f"/contacts?query=active%3Dtrue&sort=-email&cols=email&view={view.sys_id}"
    page = browser.get("/contacts").text
    assert "Active ones" in page
    assert f"/contacts?query=active%3Dtrue&amp;sort=-email&amp;cols=email&amp;view={view.sys_id}" in page


def test_a_list_is_kept_for_a_role_or_for_everybody(log_on: LogOnAs, actor: ActorOf) -> None:
    browser = log_on("agent")
    assert 'name="audience"' in browser.get("/contacts").text
    agents = session.scalars(select(Role).where(Role.name == "sn_acct_lc.agent")).one()
    for_agents = {"name": "Agents", "audience": "role", "role": agents.sys_id}
    for sent in (for_agents, {"name": "All of us", "audience": "everybody"}):
        assert browser.send("/views/keep/customer_contact", {**sent, "query": "active=true"}).status_code == 303
    assert {one.name for one in views_of(Contact, actor("viewer"))} == {"All of us"}
    assert {one.name for one in views_of(Contact, actor("analyst"))} == {"Agents", "All of us"}
    assert browser.send("/views/keep/customer_contact", {"name": "Whose", "audience": "role"}).status_code == 422


def test_a_default_view_opens_by_itself_and_the_whole_list_can_still_be_had(log_on: LogOnAs, actor: ActorOf) -> None:
    view = kept(actor("agent"), arguments="query=language%3Dfr", is_default=True)
    browser = log_on("agent")
    assert browser.get("/contacts").location == f"/contacts?query=language%3Dfr&view={view.sys_id}"
    page = browser.get("/contacts?view=whole")
    assert page.status_code == 200
    chips = re.findall(r'<a class="chip" href="([^"]+)"', browser.get("/contacts?query=language%3Dfr").text)
    assert chips == ["/contacts?view=whole"], "the last chip does not lead back into the view"
    assert log_on("csm").get("/contacts").status_code == 200, "a view of one's own opens for nobody else"


def test_views_are_found_by_those_they_are_for(actor: ActorOf) -> None:
    agent_role = session.scalars(select(Role.sys_id).where(Role.name == "sn_acct_lc.agent")).one()
    kept(actor("agent"), name="mine")
    kept(actor("agent"), name="of agents", audience="role", role=agent_role)
    kept(actor("agent"), name="for all", audience="everybody")
    names = {who: {one.name for one in views_of(Contact, actor(who))} for who in ("agent", "viewer", "genixify.admin")}
    assert names["agent"] == {"mine", "of agents", "for all"}
    assert names["viewer"] == {"for all"}
    assert names["genixify.admin"] == set()


def test_only_its_maker_and_administrators_change_a_view(actor: ActorOf) -> None:
    view = kept(actor("agent"), audience="everybody")
    for change in (lambda by: save(view, {"name": "Mine now"}, by=by), lambda by: remove(view, by=by)):
        with pytest.raises(Forbidden):
            change(actor("csm"))
    save(view, {"name": "Better"}, by=actor("admin"))
    with pytest.raises(Rejected, match="Only administrators"):
        save(view, {"is_default": True}, by=actor("agent"))
