"""Who is asking, and which doors are open to whom."""

from flask import Flask, Response, current_app, redirect, url_for
from flask import request as current
from flask_login import LoginManager, UserMixin, current_user
from htmx_flask import request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from ale.foundation.actor import Actor
from ale.foundation.db import enter_domain
from ale.foundation.problem import NotVisible
from ale.web.addresses import own_path
from ale.web.audience import Audience, audience_of

login = LoginManager()
"""The door that knows users registers `@login.user_loader`; it answers a Visitor or None."""


class Visitor(UserMixin):
    """Somebody logged on, as Flask-Login wants to see it."""

    def __init__(self, actor: Actor, only_reads: bool = False) -> None:
        self.actor, self.only_reads = actor, only_reads

    def get_id(self) -> str:
        """The sys_id of the user."""
        return self.actor.id


def init_app(app: Flask) -> None:
    """Know the visitor on every request and guard the doors."""
    login.init_app(app)
    app.before_request(_guard)


def actor() -> Actor:
    """Who is logged on; behind the guard there always is somebody."""
    return current_user.actor


def only_reads() -> bool:
    """Whether the visitor came with a token that changes nothing."""
    return bool(getattr(current_user, "only_reads", False))


def known_actor() -> Actor | None:
    """Who is logged on, or None on the open pages."""
    return current_user.actor if current_user and current_user.is_authenticated else None


def _guard() -> BaseResponse | None:
    """Enter the actor's domain; send visitors to the log-on and customers to their portal."""
    audience = _audience()
    if audience in (Audience.EVERYBODY, Audience.CALLERS):
        return None
    by = known_actor()
    if by is None:
        return _to_log_on()
    enter_domain(by.domain)
    if audience is None:
        raise NotVisible
    if by.is_customer and audience is Audience.STAFF:
        return redirect("/portal")
    return None


def _audience() -> Audience | None:
    """Who may use the route that was asked for; an address without a route tells only those logged on so."""
    if request.endpoint is not None:
        return audience_of(request.endpoint)
    if isinstance(request.routing_exception, MethodNotAllowed):
        return audience_of(_endpoint_of_address(request.routing_exception))
    return Audience.CALLERS if request.path.startswith("/api/") else Audience.STAFF


def _endpoint_of_address(refused: MethodNotAllowed) -> str:
    """The route at this address, of another method: who may use it is told that this one is not allowed."""
    routes = current_app.create_url_adapter(current)
    assert routes is not None
    assert refused.valid_methods
    endpoint, _arguments = routes.match(method=next(iter(refused.valid_methods)))
    return str(endpoint)


def _to_log_on() -> BaseResponse:
    """Log on first, then come back: to the page, also when only a piece of it was asked for."""
    if request.htmx:
        back = own_path(request.htmx.current_url)
        return Response(status=401, headers={"HX-Redirect": url_for("session.log_on", next=back)})
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("session.log_on", next=back))
