"""Run benchmarks by name; without a name all of them."""

import sys
from importlib import import_module

from bench.report import Report

ALL = ("lists", "success", "rates", "imports")


def main(names: list[str]) -> None:
    """Each benchmark is a module of this folder with `run(report)`."""
    for name in names or ALL:
        with Report(name) as report:
            import_module(f"bench.{name}").run(report)


main(sys.argv[1:])
