"""The one way to change: guard, apply, derive, check, flush, react; everything or nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Product
from ale.domains.onboarding.records import CaseTask, OnboardingCase, TaskState
from ale.domains.people.records import User
from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.changes import create, move, preview, remove, save
from ale.foundation.db import inside, session
from ale.foundation.history import Audit, Journal, change_rows, creation_row
from ale.foundation.problem import Conflict, Forbidden, Problem, Rejected
from ale.foundation.record import Record, extended, new_id

pytestmark = pytest.mark.usefixtures("app")
SYSTEM = Actor.system()
Told = list[str]


def account(name: str = "Genixify") -> Account:
    return session.scalars(select(Account).where(Account.name == name)).one()


def contact(**values: Any) -> dict[str, Any]:
    """The values of a contact that breaks no rule."""
    made = {"first_name": "Ana", "last_name": "Diaz", "email": "ana.diaz@genixify.example", "account": account().sys_id}
    return made | values


def count(record_type: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(record_type)) or 0


def changed(record: Record) -> list[tuple[str | None, str | None, str | None]]:
    """The history of a record: field, old and new value."""
    rows = select(Audit).where(Audit.record == record.sys_id, Audit.field_name.is_not(None)).order_by(Audit.sys_id)
    return [(row.field_name, row.old_value, row.new_value) for row in session.scalars(rows)]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Products whose every step writes down that it was taken."""
    steps: Told = []

    def derive(values: dict[str, Any], before: Any) -> dict[str, Any]:
        steps.append("derive")
        return {"description": f"{values['name']} by {values['manufacturer']}"}

    def check(values: dict[str, Any], before: Any) -> list[Problem]:
        steps.append("check")
        return [Problem("NO", "No.", "name")] if values["name"] == "refused" else []

    def react(record: Product, before: Any, by: Actor) -> None:
        steps.append(f"react {'stored' if session.scalar(select(Product.sys_id).filter_by(name=record.name)) else ''}")

    sheet = extended(Product.__sheet__, derive=(derive,), check=(check,))
    monkeypatch.setattr(Product, "__sheet__", sheet)
    for event in ("create", "save"):
        monkeypatch.setitem(changes._reactions, (Product, event), [react])
    return steps


def test_the_steps_are_taken_in_their_order(told: Told) -> None:
    product = create(Product, {"name": " Pump ", "manufacturer": "Acme"}, by=SYSTEM)
    assert told == ["derive", "check", "react stored"]
    assert (product.name, product.description) == ("Pump", "Pump by Acme")
    told.clear()
    save(product, {"name": "Valve"}, by=SYSTEM)
    assert told == ["derive", "check", "react stored"]
    assert product.description == "Valve by Acme"


def test_the_guard_comes_before_everything(told: Told, actor: Callable[[str], Actor]) -> None:
    with pytest.raises(Forbidden):
        create(Product, {"name": "Pump"}, by=actor("genixify.admin"))
    assert told == []


def test_a_refusal_stops_before_the_row_and_the_reaction(told: Told) -> None:
    before = count(Product)
    with pytest.raises(Rejected, match="No"):
        create(Product, {"name": "refused"}, by=SYSTEM)
    assert told == ["derive", "check"]
    assert count(Product) == before


def test_preview_stores_nothing(told: Told) -> None:
    before = count(Product)
    assert preview(Product, {"name": "Pump", "manufacturer": "Acme"}, by=SYSTEM)["description"] == "Pump by Acme"
    with pytest.raises(Rejected):
        preview(Product, {"name": "refused"}, by=SYSTEM)
    assert count(Product) == before
    assert "react stored" not in told


def test_all_problems_are_told_at_once() -> None:
    values = contact(first_name="", email="nobody", start_date="soon", language="xx", account=new_id())
    with pytest.raises(Rejected) as refused:
        create(Contact, values, by=SYSTEM)
    assert {(one.code, one.field) for one in refused.value.problems} == {
        ("REQUIRED_FIELD", "first_name"),
        ("INVALID_EMAIL", "email"),
        ("INVALID_DATE", "start_date"),
        ("INVALID_CHOICE", "language"),
        ("INVALID_REFERENCE", "account"),
    }


