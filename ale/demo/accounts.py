"""The two customers of the demo with their places, products, contracts and contacts."""

from datetime import timedelta

from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import (
    AccountAddress,
    Contract,
    Entitlement,
    InstallBaseItem,
    Location,
    Product,
    SoldProduct,
)
from ale.domains.onboarding.service import FLOW
from ale.domains.system.records import Property
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import today
from ale.foundation.db import session

PRODUCTS = ("PRO-PLUS", "Analytics", "Field Service", "Secure Link")
PLACES = {
    "Genixify": (("Lyon HQ", "Lyon", "France"), ("Graz Site 101", "Graz", "Austria"),
                 ("Cork Site 007", "Cork", "Ireland")),
    "Boxeo": (("Madrid HQ", "Madrid", "Spain"), ("Porto Depot", "Porto", "Portugal")),
}  # fmt: skip
SOLD = {"Genixify": ("PRO-PLUS", "Analytics"), "Boxeo": ("Field Service", "Secure Link")}
PEOPLE = {
    "Genixify": (("Chloé", "Nuñez"), ("Uwe", "Schäfer"), ("Zoë", "Lee"), ("Amira", "Diallo"), ("Paul", "Kern")),
    "Boxeo": (("Luis", "Ortega"), ("Hana", "Sato"), ("Erik", "Dahl")),
}


def make_accounts(by: Actor) -> dict[str, Account]:
    """Make the accounts, each in its own domain and without the flow's case, so that the demo opens its own."""
    products = {name: create(Product, {"name": name, "manufacturer": "Provider"}, by=by) for name in PRODUCTS}
    with_domains = _property("csm_auto_account_domain_generation")
    flow = _property(FLOW)
    before = (with_domains.value, flow.value)
    save(with_domains, {"value": "true"}, by=by)
    save(flow, {"value": "false"}, by=by)
    facts = {
        "Genixify": {"tier": "enterprise", "health_score": 62, "health_status": "at_risk"},
        "Boxeo": {"tier": "strategic", "health_score": 84, "health_status": "healthy"},
    }
    accounts = {
        name: create(Account, {"name": name, "website": f"https://{name}.example".lower()} | given, by=by)
        for name, given in facts.items()
    }
    save(flow, {"value": before[1]}, by=by)
    save(with_domains, {"value": before[0]}, by=by)
    for name, account in accounts.items():
        _furnish(name, account, products, by)
    return accounts


def _property(name: str) -> Property:
    return session.scalars(select(Property).where(Property.name == name)).one()


def _furnish(name: str, account: Account, products: dict[str, Product], by: Actor) -> None:
    own = {"account": account.sys_id}
    places = [
        create(Location, own | {"name": place, "city": city, "country": country}, by=by)
        for place, city, country in PLACES[name]
    ]
    create(AccountAddress, own | {"location": places[0].sys_id, "type": "primary", "is_primary": True}, by=by)
    start = today() - timedelta(days=95)
    end = start + timedelta(days=365)
    signed = {"short_description": f"{name} subscription", "starts": start, "ends": end}
    contract = create(Contract, own | signed | {"value": 120_000, "currency": "EUR"}, by=by)
    term = {"contract": contract.sys_id, "start_date": start, "end_date": end}
    for product in SOLD[name]:
        create(SoldProduct, own | term | {"name": product, "product": products[product].sys_id, "quantity": 50}, by=by)
    item = {"name": f"{name} gateway", "product": products[SOLD[name][0]].sys_id, "location": places[0].sys_id}
    create(InstallBaseItem, own | item | {"serial_number": f"{name[:3].upper()}-0001"}, by=by)
    create(Entitlement, own | term | {"name": "Premium support", "total_units": 40}, by=by)
    for number, (first, last) in enumerate(PEOPLE[name]):
        email = f"c{number}@{name}.example".lower()
        place = places[number % len(places)].sys_id
        create(Contact, own | {"first_name": first, "last_name": last, "email": email, "location": place}, by=by)
