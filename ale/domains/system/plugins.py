"""The plugins that ALE delivers, and what follows when one is activated."""

from collections.abc import Iterable

from sqlalchemy import select

from ale.domains.system.platform import Plugin
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.field import Values

APPLICATION = "com.sn_acct_lc"

DEPENDENCIES = (
    ("com.sn_ti_core", "Technology Industry Core"),
    ("com.sn_customerservice", "Customer Service"),
    ("com.snc.install_base", "Install Base"),
    ("com.glide.playbook_experience.config", "Playbook Experience Configuration"),
    ("com.sn_csm_playbook", "Playbooks for Customer Service"),
    ("com.snc.csm_case_types", "Customer Service Case Types"),
    ("com.snc.sn_record_related_items_connected", "Record Related Items Connected"),
    ("com.snc.guided_decisions_playbook_experience", "Guided Decisions Playbook Experience"),
)

OPTIONAL = (
    ("sn_cs_nb_action", "Recommended Actions for Customer Service"),
    ("com.snc.next_best_action", "Recommended Actions"),
)


def supply_plugins(by: Actor) -> None:
    """Make the rows of the supplied plugins that are not there yet; none is active before somebody activates it."""
    there = set(session.scalars(select(Plugin.plugin_id)))
    whole = ((APPLICATION, "Account Lifecycle Events"),)
    for key, name in (*whole, *DEPENDENCIES, *OPTIONAL):
        if key not in there:
            needed = [one for one, _ in DEPENDENCIES] if key == APPLICATION else []
            create(Plugin, {"plugin_id": key, "name": name, "dependencies": needed}, by=by)


@after(Plugin, "create", "save")
def activate(plugin: Plugin, before: Values | None, by: Actor) -> None:
    """PLG-01: an activated plugin is stamped and takes along what it depends on; what is active is left alone."""
    if not plugin.active or (before is not None and before["active"]):
        return
    save(plugin, {"activated_at": now(), "activated_by": by.id}, by=by.for_system())
    for needed in _inactive(plugin.dependencies or ()):
        save(needed, {"active": True}, by=by.for_system())


def _inactive(keys: Iterable[str]) -> list[Plugin]:
    found = select(Plugin).where(Plugin.plugin_id.in_(list(keys)), Plugin.active.is_(False))
    return list(session.scalars(found.order_by(Plugin.plugin_id)))
