"""`python -m ale.run` with small chunks, short leases and short delays: many moments to be killed at, little waiting.

`python -m tests.faults.quick` stands for it, `python -m tests.faults.quick worker` for its worker.
"""

from __future__ import annotations

import sys
from datetime import timedelta

LEASE, TICK = 2.0, 0.5  # seconds


def serve() -> int:
    """Web server, queue and worker as they always are, but for the pace."""
    from ale.run import __main__ as run
    from ale.run import supervisor

    run.WORKER, supervisor.LONGEST_DELAY = [sys.executable, "-m", "tests.faults.quick", "worker"], 0.5
    return run.main()


def work() -> None:
    """The worker of this pace."""
    from ale import create_app
    from ale.domains.imports import change_sets, loading, publishing, repair, validating
    from ale.foundation import ledger
    from ale.run import worker

    ledger.LEASE, worker.TICK_EVERY, worker.WORKER_TTL = timedelta(seconds=LEASE), TICK, 17
    loading.AT_ONCE = validating.AT_ONCE = repair.AT_ONCE = 40
    publishing.AT_ONCE = change_sets.AT_ONCE = 20
    app = create_app()
    worker.run_worker(app, app.config["ALE"])


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        work()
    else:
        sys.exit(serve())
