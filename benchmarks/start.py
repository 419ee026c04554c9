"""How long a command takes from nothing, against a bare Python process; and its peak memory.

Every process runs with byte code written beforehand, as an installed package has it. The processes
take turns, and the best of each counts.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import table

ROOT = Path(__file__).parents[1]
ROUNDS = 11
IMPORTS = "import sqlalchemy, jinja2, pydantic"
#: the same without what these packages put off until it is used
IMPORTS_USED = "import sqlalchemy.orm; from jinja2 import Environment; from pydantic import BaseModel"
DRY_RUN = ("run", "--dry-run", "--now", "2025-03-13T08:00Z")
SUBSCRIBER = """
subscribers:
  - address: vision@reader.example
    interests: [diffusion models, video generation, vision-language models, "image segmentation^2"]
    mute: [medical imaging]
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(place / "bytecode"),
            "COLUMNS": "100",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        _measure(place, environment)


def _measure(place, environment):
    fresh, prepared = _folder(place / "fresh"), _folder(place / "prepared")
    digest = _command()
    # what a day before leaves behind: a database with its schema, the subscriber and no paper
    for file in (inbox := prepared / "inbox").iterdir():
        file.rename(prepared / file.name)
    subprocess.run([*digest, "run", "--now", "2025-03-12T08:00Z"], cwd=prepared, env=environment, check=True)
    (prepared / SEED.name).rename(inbox / SEED.name)
    jobs = {
        "bare": ([sys.executable, "-c", IMPORTS], place),
        "used": ([sys.executable, "-c", IMPORTS_USED], place),
        "fresh": ([*digest, *DRY_RUN], fresh),
        "prepared": ([*digest, *DRY_RUN], prepared),
        "typer": ([sys.executable, "-c", "import typer"], place),
        "help": ([*digest, "--help"], place),
        "module": ([sys.executable, "-m", "digest", "--help"], place),
    }
    best, peak = _take_turns(jobs, environment)
    table.slower("dry run, one seed, prepared database", best["prepared"], IMPORTS, best["bare"], aim=2)
    table.slower("dry run, one seed, no database yet", best["fresh"], IMPORTS, best["bare"], aim=2)
    table.figure("dry run, one seed, prepared database", best["prepared"], "the same, and used", best["used"])
    table.memory("peak memory of it", peak["prepared"], IMPORTS, peak["bare"], aim=120)
    table.memory("peak memory with no database yet", peak["fresh"], IMPORTS, peak["bare"], aim=120)
    table.slower("digest --help", best["help"], "import typer", best["typer"], aim=1.5)
    table.slower("python -m digest --help", best["module"], "import typer", best["typer"], aim=1.5)


SEED = min((ROOT / "examples" / "dumps").glob("000*.txt"))


def _folder(place):
    inbox = place / "inbox"
    inbox.mkdir(parents=True)
    text = (ROOT / "config.yaml").read_text()
    begin = text.index("\nsubscribers:")
    (place / "config.yaml").write_text(text[:begin] + SUBSCRIBER)
    shutil.copyfile(SEED, inbox / SEED.name)
    long_ago = 1_741_752_000  # 2025-03-12: the page says Mar 12, and no file waits to settle
    os.utime(inbox / SEED.name, (long_ago, long_ago))
    return place


def _command():
    """The console script where it is installed, else what it does."""
    script = Path(sys.executable).with_name("digest")
    return [str(script)] if script.exists() else [sys.executable, "-c", "from digest.cli import main; main()"]


def _take_turns(jobs, environment):
    """Best wall time (s) and highest peak memory (bytes) of each job."""
    best, peak = dict.fromkeys(jobs, float("inf")), dict.fromkeys(jobs, 0)
    for turn in range(ROUNDS + 1):
        for name, (command, folder) in jobs.items():
            took, memory = _run(command, folder, environment)
            if turn:  # the first one wrote the byte code
                best[name] = min(best[name], took)
                peak[name] = max(peak[name], memory)
    return best, peak


def _run(command, folder, environment):
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    # Linux counts in KiB, macOS in bytes
    return took, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
