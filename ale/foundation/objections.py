"""What domains have against a step of a flow, beyond what the record itself says (PBK-10, PBK-15)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from ale.foundation.actor import Actor
from ale.foundation.problem import Problem
from ale.foundation.reading import may_change
from ale.foundation.record import Record, Step, values_of

Objection = Callable[[Any], Sequence[Problem]]

_objections: dict[tuple[type[Record], str], list[Objection]] = defaultdict(list)


def before_step(record_type: type[Record], step: str) -> Callable[[Objection], Objection]:
    """Have a say when a step of a type's flow is taken: `objection(record)` answers why it cannot be taken now."""

    def register(objection: Objection) -> Objection:
        _objections[record_type, step].append(objection)
        return objection

    return register


def objections(record: Record, step: str) -> list[Problem]:
    """Why a step cannot be taken now."""
    return [problem for say in _objections.get((type(record), step), ()) for problem in say(record)]


def steps_now(record: Record, by: Actor) -> list[Step]:
    """The steps of its flow that a page offers: `by` may change the record, and nothing speaks against them."""
    if not may_change(record, by):
        return []
    values = values_of(record)
    return [one for one in record.__sheet__.flow if one.offered(values) and not objections(record, one.name)]
