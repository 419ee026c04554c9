"""Runs every benchmark in a process of its own, so that none warms or fattens another."""

import subprocess
import sys
from pathlib import Path

from benchmarks.table import heading

SUBJECTS = (
    *("start", "fragments", "ingest", "publish", "ranking_points", "ranking_scale", "background"),
    *("dedupe", "latex", "health", "load", "lanes", "sending", "small_server"),
)


def main():
    wanted = sys.argv[1:] or SUBJECTS
    unknown = set(wanted) - set(SUBJECTS)
    if unknown:
        sys.exit(f"there is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(SUBJECTS)}")
    print(heading(), flush=True)
    for subject in wanted:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{subject}"], cwd=Path(__file__).parents[1], check=False
        )
        if done.returncode:
            print(f"{subject}: ended with {done.returncode} and has no figures", flush=True)


if __name__ == "__main__":
    main()
