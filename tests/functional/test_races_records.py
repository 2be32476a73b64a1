"""Rules about several records at once, with several people at work, on PostgreSQL: unique, numbered, in no circle."""

from __future__ import annotations

from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.onboarding.teams import SquadMember
from ale.domains.playbooks import versions
from ale.domains.playbooks.records import Playbook
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.problem import Conflict, Rejected
from tests.factories import responsibility, user
from tests.races import SYSTEM, Deed, Meet, done, number_of, race, refusals

_number = count(1)


def test_a_squad_row_is_made_once(shop: Flask) -> None:
    def given() -> dict[str, str]:
        return {"user": user("csm"), "responsibility": responsibility("Technical lead")}

    def squad(meet: Meet) -> None:
        values = given()
        meet()
        create(SquadMember, values, by=SYSTEM)

    assert refusals(race(shop, squad, squad)) == [Rejected]
    assert (
        number_of(shop, SquadMember, *(getattr(SquadMember, name) == key for name, key in done(shop, given).items()))
        == 1
    )


@pytest.mark.parametrize("length", [2, 3, 4])
def test_accounts_make_no_circle(shop: Flask, length: int) -> None:
    def accounts() -> list[str]:
        return [
            create(Account, {"name": f"Circle {next(_number)}", "customer": False}, by=SYSTEM).sys_id
            for _ in range(length)
        ]

    ring = done(shop, accounts)

    def below(own: str, parent: str) -> Deed:
        def deed(meet: Meet) -> None:
            account = session.get_one(Account, own)
            meet()
            save(account, {"parent": parent}, by=SYSTEM)

        return deed

    outcomes = race(shop, *(below(own, parent) for own, parent in zip(ring, ring[1:] + ring[:1], strict=True)))
    assert refusals(outcomes), "a circle, or two who waited for each other"
    assert {code for one in outcomes if isinstance(one, Rejected) for code in one.codes} <= {"PARENT_CYCLE"}
    parents = done(shop, lambda: dict(session.execute(select(Account.sys_id, Account.parent)).all()))
    above, steps = parents[ring[0]], 0
    while above is not None and steps <= length:
        above, steps = parents[above], steps + 1
    assert above is None


def test_one_version_of_a_playbook_is_active(shop: Flask) -> None:
    def drafts() -> list[str]:
        first = session.scalars(select(Playbook).where(Playbook.key == "account_onboarding")).one()
        return [versions.new_version(first, SYSTEM).sys_id for _ in range(2)]

    def activate(draft: str) -> Deed:
        def deed(meet: Meet) -> None:
            found = session.get_one(Playbook, draft)
            meet()
            versions.activate(found, SYSTEM)

        return deed

    race(shop, *(activate(draft) for draft in done(shop, drafts)))
    assert number_of(shop, Playbook, Playbook.state == "active", Playbook.key == "account_onboarding") == 1


def test_numbers_are_never_used_twice(shop: Flask) -> None:
    def many(meet: Meet) -> None:
        meet()
        for _ in range(5):
            create(Account, {"name": f"Numbered {next(_number)}", "customer": False}, by=SYSTEM)

    assert refusals(race(shop, many, many, many)) == []
    numbers = done(shop, lambda: session.scalars(select(Account.number)).all())
    assert len(numbers) == len(set(numbers))


def test_two_who_wait_for_each_other_are_told_to_try_again(shop: Flask) -> None:
    first, second = (done(shop, lambda: create(Account, {"name": f"Crossed {next(_number)}"}, by=SYSTEM)) for _ in "ab")

    def rename(*accounts: str) -> Deed:
        def deed(meet: Meet) -> None:
            save(session.get_one(Account, accounts[0]), {"phone": "1"}, by=SYSTEM)
            meet()
            save(session.get_one(Account, accounts[1]), {"phone": "2"}, by=SYSTEM)

        return deed

    outcomes = race(shop, rename(first.sys_id, second.sys_id), rename(second.sys_id, first.sys_id))
    assert refusals(outcomes) == [Conflict]
