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
