"""User name and password on every request of the API, without the price of argon2 on every request.

What was verified is remembered for a minute under a keyed digest that only this process can make; the stored hash it
was verified against must still be the same, so a changed password or a locked user is refused at once.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from threading import BoundedSemaphore, Lock

from ale.domains.people import attempts
from ale.domains.people.records import User
from ale.domains.people.service import actor_for, authenticate
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.db import inside, session

SECONDS = 60.0
_MOST = 1000
_at_once = BoundedSemaphore(4)
"""A hash takes 64 MiB: no more than these at a time."""

_key = secrets.token_bytes(32)
_known: OrderedDict[bytes, tuple[str, str, float]] = OrderedDict()
_lock = Lock()


def actor_by_password(user_name: str, password: str) -> Actor | None:
    """The actor with these credentials; None also while there are too many failures, which the door counts."""
    digest = hmac.digest(_key, f"{len(user_name)}:{user_name}:{password}".encode(), hashlib.sha256)
    with inside(ROOT_DOMAIN):
        user_id = _remembered(digest) or _verified(digest, user_name, password)
        return actor_for(user_id) if user_id else None


def _remembered(digest: bytes) -> str | None:
    with _lock:
        user_id, password_hash, until = _known.get(digest, ("", "", 0.0))
    if until < time.monotonic():
        return None
    user = session.get(User, user_id)
    return user_id if user and user.password_hash == password_hash else None


def _verified(digest: bytes, user_name: str, password: str) -> str | None:
    if attempts.too_many(user_name):
        return None
    with _at_once:
        user = authenticate(user_name, password)
    if user is None:
        return None
    with _lock:
        _known[digest] = (user.sys_id, user.password_hash or "", time.monotonic() + SECONDS)
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return user.sys_id
