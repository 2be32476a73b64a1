"""What is said of success records that lack something, in both languages: CSB-02, 03, 09, 10, 15, 16 and their kin."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ale.domains.people.records import Language, User
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.signals.records import RiskSignal
from ale.domains.success.actions import SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.problem import Problem, Rejected
from ale.foundation.translations import translator
from tests.functional.api.calls import basic
from tests.success import SYSTEM, Shelf

pytestmark = pytest.mark.usefixtures("app")

ENDED = {"state": "closed"}
KINDS = {
    ("CSB_02", "CSB_03"): (Engagement, "engagement", "l’engagement"),
    ("CSB_09", "CSB_10"): (Objective, "objective", "l’objectif"),
    ("CSB_15", "CSB_16"): (Outcome, "outcome", "le résultat"),
    ("CSB_21", "CSB_22"): (Initiative, "initiative", "l’initiative"),
    ("CSB_26", "CSB_27"): (SuccessCase, "success case", "le dossier de réussite"),
    ("CSB_30", "CSB_31"): (Touchpoint, "touchpoint", "le point de contact"),
    ("CSB_34", "CSB_35"): (SuccessTask, "success task", "la tâche de réussite"),
    ("CSB_38", "CSB_39"): (InternalPlay, "internal play", "l’action interne"),
    ("CSB_43", "CSB_44"): (InternalPlayTask, "internal play task", "la tâche d’action interne"),
    ("CSB_48", "CSB_49"): (RiskSignal, "risk signal", "le signal de risque"),
}


def kinds(place: int) -> Any:
    """One test for each type, named by its rule: that of what is required, or that of closure."""
    cases = [pytest.param(*said, id=f"{rules[place]}_E1") for rules, said in KINDS.items()]
    return pytest.mark.parametrize(("kind", "en", "fr"), cases)


def refused(kind: Any, values: dict[str, Any]) -> list[Problem]:
    with pytest.raises(Rejected) as refusal:
        create(kind, values, by=SYSTEM)
    return refusal.value.problems


def french(problem: Problem) -> str:
    return problem.text(translator("fr"), "fr")


@kinds(0)
def test_each_missing_field_is_required_to_save_the_record(kind: Any, en: str, fr: str) -> None:
    blank = dict.fromkeys(("title", "subject", "short_description", "description"), "  ")
    found = [one for one in refused(kind, blank) if one.code == "REQUIRED_FIELD"]
    assert len(found) == len({one.field for one in found}) >= 2, "one for each field"
    for one in found:
        label = one.params["label"]
        assert one.text() == f"{label.en} is required to save the {en}."
        assert french(one) == f"{label.fr} est obligatoire pour enregistrer {fr}."


@kinds(1)
def test_who_ends_a_record_is_asked_for_the_closure(kind: Any, en: str, fr: str) -> None:
    found = [one for one in refused(kind, ENDED) if one.code == "CLOSURE_INFO_MISSING"]
    assert [one.field for one in found] == ["closure_code", "close_notes"]
    for one in found:
        assert one.text() == f"Fill in the closure code and the close notes before you close or cancel this {en}."
        assert french(one) == f"Renseignez le code et les notes de clôture avant de fermer ou d’annuler {fr}."


def test_the_api_says_it_in_the_language_of_the_user(client: FlaskClient) -> None:
    case = Shelf().case(Shelf().engagement())
    session.scalars(select(User).where(User.user_name == "csm")).one().language = Language.FR
    address = f"/api/now/table/sn_acct_lc_success_case/{case.sys_id}"
    refused = client.patch(address, json={"state": "canceled"}, headers=basic("csm"))
    assert (refused.status_code, refused.json["error"]["problems"]) == (403, [{
        "code": "CLOSURE_INFO_MISSING", "field": "close_notes",
        "message": "Renseignez le code et les notes de clôture avant de fermer ou d’annuler le dossier de réussite.",
    }])  # fmt: skip
    missing = client.patch(address, json={"short_description": " "}, headers=basic("csm"))
    assert (missing.status_code, missing.json["error"]["problems"]) == (400, [{
        "code": "REQUIRED_FIELD", "field": "short_description",
        "message": "Description brève est obligatoire pour enregistrer le dossier de réussite.",
    }])  # fmt: skip
