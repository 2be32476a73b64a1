"""What is true of accounts and contacts. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem

if TYPE_CHECKING:
    from ale.foundation.field import Values


def email_is_lower_case(values: "Values", before: "Values | None") -> "Values":
    """Two spellings of one address are one contact."""
    return {"email": values["email"].lower()} if values.get("email") else {}


def domain_word(name: str) -> str:
    """The last word of an account's domain path, e.g. "Société Générale" becomes "SocieteGenerale"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "", plain)[:60] or "Account"


def parent_makes_no_circle(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """An account is not its own parent, nor below one of its own children; `ancestors` comes with the row."""
    if values.get("parent") and values["sys_id"] in values.get("ancestors", ()):
        return [Problem("PARENT_CYCLE", "This parent is below the account itself.", "parent")]
    return ()


def name_is_free(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """An account is found by its name, also where each has a domain of its own; `namesake` comes with the row."""
    taken = values.get("namesake") not in (None, values["sys_id"])
    if not taken or (before is not None and before["name"] == values["name"]):
        return ()
    return [Problem("DUPLICATE", "There is an account of this name already.", "name")]


def _sent(name: str, values: "Values", before: "Values | None") -> bool:
    """Whether this save gives the field a value: one that differs, or that it names; `sent` comes with the values."""
    return name in values.get("sent", ()) or (values.get(name) or None) != ((before or {}).get(name) or None)


def score_changes(values: "Values", before: "Values | None") -> bool:
    """Whether this save gives the account another health score."""
    score = values.get("health_score")
    return score is not None and score != (before or {}).get("health_score")


def status_of_score(values: "Values", before: "Values | None", healthy: int, declining: int) -> "Values":
    """SAG-03: the status that a score stands for, unless the same save gives one; the limits are the lowest scores."""
    if _sent("health_status", values, before):
        return {}
    score = values["health_score"]
    return {"health_status": "healthy" if score >= healthy else "declining" if score >= declining else "at_risk"}


def churn_of_score(values: "Values", before: "Values | None", threshold: int) -> "Values":
    """SAG-04: a score below the threshold means a risk of churn, unless the same save says so itself."""
    if _sent("churn_risk", values, before):
        return {}
    return {"churn_risk": values["health_score"] < threshold}
