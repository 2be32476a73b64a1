"""Tie a process to the one that started it, so that a killed parent leaves no orphan at work."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded here and not in the child: between fork and exec a child should only call, not load.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(parent: int, with_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when its parent, process `parent`, ends for whatever reason.

    Holds across exec but not across fork: each child asks for itself. The parent's *thread* that forked counts as
    the parent, so start children from the main thread. Only Linux can do it; elsewhere a killed parent's children
    must be ended by hand.
    """
    if _libc is None:
        return
    if _libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), with_signal)


def tied(with_signal: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """`end_with_parent` for `subprocess.Popen(preexec_fn=tied())`, called in the parent."""
    parent = os.getpid()
    return lambda: end_with_parent(parent, with_signal)
