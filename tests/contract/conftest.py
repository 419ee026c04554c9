"""Every database that the store can keep its books in, empty and ready."""

import pytest

from digest.store import Database


def in_a_file(folder):
    return Database(folder / "digest.db")


def in_memory(_folder):
    return Database(None)


@pytest.fixture(params=[in_a_file, in_memory], ids=["file", "memory"])
def database(request, tmp_path):
    found = request.param(tmp_path)
    found.prepare()
    yield found
    found.close()
