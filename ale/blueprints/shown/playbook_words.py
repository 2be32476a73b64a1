"""What the playbook page says of each type of record and asks for of each type of work: names of fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ale.domains.onboarding.records import OnboardingCase
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.field import fields_of
from ale.foundation.reading import may_see
from ale.foundation.record import Record
from ale.web.language import label
from ale.web.values import shown


@dataclass(frozen=True)
class Words:
    """The facts under the title and in the left panel, and the field that says where the record stands."""

    facts: tuple[str, ...]
    beside: tuple[str, ...]
    standing: str = "state"


_SUCCESS = Words(
    ("account", "progress", "priority", "due_date", "assigned_to"),
    ("number", "engagement", "success_outcome", "contact"),
)
_WORDS: dict[type[Record], Words] = {
    OnboardingCase: Words(
        ("account", "state", "go_live_date", "assigned_to", "onboarding_type"),
        ("number", "contact", "priority", "products"), "stage",
    ),
}  # fmt: skip

CASE_TASK = "sn_ti_core_task"
ASKED: dict[str, tuple[str, ...]] = {
    CASE_TASK: ("subject", "type", "assigned_to", "due_date"),
    "sn_acct_lc_success_task": ("subject", "description", "assigned_to", "due_date"),
    "sn_acct_lc_internal_play_task": ("short_description", "description", "assigned_to", "due_date"),
    "sn_acct_lc_meeting": ("subject", "state", "start", "agenda"),
}
"""What is asked for where a task or meeting is made on its card."""


def words_for(record: Record) -> Words:
    """What is said of a record."""
    return _WORDS.get(type(record), _SUCCESS)


def called(record: Record) -> str:
    """What a record is about; what it is while nobody has said so."""
    said = getattr(record, "subject", None) or getattr(record, "short_description", None)
    return said or label(record.__sheet__.label)


def standing_of(record: Record, by: Actor) -> Choice:
    """The stage of a case for those who may see it, the state of anything else."""
    name = words_for(record).standing
    standing: Choice = getattr(record, name if may_see(fields_of(type(record))[name], by) else "state")
    return standing


def facts_of(record: Record, names: Iterable[str], by: Actor) -> list[dict[str, Any]]:
    """Fields of a record as the facts macro takes them."""
    facts = shown(record, names, by)
    return [
        {"name": one.name, "label": one.label, "value": one.value, "href": one.href, "tone": one.tone} for one in facts
    ]
