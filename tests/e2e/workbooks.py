"""The workbooks a customer sends: good rows, and one wrong row for every rule that an import checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

Row = Mapping[str, str | int | date]

RULES = {
    "contacts": {
        "reference:u_company", "mandatory:u_first_name", "choice:u_language", "date:u_start_date", "boolean:u_active",
        "length:u_title", "format:u_email", "duplicate:", "script:",
    },
    "locations": set(),
    "install_base": {"datetime:u_install_date"},
    "contracts": {"number:u_value"},
}  # fmt: skip
"""What is wrong with each, as the filter of the list names it; together every rule that an import knows."""


def write(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    """A workbook with these rows under the headings of the first one."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([row.get(heading, "") for heading in rows[0]])
    path = folder / name
    book.save(path)
    return path


def mail(name: str, account: str) -> str:
    """The address of somebody at an account."""
    return f"{name}@{account.replace(' ', '-')}.example".lower()


def contacts(account: str) -> list[Row]:
    """Fourteen people of an account; two of them with the account misspelt in the same way."""

    def external(number: int) -> str:
        return f"{''.join(account.split()[1:])}-{number:03}"

    def person(number: int, **other: str | date) -> Row:
        known = {
            "External id": external(number), "Account": account, "First name": f"Person{number}",
            "Last name": account,
            "Email": mail(f"p{number}", account), "Title": "Buyer", "Language": "en", "Active": "yes",
            "Start date": date(2026, 1, number),
        }  # fmt: skip
        return known | {name.replace("_", " "): value for name, value in other.items()}

    return [
        *(person(number) for number in (1, 2, 3)),
        *(person(number, Account=account[:-1]) for number in (4, 5)),
        person(6, First_name=""),
        person(7, Language="klingon"),
        person(8, Start_date="31/31/2026"),
        person(9, Active="maybe"),
        person(10, Title="T" * 61),
        person(11, Email="not an address"),
        *(person(number, External_id=external(12)) for number in (12, 13)),
        person(14, Account="Boxeo"),
    ]


def locations(account: str) -> list[Row]:
    """Two places."""
    return [{"Name": f"{account} {city}", "City": city, "Country": "France"} for city in ("Lille", "Brest")]


def install_base(account: str) -> list[Row]:
    """A machine, and one that was installed at no time that a calendar knows."""
    known = {"Product": "Secure Link", "Status": "in_use"}
    return [
        {"Name": f"{account} press", **known, "Installed on": "2026-01-15 08:30:00"},
        {"Name": f"{account} punch", **known, "Installed on": "yesterday at noon"},
    ]


def contracts(account: str) -> list[Row]:
    """A contract, and one whose value is not a number."""
    term = {"Start date": date(2026, 1, 1), "End date": date(2026, 12, 31)}
    return [
        {"Short description": f"{account} support", **term, "Contract value": 12500},
        {"Short description": f"{account} extras", **term, "Contract value": "a lot"},
    ]


def entitlements(account: str) -> list[Row]:
    """What somebody may ask for, and a number of units that is none."""
    known = {"Product": "Secure Link", "Unit": "case", "Start date": date(2026, 1, 1)}
    return [
        {"Name": f"{account} gold", **known, "Total units": 50},
        {"Name": f"{account} silver", **known, "Total units": "a lot"},
    ]


def sold_products(account: str) -> list[Row]:
    """Two of the same product."""
    return [{"Name": f"{account} {name}", "Product": "Secure Link", "Quantity": 1} for name in ("router", "switch")]
