"""The form of a record: made from its declaration, filled from a record or from what was sent, read back for a change.

WTForms would say every field a second time: the declaration has label, kind and limits, and `changes` does the checks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ale.foundation.actor import Actor
from ale.foundation.convert import as_text, convert
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.problem import Problem
from ale.foundation.reading import Displays, may, may_change, may_set, names_of
from ale.foundation.record import Calculated, Record, Step, values_of
from ale.web.addresses import pages_of
from ale.web.advice import advice_for
from ale.web.language import label, locale
from ale.web.picking import named
from ale.web.values import Shown, columns, shown, text_of

Sent = MultiDict[str, str]
WIDGETS = {
    Kind.LONG_TEXT: "textarea",
    Kind.JSON: "textarea",
    Kind.INTEGER: "number",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "checkbox",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.CHOICE: "select",
    Kind.REFERENCE: "reference",
    Kind.LIST: "references",
}
TYPES = {"email": "email", "url": "url", "phone": "tel"}
WIDE, LONG = 160, 256  # characters from which on a text takes the whole width, and several lines
PRESENT = "present"  # hidden: the boxes and lists of the form, of which a browser sends nothing when they are empty


@dataclass(frozen=True)
class FormSection:
    """A titled part of the form: fields to fill, and facts to read where nothing may be set."""

    label: str
    fields: list[dict[str, Any]]
    facts: list[Shown]


@dataclass(frozen=True)
class RecordForm:
    """What `by` sees and may set of a record.

    `record` is None for a new one, which begins with `start`; `sent` is what the browser sent, shown again as it was
    typed; `step` narrows the form to what a step of the flow asks for, where `required` fields must be filled besides
    those that always must; `problems` are those of the last try.
    """

    record_type: type[Record]
    by: Actor
    record: Record | None = None
    start: Mapping[str, Any] = field(default_factory=dict)
    sent: Sent | None = None
    step: Step | None = None
    problems: Sequence[Problem] = ()
    required: Sequence[str] = ()

    @property
    def stored(self) -> Record:
        """The record; only for the form of one that is stored."""
        if self.record is None:
            raise TypeError("a new record has no stored values")
        return self.record

    @cached_property
    def is_open(self) -> bool:
        """Whether there is anything to set."""
        return may(self.record_type, "create", self.by) if self.record is None else may_change(self.record, self.by)

    @cached_property
    def sections(self) -> list[FormSection]:
        """The parts of the form, as the sheet orders them; a step has one part."""
        if self.step:
            return [self._section(label(self.step.label), self.step.fields)]
        parts = [self._section(label(part.label), part.fields) for part in self.record_type.__sheet__.form]
        return [part for part in parts if part.fields or part.facts]

    def _section(self, title: str, names: Sequence[str]) -> FormSection:
        items = columns(self.record_type, names, self.by)
        fields = [item for item in items if self._is_set(item)]
        facts = [item.name for item in items if item not in fields] if self.record is not None else []
        read = shown(self.stored, facts, self.by, self.called) if facts else []
        controls = [self._control(item) for item in fields if isinstance(item, Field)]
        return FormSection(title, controls, [one for one in read if one.value or not fields])

    def _is_set(self, item: Field | Calculated) -> bool:
        """Whether the actor fills this field here; else it is only read."""
        if isinstance(item, Calculated) or not self.is_open or not may_set(item, self.by):
            return False
        return item.facts.visible_when is None or item.facts.visible_when(self.values)

    @cached_property
    def values(self) -> Values:
        """The record as it would be: stored or beginning values, then what was sent where it can be read."""
        known = fields_of(self.record_type)
        if self.record is not None:
            values = values_of(self.record)
        else:
            values = {name: [] if item.kind is Kind.LIST else item.default for name, item in known.items()}
            start = {name: value for name, (value, fills) in self.advice.items() if fills} | dict(self.start)
            values |= {name: convert(known[name], text)[0] for name, text in start.items() if name in known}
        values |= {name: convert(known[name], raw)[0] for name, raw in self.given.items() if name in known}
        return values | dict(self.step.sets) if self.step else values

    @cached_property
    def advice(self) -> dict[str, tuple[Any, bool]]:
        """The recommended values, and whether a new record begins with them (RA-02)."""
        return advice_for(self.record_type) if self.step is None else {}

    def _hint(self, item: Field) -> str | None:
        """What stands under the label: the hint of the field, and a recommended value that it does not have."""
        said = [label(item.facts.hint)] if item.facts.hint else []
        value = convert(item, self.advice[item.name][0])[0] if item.name in self.advice else None
        if value not in (None, self.values.get(item.name)):
            said.append(_("Recommended: %(value)s", value=text_of(item, value, self.called)))
        return " ".join(said) or None

    @cached_property
    def given(self) -> dict[str, Any]:
        """What was sent, for `changes`; after a conflict without the fields of which the other value is kept."""
        kept = self.sent if self.sent is not None else {}
        return {name: value for name, value in self.typed.items() if kept.get(f"keep-{name}") != "theirs"}

    @cached_property
    def typed(self) -> dict[str, Any]:
        """Everything that was sent: text by field name; a typed name of a reference becomes its sys_id."""
        if self.sent is None:
            return {}
        sent = self.sent
        given: dict[str, Any] = {}
        present = set(sent.get(PRESENT, "").split(","))
        for name, item in fields_of(self.record_type).items():
            if not may_set(item, self.by):
                continue
            if item.kind is Kind.LIST and (name in sent or name in present):
                typed = sent.get(f"{name}_text", "").strip()
                given[name] = [*sent.getlist(name), *([named(item, "", typed, self.by)] if typed else [])]
            elif _is_picked(item) and (name in sent or f"{name}_text" in sent):
                given[name] = named(item, sent.get(name, ""), sent.get(f"{name}_text"), self.by)
            elif item.kind is Kind.BOOLEAN and name in present:
                given[name] = name in sent
            elif name in sent:
                given[name] = self._with_seconds(item, sent[name])
        return given

    def _with_seconds(self, item: Field, text: str) -> str:
        """A moment that was sent as it was shown, to the minute, is the stored one; everything else as it is."""
        moment = getattr(self.record, item.name) if self.record is not None and item.kind is Kind.DATETIME else None
        return moment.isoformat() if moment and text == moment.isoformat(timespec="minutes") else text

    @property
    def version(self) -> int | None:
        """The version the form was filled from; None when the sender does not say."""
        text = self.sent.get("version", "") if self.sent is not None else ""
        return int(text) if text.isdecimal() else None

    @property
    def base_version(self) -> int | None:
        """The version a save from this form builds on: that of the record when the form was first shown."""
        if self.version is not None or self.record is None:
            return self.version
        return self.record.sys_mod_count

    @property
    def in_conflict(self) -> bool:
        """Whether the form was sent with choices between two versions."""
        return self.sent is not None and any(name.startswith("keep-") for name in self.sent)

    @property
    def is_live(self) -> bool:
        """Whether a field's value decides about other fields, so that the form is asked for again after a change."""
        facts = [item.facts for item in fields_of(self.record_type).values()]
        return any(one.required_when or one.visible_when or one.within for one in facts)

    @cached_property
    def present(self) -> str:
        """The value of the hidden field PRESENT."""
        kinds = (Kind.BOOLEAN, Kind.LIST)
        names = [control["name"] for part in self.sections for control in part.fields]
        return ",".join(name for name in names if fields_of(self.record_type)[name].kind in kinds)

    @property
    def errors(self) -> list[dict[str, str | None]]:
        """The problems for the summary; those of fields that the form does not show belong to the whole form."""
        shown_names = {control["name"] for part in self.sections for control in part.fields}
        return [
            {
                "field": problem.field if problem.field in shown_names else None,
                "text": self._said_of(problem) if problem.field in shown_names else self._said(problem),
            }
            for problem in self.problems
        ]

    def _said_of(self, problem: Problem) -> str:
        """The sentence with its field's name in front, unless it names the field itself."""
        said = self._said(problem)
        name = label(fields_of(self.record_type)[str(problem.field)].label)
        return said if "label" in problem.params else _("{label}: {value}").format(label=name, value=said)

    def _said(self, problem: Problem) -> str:
        return problem.text(_, locale())

    @cached_property
    def called(self) -> Displays:
        """What the references on the form are called."""
        wanted: dict[str, set[str]] = {}
        for name, item in fields_of(self.record_type).items():
            value = self.values.get(name)
            for table in item.targets if value else ():
                wanted.setdefault(table, set()).update(value if isinstance(value, list) else {str(value)})
        return {(table, key): text for table, keys in wanted.items() for key, text in names_of(table, keys).items()}

    def _control(self, item: Field) -> dict[str, Any]:
        """One field as the field macro takes it."""
        facts = item.facts
        problem = next((one for one in self.problems if one.field == item.name), None)
        required = item.mandatory or item.name in self.required
        required = required or (facts.required_when is not None and facts.required_when(self.values))
        control = {
            "name": item.name,
            "label": label(item.label),
            "widget": _widget(item),
            "value": self._value(item),
            "required": required,
            "error": self._said(problem) if problem else None,
            "hint": self._hint(item),
            "whole": item.kind in (Kind.LONG_TEXT, Kind.JSON, Kind.LIST)
            or (not facts.format and (item.max_length or 0) >= WIDE),
        }
        return control | self._details(item)

    def _details(self, item: Field) -> dict[str, Any]:
        """What only some kinds of controls take."""
        if _is_picked(item):
            return {"lookup": self._lookup(item), "display": self._display(item)}
        match item.kind:
            case Kind.CHOICE:
                return {"choices": [(one.value, label(one)) for one in item.choices or ()]}
            case Kind.INTEGER:
                return {"minimum": item.facts.minimum, "maximum": item.facts.maximum, "step": 1}
            case Kind.DECIMAL:
                return {"step": "any"}
            case Kind.LIST:
                return {"lookup": self._lookup(item)}
            case Kind.TEXT:
                return {"type": TYPES.get(item.facts.format or "", "text"), "maxlength": item.max_length}
        return {}

    def _value(self, item: Field) -> Any:
        """What stands in the control: as it was sent, else as it is stored."""
        value = self.values.get(item.name)
        if item.kind is Kind.LIST:
            return [(key, self.called.get((str(item.to), key), key)) for key in value or []]
        if item.kind is Kind.BOOLEAN:
            return bool(value)
        if item.name in self.given:
            return value or "" if _is_picked(item) else self.given[item.name]
        if item.kind is Kind.DATETIME and value:
            return value.isoformat(timespec="minutes")
        if item.kind is Kind.JSON and value is not None:
            return json.dumps(value, ensure_ascii=False, indent=2)
        return as_text(value)

    def _display(self, item: Field) -> str:
        """The text of a reference: what was typed, else what the record is called."""
        value = self.values.get(item.name)
        typed = self.sent.get(f"{item.name}_text") if self.sent is not None else None
        return typed if typed is not None else text_of(item, value, self.called)

    def _lookup(self, item: Field) -> str:
        within = self.values.get(item.facts.within or "")
        if item.facts.within and item.facts.within not in fields_of(self.record_type) and self.record is not None:
            within = self.record.sys_id  # the record is itself what both agree on
        return url_for(f"{pages_of(self.record_type)}_lookup", name=item.name, within=within or None)


def _widget(item: Field) -> str:
    if _is_picked(item):
        return "reference"
    return WIDGETS.get(item.kind, "textarea" if (item.max_length or 0) >= LONG else "text")


def _is_picked(item: Field) -> bool:
    """Whether one record is chosen by what it is called."""
    return item.kind is Kind.REFERENCE or bool(item.facts.tables)
