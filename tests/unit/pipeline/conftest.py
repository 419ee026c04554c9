import pytest

from digest.store import Database


@pytest.fixture
def database():
    found = Database(None)
    found.prepare()
    yield found
    found.close()
