"""What a child does to itself before it meets hostile input."""

import ctypes
import os
import resource
import sys

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def leave_network() -> None:
    """Move into an empty network where the kernel allows it; `confine` forbids sockets in any case.

    Must come before the process has a second thread.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)


def confine(memory: int, cpu_seconds: int) -> None:
    """Give up opening files and sockets, starting processes, and more than `memory` bytes and `cpu_seconds`.

    Irrevocable; descriptors that are open stay so. Import first what is needed later.
    """
    for limit, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),  # SIGXCPU says why; SIGKILL would not
        (resource.RLIMIT_AS, memory, memory),
    ):
        resource.setrlimit(limit, (soft, hard))
