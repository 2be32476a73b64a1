"""The supplied reports: one text file, loaded once into rows that administrators change."""

from pathlib import Path

import yaml
from sqlalchemy import select

from ale.domains.reports.records import Report
from ale.domains.views.records import Audience
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session

FILE = Path(__file__).parent / "supplied" / "reports.yaml"


def supply_reports(by: Actor) -> None:
    """Make the reports that are not there yet; what is there is left alone."""
    for text in yaml.safe_load(FILE.read_text("utf-8")):
        name = text.pop("name")
        if not session.scalar(select(Report.sys_id).where(Report.name == name["en"])):
            named = {"name": name["en"], "name_fr": name["fr"], "audience": Audience.EVERYBODY}
            create(Report, named | text, by=by)
