from datetime import timedelta

import numpy as np
import pytest

from digest import rank
from digest.model import Field, Interest, Origin, Preferences
from digest.pipeline import counting, statistics, subscribing
from digest.pipeline.statistics import background, background_for_reading
from digest.rank.archive.related import NOTHING
from digest.rank.teaching import kept as archive
from digest.store import Database, PackedBasis, PackedExpansion
from tests.builders import NOON, paper
from tests.listings import add

SPEECH, DIFFUSION = Interest(text="speech"), Interest(text="diffusion number", weight=2.0)
ASKED, ALSO = rank.Asked("speech"), rank.Asked("diffusion number")
PAPERS = [paper(f"Study {n} of speech", f"Diffusion number {n} works well with speech.") for n in range(9)]


@pytest.fixture
def grown(database):
    """An archive whose statistics were written after every listing."""
    for number in range(3):
        add(database, *PAPERS[number * 3 : number * 3 + 3], now=NOON + timedelta(days=number))
        background(database, ())
    return database


def packed(database):
    with database.read() as transaction:
        return transaction.background.get()


def test_statistics_kept_bit_by_bit_are_those_counted_at_once(grown):
    at_once = rank.Background.empty().updated(PAPERS)

    assert background(grown, ()) == at_once
    assert packed(grown) == (at_once.to_bytes(), 9)
    assert at_once.papers == 9


def test_statistics_are_written_once_until_papers_come(grown, monkeypatch):
    before = packed(grown)
    monkeypatch.setattr(rank.Background, "to_bytes", lambda _self: pytest.fail("written again"))
    background(grown, ())

    assert packed(grown) == before


def test_a_paper_known_already_is_not_counted_again(grown):
    add(grown, *PAPERS, fingerprint="the same papers in another file")

    assert background(grown, ()).papers == 9


@pytest.mark.parametrize("damage", [b"", b"not packed", b"\x78\x9c\x03\x00\x00\x00\x00\x01"])
def test_statistics_that_cannot_be_read_are_counted_anew(grown, damage):
    with grown.write() as transaction:
        transaction.background.put(damage, 9)

    assert background(grown, ()) == rank.Background.empty().updated(PAPERS)
    assert packed(grown) == (rank.Background.empty().updated(PAPERS).to_bytes(), 9)


def test_statistics_of_another_version_are_counted_anew(grown, monkeypatch):
    monkeypatch.setattr(rank.Background, "VERSION", 99)

    assert background(grown, ()).papers == 9


def test_who_only_looks_sees_the_same_and_writes_nothing(grown):
    before = packed(grown)
    add(grown, paper("One more study"), now=NOON + timedelta(days=9))
    with grown.read() as transaction:
        seen = background_for_reading(transaction)

    assert packed(grown) == before
    assert seen == background(grown, ())
    assert seen.papers == 10


def test_the_first_hour_has_an_empty_background(database):
    assert background(database, ()) == rank.Background.empty()
    assert packed(database) is None


def test_the_first_days_are_read_after_the_packaged_beginning(database):
    assert background(database, ()).beginning is rank.beginning()
    with database.read() as transaction:
        assert background_for_reading(transaction).beginning is rank.beginning()


# ── blocks ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small(monkeypatch):
    """Blocks of four papers, seven papers counted in one go."""
    monkeypatch.setattr(rank, "BLOCK", 4)
    monkeypatch.setattr(archive, "BLOCK", 4)
    monkeypatch.setattr(counting, "_ROUND", 7)


def blocks(store):
    with store.read() as transaction:
        return [transaction.archive.block(n) for n in transaction.archive.block_numbers()]


def grow(store, parts):
    at = 0
    for day, count in enumerate(parts):
        add(store, *PAPERS[at : at + count], now=NOON + timedelta(days=day))
        at += count
        background(store, ())


@pytest.mark.parametrize("parts", [(9,), (1,) * 9, (4, 4, 1), (3, 5, 1), (8, 1)])
def test_blocks_that_grow_are_those_cut_at_once(database, small, parts):
    grow(database, parts)
    whole = [PAPERS[:4], PAPERS[4:8], PAPERS[8:]]
    cut = [rank.TokenBlock.of_papers(part, rank.Background.empty().analyser) for part in whole]

    assert [(b.number, b.last_paper_id, b.papers) for b in blocks(database)] == [
        (1, 4, 4),
        (2, 8, 4),
        (3, 9, 1),
    ]
    assert [b.data for b in blocks(database)] == [block.to_bytes() for block in cut]


