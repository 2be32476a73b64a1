"""What is asked of a column by all its validations together, for its template to check and to explain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ale.domains.imports.headings import Column
from ale.domains.imports.validation import Validation
from ale.domains.imports.values import DECIMALS, DEFAULT_FORMATS, FALSE_WORDS, TRUE_WORDS, WHOLE_DIGITS
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.record import RECORDS

YES, NO = Label("yes", "oui"), Label("no", "non")
_ENTER = {
    "": Label("Text", "Texte"),
    "reference": Label(
        "A record that exists: {table}, by {field}; case and blanks do not matter",
        "Un enregistrement qui existe : {table}, par {field} ; ni la casse ni les espaces ne comptent",
    ),
    "choice": Label(
        "One of the choices, in English or French; case does not matter",
        "L’un des choix, en anglais ou en français ; la casse ne compte pas",
    ),
    "date": Label("A date: {format}, without a time", "Une date : {format}, sans heure"),
    "datetime": Label("A date and time: {format}", "Une date et heure : {format}"),
    "boolean": Label("yes or no; also {words}", "oui ou non ; aussi {words}"),
    "string_limit": Label("Text, at most {max} characters", "Texte, {max} caractères au plus"),
    "integer_or_decimal": Label(
        "A number with a point or a comma as decimal mark and no thousands mark; at most {whole} digits before the "
        "mark and {decimals} behind it",
        "Un nombre avec un point ou une virgule décimale, sans séparateur de milliers ; {whole} chiffres au plus avant "
        "la virgule et {decimals} après",
    ),
    "email": Label("An email address", "Une adresse e-mail"),
    "url": Label(
        "A web address that begins with http:// or https://",
        "Une adresse web qui commence par http:// ou https://",
    ),
}
_AT_MOST = Label("at most {max} characters", "{max} caractères au plus")
_WITHIN = Label("within the account of the row", "au sein du compte de la ligne")


@dataclass(frozen=True)
class Entry:
    """A column with what its validations ask: `choices` are shown to its reader, `accepted` are all spellings of them.

    `longest` is None where no validation limits the text, `message` an administrator's own words for a wrong value.
    """

    column: Column
    mandatory: bool = False
    sub_type: str = ""
    longest: int | None = None
    date_format: str = ""
    choices: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    reference: Validation | None = None
    message: str = ""

    def advice(self, language: str) -> str:
        """What to enter, in a few words."""
        shown = self.date_format.translate(str.maketrans("yd", "AJ" if language == "fr" else "YD"))
        words = ", ".join(sorted((TRUE_WORDS | FALSE_WORDS) - set(self.choices))) if self.sub_type == "boolean" else ""
        table, field = _referred(self.reference, language)
        advice = _ENTER[self.sub_type].text(language).format(
            format=shown, max=self.longest, words=words, table=table, field=field, whole=WHOLE_DIGITS, decimals=DECIMALS
        )  # fmt: skip
        if self.reference and self.reference.within:
            advice += ", " + _WITHIN.text(language)
        if self.longest and self.sub_type != "string_limit":
            advice += ", " + _AT_MOST.text(language).format(max=self.longest)
        return advice


def entries_of(columns: Sequence[Column], validations: Iterable[Validation], language: str) -> list[Entry]:
    """The columns of an import, each with what all its validations ask, for a reader of `language`."""
    checks = [check for check in validations if check.kind == "field"]
    return [_entry(column, [check for check in checks if check.field == column.name], language) for column in columns]


def _entry(column: Column, checks: Sequence[Validation], language: str) -> Entry:
    """Of several kinds the first counts, that of the validation which is run first; ALE itself runs them all."""
    limits = [check.max_length for check in checks if check.sub_type == "string_limit" and check.max_length]
    longest = min(limits, default=None)
    kinds = [check for check in checks if check.sub_type not in ("", "string_limit")]
    first = kinds[0] if kinds else next((check for check in checks if check.sub_type), Validation(""))
    choices = _choices(first, language)
    spellings = dict.fromkeys([*choices, *_spellings(first), *(word for word, _meant in column.meanings)])
    return Entry(
        column,
        mandatory=column.mandatory or any(check.mandatory for check in checks),
        sub_type=first.sub_type,
        longest=longest,
        date_format=first.date_format or DEFAULT_FORMATS.get(first.sub_type, ""),
        choices=choices,
        accepted=tuple(text for text in spellings if not longest or len(text) <= longest) if choices else (),
        reference=first if first.sub_type == "reference" else None,
        message=first.error_message,
    )


def _choices(check: Validation, language: str) -> tuple[str, ...]:
    """The choices in `language`; of their labels English comes first, then French."""
    if check.sub_type == "boolean":
        return YES.text(language), NO.text(language)
    labels = [([*labels[:2], value], value) for value, labels in check.choices.items()]
    return tuple(known[1] if language == "fr" and len(known) > 2 else known[0] for known, _value in labels)


def _spellings(check: Validation) -> Iterator[str]:
    """Everything that may be written for a choice."""
    if check.sub_type == "boolean":
        yield from sorted(TRUE_WORDS | FALSE_WORDS)
    for value, labels in check.choices.items():
        yield from (value, *labels)


def _referred(check: Validation | None, language: str) -> tuple[str, str]:
    """What the table and the field of a reference are called."""
    if check is None:
        return "", ""
    target = RECORDS.get(check.reference_table)
    field = fields_of(target).get(check.reference_field) if target else None
    table = target.__sheet__.plural.text(language) if target else check.reference_table
    return table, field.label.text(language) if field else check.reference_field
