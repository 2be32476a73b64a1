"""Watch lists: who follows a record gets one mail for each act of others, with what that person may read."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.onboarding.records import OnboardingCase
from ale.domains.people.records import Language, User
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.clock import one_moment
from ale.foundation.db import session, transaction
from ale.foundation.outbox import Email
from tests.success import Shelf

ActorOf = Callable[[str], Actor]
BY = Actor.system()


@pytest.fixture
def case(actor: ActorOf) -> OnboardingCase:
    """A case of Boxeo, watched by the viewer and a customer of Genixify; csm and agent follow its work notes."""
    found = session.scalars(
        select(OnboardingCase).where(OnboardingCase.short_description.like("%Boxeo%")).order_by(OnboardingCase.sys_id)
    ).first()
    assert found is not None
    watchers = {"watch_list": [actor("viewer").id, actor("genixify.admin").id, actor("boxeo.admin").id]}
    save(found, watchers | {"description": "A plan"} | {"work_notes_list": [actor("csm").id, actor("agent").id]}, by=BY)
    session.execute(Email.__table__.delete())
    return found


def mails() -> dict[str, str]:
    """The bodies in the outbox by the part of the address before the @."""
    rows = session.scalars(select(Email).where(Email.kind == "watch_list"))
    return {row.recipient: f"{row.subject}\n{row.body}" for row in rows}


def test_watchers_are_told_of_an_update_and_who_acted_is_not(case: OnboardingCase, actor: ActorOf) -> None:
    save(case, {"watch_list": [*case.watch_list, actor("agent").id]}, by=BY)
    with one_moment():
        save(case, {"description": "A new plan"}, by=actor("agent"))
    told = mails()
    assert len(told) == 2, told
    for body in told.values():
        assert "A new plan" in body
        assert case.number in body
    assert not [address for address in told if "genixify" in address], "the record is none of theirs"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Stage: Initial on-boarding → Renew"), ("fr", "Étape : Intégration initiale → Renouvellement")],
)
def test_SUC_12_E1_one_mail_to_the_other_watcher_names_the_field_and_both_values(
    actor: ActorOf, language: str, said: str
) -> None:
    ana, paul = session.get_one(User, actor("viewer").id), actor("csm")
    ana.language = Language(language)
    engagement = Shelf(paul).engagement(watch_list=[ana.sys_id, paul.id])
    session.execute(Email.__table__.delete())
    with one_moment():
        save(engagement, {"stage": "renew"}, by=paul)
    [(recipient, body)] = mails().items()
    assert recipient == ana.email
    assert said in body


def test_SUC_12_E2_a_work_note_reaches_its_list_alone(case: OnboardingCase, actor: ActorOf) -> None:
    with one_moment():
        save(case, {"work_notes": "Careful here"}, by=actor("agent"))
    (told,) = mails().items()
    assert told[0].startswith("csm")
    assert "Careful here" in told[1]


def test_SUC_12_a_customer_on_the_list_of_work_notes_hears_none(case: OnboardingCase, actor: ActorOf) -> None:
    save(case, {"work_notes_list": [actor("boxeo.admin").id]}, by=BY)
    with one_moment():
        save(case, {"work_notes": "Careful here"}, by=actor("agent"))
    assert mails() == {}


def test_one_act_is_one_mail(case: OnboardingCase, actor: ActorOf) -> None:
    with one_moment():
        save(case, {"description": "One", "comments": "Hello", "work_notes": "Careful"}, by=actor("agent"))
        save(case, {"description": "Two"}, by=actor("agent"))
    rows = session.scalars(select(Email.recipient).where(Email.kind == "watch_list")).all()
    assert len(rows) == len(set(rows)) == 3, "viewer and customer of the change and the comment, csm of the note"
    customer = next(body for address, body in mails().items() if "boxeo" in address)
    assert "Hello" in customer
    assert "Careful" not in customer
    assert "Careful" not in next(body for address, body in mails().items() if address.startswith("viewer"))


def test_a_save_that_changes_nothing_tells_nobody(case: OnboardingCase, actor: ActorOf) -> None:
    save(case, {"description": case.description}, by=actor("agent"))
    assert mails() == {}


def test_two_acts_within_one_second_are_two_mails(case: OnboardingCase, actor: ActorOf) -> None:
    for text in ("One", "Two"):
        with transaction():
            save(case, {"description": text}, by=actor("agent"))
    rows = session.scalars(select(Email.body).where(Email.kind == "watch_list", Email.recipient.like("viewer%"))).all()
    assert len(rows) == 2


def test_a_work_note_is_mailed_once_also_when_more_happens_in_its_second(case: OnboardingCase, actor: ActorOf) -> None:
    with one_moment():
        for given in ({"work_notes": "Careful"}, {"description": "Two"}):
            with transaction():
                save(case, given, by=actor("agent"))
    rows = session.scalars(select(Email.recipient).where(Email.kind == "watch_list", Email.body.contains("Careful")))
    assert [one.partition("@")[0] for one in rows] == ["csm"]
