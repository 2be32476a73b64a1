"""One's own access tokens: made, seen once, revoked."""

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.domains.people.tokens import LONGEST, Scope, make_token, revoke_token, tokens_of
from ale.foundation.clock import now
from ale.foundation.db import transaction
from ale.foundation.problem import Rejected
from ale.web.identity import actor
from ale.web.language import label, locale
from ale.web.render import done, render

bp = Blueprint("tokens", __name__, url_prefix="/tokens")


@bp.get("")
def tokens() -> str:
    """The own tokens, and a form for a further one."""
    return _page()


@bp.post("")
def make() -> str | tuple[str, int]:
    """Make a token; its secret stands on this page and on none after it."""
    given = {name: request.form.get(name, "") for name in ("name", "scope", "days")}
    try:
        with transaction():
            secret = make_token(**given, by=actor())
    except Rejected as refused:
        return _page(problems={one.field: one.text(_, locale()) for one in refused.problems}, given=given), 422
    return _page(secret=secret)


@bp.post("/<sys_id>/revoke")
def revoke(sys_id: str) -> Response:
    """End a token at once."""
    with transaction():
        revoke_token(sys_id, actor())
    flash(_("The token is revoked."), "ok")
    return done(url_for(".tokens"))


def _page(**context: object) -> str:
    scopes = [(one.value, label(one)) for one in Scope]
    facts = {"secret": None, "problems": {}, "given": {"scope": Scope.READ.value, "days": "90"}, "now": now()}
    return render("session/tokens.html", tokens=tokens_of(actor()), scopes=scopes, longest=LONGEST, **facts | context)
