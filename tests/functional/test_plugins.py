"""Plugins are activated for every domain at once, and found by part of their name or by id."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from ale.domains.people.roles import closure
from ale.domains.system.platform import Plugin
from ale.domains.system.plugins import APPLICATION, DEPENDENCIES
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import move, save
from ale.foundation.clock import now
from ale.foundation.db import inside, session
from ale.foundation.reading import visible
from tests.conftest import Browser
from tests.factories import SYSTEM
from tests.stories import refused

ActorNamed = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]


def plugin(key: str = APPLICATION) -> Plugin:
    return session.scalars(select(Plugin).where(Plugin.plugin_id == key)).one()


def installer(somebody: Actor, domain: str = ROOT_DOMAIN) -> Actor:
    """Somebody of the provider who may activate and nothing else."""
    return replace(somebody, roles=closure(["sn_customerservice.customer_admin"]), domain=domain)


def test_PLG_01_E1_what_it_needs_is_activated_with_it(actor: ActorNamed) -> None:
    by, active = installer(actor("agent")), [plugin(key) for key, _ in DEPENDENCIES[:3]]
    for one in active:
        save(one, {"active": True}, by=SYSTEM)
        one.activated_at = now().replace(year=2020)
    move(plugin(), "activate", {}, by=by)
    assert all(plugin(key).active for key in (APPLICATION, *(key for key, _ in DEPENDENCIES)))
    assert all(one.activated_at is not None and one.activated_at.year == 2020 for one in active)
    assert plugin().activated_by == by.id
    assert not plugin("sn_cs_nb_action").active


def test_PLG_01_E2_one_domain_does_not_install_for_all(actor: ActorNamed) -> None:
    by = installer(actor("admin"), f"{ROOT_DOMAIN}/Boxeo")
    with inside(by.domain):
        assert refused(move, plugin(), "activate", {}, by=by) == [("NOT_GLOBAL_DOMAIN", "active")]
        assert not list(session.scalars(visible(Plugin, by)))


def test_who_may_only_activate_changes_nothing_else(actor: ActorNamed) -> None:
    found = plugin()
    save(found, {"name": "Mine", "plugin_id": "mine"}, by=installer(actor("agent")))
    assert (found.name, found.plugin_id) == ("Account Lifecycle Events", APPLICATION)


def test_PLG_02_applications_are_found_by_part_of_name_or_id(log_on: LogOnAs) -> None:
    browser = log_on("admin")
    for asked in ("com.sn_acct", "lifecycle"):
        assert "Account Lifecycle Events" in browser.get(f"/plugins?q={asked}").text
    assert "Account Lifecycle Events" not in browser.get("/plugins?q=zzz").text
