"""How many requests of the API a user may send: so many a minute to each web process, then a while none."""

import time
from collections import defaultdict
from threading import Lock

SECONDS = 60

_lock = Lock()
_sent: dict[str, int] = defaultdict(int)
_window = [0]


def seconds_to_wait(user: str, most: int) -> int:
    """Count a request of `user`; 0 when it may pass, else how long until the next one may."""
    moment = time.time()
    window = int(moment // SECONDS)
    with _lock:
        if _window[0] != window:
            _window[0] = window
            _sent.clear()
        _sent[user] += 1
        passes = _sent[user] <= most
    return 0 if passes else int((window + 1) * SECONDS - moment) + 1
