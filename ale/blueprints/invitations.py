"""Inviting people to log on: users, and contacts to the portal."""

from flask import Blueprint, current_app, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.domains.accounts.records import Contact
from ale.domains.accounts.service import invite_contact
from ale.domains.people.invitations import invite
from ale.domains.people.records import User
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.reading import find
from ale.web.addresses import form_href, offers
from ale.web.identity import actor
from ale.web.render import done

bp = Blueprint("invitations", __name__)
ADMIN = ("admin",)
offers(Contact, Label("Invite to the portal", "Inviter au portail"), "invitations.to_portal", changes=True, roles=ADMIN)
offers(User, Label("Send an invitation", "Envoyer une invitation"), "invitations.to_log_on", changes=True, roles=ADMIN)


@bp.post("/contacts/<sys_id>/invite")
def to_portal(sys_id: str) -> Response:
    """Give a contact a log-on to the portal, and the link to choose its password (C131)."""
    contact = find(Contact, sys_id, actor())
    with transaction():
        invite_contact(contact, _link, actor())
    return _sent(str(form_href(Contact, sys_id)))


@bp.post("/users/<sys_id>/invite")
def to_log_on(sys_id: str) -> Response:
    """Send a user the link to choose a password, the first one or one that was forgotten."""
    user = find(User, sys_id, actor())
    with transaction():
        invite(user, _link, actor())
    return _sent(str(form_href(User, sys_id)))


def _link(secret: str) -> str:
    return f"{current_app.config['ALE'].base_url}{url_for('session.invitation', secret=secret)}"


def _sent(back: str) -> Response:
    flash(_("The invitation is in the outbox; it leaves when a mail server is configured."), "ok")
    return done(back)