def test_nothing_is_half_done_by_a_refused_save() -> None:
    one = create(Contact, contact(), by=SYSTEM)
    with pytest.raises(Rejected):
        save(one, {"last_name": "Other", "email": "nobody"}, by=SYSTEM)
    session.expire(one)
    assert (one.last_name, one.sys_mod_count, changed(one)) == ("Diaz", 0, [])


def test_a_broken_unique_constraint_is_a_problem_and_the_transaction_goes_on() -> None:
    create(Contact, contact(external_reference_id="X1"), by=SYSTEM)
    with pytest.raises(Rejected) as refused:
        create(Contact, contact(email="other@genixify.example", external_reference_id="X1"), by=SYSTEM)
    assert [(one.code, one.field) for one in refused.value.problems] == [("DUPLICATE", "external_reference_id")]
    assert create(Contact, contact(email="third@genixify.example"), by=SYSTEM).sys_id


def test_a_stale_version_is_a_conflict() -> None:
    one = create(Contact, contact(), by=SYSTEM)
    save(one, {"title": "Buyer"}, by=SYSTEM, version=0)
    with pytest.raises(Conflict):
        save(one, {"title": "Seller"}, by=SYSTEM, version=0)
    assert one.title == "Buyer"


def test_a_save_between_reading_and_writing_is_a_conflict() -> None:
    one = create(Contact, contact(), by=SYSTEM)
    elsewhere = update(Contact).where(Contact.sys_id == one.sys_id).values(sys_mod_count=7)
    session.execute(elsewhere.execution_options(synchronize_session=False))
    with pytest.raises(Conflict):
        save(one, {"title": "Seller"}, by=SYSTEM)


def test_every_changed_field_is_in_the_history_once() -> None:
    one = create(Contact, contact(), by=SYSTEM)
    save(one, {"title": "Buyer", "last_name": "Diaz"}, by=SYSTEM)
    save(one, {"title": "Buyer"}, by=SYSTEM)
    assert changed(one) == [("title", "", "Buyer")]
    assert one.sys_mod_count == 1


def test_the_history_never_holds_a_secret() -> None:
    values = {"user_name": "s", "name": "S", "email": "s@top.example", "password_hash": "canary-secret"}
    user = create(User, values, by=SYSTEM)
    assert "canary-secret" not in str(session.scalars(select(Audit.new_value).filter_by(record=user.sys_id)).all())
    of_values = {"sys_id": user.sys_id, "name": "S", "password_hash": "canary-secret"}
    assert "canary-secret" not in str(creation_row(User, of_values, "TOP", SYSTEM))
    assert "canary-secret" not in str(
        change_rows(User, of_values, of_values | {"password_hash": "canary-secret2"}, "TOP", SYSTEM)
    )


def test_fields_that_are_closed_to_the_actor_are_left_out() -> None:
    one, by = account(), Actor("x", "X", "TOP", frozenset({"ale.connector_admin"}))
    save(one, {"health_score": 10, "number": "ACCT9", "phone": "1"}, by=by)
    assert (one.health_score, one.number, one.phone) == (62, "ACCT0000001", "1")


def test_what_may_not_be_set_is_left_out_and_what_is_given_empty_becomes_the_default(
    actor: Callable[[str], Actor],
) -> None:
    by = actor("agent")
    one = create(Contact, contact(language="", sys_created_by="intruder", sys_domain="TOP", bunk="x"), by=by)
    assert (one.language, one.sys_created_by, one.sys_domain) == ("en", by.id, "TOP/Genixify")


def test_a_reference_beyond_the_wall_is_as_unknown_as_a_missing_one() -> None:
    boxeo = account("Boxeo").sys_id
    insider = Actor("x", "X", "TOP/Genixify", frozenset({"sn_acct_lc.agent"}))
    refusals = []
    with inside("TOP/Genixify"):
        for key in (boxeo, new_id()):
            with pytest.raises(Rejected) as refused:
                create(Contact, contact(account=key), by=insider)
            refusals.append([(one.code, one.field, one.text()) for one in refused.value.problems])
    assert refusals[0] == refusals[1] == [("INVALID_REFERENCE", "account", "This record was not found.")]


