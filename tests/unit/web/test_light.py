"""What stays in memory while `digest serve` waits: nothing that only a run needs."""

import subprocess
import sys

import pytest

CODE = """
import sys
from pathlib import Path
import digest.cli
from digest.frontdesk import FrontDesk
from digest.scheduler import serve
from digest.config import Listen
from digest.web import Site
desk = FrontDesk.open(Path({config!r}), environ={{}})
Site(desk, Listen("127.0.0.1", 0), named="here", log=print, tell=print)
print("\\n".join(sys.modules))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The modules that a serving process has loaded when it begins to wait."""
    config = tmp_path_factory.mktemp("light") / "config.yaml"
    config.write_text("{}")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE.format(config=str(config))],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "name",
    [
        *("numpy", "lxml", "feedparser", "httpx", "Stemmer", "rapidfuzz", "cryptography", "alembic"),
        # what litestar would load by itself
        *("pydantic.v1", "attrs", "rich"),
        *("digest.app", "digest.pipeline", "digest.rank", "digest.sources", "digest.deliver"),
    ],
)
def test_what_only_a_run_needs_is_not_loaded(loaded, name):
    assert name not in loaded


def test_there_is_something_to_look_at(loaded):
    assert {"litestar", "uvicorn", "sqlalchemy", "digest.frontdesk", "digest.web"} <= loaded
