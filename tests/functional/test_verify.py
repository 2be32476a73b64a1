"""`flask ale verify`: demo data holds together, and each kind of damage is found."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from ale.domains.accounts.records import Contact
from ale.domains.imports.moments import Moment
from ale.domains.imports.records import ImportTask
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.playbooks.instances import ActivityContext, ActivityState
from ale.domains.signals.records import RiskSignal
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.ledger import Job
from ale.verify import breaches
from tests.imports import Import, contact, import_task


@pytest.fixture
def work(actor: Callable[[str], Actor]) -> Import:
    """An import with rows of every state."""
    one = Import(import_task(), actor("agent"))
    one.load_rows(contact(1), contact(2), contact(3, Email=""), contact(4), contact(5, External_id="X-0004"))
    one.publish([one.rows("ready")[0].sys_id])
    return one


def test_what_is_there_holds_together(work: Import) -> None:
    assert [str(one) for one in breaches()] == []


def damage(entity: Any, *conditions: Any, **values: Any) -> None:
    changed = update(entity).where(*conditions).values(values)
    assert session.execute(changed.execution_options(synchronize_session=False)).rowcount


DAMAGE: dict[str, Callable[[], None]] = {
    "counters": lambda: damage(ImportTask, ImportTask.rows_ready > 0, rows_ready=99),
    "more rows than lines": lambda: damage(ImportSet, ImportSet.rows_total > 0, rows_total=1),
    "a moment that does not add up": lambda: damage(Moment, Moment.rows_read > 0, rows_discarded=9),
    "a discarded row too many": lambda: damage(ImportSet, ImportSet.rows_total > 0, rows_discarded=1),
    "a row lost": lambda: damage(ImportSet, ImportSet.rows_total > 0, rows_total=ImportSet.rows_total + 1),
    "ready with problems": lambda: damage(StagingRow, StagingRow.state == "ready", problems="[]"),
    "a duplicate unmarked": lambda: damage(StagingRow, StagingRow.duplicate.is_(True), duplicate=False),
    "one marked alone": lambda: damage(StagingRow, StagingRow.line == 4, duplicate=True),
    "published into nothing": lambda: damage(StagingRow, StagingRow.state == "published", target_record=None),
    "published and gone": lambda: damage(StagingRow, StagingRow.state == "published", target_record="f" * 32),
    "history missing": lambda: damage(Audit, Audit.table_name == "customer_contact", field_name="email"),
    "an occurrence lost": lambda: damage(RiskSignal, times_seen=2),
    "a number twice": lambda: damage(OnboardingCase, number="ALEONB0000001", sys_domain="TOP/" + OnboardingCase.sys_id),
    "state and stage": lambda: damage(OnboardingCase, OnboardingCase.state == "closed", stage="on_track"),
    "state and progress": lambda: damage(CaseTask, CaseTask.state == "open", progress="finished"),
    "closed and active": lambda: damage(CaseTask, CaseTask.state == "closed", active=True),
    "completed, but when": lambda: damage(
        ActivityContext, ActivityContext.state == ActivityState.COMPLETE, completed_at=None
    ),
    "complete too early": lambda: damage(
        ActivityContext, ActivityContext.state == ActivityState.PENDING, state=ActivityState.COMPLETE
    ),
    "another domain": lambda: damage(Contact, sys_domain="TOP/Elsewhere"),
    "a row in another domain": lambda: damage(StagingRow, sys_domain="TOP/Elsewhere"),
    "bytes missing": lambda: damage(Attachment, sha256="f" * 64),
    "a lease after the end": lambda: damage(Job, Job.state == "done", ended_at=None),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_is_found(work: Import, kind: str) -> None:
    DAMAGE[kind]()
    assert breaches(), kind


def test_the_command_says_it_with_its_exit_code(app: Flask, work: Import) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["ale", "verify"]).exit_code == 0
    DAMAGE["counters"]()
    broken = runner.invoke(args=["ale", "verify"])
    assert broken.exit_code == 1
    number = session.scalars(select(ImportTask.number).where(ImportTask.rows_ready == 99)).one()
    assert f"{number} says" in broken.output
