"""Roles come to users by grant, by group and inside other roles, and count from the next request on."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.people.records import Group, GroupMember, GroupRole, Role, RoleGrant, User
from ale.domains.people.roles import SUPPLIED, closure
from ale.domains.people.service import grant, held_roles, revoke, set_password, supply_roles
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import inside, session
from ale.foundation.history import Audit
from ale.foundation.problem import NotVisible, Rejected
from ale.foundation.reading import find
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.pages import Page

LogOnAs = Callable[[str], Browser]
Named = Callable[[str], Actor]

pytestmark = pytest.mark.usefixtures("app")


def role(name: str) -> Role:
    return session.scalars(select(Role).where(Role.name == name)).one()


@pytest.fixture
def somebody(app: object) -> User:
    """A user without any role."""
    user = make(User, user_name="somebody", name="Some Body")
    set_password(user, "demo")
    return user


def test_every_supplied_role_is_a_row_with_what_it_contains() -> None:
    rows = {one.sys_id: one for one in session.scalars(select(Role))}
    stored = {one.name: ({rows[key].name for key in one.contains}, one.aliases or []) for one in rows.values()}
    assert stored == {one.name: (set(one.contains), [*one.aliases]) for one in SUPPLIED}
    assert len(stored) == 91


def test_supplying_again_makes_nothing_twice() -> None:
    supply_roles(SYSTEM)
    assert len(session.scalars(select(Role)).all()) == len(SUPPLIED)


def test_a_grant_gives_what_the_role_contains_and_tells_the_user(somebody: User, actor: Named) -> None:
    grant(somebody, "sn_acct_lc.agent", actor("admin"))
    assert held_roles(somebody.sys_id) == closure(["sn_acct_lc.agent"])
    assert "sn_acct_lc.engagement_read" in held_roles(somebody.sys_id)
    assert somebody.roles == [role("sn_acct_lc.agent").sys_id]
    given = session.scalars(select(RoleGrant).where(RoleGrant.user == somebody.sys_id)).one()
    assert given.granted_by == actor("admin").id
    past = session.scalars(select(Audit).where(Audit.record == somebody.sys_id, Audit.field_name == "roles")).all()
    assert [one.user for one in past] == [actor("admin").id]


def test_a_role_taken_back_is_gone(somebody: User) -> None:
    grant(somebody, "sn_acct_lc.agent", SYSTEM)
    grant(somebody, "playbook.author", SYSTEM)
    revoke(somebody, role("sn_acct_lc.agent").sys_id, SYSTEM)
    assert held_roles(somebody.sys_id) == {"playbook.author", "playbook.reader"}
    assert somebody.roles == [role("playbook.author").sys_id]


def test_a_grant_moved_to_somebody_else_is_told_to_both(somebody: User) -> None:
    other = make(User)
    grant(somebody, "playbook.reader", SYSTEM)
    save(session.scalars(select(RoleGrant).where(RoleGrant.user == somebody.sys_id)).one(),
         {"user": other.sys_id}, by=SYSTEM)  # fmt: skip
    assert (somebody.roles, other.roles) == ([], [role("playbook.reader").sys_id])


def test_a_group_gives_its_roles_to_its_members_while_it_is_active(somebody: User) -> None:
    group = make(Group, name="Onboarding")
    given = create(GroupRole, {"group": group.sys_id, "role": role("sn_acct_lc.agent").sys_id}, by=SYSTEM)
    assert held_roles(somebody.sys_id) == frozenset()
    member = create(GroupMember, {"group": group.sys_id, "user": somebody.sys_id}, by=SYSTEM)
    assert held_roles(somebody.sys_id) == closure(["sn_acct_lc.agent"])
    save(group, {"active": False}, by=SYSTEM)
    assert held_roles(somebody.sys_id) == frozenset()
    save(group, {"active": True}, by=SYSTEM)
    remove(given, by=SYSTEM)
    assert held_roles(somebody.sys_id) == frozenset()
    create(GroupRole, {"group": group.sys_id, "role": role("playbook.reader").sys_id}, by=SYSTEM)
    assert held_roles(somebody.sys_id) == {"playbook.reader"}
    remove(member, by=SYSTEM)
    assert held_roles(somebody.sys_id) == frozenset()


def test_a_role_of_ones_own_gives_what_it_contains_at_any_depth(somebody: User) -> None:
    inner = create(Role, {"name": "ours.inner", "contains": [role("playbook.author").sys_id]}, by=SYSTEM)
    outer = create(Role, {"name": "ours.outer", "contains": [inner.sys_id]}, by=SYSTEM)
    save(inner, {"contains": [role("playbook.author").sys_id, outer.sys_id]}, by=SYSTEM)  # a circle ends
    grant(somebody, "ours.outer", SYSTEM)
    assert held_roles(somebody.sys_id) == {"ours.outer", "ours.inner", "playbook.author", "playbook.reader"}


@pytest.mark.parametrize("values", [{"contains": []}, {"name": "other"}])
def test_a_supplied_role_keeps_its_name_and_what_it_contains(values: dict[str, object]) -> None:
    with pytest.raises(Rejected) as refused:
        save(role("sn_acct_lc.agent"), values, by=SYSTEM)
    assert [one.code for one in refused.value.problems] == ["SUPPLIED_ROLE"]
    save(role("sn_acct_lc.agent"), {"description": "ours"}, by=SYSTEM)


def test_a_role_counts_from_the_next_request_and_no_longer(somebody: User, log_on: LogOnAs) -> None:
    browser, admin = log_on("somebody"), log_on("admin")
    assert browser.get("/cases").status_code == 403
    page = f"/users/{somebody.sys_id}/roles"
    assert admin.send(page, {"role": role("sn_acct_lc.agent").sys_id}).status_code == 303
    assert browser.get("/cases").status_code == 200
    revoked = f"{page}/{role('sn_acct_lc.agent').sys_id}/revoke"
    assert admin.send(revoked).status_code == 303
    assert browser.get("/cases").status_code == 403


def test_the_page_says_why_a_role_is_held(somebody: User, log_on: LogOnAs) -> None:
    group = make(Group, name="Night shift")
    create(GroupRole, {"group": group.sys_id, "role": role("playbook.author").sys_id}, by=SYSTEM)
    create(GroupMember, {"group": group.sys_id, "user": somebody.sys_id}, by=SYSTEM)
    grant(somebody, "knowledge_manager", SYSTEM)
    page = Page(log_on("admin").get(f"/users/{somebody.sys_id}/roles").text)
    rows = {row.text.split()[0]: row for row in page.find("tr") if [*row.find("td")] and row.text}
    assert "Granted to this user." in rows["knowledge_manager"].text
    assert "Through the group Night shift." in rows["playbook.author"].text
    assert "Part of playbook.author." in rows["playbook.reader"].text
    assert [name for name, row in rows.items() if [*row.find("button")]] == ["knowledge_manager"]
    offered = {option.text.split()[0] for option in page.find("option") if option.text}
    assert "knowledge_manager" not in offered
    assert "sn_acct_lc.agent" in offered


@pytest.mark.parametrize("name", ["agent", "csm", "genixify.admin"])
def test_only_administrators_grant(somebody: User, log_on: LogOnAs, name: str) -> None:
    browser, page = log_on(name), f"/users/{somebody.sys_id}/roles"
    assert browser.get(page).status_code in (302, 404)
    browser.send(page, {"role": role("admin").sys_id})
    assert held_roles(somebody.sys_id) == frozenset()
    assert "Roles" not in [link.text for link in Page(browser.get(f"/users/{somebody.sys_id}").text).find("a")]


def test_grants_and_memberships_are_seen_with_the_users_they_are_of() -> None:
    """An administrator of one domain neither sees nor takes what users outside hold."""
    insider = Actor(id="x", name="X", domain="TOP/Genixify", roles=frozenset({"admin"}))
    foreign = make(User, Actor.system("TOP/Boxeo"))
    grant(foreign, "sn_acct_lc.agent", SYSTEM)
    held = session.scalars(select(RoleGrant).where(RoleGrant.user == foreign.sys_id)).one()
    member = make(GroupMember, user=foreign.sys_id)
    for kind, key in ((RoleGrant, held.sys_id), (GroupMember, member.sys_id)):
        assert find(kind, key, SYSTEM).sys_id == key
        with inside(insider.domain), pytest.raises(NotVisible):
            find(kind, key, insider)
