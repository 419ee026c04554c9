"""The keys of signed links, and who wrote last."""

import os
from datetime import timedelta

import pytest

from digest.errors import UsageError
from digest.store import holder_name, last_holder, lock
from digest.tokens import MOST_KEYS, KeyRing
from tests.builders import NOON


@pytest.fixture
def named(database):
    with database.write() as transaction:
        transaction.instance.create(NOON)
    return database


def add_key(database, now=NOON):
    with database.write() as transaction:
        return transaction.instance.add_key(now)


def test_a_new_database_has_one_key_and_each_new_one_the_next_version(named):
    later = NOON + timedelta(days=1)
    second = add_key(named, later)
    with named.read() as transaction:
        versions = transaction.instance.key_versions()
        secrets = transaction.instance.secrets()
    assert [(v.version, v.created_at) for v in versions] == [(1, NOON), (2, later)]
    assert versions[-1] == second
    assert len(set(secrets.values())) == 2
    assert {len(secret) for secret in secrets.values()} == {32}
    ring = KeyRing.of(secrets)
    assert (ring.current, ring.oldest) == (2, 1)


def test_versions_show_no_secret(named):
    with named.read() as transaction:
        (version,) = transaction.instance.key_versions()
        (secret,) = transaction.instance.secrets().values()
    assert secret.hex() not in repr(version)
    assert repr(secret) not in repr(version)


def test_there_are_no_more_keys_than_a_link_can_name(named):
    for _ in range(MOST_KEYS - 1):
        add_key(named)
    with pytest.raises(UsageError, match="255 keys already"):
        add_key(named)
    with named.read() as transaction:
        assert len(transaction.instance.secrets()) == MOST_KEYS


def test_the_lock_tells_who_took_it_last_and_that_they_took_it_again(tmp_path):
    path = tmp_path / "digest.db.lock"
    assert last_holder(path) is None
    with lock(path, wait=0):
        first = last_holder(path)
        assert first.name == holder_name(os.getpid())
    assert last_holder(path) == first
    os.utime(path, ns=(0, 0))  # that was long ago
    with lock(path, wait=0):
        pass
    assert last_holder(path) != first
    assert last_holder(path).taken > 0
