"""A saved view: what a list asks for, and who finds it above the list."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Mapped

from ale.domains.people.records import STAFF, Role
from ale.foundation.actor import Actor
from ale.foundation.changes import after
from ale.foundation.choice import Choice
from ale.foundation.db import Separated
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Problem, Rejected
from ale.foundation.record import Access, Record, Section, Sheet


class Audience(Choice):
    """Who finds a view above the list."""

    MINE = "mine", "Only me", "Moi seulement"
    ROLE = "role", "A role", "Un rôle"
    EVERYBODY = "everybody", "Everybody", "Tout le monde"


def _own_or_shared(view: Any, by: Actor) -> ColumnElement[bool] | None:
    if by.has("admin"):  # who may also tidy up
        return None
    roles = select(Role.sys_id).where(Role.name.in_(by.roles))
    shared = and_(view.audience == Audience.ROLE, view.role.in_(roles))
    return or_(view.sys_created_by == by.id, view.audience == Audience.EVERYBODY, shared)


class SavedView(Separated, Record):
    """A list with its filter, order and columns, under a name."""

    __tablename__ = "ale_saved_view"

    name: Mapped[str] = field("Name", "Nom", max_length=80)
    table_name: Mapped[str] = field("Table", "Table", max_length=80, index=True)
    arguments: Mapped[str | None] = field("Asks for", "Demande", long=True)
    audience: Mapped[Audience] = field("For", "Pour", default=Audience.MINE)
    role: Mapped[str | None] = reference(
        "Role", "Rôle", to="sys_user_role", required_when=lambda values: values["audience"] == Audience.ROLE,
        visible_when=lambda values: values["audience"] == Audience.ROLE,
    )  # fmt: skip
    is_default: Mapped[bool] = field("Opens by itself", "S’ouvre d’elle-même", default=False)

    __sheet__ = Sheet(
        label=Label("Saved view", "Vue enregistrée"), plural=Label("Saved views", "Vues enregistrées"), display="name",
        columns=("name", "table_name", "audience", "role", "is_default"), order="name",
        filters=("audience", "table_name"), search=("name", "table_name"),
        form=(Section.of("View", "Vue", "name", "table_name", "arguments", "audience", "role", "is_default"),),
        access=Access(read=STAFF, create=STAFF, write=STAFF, delete=STAFF, rows=_own_or_shared), icon="list",
    )  # fmt: skip


def by_its_maker(shared: Record, by: Actor) -> None:
    """Forbidden for who neither made it nor is an administrator."""
    if not by.has("admin") and shared.sys_created_by != by.id:
        raise Forbidden("what others share is changed by who made it")


@after(SavedView, "create", "save", "remove")
def kept_by_its_maker(view: SavedView, _before: Values | None, by: Actor) -> None:
    """Others use a shared view; its maker and administrators change it. Only they decide what opens for others."""
    by_its_maker(view, by)
    if not by.has("admin") and view.is_default and view.audience != Audience.MINE:
        raise Rejected(
            [
                Problem(
                    "DEFAULT_OF_OTHERS",
                    "Only administrators choose the view that opens by itself for others.",
                    "is_default",
                )
            ]
        )
