"""What the children of this process have cost; unlike the clock it does not depend on what else the machine does."""

import resource


def cpu_of_children() -> float:
    """Seconds of processor of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
