"""One launcher, one server and a few editions serve all tests of this folder."""

import pytest

from tests.crash.__main__ import RECIPIENTS
from tests.crash.recorder import Recorder
from tests.crash.trial import Edition, Launcher


@pytest.fixture(scope="session")
def launcher():
    found = Launcher()
    yield found
    found.close()


@pytest.fixture(scope="session")
def one_recorder():
    found = Recorder()
    yield found
    found.close()


@pytest.fixture
def recorder(one_recorder):
    """The server, as if nothing had happened before."""
    one_recorder.begin()
    yield one_recorder
    assert one_recorder.failures == []


@pytest.fixture(scope="session")
def edition(launcher, tmp_path_factory):
    """A hundred readers."""
    return Edition(launcher, tmp_path_factory.mktemp("crash") / "edition", 100)


@pytest.fixture(scope="session")
def large_edition(launcher, tmp_path_factory):
    """A hundred readers, and some whose mails are packed with what those of the hundred have in common."""
    found = Edition(launcher, tmp_path_factory.mktemp("crash") / "large", RECIPIENTS)
    assert 0 < found.packed_together() < RECIPIENTS
    return found


@pytest.fixture(scope="session")
def unpublished(launcher, tmp_path_factory):
    """Five readers and papers for them."""
    return Edition(launcher, tmp_path_factory.mktemp("crash") / "unpublished", 5, published=False)


@pytest.fixture(scope="session")
def small_edition(launcher, tmp_path_factory):
    """Two readers."""
    return Edition(launcher, tmp_path_factory.mktemp("crash") / "small", 2)
