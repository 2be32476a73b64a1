"""Accounts are told apart by their names, also where each has a domain of its own."""

import pytest

from ale.domains.accounts.records import Account
from ale.foundation.changes import create, save
from tests.factories import SYSTEM
from tests.success import owner, problems

TAKEN = [("DUPLICATE", "name")]


@pytest.mark.usefixtures("app")
def test_no_second_account_of_a_name_is_made_in_another_domain() -> None:
    first, other = owner("Alderis"), owner("Corvia")
    assert first.sys_domain != other.sys_domain
    assert problems(create, Account, {"name": "Alderis"}, by=SYSTEM) == TAKEN
    assert problems(save, other, {"name": "Alderis"}, by=SYSTEM) == TAKEN


@pytest.mark.usefixtures("app")
def test_an_account_is_saved_under_its_own_name() -> None:
    first = owner("Alderis")
    assert save(first, {"name": "Alderis", "phone": "+33 1 23 45 67 89"}, by=SYSTEM).phone == "+33 1 23 45 67 89"
