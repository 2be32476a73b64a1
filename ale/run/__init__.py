"""The processes of ALE: web server, worker and queue, started together and never outliving one another."""


class CannotStart(Exception):
    """ALE cannot run here and now; the message is one sentence that says why and what to do."""
