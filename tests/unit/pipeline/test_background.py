from datetime import timedelta

import pytest

from digest import rank
from digest.pipeline.drafting import background, background_for_reading
from tests.builders import NOON, paper
from tests.listings import add

PAPERS = [paper(f"Study {n} of speech", f"Diffusion number {n} works well with speech.") for n in range(9)]


@pytest.fixture
def grown(database):
    """An archive whose statistics were written after every listing."""
    for number in range(3):
        add(database, *PAPERS[number * 3 : number * 3 + 3], now=NOON + timedelta(days=number))
        background(database)
    return database


def packed(database):
    with database.read() as transaction:
        return transaction.background.get()


def test_statistics_kept_bit_by_bit_are_those_counted_at_once(grown):
    at_once = rank.Background.empty().updated(PAPERS)

    assert background(grown) == at_once
    assert packed(grown) == (at_once.to_bytes(), 9)
    assert at_once.papers == 9


def test_statistics_are_written_once_until_papers_come(grown, monkeypatch):
    before = packed(grown)
    monkeypatch.setattr(rank.Background, "to_bytes", lambda _self: pytest.fail("written again"))
    background(grown)

    assert packed(grown) == before


def test_a_paper_known_already_is_not_counted_again(grown):
    add(grown, *PAPERS, fingerprint="the same papers in another file")

    assert background(grown).papers == 9


@pytest.mark.parametrize("damage", [b"", b"not packed", b"\x78\x9c\x03\x00\x00\x00\x00\x01"])
def test_statistics_that_cannot_be_read_are_counted_anew(grown, damage):
    with grown.write() as transaction:
        transaction.background.put(damage, 9)

    assert background(grown) == rank.Background.empty().updated(PAPERS)
    assert packed(grown) == (rank.Background.empty().updated(PAPERS).to_bytes(), 9)


def test_statistics_of_another_version_are_counted_anew(grown, monkeypatch):
    monkeypatch.setattr(rank.Background, "VERSION", 99)

    assert background(grown).papers == 9


def test_who_only_looks_sees_the_same_and_writes_nothing(grown):
    before = packed(grown)
    add(grown, paper("One more study"), now=NOON + timedelta(days=9))
    with grown.read() as transaction:
        seen = background_for_reading(transaction)

    assert packed(grown) == before
    assert seen == background(grown)
    assert seen.papers == 10


def test_the_first_hour_has_an_empty_background(database):
    assert background(database) == rank.Background.empty()
    assert packed(database) is None
