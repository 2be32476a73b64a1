"""What must be filled is said in the words of its type, in English and French (CSB-02, 09, 15, 21 and their kin)."""

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from ale.foundation.changes import create
from ale.foundation.problem import Rejected
from ale.foundation.record import RECORDS
from tests.factories import SYSTEM

SAID = {
    "sn_acct_lc_engagement": ("Title", "the engagement", "Titre", "l’engagement"),
    "sn_acct_lc_success_objective": ("Title", "the objective", "Titre", "l’objectif"),
    "sn_acct_lc_success_outcome": ("Title", "the outcome", "Titre", "le résultat"),
    "sn_acct_lc_success_initiative": ("Subject", "the initiative", "Objet", "l’initiative"),
    "sn_acct_lc_success_case": (
        "Short description", "the success case", "Description brève", "le dossier de réussite",
    ),
    "sn_acct_lc_touchpoint": ("Subject", "the touchpoint", "Objet", "le point de contact"),
    "sn_acct_lc_success_task": ("Subject", "the success task", "Objet", "la tâche de réussite"),
    "sn_acct_lc_internal_play": ("Description", "the internal play", "Description", "l’action interne"),
    "sn_acct_lc_internal_play_task": (
        "Description", "the internal play task", "Description", "la tâche d’action interne",
    ),
    "sn_acct_lc_risk_signal_issue": ("Description", "the risk signal", "Description", "le signal de risque"),
}  # fmt: skip


@pytest.mark.parametrize("table", SAID)
def test_an_empty_field_is_said_to_be_required_to_save_this_type(app: Flask, table: str) -> None:
    field, what, champ, quoi = SAID[table]
    with pytest.raises(Rejected) as refused:
        create(RECORDS[table], {}, by=SYSTEM)
    missing = [one for one in refused.value.problems if one.code == "REQUIRED_FIELD"]
    assert f"{field} is required to save {what}." in [one.text() for one in missing]
    with app.test_request_context(), force_locale("fr"):
        assert f"{champ} est obligatoire pour enregistrer {quoi}." in [one.text(gettext, "fr") for one in missing]