def damage(store, number):
    with store.write() as transaction:
        sound = transaction.archive.block(number)
        transaction.archive.put_blocks(
            [type(sound)(number=number, last_paper_id=sound.last_paper_id, papers=4, data=b"damaged")]
        )


def test_a_damaged_last_block_is_made_anew_with_all_others(database, small):
    grow(database, (3, 3))
    damage(database, 2)
    add(database, *PAPERS[6:], fingerprint="more", now=NOON + timedelta(days=9))

    assert background(database, ()) == rank.Background.empty().updated(PAPERS)
    assert [b.papers for b in blocks(database)] == [4, 4, 1]
    assert b"damaged" not in [b.data for b in blocks(database)]


def test_a_damaged_block_is_made_anew_when_it_is_to_teach(database, small):
    grow(database, (9,))
    sound = blocks(database)
    damage(database, 1)

    assert background(database, [SPEECH]).expansions[ASKED].terms
    assert blocks(database) == sound


def test_blocks_and_statistics_of_different_papers_are_made_anew(database, small):
    grow(database, (9,))
    sound = blocks(database)
    with database.write() as transaction:
        transaction.archive.clear_blocks()
        transaction.archive.put_blocks(sound[:2])

    assert background(database, ()) == rank.Background.empty().updated(PAPERS)
    assert blocks(database) == sound


def test_what_another_run_counted_meanwhile_is_not_counted_twice(database, small, monkeypatch):
    grow(database, (3,))
    add(database, *PAPERS[3:], now=NOON + timedelta(days=9))
    ours, meanwhile = counting.counting, []

    def slowly(*arguments):
        found = ours(*arguments)
        if not meanwhile:
            meanwhile.append(1)
            counting.count_papers(database)
        return found

    monkeypatch.setattr(counting, "counting", slowly)

    assert counting.count_papers(database) == rank.Background.empty().updated(PAPERS)
    assert packed(database) == (rank.Background.empty().updated(PAPERS).to_bytes(), 9)
    assert [b.papers for b in blocks(database)] == [4, 4, 1]


def test_long_counting_is_told_and_short_counting_is_not(database, small):
    told = []
    add(database, *PAPERS)
    counting.count_papers(database, lambda *step: told.append(step))
    add(database, paper("One more study"), now=NOON + timedelta(days=9))
    counting.count_papers(database, lambda *step: told.append(step))

    assert told == [("counting papers", 0, 9), ("counting papers", 7, 9)]


# ── what is learnt about interests ────────────────────────────────────────────────────────────


def join(store, *interests, name="ann"):
    with store.write() as transaction:
        return subscribing.subscribe(
            transaction,
            subscribing.Wish(
                name=name,
                address=f"{name}@reader.example",
                preferences=Preferences(),
                interests=interests,
            ),
            origin=Origin.COMMAND,
            now=NOON,
        )


def kept(store, *asked):
    """What the store knows of interests, by what they ask for."""
    with store.read() as transaction:
        found = transaction.archive.expansions([each[:2] for each in asked or (ASKED, ALSO)])
    return {rank.Asked(*each): packed for each, packed in found.items()}


def as_bytes(found):
    return {each: expansion.to_bytes() for each, expansion in found.items()}


@pytest.fixture
def never_again(monkeypatch):
    """Learning fails the test."""
    return lambda: monkeypatch.setattr(rank, "relate", lambda *_: pytest.fail("learnt again"))


def test_what_was_learnt_is_kept_and_comes_back_to_the_last_bit(grown, never_again):
    fresh = background(grown, [SPEECH, DIFFUSION])
    never_again()
    stored = background(grown, [DIFFUSION, SPEECH])

    assert fresh.expansions.keys() == {ASKED, ALSO}
    assert fresh.expansions[ASKED].terms
    assert as_bytes(stored.expansions) == as_bytes(fresh.expansions)


def test_interests_learnt_one_by_one_are_those_learnt_together(grown, monkeypatch):
    one, other = background(grown, [SPEECH]).expansions, background(grown, [DIFFUSION]).expansions
    with grown.write() as transaction:
        transaction.archive.forget_expansions([ASKED[:2], ALSO[:2]])
    together = background(grown, [SPEECH, DIFFUSION]).expansions
    with grown.write() as transaction:
        transaction.archive.forget_expansions([ASKED[:2], ALSO[:2]])
    monkeypatch.setattr(statistics, "_TOGETHER", 1)
    in_parts = background(grown, [SPEECH, DIFFUSION]).expansions

    assert as_bytes(one | other) == as_bytes(together) == as_bytes(in_parts)


