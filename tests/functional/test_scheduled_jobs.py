"""Execute now runs a scheduled job at once, for administrators, and leaves its Active mark as it is (JOB-02)."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from ale.domains.landing.supplied import NAME
from ale.domains.system.records import ScheduledJob
from ale.foundation.db import session
from tests.conftest import Browser


def _job() -> ScheduledJob:
    return session.scalars(select(ScheduledJob).where(ScheduledJob.name == NAME)).one()


def test_execute_now_runs_once_and_leaves_the_mark(app: Flask, log_on: Callable[[str], Browser]) -> None:
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


def test_execute_now_is_for_administrators(app: Flask, log_on: Callable[[str], Browser]) -> None:
    assert log_on("agent").send(f"/jobs/{_job().sys_id}/execute-now").status_code == 404
    assert _job().last_run is None
