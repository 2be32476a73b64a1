"""Benchmarks: `python -m bench` runs all, `python -m bench lists` one; each figure is a JSON line in bench/results/."""