def test_only_what_a_reader_wants_in_words_is_learnt(grown):
    others = [Interest(text="speech", weight=-1.0), Interest(text="Lovelace", field=Field.AUTHOR)]

    assert background(grown, others).expansions == {}
    assert kept(grown, rank.Asked("Lovelace", Field.AUTHOR), ASKED) == {}


def test_an_archive_grown_by_a_fifth_teaches_anew(grown, never_again):
    background(grown, [SPEECH])
    add(grown, paper("Speech and vocoders"), now=NOON + timedelta(days=9))
    still = background(grown, [SPEECH]).expansions
    assert kept(grown)[ASKED].papers == 9
    add(grown, paper("Speech by vocoders"), now=NOON + timedelta(days=10))
    anew = background(grown, [SPEECH]).expansions

    assert kept(grown)[ASKED].papers == 11
    assert "vocod" not in dict(still[ASKED].terms)
    assert "vocod" in dict(anew[ASKED].terms)


@pytest.mark.parametrize(
    "spoilt",
    [
        PackedExpansion(papers=9, basis_version=0, data=b"damaged"),
        PackedExpansion(papers=9, basis_version=7, data=NOTHING.to_bytes()),
    ],
)
def test_what_cannot_be_used_is_learnt_anew(grown, spoilt):
    sound = as_bytes(background(grown, [SPEECH]).expansions)
    with grown.write() as transaction:
        transaction.archive.put_expansions({ASKED[:2]: spoilt})
    with grown.read() as transaction:
        assert as_bytes(background_for_reading(transaction, [SPEECH]).expansions) == sound

    assert as_bytes(background(grown, [SPEECH]).expansions) == sound
    assert kept(grown)[ASKED].data == sound[ASKED]


def test_what_nobody_wants_any_more_is_forgotten(grown):
    join(grown, SPEECH)
    background(grown, [SPEECH, DIFFUSION])
    assert kept(grown).keys() == {ASKED, ALSO}
    background(grown, [SPEECH])

    assert kept(grown).keys() == {ASKED}


def test_an_empty_archive_teaches_nothing(database):
    assert background(database, [SPEECH]).expansions == {}
    assert kept(database) == {}


def test_who_only_looks_learns_the_same_and_keeps_nothing(grown, small):
    add(grown, paper("Speech and vocoders"), now=NOON + timedelta(days=9))
    with grown.read() as transaction:
        seen = background_for_reading(transaction, [SPEECH])
    assert kept(grown) == {}

    assert as_bytes(seen.expansions) == as_bytes(background(grown, [SPEECH]).expansions)


def test_who_only_looks_uses_what_is_kept_and_waits_for_nothing_long(grown, monkeypatch):
    sound = as_bytes(background(grown, [SPEECH]).expansions)
    monkeypatch.setattr(statistics, "_MOST_FOR_READING", 8)
    with grown.read() as transaction:
        seen = background_for_reading(transaction, [SPEECH, DIFFUSION])

    assert as_bytes(seen.expansions) == sound


def test_who_only_looks_at_a_damaged_block_sees_what_needs_none(grown):
    damage(grown, 1)
    with grown.read() as transaction:
        assert background_for_reading(transaction, [SPEECH]).expansions == {}
    add(grown, paper("One more study"), now=NOON + timedelta(days=9))
    with grown.read() as transaction:
        assert background_for_reading(transaction, [SPEECH]).expansions[ASKED].terms


def test_a_rehearsal_learns_and_leaves_nothing(tmp_path):
    database = shelf(tmp_path)
    with database.rehearsal() as rehearsal:
        found = as_bytes(background(rehearsal, [SPEECH]).expansions)
    assert (packed(database), kept(database), blocks(database)) == (None, {}, [])

    assert as_bytes(background(database, [SPEECH]).expansions) == found
    database.close()


def shelf(folder):
    """A database in a file, with papers that were not counted."""
    database = Database(folder / "digest.db")
    database.prepare()
    add(database, *PAPERS)
    return database


