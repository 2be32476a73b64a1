"""What a heading or a value probably means: by memory, name, synonym, likeness, content; and what is not guessed."""

import pytest

from ale.domains.imports.headings import Column
from ale.domains.imports.pairs import as_lines, objections_to, pairs_in
from ale.domains.imports.proposals import BOOLEANS, Asked, Proposal, meaning, propose, readable, unread
from ale.domains.imports.surveying import MOST_VALUES, Survey, Surveyed, surveyed
from ale.foundation.label import Label

LANGUAGES = {"en": ("English", "Anglais"), "fr": ("French", "Français"), "de": ("German", "Allemand")}
ASKED = (
    Asked(Column("u_external_id", Label("External id", "Identifiant externe"), mandatory=True)),
    Asked(Column("u_first_name", Label("First name", "Prénom"), mandatory=True)),
    Asked(Column("u_last_name", Label("Last name", "Nom"))),
    Asked(Column("u_email", Label("Email", "E-mail")), "email"),
    Asked(Column("u_phone", Label("Phone", "Téléphone"))),
    Asked(Column("u_language", Label("Language", "Langue")), "choice", choices=LANGUAGES),
    Asked(Column("u_active", Label("Active", "Actif")), "boolean"),
    Asked(Column("u_start_date", Label("Start date", "Date de début")), "date", "yyyy-MM-dd"),
)
ACTIVE = ASKED[6]


def column(heading: str, *values: str) -> Surveyed:
    one = Surveyed(heading)
    one.see(values)
    return one


def proposed(*found: Surveyed, **remembered: str) -> list[Proposal]:
    return propose(ASKED, found, remembered)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("PRÉNOM", Proposal("u_first_name", "name")),
        ("Given name", Proposal("u_first_name", "synonym")),
        ("Prénom du contact", Proposal("u_first_name", "synonym")),
        ("Nom de famille", Proposal("u_last_name", "synonym")),
        ("Courriel pro", Proposal("u_email", "synonym")),
        ("N° de téléphone", Proposal("u_phone", "synonym")),
        ("Date d’entrée", Proposal("u_start_date", "synonym")),
        ("Matricule", Proposal("u_external_id", "synonym")),
        ("Extern id", Proposal("u_external_id", "alike")),
        ("Colour", Proposal()),
        ("***", Proposal()),
    ],
)
def test_a_heading_is_recognised_by_its_name(heading: str, expected: Proposal) -> None:
    assert proposed(column(heading)) == [expected]


def test_a_heading_is_recognised_by_what_stands_below_it() -> None:
    found = [
        column("Who", "ada@example.com", "bob@example.com"), column("When", "2026-01-31"), column("Talks", "FR", "EN"),
        column("In?", "yes", "no"), column("Other", "some", "words"),
    ]  # fmt: skip
    assert proposed(*found) == [
        Proposal("u_email", "content"), Proposal("u_start_date", "content"), Proposal("u_language", "content"),
        Proposal("u_active", "content"), Proposal(),
    ]  # fmt: skip


def test_content_that_fits_two_columns_decides_nothing() -> None:
    two = (*ASKED, Asked(Column("u_other_mail", Label("Second", "Second")), "email"))
    assert propose(two, [column("Who", "ada@example.com")]) == [Proposal()]


def test_a_name_whose_values_cannot_be_meant_is_not_proposed() -> None:
    assert proposed(column("Mail", "Monday", "Tuesday")) == [Proposal()]


def test_no_column_is_proposed_twice_and_the_better_name_wins() -> None:
    assert proposed(column("Courriel", "a@b.com"), column("Email", "c@d.com")) == [
        Proposal(), Proposal("u_email", "name"),
    ]  # fmt: skip


def test_what_is_remembered_goes_before_everything() -> None:
    remembered = {"titre": "u_first_name", "email": "", "gone": "u_no_more"}
    assert proposed(column("Titre"), column("E-mail"), column("First name"), column("Gone"), **remembered) == [
        Proposal("u_first_name", "remembered"), Proposal("", "remembered"), Proposal(), Proposal(),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [("Actif", "true"), ("X", "true"), ("inactif", "false"), ("OUI", "true"), ("perhaps", ""), ("", "")],
)
def test_a_word_is_taken_for_yes_or_no(text: str, value: str) -> None:
    assert meaning(text, BOOLEANS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("FRANCAIS", "fr"), ("en-US", "en"), ("fr_FR", "fr"), ("Englisch", "en"), ("Germn", "de"), ("klingon", "")],
)
def test_a_word_is_taken_for_a_choice(text: str, value: str) -> None:
    assert meaning(text, LANGUAGES) == value


def test_only_values_that_are_not_known_are_asked_for() -> None:
    assert unread(column("Status", "yes", "Actif", "0", "parti"), ACTIVE) == ["Actif", "parti"]
    assert unread(column("Name", "Ada"), ASKED[1]) == []


def test_meanings_that_are_not_needed_or_lead_nowhere_are_left_out() -> None:
    given = [("Actif", "true"), ("yes", "false"), ("Parti", "gone")]
    assert readable(given, ACTIVE) == {"actif": "true"}


def test_a_survey_tells_values_apart_until_they_are_too_many_and_survives_being_kept() -> None:
    survey = Survey(["Id", "Kind", "Empty"])
    survey.see([[f"X{number}", "ab"[number % 2], ""] for number in range(MOST_VALUES)])
    survey.see([["Y", "a", ""]])
    ids, kinds, empty = surveyed(survey.as_json())
    assert (survey.rows, ids.filled, ids.values, ids.samples) == (MOST_VALUES + 1, 41, None, ["X0", "X1", "X2"])
    assert (kinds.values, kinds.samples, empty.filled) == ({"a": 21, "b": 20}, ["a", "b"], 0)


def test_a_long_text_is_shown_cut_off_and_is_no_choice() -> None:
    one = column("Notes", "x" * 500)
    assert (one.values, len(one.samples[0])) == (None, 80)


def test_a_survey_of_no_rows_has_its_headings() -> None:
    survey = Survey(["Id"])
    survey.see([])
    assert [one.heading for one in surveyed(survey.as_json())] == ["Id"]


def test_pairs_are_read_as_they_are_written() -> None:
    text = as_lines([("Mail\n pro", "u_email"), ("a = b", "u_id"), ("Left out", "")])
    assert text == "Mail pro = u_email\na = b = u_id\nLeft out ="
    assert list(pairs_in(text)) == [("Mail pro", "u_email"), ("a = b", "u_id"), ("Left out", "")]
    assert list(pairs_in(None)) == []


@pytest.mark.parametrize(
    ("text", "code"), [("Actif", "NOT_A_PAIR"), ("= true", "NOT_A_PAIR"), ("Actif = perhaps", "UNKNOWN_MEANING")]
)
def test_a_line_that_leads_nowhere_is_told(text: str, code: str) -> None:
    assert [one.code for one in objections_to(f"Oui = true\n\n{text}", "meanings", ["true", "false"])] == [code]
    assert objections_to("Oui = true\n", "meanings", ["true", "false"]) == []
