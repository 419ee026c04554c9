"""Blocks, bases and expansions come back from their bytes as they were, or are refused."""

import zlib

import numpy as np
import pytest

from digest.rank import Basis, Expansion, TokenBlock
from digest.rank.archive.blocks import BREAK
from digest.rank.archive.related import Terms
from digest.rank.archive.vectors import Vectors
from digest.rank.words.tokens import Analyser
from tests.builders import paper

PAPERS = [
    paper("Fast Diffusion", "We study diffusion models, and C++."),
    paper("Schrödinger 语音", ""),
    paper("", "Speech without a title."),
]


def block():
    return TokenBlock.of_papers(PAPERS, Analyser())


def basis(words=("speech", "diffus", "electroencephalographi")):
    chance = np.random.default_rng(1)
    return Basis.of(words, chance.normal(size=(len(words), 4)), chance.normal(size=(5, 4)))


def expansion(**changes):
    values = {
        "terms": (("vocod", 0.8), ("prosodi", 0.1 + 0.2), ("语音", 1 / 3)),
        "telling": frozenset({"vocod", "prosodi"}),
        "sureness": 2 / 3,
        "latent": np.array([0.6, 0.8, 0.1], np.float32),
    }
    values |= changes
    return Expansion(**(values | {"terms": Terms(values["terms"])}))


def bits(latent):
    return None if latent is None else latent.tobytes()


# ── blocks ────────────────────────────────────────────────────────────────────────────────────


def test_a_block_comes_back_as_it_was():
    again = TokenBlock.from_bytes(block().to_bytes())

    assert again.forms == block().forms
    assert again.places.tolist() == block().places.tolist()
    assert again.bounds.tolist() == block().bounds.tolist()
    assert (len(again), again.places.dtype, again.to_bytes()) == (3, np.int32, block().to_bytes())


def test_a_block_of_more_words_than_sixteen_bits_number_comes_back_too():
    words = tuple((f"word{n}", f"word{n}") for n in range(70_000))
    many = TokenBlock(
        (("", ""), *words), np.arange(70_001, dtype=np.int32), np.array([0, 70_001, 70_001], np.int32)
    )
    again = TokenBlock.from_bytes(many.to_bytes())

    assert (again.forms, again.places.tolist()) == (many.forms, many.places.tolist())


def test_blocks_joined_are_the_block_of_all_papers():
    parts = [TokenBlock.of_papers(part, Analyser()) for part in (PAPERS[:1], [], PAPERS[1:])]

    assert TokenBlock.joined(parts).to_bytes() == block().to_bytes()


def test_a_block_of_nothing_comes_back():
    assert len(TokenBlock.from_bytes(TokenBlock.of([]).to_bytes())) == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda data: data[:40],
        lambda data: zlib.compress(zlib.decompress(data)[:-2]),
        lambda data: zlib.compress(zlib.decompress(data).replace(b"diffusion diffus ", b"")),
        lambda data: zlib.compress(zlib.decompress(data).replace(b'"version": 1', b'"version": 9')),
        lambda _data: zlib.compress(b'{"version": 1, "places": 0, "bounds": 0}\n\n'),
        lambda _data: zlib.compress(b"[]\n\n"),
    ],
)
def test_a_damaged_block_is_refused(damage):
    with pytest.raises(ValueError):  # noqa: PT011 the message is that of whatever is wrong
        TokenBlock.from_bytes(damage(block().to_bytes()))


# ── bases ─────────────────────────────────────────────────────────────────────────────────────


class Index:
    papers = 2
    stems = ("", "speech", "unknown", "electroencephalographi")


def latent(of):
    rows = Vectors(
        np.array([0, 2, 3], np.int32), np.array([1, 3, 2], np.int32), np.array([0.6, 0.8, 1], np.float32)
    )
    return of.project(Index, rows)


def test_a_basis_from_its_bytes_finds_the_same_to_the_last_bit():
    again = Basis.from_bytes(basis().to_bytes())

    assert latent(again).tobytes() == latent(basis()).tobytes()
    assert again.to_bytes() == basis().to_bytes()


def test_a_paper_is_a_direction_of_length_one_and_nothing_without_a_known_word():
    first, second = latent(basis())

    assert np.linalg.norm(first) == pytest.approx(1)
    assert second.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda _data: b"[]\n",
        lambda _data: b"{}\n",
        lambda data: data[:-1],
        lambda data: data + b"xx",
        lambda data: data.replace(b'"rows": 3', b'"rows": 2'),
        lambda data: data.replace(b'"rows": 3', b'"rows": -3'),
        lambda data: data.replace(b'"dimensions": 4', b'"dimensions": 2'),
    ],
)
def test_a_damaged_basis_is_refused(damage):
    with pytest.raises(ValueError):  # noqa: PT011 the message is that of whatever is wrong
        Basis.from_bytes(damage(basis().to_bytes()))


def test_a_basis_of_another_version_is_refused_by_its_number(monkeypatch):
    data = basis().to_bytes()
    monkeypatch.setattr(Basis, "VERSION", 99)

    with pytest.raises(ValueError, match="expected 99"):
        Basis.from_bytes(data)


# ── expansions ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "changes", [{}, {"latent": None}, {"terms": (), "telling": frozenset(), "sureness": 0.0}]
)
def test_an_expansion_comes_back_to_the_last_bit(changes):
    one = expansion(**changes)
    again = Expansion.from_bytes(one.to_bytes())

    assert (again.terms, again.telling, again.sureness) == (one.terms, one.telling, one.sureness)
    assert bits(again.latent) == bits(one.latent)
    assert again.to_bytes() == one.to_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda _data: b"5\n",
        lambda _data: b"{}\n",
        lambda data: data[:-4],
        lambda data: data[:-20],
        lambda data: data + b"1234",
        lambda data: data.replace(b'"latent": 3', b'"latent": null'),
        lambda data: data.replace(b'"sureness": 0.6', b'"sureness": "x", "s": 0.6'),
    ],
)
def test_a_damaged_expansion_is_refused(damage):
    with pytest.raises(ValueError):  # noqa: PT011 the message is that of whatever is wrong
        Expansion.from_bytes(damage(expansion().to_bytes()))


def test_an_expansion_of_another_version_is_refused_by_its_number(monkeypatch):
    data = expansion().to_bytes()
    monkeypatch.setattr(Expansion, "VERSION", 99)

    with pytest.raises(ValueError, match="version 1, expected 99"):
        Expansion.from_bytes(data)


def test_the_break_is_no_word():
    assert block().forms[BREAK] == ("", "")
