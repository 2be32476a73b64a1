"""Log on, log out, invitations, language and theme."""

from collections.abc import Sequence

from flask import Blueprint, Flask, flash, g, redirect, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import login_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ale.domains.people import attempts, invitations
from ale.domains.people.records import LogOn, Theme, User
from ale.domains.people.service import actor_for, authenticate, prefer
from ale.foundation.db import transaction
from ale.foundation.problem import NotVisible, Problem, Rejected
from ale.web.addresses import own_path
from ale.web.identity import Visitor, known_actor, login
from ale.web.language import LANGUAGES, locale
from ale.web.render import render
from ale.web.session import TableSessions

bp = Blueprint("session", __name__)
Answer = Response | str | tuple[str, int]


class LogOnForm(FlaskForm):
    """Who wants to enter."""

    username = StringField(lazy_gettext("User name"), [InputRequired(), Length(max=100)])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(), Length(max=128)])


@bp.record_once
def keep_sessions(state: BlueprintSetupState) -> None:
    """Sessions stand in the table of the people domain, which the web floor does not know."""
    assert isinstance(state.app, Flask)
    state.app.session_interface = TableSessions(LogOn)


@login.user_loader
def visitor(user_id: str) -> Visitor | None:
    """Whoever the session names, with the roles held at this moment."""
    actor = actor_for(user_id)
    return Visitor(actor) if actor else None


@bp.get("/login")
def log_on() -> Answer:
    """The log-on page; `?lang=fr` picks its language."""
    if request.args.get("lang") in LANGUAGES:
        session["language"] = request.args["lang"]
    if known_actor():
        return redirect(own_path(request.args.get("next")))
    return render("session/log_on.html", form=LogOnForm(), problem=None)


@bp.post("/login")
def enter() -> Answer:
    """Log on: the same answer for an unknown user, a wrong password and a locked one."""
    form = LogOnForm()
    name = form.username.data or ""
    if attempts.too_many(name):
        text = _("There were too many tries for this user name. Wait 15 minutes, then try again.")
        return render("session/log_on.html", form=form, problem=text), 429
    user = authenticate(name, form.password.data or "") if form.validate_on_submit() else None
    if user is None:
        with transaction():
            attempts.note_failure(name)
        return render("session/log_on.html", form=form, problem=_("User name or password is wrong.")), 422
    return _welcome(user)


@bp.get("/invitation/<secret>")
def invitation(secret: str) -> Answer:
    """Where somebody invited chooses a password."""
    return _invitation(secret)


@bp.post("/invitation/<secret>")
def accept(secret: str) -> Answer:
    """Choose it: whoever does is logged on."""
    try:
        with transaction():
            user = invitations.accept(secret, request.form.get("password", ""), request.form.get("again", ""))
    except NotVisible:
        return _invitation(secret)
    except Rejected as refused:
        return _invitation(secret, refused.problems)
    return _welcome(user)


def _invitation(secret: str, problems: Sequence[Problem] = ()) -> Answer:
    """The page in the language of the user, unless another one was picked; without an invitation the log-on."""
    user = invitations.invited(secret)
    if user is None:
        flash(_("This invitation was used already, or is too old. Ask for a new one."), "bad")
        return redirect(url_for("session.log_on"), 303)
    session.setdefault("language", user.language.value)
    errors = {one.field: one.text(_, locale()) for one in problems}
    limits = {"least": invitations.SHORTEST, "most": invitations.LONGEST}
    page = render("session/invitation.html", user=user, errors=errors, **limits)
    return (page, 422) if problems else page


def _welcome(user: User) -> Answer:
    with transaction():
        attempts.forget(user.user_name)
    session.clear()
    login_user(visitor(user.sys_id))
    g.pop("csrf_token", None)  # that of the session before
    generate_csrf()  # now, so that the first page has nothing to store
    return redirect(own_path(request.args.get("next")), 303)


@bp.post("/logout")
def log_out() -> Response:
    """End the session, here and in the table."""
    session.clear()
    flash(_("You are logged out."), "ok")
    return redirect(url_for("session.log_on"), 303)


@bp.post("/preferences")
def preferences() -> Response:
    """Language or theme: kept with the user, and for visitors with the session."""
    by = known_actor()
    chosen = {name: request.form[name] for name in ("language", "theme") if name in request.form}
    if by:
        with transaction():
            prefer(by, chosen)
    else:
        allowed = {"language": LANGUAGES, "theme": tuple(Theme)}
        session.update({name: value for name, value in chosen.items() if value in allowed[name]})
    return redirect(own_path(request.form.get("next")), 303)
