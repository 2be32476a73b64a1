"""The squad: a user once for each responsibility, in the domain of the account or of the user."""

import pytest

from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import Responsibility, User
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.bulk import create_many
from ale.foundation.changes import create, save
from ale.foundation.problem import Rejected
from tests.factories import SYSTEM, account, make


@pytest.fixture
def jules(app: object) -> str:
    return make(User).sys_id


@pytest.fixture
def technical_lead(app: object) -> str:
    return make(Responsibility).sys_id


def test_CSB_55_E1_nobody_has_a_responsibility_of_the_squad_twice(jules: str, technical_lead: str) -> None:
    given = {"user": jules, "responsibility": technical_lead}
    create(SquadMember, given, by=SYSTEM)
    with pytest.raises(Rejected) as refusal:
        create(SquadMember, given, by=SYSTEM)
    assert refusal.value.codes == ["DUPLICATE_SQUAD_MEMBER"]


def test_CSB_55_an_account_of_another_domain_is_no_way_around(jules: str, technical_lead: str) -> None:
    given = {"user": jules, "responsibility": technical_lead}
    create(SquadMember, given, by=SYSTEM)
    with pytest.raises(Rejected) as refusal:
        create(SquadMember, given | {"account": account("Boxeo").sys_id}, by=SYSTEM)
    assert refusal.value.codes == ["DUPLICATE_SQUAD_MEMBER"]


def test_CSB_55_rows_of_one_chunk_count_each_other(jules: str, technical_lead: str) -> None:
    given = {"user": jules, "responsibility": technical_lead}
    first, second = create_many(SquadMember, [given, given], by=SYSTEM)
    assert [one.code for one in first.problems + second.problems] == ["DUPLICATE_SQUAD_MEMBER"]


def test_CSB_55_E2_another_responsibility_is_another_row(jules: str, technical_lead: str) -> None:
    create(SquadMember, {"user": jules, "responsibility": technical_lead}, by=SYSTEM)
    other = create(SquadMember, {"user": jules, "responsibility": make(Responsibility).sys_id}, by=SYSTEM)
    assert save(other, {"user": jules}, by=SYSTEM).user == jules


def test_CSB_56_E1_without_account_the_user_decides_the_domain(technical_lead: str) -> None:
    boxeo = make(User, account=account("Boxeo").sys_id)
    for user, domain in ((make(User), ROOT_DOMAIN), (boxeo, f"{ROOT_DOMAIN}/Boxeo")):
        member = create(SquadMember, {"user": user.sys_id, "responsibility": technical_lead}, by=SYSTEM)
        assert member.sys_domain == domain


def test_CSB_56_E2_an_account_decides_the_domain(jules: str, technical_lead: str) -> None:
    given = {"user": jules, "responsibility": technical_lead, "account": account("Boxeo").sys_id}
    assert create(SquadMember, given | {"sys_domain": "TOP/Mine"}, by=SYSTEM).sys_domain == f"{ROOT_DOMAIN}/Boxeo"


def test_CSB_56_a_member_goes_where_its_account_goes(jules: str, technical_lead: str) -> None:
    member = create(SquadMember, {"user": jules, "responsibility": technical_lead}, by=SYSTEM)
    save(member, {"account": account("Boxeo").sys_id}, by=SYSTEM)
    assert member.sys_domain == f"{ROOT_DOMAIN}/Boxeo"
    assert save(member, {"account": ""}, by=SYSTEM).sys_domain == ROOT_DOMAIN
