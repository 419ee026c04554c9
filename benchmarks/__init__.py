"""How fast digest is, as ratios against named references measured in the same run.

`python -m benchmarks` runs all of them, `python -m benchmarks fragments` one; see `docs/benchmarks.md`.
"""
