"""What is recommended beside a record, and what people do with it: assign, dismiss, be led through questions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ale.domains.actions.records import ActionRule, ActionType, FieldRecommendation, NewMode, Node, NodeKind, Tree
from ale.domains.actions.records import Recommendation as Card
from ale.domains.actions.trail import ActionLog, Outcome
from ale.domains.onboarding.records import CaseTask
from ale.domains.onboarding.teams import AccountTeamMember, CustomerTeamMember
from ale.domains.people.records import Responsibility, Role
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.convert import as_text
from ale.foundation.db import session
from ale.foundation.described import is_described
from ale.foundation.field import fields_of
from ale.foundation.problem import NotVisible, Problem, Rejected
from ale.foundation.record import Record, table_name


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a question: its key, what it reads in each language, the node it leads to."""

    key: str
    en: str
    fr: str
    to: str


def cards(record: Record, by: Actor) -> list[Card]:
    """RA-01: the active cards whose rule fits table, condition and roles, by order; not those `by` dismissed here."""
    found = select(ActionRule).where(ActionRule.active.is_(True), ActionRule.table_name.in_(_tables(type(record))))
    rules = [one.sys_id for one in session.scalars(found) if _is_for(one, by) and _fits(one, record, by)]
    if not rules:
        return []
    shown = select(Card).where(Card.rule.in_(rules), Card.active.is_(True)).order_by(Card.order, Card.sys_id)
    gone = select(ActionLog.recommendation).where(
        ActionLog.record == record.sys_id, ActionLog.user == by.id, ActionLog.outcome == Outcome.DISMISSED
    )
    dismissed = set(session.scalars(gone))
    return [one for one in session.scalars(shown) if one.sys_id not in dismissed]


def card_of(record: Record, key: str, by: Actor) -> Card:
    """One of the cards beside a record; NotVisible when it is not there."""
    found = next((one for one in cards(record, by) if one.sys_id == key), None)
    if found is None:
        raise NotVisible
    return found


def _tables(record_type: type[Record]) -> list[str]:
    """The names by which rules may speak of a type: its own, and those of what it extends."""
    return [table_name(base) for base in record_type.__mro__ if "__sheet__" in base.__dict__]


def _is_for(rule: ActionRule, by: Actor) -> bool:
    if not rule.audience_roles:
        return True
    return by.has(*session.scalars(select(Role.name).where(Role.sys_id.in_(rule.audience_roles))))


def _fits(rule: ActionRule, record: Record, by: Actor) -> bool:
    """Whether the record meets the condition: an encoded query, as text or as {query}, or {field: value}."""
    said: Any = rule.condition
    if isinstance(said, dict):
        said = said.get("query") or "^".join(f"{name}={value}" for name, value in said.items())
    return is_described(record, str(said or ""), by)


def recommended(card: Card, record: Record) -> Any:
    """The value that a field recommendation proposes for this record; None when there is none."""
    chosen = session.get(FieldRecommendation, card.field_recommendation) if card.field_recommendation else None
    if chosen is None:
        return None
    said: Mapping[str, Any] = chosen.value_source or {}
    return SOURCES[said["from"]](record) if said.get("from") in SOURCES else said.get("value")


def field_of(card: Card) -> str:
    """The field that a field recommendation is about."""
    return session.get_one(FieldRecommendation, card.field_recommendation).field_name


def assign(card: Card, record: Record, *, by: Actor) -> None:
    """RA-03: write the recommended value to the record and log it. Rejected (NOTHING_TO_ASSIGN) without a value."""
    value = recommended(card, record)
    if value in (None, ""):
        raise Rejected([Problem("NOTHING_TO_ASSIGN", "There is nobody to propose yet; complete the team first.")])
    save(record, {field_of(card): value}, by=by)
    _log(card, record, Outcome.APPLIED, {field_of(card): as_text(value)}, by)


def dismiss(card: Card, record: Record, *, by: Actor) -> None:
    """Do not show this card beside this record to `by` any more."""
    _log(card, record, Outcome.DISMISSED, None, by)


