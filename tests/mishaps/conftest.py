"""One server and one set of frozen issues serve all tests of this folder."""

import pytest

from tests.crash.recorder import Recorder
from tests.mishaps.disk import Disk
from tests.mishaps.stage import Stage, published


@pytest.fixture(scope="session")
def one_recorder():
    found = Recorder()
    yield found
    found.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A folder with frozen issues; tests get copies."""
    return published(tmp_path_factory.mktemp("published"))


@pytest.fixture
def recorder(one_recorder):
    """The server, as if nothing had happened before."""
    one_recorder.begin()
    yield one_recorder
    assert one_recorder.failures == []


@pytest.fixture
def stage(template, tmp_path, recorder):
    """Frozen issues, and a server that takes them."""
    return Stage(template, tmp_path, recorder)


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    found = Disk(tmp_path / "disk")
    yield found
    found.close()


@pytest.fixture
def on_small_disk(template, disk, recorder):
    """Frozen issues whose database lies on the small disk."""
    return Stage(template, disk.place / "digest", recorder)
