"""Everything a person reads of a declaration is there in both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ale import domains
from ale.domains.plays.supplied import FILES
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.record import RECORDS, Record

domains.load()

SAME = frozenset(
    ("Action", "Activation", "Adoption", "Application", "Article", "CSV", "Cause", "Condition", "Contact", "Date",
     "Description", "Engagement", "Engagements", "Excel", "Expansion", "Format", "ID", "Info", "Initiative", "Instance",
     "Instruction", "Latitude", "Longitude", "Message", "Notes", "Notification", "Notifications", "Parent", "Playbook",
     "Playbooks", "Publication", "Publications", "Question", "SFTP", "Salesforce", "Script", "Signal", "Solution",
     "Source", "Standard", "Table", "Type", "Validation", "Version", "Web")
)  # fmt: skip
"""Words that both languages write alike."""


def labels(record_type: type[Record]) -> Iterator[Label]:
    """All labels of a type: its names, sections, steps, figures, fields, hints and choices."""
    sheet = record_type.__sheet__
    yield from (sheet.label, sheet.plural)
    yield from (one.label for one in (*sheet.form, *sheet.flow, *sheet.calculated))
    for item in fields_of(record_type).values():
        yield item.label
        yield from (item.facts.hint,) if item.facts.hint else ()
        yield from (one.label for one in item.choices or ())


@pytest.mark.parametrize("table", sorted(RECORDS))
def test_labels_are_filled_in_both_languages(table: str) -> None:
    for label in labels(RECORDS[table]):
        assert label.en.strip() == label.en != "", label
        assert label.fr.strip() == label.fr != "", label
        assert label.en != label.fr or label.en in SAME, label


@pytest.mark.parametrize("table", sorted(RECORDS))
def test_french_is_written_with_its_own_apostrophe(table: str) -> None:
    assert not [label for label in labels(RECORDS[table]) if "'" in label.fr]


@pytest.mark.parametrize("table", sorted(RECORDS))
def test_every_form_shows_every_mandatory_field(table: str) -> None:
    if not RECORDS[table].__sheet__.access.create:  # made by the application alone
        return
    shown = {name for part in RECORDS[table].__sheet__.form for name in part.fields}
    assert {name for name, item in fields_of(RECORDS[table]).items() if item.mandatory and name != "sys_id"} <= shown


def texts(value: Any) -> Iterator[dict[str, Any]]:
    """The texts in several languages that stand somewhere in a supplied file."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and "en" in value:
        yield value
    for one in below:
        yield from texts(one)


@pytest.mark.parametrize("path", sorted(FILES.glob("*.yaml")), ids=lambda path: path.name)
def test_the_texts_of_plays_are_there_in_both_languages(path: Path) -> None:
    """A comma in a text without quotes would cut it short."""
    for text in texts(yaml.safe_load(path.read_text("utf-8"))):
        assert text.keys() == {"en", "fr"}, text
        assert all(text.values()), text


def test_what_no_type_needs_is_not_excused() -> None:
    used = {label.en for record_type in RECORDS.values() for label in labels(record_type) if label.en == label.fr}
    assert used >= SAME
