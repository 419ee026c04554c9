"""What the book of the archive's blocks, basis and expansions keeps to, whatever database holds it."""

import pytest

from digest.model import Field, Interest, Origin, Preferences
from digest.store import PackedBasis, PackedBlock, PackedExpansion
from tests.builders import NOON

SPEECH, TITLE, ROADS = ("speech", Field.ANYWHERE), ("speech", Field.TITLE), ("roads", Field.ANYWHERE)
LEARNT = PackedExpansion(papers=9, basis_version=1, data=b"vocoders")


def block(number, last_paper_id=9, papers=5, data=b"words"):
    return PackedBlock(number=number, last_paper_id=last_paper_id, papers=papers, data=data)


@pytest.fixture
def book(database):
    with database.write() as transaction:
        yield transaction.archive


def test_before_anything_is_kept_there_is_nothing(book):
    assert (book.block_numbers(), book.block(1), book.last_block(), book.last_paper_id()) == (
        [],
        None,
        None,
        None,
    )
    assert book.basis() is None
    assert book.expansions([SPEECH]) == {}
    assert book.unwanted_expansions() == []


def test_blocks_come_back_by_number_in_order(book):
    book.put_blocks([block(2, 20), block(10, 90), block(1, 10)])

    assert book.block_numbers() == [1, 2, 10]
    assert book.block(2) == block(2, 20)
    assert book.last_block() == block(10, 90)
    assert book.last_paper_id() == 90
    assert book.block(3) is None


def test_a_block_takes_the_place_of_the_one_with_its_number(book):
    book.put_blocks([block(1), block(2)])
    book.put_blocks([block(2, 30, 7, b"more words"), block(3, 40)])

    assert book.block_numbers() == [1, 2, 3]
    assert book.block(2) == block(2, 30, 7, b"more words")


def test_all_blocks_are_forgotten(book):
    book.put_blocks([block(1), block(2)])
    book.clear_blocks()

    assert book.block_numbers() == []


def test_there_is_one_basis(book):
    book.put_basis(PackedBasis(version=1, papers=1_000, data=b"first"))
    book.put_basis(PackedBasis(version=2, papers=2_000, data=b"second"))

    assert book.basis() == PackedBasis(version=2, papers=2_000, data=b"second")


def test_expansions_come_back_by_text_and_field(book):
    other = PackedExpansion(papers=10, basis_version=0, data=b"")
    book.put_expansions({SPEECH: LEARNT, TITLE: other})

    assert book.expansions([TITLE, ROADS, SPEECH]) == {TITLE: other, SPEECH: LEARNT}
    assert book.expansions([TITLE]) == {TITLE: other}
    assert book.expansions([]) == {}


def test_what_is_learnt_anew_takes_the_place_of_what_was_known(book):
    book.put_expansions({SPEECH: LEARNT, TITLE: LEARNT})
    newer = PackedExpansion(papers=20, basis_version=2, data=b"prosody")
    book.put_expansions({SPEECH: newer})

    assert book.expansions([SPEECH, TITLE]) == {SPEECH: newer, TITLE: LEARNT}


def test_interests_that_no_subscriber_has_are_unwanted(database):
    with database.write() as transaction:
        transaction.subscribers.add(
            name="ann",
            address="ann@reader.example",
            preferences=Preferences(),
            interests=(Interest(text="speech", weight=2.0), Interest(text="roads", within=0)),
            feed_token="token-of-ann",
            origin=Origin.COMMAND,
            created_at=NOON,
        )
        transaction.archive.put_expansions({SPEECH: LEARNT, TITLE: LEARNT, ROADS: LEARNT})
        unwanted = transaction.archive.unwanted_expansions()
        transaction.archive.forget_expansions(unwanted)
        kept = transaction.archive.expansions([SPEECH, TITLE, ROADS])

    assert sorted(unwanted) == sorted([TITLE, ROADS])
    assert kept == {SPEECH: LEARNT}


def test_an_interest_with_quotes_and_signs_is_itself(book):
    odd = ("C++ 'or' \"语音\" %_", Field.ANYWHERE)
    book.put_expansions({odd: LEARNT, SPEECH: LEARNT})
    book.forget_expansions([SPEECH])

    assert book.expansions([odd, SPEECH]) == {odd: LEARNT}