def test_reactions_in_a_circle_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(record: Product, before: Any, by: Actor) -> None:
        save(record, {"name": f"{record.name}."}, by=by)

    monkeypatch.setitem(changes._reactions, (Product, "save"), [again])
    product = create(Product, {"name": "Pump"}, by=SYSTEM)
    with pytest.raises(RuntimeError, match=re.escape("circle: cmdb_model.save > cmdb_model.save")):
        save(product, {"name": "Valve"}, by=SYSTEM)


def test_a_step_is_a_save_with_what_it_sets_and_only_when_it_is_offered() -> None:
    task = session.scalars(select(CaseTask).where(CaseTask.state == TaskState.OPEN)).first()
    assert task is not None
    move(task, "start", {}, by=SYSTEM)
    assert task.state is TaskState.IN_PROGRESS
    for step in ("start", "bogus"):
        with pytest.raises(Rejected) as refused:
            move(task, step, {}, by=SYSTEM)
        assert refused.value.codes == ["STEP_NOT_AVAILABLE"]


def test_a_record_in_use_is_not_removed() -> None:
    with pytest.raises(Rejected) as refused:
        remove(account(), by=SYSTEM)
    assert refused.value.codes == ["IN_USE"]
    assert account().name == "Genixify"


def test_words_to_a_journal_are_kept_beside_the_record(actor: Callable[[str], Actor]) -> None:
    case = session.scalars(select(OnboardingCase).order_by(OnboardingCase.number)).first()
    assert case is not None
    save(case, {"comments": " Hello\x00 ", "work_notes": ""}, by=actor("agent"))
    said = select(Journal).where(Journal.record == case.sys_id).order_by(Journal.sys_id.desc())
    newest = session.scalars(said).first()
    assert newest is not None
    assert (newest.element, newest.text, newest.author_name) == ("comments", "Hello", actor("agent").name)


@pytest.mark.parametrize(("state", "code"), [("in_progress", None), ("closed", "NOT_FOR_CUSTOMERS")])
def test_a_customer_sets_only_the_values_declared_for_customers(
    actor: Callable[[str], Actor], state: str, code: str | None
) -> None:
    task = session.scalars(select(CaseTask).where(CaseTask.state == TaskState.OPEN)).first()
    assert task is not None
    subject = task.subject
    by = actor("genixify.admin")
    try:
        save(task, {"state": state, "subject": "Mine"}, by=by)
        refused = None
    except Rejected as error:
        (refused,) = error.codes
    assert refused == code
    assert task.subject == subject


def test_POR_07_E2_a_customer_writes_no_work_notes(actor: Callable[[str], Actor]) -> None:
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.sys_domain == "TOP/Genixify")).first()
    assert case is not None
    with pytest.raises(Rejected) as refusal:
        save(case, {"comments": "Hello", "work_notes": "hidden"}, by=actor("genixify.admin"))
    assert [(one.code, one.field) for one in refusal.value.problems] == [("NOT_ALLOWED", "work_notes")]
    session.rollback()
    assert not session.scalar(select(func.count()).select_from(Journal).where(Journal.text.in_(("Hello", "hidden"))))


def test_the_id_that_a_caller_chose_is_kept_from_those_who_see_every_domain(actor: Callable[[str], Actor]) -> None:
    wanted = "AAAABBBBCCCCDDDDEEEEFFFF00001111"
    assert create(Product, {"name": "A", "sys_id": wanted}, by=actor("agent")).sys_id == wanted
    assert create(Product, {"name": "B", "sys_id": "short"}, by=actor("agent")).sys_id != "short"
    insider = Actor("x", "X", "TOP/Genixify", frozenset({"sn_acct_lc.agent"}))
    other = "AAAABBBBCCCCDDDDEEEEFFFF00002222"
    assert create(Product, {"name": "C", "sys_id": other}, by=insider).sys_id != other