def end(card: Card, record: Record, answers: Sequence[str], *, by: Actor) -> None:
    """RA-06: log that troubleshooting ended, with the questions and the answers given."""
    path, last = walk(card, answers)
    said = {node.key: answer for node, answer in zip(path, answers, strict=False)}
    _log(card, record, Outcome.ENDED, said | {"end": last.key}, by)


def _log(card: Card, record: Record, outcome: Outcome, answers: dict[str, Any] | None, by: Actor) -> None:
    about = {"recommendation": card.sys_id, "record_table": table_name(type(record)), "record": record.sys_id}
    create(ActionLog, about | {"user": by.id, "outcome": outcome, "answers": answers}, by=by)


def walk(card: Card, answers: Sequence[str]) -> tuple[list[Node], Node]:
    """RA-05: the nodes that were answered and the one reached; an answer that is none ends the walk before it."""
    tree = session.get_one(Tree, card.decision_tree)
    nodes = {one.key: one for one in session.scalars(select(Node).where(Node.tree == tree.sys_id))}
    here = next((one for one in nodes.values() if one.sys_id == tree.root_node), None)
    if here is None:
        raise NotVisible
    path: list[Node] = []
    for answer in answers:
        chosen = next((one for one in answers_of(here) if one.key == answer and one.to in nodes), None)
        if chosen is None:
            break
        path.append(here)
        here = nodes[chosen.to]
    return path, here


def answers_of(node: Node) -> list[Answer]:
    """The answers of a node: {answer: key of the next node}, or {answer: {to, fr}} where they are read in French."""
    if node.kind is NodeKind.END:
        return []
    found = []
    for text, leads in (node.answers or {}).items():
        told = leads if isinstance(leads, dict) else {"to": leads}
        en, fr = _WORDS.get(text, (text, told.get("fr") or text))
        found.append(Answer(text, en, fr, str(told.get("to"))))
    return found


_WORDS = {
    "yes": ("Yes", "Oui"),
    "no": ("No", "Non"),
    "end_troubleshooting": ("End Troubleshooting", "Terminer le dépannage"),
}
"""What the answers read that every tree shares."""


def constants(record_type: type[Record]) -> dict[str, tuple[Any, bool]]:
    """RA-02: the values recommended for every record of a type, by field, and whether a new record begins with them."""
    found = select(FieldRecommendation).where(
        FieldRecommendation.active.is_(True), FieldRecommendation.table_name.in_(_tables(record_type))
    )
    return {
        one.field_name: (one.value_source["value"], one.mode_new is NewMode.AUTOFILL)
        for one in session.scalars(found)
        if one.value_source and "value" in one.value_source and one.field_name in fields_of(record_type)
    }


def is_over(card: Card, answers: Sequence[str]) -> bool:
    """Whether the answers lead a decision tree to its end."""
    return card.type is ActionType.DECISION_TREE and not answers_of(walk(card, answers)[1])


def _responsibility_holder(record: Record) -> str | None:
    """Who holds the responsibility of a task in the account team of its case."""
    if not isinstance(record, CaseTask) or not record.responsibility:
        return None
    mine = AccountTeamMember.onboarding_case == record.parent, AccountTeamMember.responsibility == record.responsibility
    return session.scalar(select(AccountTeamMember.user).where(*mine).order_by(AccountTeamMember.sys_id))


def _point_of_contact(record: Record) -> str | None:
    """The point of contact in the customer team of the case of a task."""
    if not isinstance(record, CaseTask):
        return None
    found = (
        select(CustomerTeamMember.contact)
        .join(Responsibility, Responsibility.sys_id == CustomerTeamMember.responsibility)
        .where(CustomerTeamMember.onboarding_case == record.parent, Responsibility.is_primary_contact.is_(True))
    )
    return session.scalar(found.order_by(CustomerTeamMember.sys_id))


SOURCES: dict[str, Callable[[Record], str | None]] = {
    "responsibility_holder": _responsibility_holder,
    "point_of_contact": _point_of_contact,
}
"""Where the value of a field recommendation may come from, by the name in `value_source` {from: name}."""
