"""Execute now runs a scheduled job at once, for administrators, and leaves its Active mark as it is (JOB-02)."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ale import jobs
from ale.config import PROJECT
from ale.domains.landing.supplied import NAME
from ale.domains.plays.starts import PlayRule
from ale.domains.system.records import Property, ScheduledJob
from ale.domains.system.service import HANDLERS, run, setting_number
from ale.domains.system.supplied import SWEEP
from ale.foundation.attachments import Attachment, keep, path_of
from ale.foundation.changes import create, save
from ale.foundation.clock import now
from ale.foundation.db import inside, session
from ale.foundation.label import Label
from ale.foundation.problem import Rejected
from tests.conftest import Browser
from tests.imports import SYSTEM, Import


def _job(name: Label = NAME) -> ScheduledJob:
    return session.scalars(select(ScheduledJob).where(ScheduledJob.name == name.en)).one()


def test_JOB_02_E2_execute_now_runs_once_and_leaves_the_mark(app: Flask, log_on: Callable[[str], Browser]) -> None:
    job = _job()
    job.active = False
    session.commit()
    browser = log_on("admin")
    assert "Execute now" in browser.get(f"/jobs/{job.sys_id}").text
    assert browser.send(f"/jobs/{job.sys_id}/execute-now").status_code == 303
    session.expire_all()
    assert _job().last_run is not None
    assert "figures" in str(_job().last_result)
    assert not _job().active


def test_JOB_02_execute_now_is_for_administrators(app: Flask, log_on: Callable[[str], Browser]) -> None:
    assert log_on("agent").send(f"/jobs/{_job().sys_id}/execute-now").status_code == 404
    assert _job().last_run is None


def test_every_process_knows_what_supplied_jobs_run(app: Flask) -> None:
    known = "from ale import domains; domains.load(); from ale.domains.system.service import HANDLERS; print(*HANDLERS)"
    told = subprocess.run([sys.executable, "-c", known], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert set(session.scalars(select(ScheduledJob.handler))) <= set(told.stdout.split())


def test_a_job_that_fails_keeps_no_other_from_running(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HANDLERS, _job(SWEEP).handler)
    jobs.run_due_jobs()
    session.expire_all()
    assert _job(SWEEP).last_run is None
    assert _job().last_run is not None


def test_files_that_nothing_names_are_swept_every_day(contacts: Import) -> None:
    named = path_of(contacts.file(b"Named by a row of an account's domain."))
    young, old = (path_of(Attachment(sha256=keep(io.BytesIO(content)).sha256)) for content in (b"Young", b"Old"))
    for file in (named, old):
        os.utime(file, (0, 0))
    assert _job(SWEEP).active
    jobs.run_due_jobs()
    session.expire_all()
    assert [one.exists() for one in (named, young, old)] == [True, True, False]
    following = _job(SWEEP).next_run
    assert following is not None
    assert now() < following <= now() + timedelta(days=1)


def test_the_sweep_sees_all_domains_whoever_starts_it(contacts: Import) -> None:
    named = path_of(contacts.file(b"Named by a row of an account's domain."))
    os.utime(named, (0, 0))
    with inside("TOP/Boxeo"):
        run(_job(SWEEP), SYSTEM)
    assert named.exists()


def test_JOB_01_both_spellings_of_the_setting_count(app: Flask) -> None:
    assert setting_number("sn_acct_lc.BackupDays") == 0
    create(Property, {"name": "sn_accct_lc.BackupDays", "value": "2", "type": "integer"}, by=SYSTEM)
    assert setting_number("sn_acct_lc.BackupDays") == 2


def test_a_job_with_an_impossible_time_is_not_saved(app: Flask) -> None:
    job = session.scalars(select(ScheduledJob)).first()
    with pytest.raises(Rejected) as refusal:
        save(job, {"schedule": {"at": "99:99"}}, by=SYSTEM)
    assert refusal.value.codes == ["INVALID_SCHEDULE"]


@pytest.mark.usefixtures("app")
def test_the_modes_of_health_take_no_other_text() -> None:
    for name in ("ale.health_status_mode", "ale.health_score_mode"):
        mode = session.scalars(select(Property).where(Property.name == name)).one()
        with pytest.raises(Rejected) as refused:
            save(mode, {"value": "automatic"}, by=SYSTEM)
        assert refused.value.codes == ["INVALID_CHOICE"]


@pytest.mark.usefixtures("app")
def test_what_is_supplied_is_named_in_french_too() -> None:
    for kind in (ScheduledJob, PlayRule):
        assert all(session.scalars(select(kind.name_fr))), kind
