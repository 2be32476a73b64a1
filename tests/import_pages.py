"""What the tests of the pages of imports share: addresses, the worker, counts on tabs."""

from ale import jobs
from ale.foundation.db import session
from ale.foundation.ledger import running_about
from tests.imports import Import, contact
from tests.pages import Page


def address(one: Import) -> str:
    """The page of an import."""
    return f"/imports/{one.task.sys_id}"


def work(one: Import) -> None:
    """Let the worker do what waits."""
    for job in running_about(one.task.sys_id):
        jobs.run_job(job.sys_id)
    session.expire_all()


def tabs(page: Page) -> dict[str, str]:
    """The counts on the tabs."""
    links = next(page["standing"].find("nav")).find("a")
    return {one.text.rpartition(" ")[0]: one.text.rpartition(" ")[2] for one in links}


def faulty(*numbers: int) -> list[dict[str, str]]:
    """Rows whose account nobody knows."""
    return [contact(number, Account="Genixfy") for number in numbers]
