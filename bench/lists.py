"""Lists, records and the Table API with 1,000 and with 1,000,000 contacts: time and statements of each kind of page."""

from base64 import urlsafe_b64encode

from sqlalchemy import func, select

from ale.domains.accounts.records import Account, Contact
from ale.foundation import bulk
from ale.foundation.actor import Actor
from ale.foundation.db import session, transaction
from bench.engines import engines, installation
from bench.pages import log_on, measure
from bench.report import Report

SIZES = (1_000, 1_000_000)
PAGE = 50
API = "/api/now/table/customer_contact"


def run(report: Report) -> None:
    """Measure each engine at each size."""
    for engine in engines():
        with installation(engine) as (app, _):
            client = app.test_client()
            log_on(client)
            first = {}
            for size in SIZES:
                _fill(size)
                for name, address in _addresses(size):
                    first[name, size] = measure(report, client, name, address, engine=engine, rows=size)
            for name in ("first page", "API, first page"):
                small, large = (first[name, size] for size in SIZES)
                report.figure(f"{name}, {SIZES[1]:,} / {SIZES[0]:,} rows", large / small, "times", engine=engine)


def _fill(size: int) -> None:
    """Bring the number of contacts to `size`."""
    account = session.scalars(select(Account).where(Account.name == "Genixify")).one()
    have = session.scalar(select(func.count()).select_from(Contact)) or 0
    by = Actor.system()
    for start in range(have, size, 5_000):
        rows = [
            {"first_name": f"First{n % 977}", "last_name": f"Last{n * 7919 % size:06d}", "email": f"n{n}@bench.example",
             "account": account.sys_id, "language": ("en", "fr", "de")[n % 3]}
            for n in range(start, min(start + 5_000, size))
        ]  # fmt: skip
        with transaction():
            bulk.create_many(Contact, rows, by=by)


def _addresses(size: int) -> list[tuple[str, str]]:
    place = min(1_000, size // PAGE) * PAGE - PAGE
    found = (
        select(Contact.last_name, Contact.sys_id).order_by(Contact.last_name, Contact.sys_id).offset(place - 1).limit(1)
    )
    value, key = session.execute(found).one()
    mark = urlsafe_b64encode(f'[{place}, "{value}", "{key}"]'.encode()).decode().rstrip("=")
    return [
        ("first page", "/contacts"),
        ("filtered", "/contacts?query=language%3Dfr"),
        ("sorted by email", "/contacts?sort=-email"),
        ("searched", "/contacts?q=Last00012"),
        (f"page {place // PAGE + 1:,}", f"/contacts?after={mark}"),
        ("record", f"/contacts/{key}"),
        ("API, first page", f"{API}?sysparm_display_value=all&sysparm_limit={PAGE}"),
        ("API, filtered", f"{API}?sysparm_limit={PAGE}&sysparm_query=language=fr^account.name=Genixify"),
        ("API, one", f"{API}/{key}?sysparm_display_value=all"),
    ]
