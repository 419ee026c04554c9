"""The disk fails once, at every single step: `python -m tests.crash.errors`.

`strace` lets one system call on the database, its log or the file beside it fail, the first in one
run, the second in the next, until a run has no such call any more.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.crash.recorder import Recorder
from tests.crash.trial import NOW, ROOT, Edition, Launcher, examine, finish

#: a system call, and how it fails
FAILURES = (
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EIO"),
    ("write", "ENOSPC"),
    ("fdatasync", "EIO"),
    ("fsync", "EIO"),
    ("ftruncate", "EIO"),
    ("rename", "EROFS"),
)
FILES = ("", "/digest.db", "/digest.db-wal", "/digest.db.generation", "/.digest.db.generation.part")


@dataclass(frozen=True)
class Failure:
    """What came of one failed call."""

    #: whether the run had such a call
    happened: bool
    code: int
    said: str
    in_doubt: int
    #: what must never be, in words
    wrong: tuple


def failure(launcher, recorder, edition, folder, once):
    """Let one call fail while mails go out, and then let sending go on.

    `once` names the call, its error, and the number of the call that fails.
    """
    call, error, number = once
    edition.copy(folder, port=recorder.port, policy="hold", connections=1)
    recorder.begin()
    log = folder.parent / "failures"
    options = [
        "-f",
        "-o",
        str(log),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:error={error}:when={number}",
    ]
    options += [option for name in FILES for option in ("-P", f"{folder}{name}")]
    done = subprocess.run(
        ["strace", *options, sys.executable, "-m", "digest", "deliver", "--now", NOW.isoformat()],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    happened = "(INJECTED)" in log.read_text()
    finish(launcher, folder, run=1)
    verdict = examine(folder, recorder, kills=1, connections=1, policy="hold")
    said = done.stdout + done.stderr
    rules = {
        f"exit code {done.returncode}": done.returncode in ((0, 2) if happened else (0,)),
        f"not one clear line: {said}": len(said.splitlines()) == 1,
    }
    wrong = (*verdict.wrong, *(words for words, holds in rules.items() if not holds))
    return Failure(happened, done.returncode, said.strip(), verdict.in_doubt, wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=3)
    chosen = parser.parse_args()
    wrong = []
    with (
        tempfile.TemporaryDirectory() as name,
        closing(Launcher()) as launcher,
        closing(Recorder()) as recorder,
    ):
        edition = Edition(launcher, Path(name) / "edition", chosen.recipients)
        for call, error in FAILURES:
            found = []
            while not found or found[-1].happened:
                number = len(found) + 1
                one = failure(launcher, recorder, edition, Path(name) / "t", (call, error, number))
                found.append(one)
                wrong += [f"{call} {number}, {error}: {words}" for words in one.wrong]
            happened = found[:-1]
            print(
                f"{call} fails with {error}: {len(happened)} runs, of which "
                f"{sum(one.code == 0 for one in happened)} went on, the others ended with an error; "
                f"{sum(one.in_doubt for one in happened)} mails in doubt"
            )
    for words in wrong:
        print(f"WRONG {words}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
