"""The real command in a process of its own, in a temporary folder, with a real database file."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: the first of the days on which the example dumps come in
FIRST_DAY = date(2026, 11, 16)


def run_digest(*args, cwd, env=None, now=None):
    """`digest ARGS` without a terminal; text in and out, as a shell would see it."""
    return subprocess.run(
        command(*args, now=now),
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def command(*args, now=None):
    moment = () if now is None else ("--now", now.isoformat() if isinstance(now, datetime) else now)
    return [sys.executable, "-m", "digest", *map(str, args), *moment]


def environment(extra=None):
    """A bare environment: nothing of the machine's own settings reaches digest."""
    kept = {k: v for k, v in os.environ.items() if k in ("HOME", "PATH", "TMPDIR")}
    return kept | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"} | (extra or {})


@dataclass
class Workspace:
    """A folder in which `digest init` was done."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def config(self):
        return self.folder / "config.yaml"

    @property
    def database(self):
        return self.folder / "digest.db"

    @property
    def inbox(self):
        return self.folder / "inbox"

    @property
    def mails(self):
        """The paths of all mails written so far, by name."""
        return sorted((self.folder / "mail").glob("*.eml"))

    def __call__(self, *args, now=None, code=0):
        """Run the command here; `code` is the exit code to expect, `None` for any."""
        done = run_digest(*args, cwd=self.folder, env=self.env, now=now)
        if code is not None:
            assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *args, now=None, code=0):
        """The one JSON document that the command prints."""
        return json.loads(self(*args, "--json", now=now, code=code).stdout)

    def invocation(self, *args, now=None):
        """The arguments by which `subprocess` starts the command here."""
        return {"args": command(*args, now=now), "cwd": self.folder, "env": environment(self.env)}

    def start(self, *args, now=None, **options):
        """The command in the background, a process to wait for."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(**self.invocation(*args, now=now), encoding="utf-8", **(pipes | options))

    def rows(self, sql, *values):
        """Rows of the database file itself."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchall()

    def put(self, source, *, name=None, changed=None):
        """Lay a file (a path, text or bytes) into the inbox, last changed at a moment (default: long ago)."""
        self.inbox.mkdir(exist_ok=True)
        path = self.inbox / (name or source.name)
        if isinstance(source, Path):
            shutil.copyfile(source, path)
        else:
            path.write_bytes(source.encode() if isinstance(source, str) else source)
        stamp = (changed or day_at(-1)).timestamp()
        os.utime(path, (stamp, stamp))
        return path

    def configure(self, **values):
        """Write a `config.yaml` with these values only; the rest keeps its default."""
        import yaml

        self.config.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))

    def snapshot(self):
        """Every file below the folder with its size, bytes and modification time."""
        return {
            str(p.relative_to(self.folder)): (p.read_bytes(), p.stat().st_mtime_ns)
            for p in sorted(self.folder.rglob("*"))
            if p.is_file()
        }


def day_at(number, hour=8, minute=0):
    """A moment on the day with this number: day 0 is a Monday."""
    return datetime.combine(FIRST_DAY + timedelta(days=number), time(hour, minute), UTC)


@pytest.fixture(scope="session")
def root():
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def dumps():
    """The five example dumps, by name."""
    return sorted((ROOT / "examples" / "dumps").glob("*.txt"))


@pytest.fixture(scope="session")
def digest():
    """`digest(*args, cwd=..., env=..., now=...)`: the command, run to its end."""
    return run_digest


@pytest.fixture(scope="session")
def at():
    """`at(number, hour=8, minute=0)`: a moment on one of the days."""
    return day_at


@pytest.fixture(scope="session")
def _begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("begun")
    done = run_digest("init", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def _filled(_begun, tmp_path_factory, dumps):
    folder = Path(shutil.copytree(_begun, tmp_path_factory.mktemp("filled") / "work"))
    Workspace(folder)("ingest", *dumps, now=day_at(0, 6))
    return folder


@pytest.fixture
def archive(_filled, tmp_path):
    """A workspace whose database holds the five example dumps, read on day 0 at six."""
    return Workspace(Path(shutil.copytree(_filled, tmp_path / "archive")))


@pytest.fixture(scope="session")
def workspace_in(_begun):
    """`workspace_in(folder)`: a new folder there in which `digest init` was done."""
    return lambda folder: Workspace(Path(shutil.copytree(_begun, folder)))


@pytest.fixture
def workspace(workspace_in, tmp_path):
    """A folder in which `digest init` was done."""
    return workspace_in(tmp_path / "work")