# ── subjects ──────────────────────────────────────────────────────────────────────────────────

DIRECTIONS = np.eye(2)


@pytest.fixture
def making(monkeypatch):
    """Bases of two words, from archives of nine papers on; how many papers each was made of."""
    made = []

    def make(blocks, known):
        made.append((sum(map(len, blocks)), known.papers))
        return rank.Basis.of(["studi", "speech"], DIRECTIONS, DIRECTIONS)

    monkeypatch.setattr(rank, "make_basis", make)
    monkeypatch.setattr(statistics, "_FEWEST_FOR_BASIS", 9)
    return made


def versions(store):
    with store.read() as transaction:
        basis = transaction.archive.basis()
    return basis and (basis.version, basis.papers), kept(store)[ASKED].basis_version


def test_subjects_are_found_when_there_are_papers_enough_and_again_when_it_grew_by_a_quarter(
    database, making
):
    add(database, *PAPERS[:8])
    background(database, [SPEECH])
    assert (versions(database), making) == ((None, 0), [])
    add(database, PAPERS[8], now=NOON + timedelta(days=1))
    before = background(database, [SPEECH])
    assert (versions(database), making) == (((1, 9), 1), [(9, 9)])
    assert before.expansions[ASKED].latent.shape == (2,)
    add(database, *(paper(f"More {n}") for n in range(2)), now=NOON + timedelta(days=2))
    background(database, [SPEECH])
    assert making == [(9, 9)]
    add(database, paper("Still more"), now=NOON + timedelta(days=3))
    background(database, [SPEECH])

    assert (versions(database), making) == (((2, 12), 2), [(9, 9), (12, 12)])


def test_subjects_from_the_store_are_those_that_were_found(grown, making):
    fresh = background(grown, [SPEECH])
    stored = background(grown, [SPEECH])
    with grown.read() as transaction:
        seen = background_for_reading(transaction, [SPEECH])

    assert len(making) == 1
    assert fresh.basis.to_bytes() == stored.basis.to_bytes() == seen.basis.to_bytes()
    assert as_bytes(fresh.expansions) == as_bytes(stored.expansions) == as_bytes(seen.expansions)


def test_a_basis_that_cannot_be_read_is_made_anew(grown, making):
    with grown.write() as transaction:
        transaction.archive.put_basis(PackedBasis(version=4, papers=9, data=b"damaged"))
    background(grown, [SPEECH])

    assert versions(grown) == ((5, 9), 5)


def test_without_the_extra_the_interests_are_learnt_all_the_same(grown, making, monkeypatch):
    monkeypatch.setattr(rank, "make_basis", lambda _blocks, _background: None)
    with grown.write() as transaction:
        transaction.archive.put_basis(PackedBasis(version=4, papers=9, data=b"damaged"))

    assert background(grown, [SPEECH]).expansions[ASKED].latent is None
    assert versions(grown) == ((4, 9), 0)


def test_no_rehearsal_and_nobody_who_looks_finds_subjects(tmp_path, making):
    database = shelf(tmp_path)
    with database.rehearsal() as rehearsal:
        background(rehearsal, [SPEECH])
    with database.read() as transaction:
        background_for_reading(transaction, [SPEECH])
    counting.count_papers(database)
    database.close()

    assert making == []


def test_long_learning_is_told_block_by_block(database, small, making):
    told = []
    add(database, *PAPERS)
    background(database, [SPEECH], lambda *step: told.append(step))

    assert told[2:] == [
        *(("finding subjects", done, 3) for done in range(4)),
        *(("learning interests", done, 3) for done in range(4)),
    ]


def test_the_basis_of_a_real_archive_is_the_same_twice():
    papers = [
        paper(f"{first} {second}", f"word{n % 40} word{n % 37} {first} thing{n % 150} item{n % 140}")
        for n in range(700)
        for first, second in [(f"subject{n % 9}", f"part{n % 31}")]
    ]
    known = rank.Background.empty().updated(papers)
    bases = [rank.make_basis(rank.blocks_of(papers, known.analyser), known) for _ in range(2)]

    assert bases[0].directions.shape[1] == 128
    assert bases[0].to_bytes() == bases[1].to_bytes()


def test_too_small_an_archive_has_no_basis():
    known = rank.Background.empty().updated(PAPERS)

    assert rank.make_basis(rank.blocks_of(PAPERS, known.analyser), known) is None
