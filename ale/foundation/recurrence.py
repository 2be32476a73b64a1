"""Records that repeat one which is there: what is reported again is told to that one, and nothing is made."""

from collections.abc import Callable
from typing import Any, TypeVar

from ale.foundation.actor import Actor
from ale.foundation.field import Values
from ale.foundation.record import Record

T = TypeVar("T", bound=Record)

Recurrence = Callable[[Values, Actor], Any]

_recurrences: dict[type[Record], Recurrence] = {}


def recurring(record_type: type[Record]) -> Callable[[Recurrence], Recurrence]:
    """Say what new records of a type may repeat: `recurrence(values, by)` tells the record that is there, and answers
    with it, or with None when the values are something new."""

    def register(recurrence: Recurrence) -> Recurrence:
        _recurrences[record_type] = recurrence
        return recurrence

    return register


def repeated(record_type: type[T], values: Values, by: Actor) -> T | None:
    """The record that a new one of these values only repeats, after it was told so; None for something new."""
    recurrence = _recurrences.get(record_type)
    return recurrence(values, by) if recurrence else None
