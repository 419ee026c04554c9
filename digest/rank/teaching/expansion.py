"""Related words, learnt from the archive: what the papers most about an interest say besides it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digest.rank.archive.background import Background
from digest.rank.archive.basis import Basis
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.index import Floats, WordIndex
from digest.rank.archive.related import NOTHING, Expansion, Terms
from digest.rank.archive.vectors import Columns, Vectors, vectors
from digest.rank.asked import Asked
from digest.rank.interests import wordings
from digest.rank.lexical import strengths
from digest.rank.weights import Weights

#: so many papers teach, the best of the archive
_TEACHERS = 10
#: so many related words are kept
_TERMS = 50
#: the power of its strength by which a teacher counts
_PREFERENCE = 2.5
#: different words of a paper that teaches as much as any
_FULL = 25
#: mean strength of the best three teachers at which they are not trusted at all, and wholly
_DOUBTED, _TRUSTED = 0.08, 0.22
#: a word is shown when this many of them hold it, and so many times the part of other papers that do
_SHOWN_IN, _OUTSTANDING = 3, 5.0
#: and it is not in a larger part of the archive
_ORDINARY = 0.06


@dataclass(frozen=True, slots=True, eq=False, order=False)
class _Teacher:
    """What is kept of a paper while others are read: copies, for a view would keep its whole block."""

    stems: tuple[str, ...]
    values: Floats
    latent: Floats | None
    #: 1, or less for a paper of a few words, which can teach little
    fullness: float


def learn(
    asked: Sequence[Asked],
    blocks: Iterable[TokenBlock],
    background: Background,
    basis: Basis | None,
    weights: Weights,
) -> dict[Asked, Expansion]:
    """What the archive, read block by block, teaches about each of the interests `asked`.

    Nothing about such that want all their words: these stand for themselves.
    """
    ways = {each: wordings(each, background) for each in dict.fromkeys(asked) if each.within is None}
    found: dict[Asked, list[tuple[float, int, _Teacher]]] = {each: [] for each in ways}
    seen = 0
    for block in blocks:
        index = WordIndex(block, background)
        rows = vectors(index, background)
        latent = basis.project(index, rows) if basis else None
        for each, best in found.items():
            strength = np.zeros(index.papers, np.float32)
            for wording in ways[each]:
                np.maximum(strength, strengths(index, wording, each.field, weights).sum(axis=1), out=strength)
            for paper in _leading(strength, best):
                entry = (float(strength[paper]), -(seen + paper), _teacher(index, rows, latent, paper))
                (heapq.heappush if len(best) < _TEACHERS else heapq.heappushpop)(best, entry)
        seen += index.papers
    return {each: _expansion(best, background) for each, best in found.items()}


def _leading(strength: Floats, best: Sequence[tuple[float, int, _Teacher]]) -> list[int]:
    """Papers of a block that may be among the teachers, the strongest first."""
    least = best[0][0] if len(best) == _TEACHERS else 0.0
    above = np.flatnonzero(strength > least)
    order = np.argsort(-strength[above], kind="stable")[:_TEACHERS]
    return [int(paper) for paper in above[order]]


def _teacher(index: WordIndex, rows: Vectors, latent: Floats | None, paper: int) -> _Teacher:
    stems, values = rows.row(paper)
    words = tuple(index.stems[stem] for stem in stems.tolist())
    fullness = min(len(stems) / _FULL, 1.0)
    return _Teacher(words, values.copy(), None if latent is None else latent[paper].copy(), fullness)


def _expansion(best: Sequence[tuple[float, int, _Teacher]], background: Background) -> Expansion:
    ranked = sorted(best, key=lambda b: (-b[0], -b[1]))
    teachers = [(strength**_PREFERENCE * teacher.fullness, teacher) for strength, _, teacher in ranked]
    whole = sum(weight for weight, _ in teachers)
    if not whole:
        return NOTHING
    numbers: dict[str, int] = {}
    said = [numbers.setdefault(stem, len(numbers)) for _, teacher in teachers for stem in teacher.stems]
    shares = [teacher.values.astype(np.float64) * weight / whole for weight, teacher in teachers]
    centre = np.bincount(said, np.concatenate(shares)).astype(np.float64, copy=False)
    held = np.bincount(said)
    heaviest = _heaviest(list(numbers), centre)
    length = sum(v * v for v, _ in heaviest) ** 0.5
    telling = frozenset(
        s for _, s in heaviest if _tells(s, int(held[numbers[s]]) / len(teachers), background)
    )
    return Expansion(
        terms=Terms((s, v / length) for v, s in heaviest),
        telling=telling,
        sureness=_sureness([strength for strength, *_ in ranked]),
        latent=_direction([(w / whole, t.latent) for w, t in teachers if t.latent is not None]),
    )


def _heaviest(stems: Sequence[str], centre: npt.NDArray[np.float64]) -> list[tuple[float, str]]:
    """The `_TERMS` stems that weigh most, by weight and name."""
    least = np.partition(centre, -_TERMS)[-_TERMS] if len(centre) > _TERMS else 0.0
    # as many as weigh the same as the last one, too
    found = np.flatnonzero((centre >= least) & (centre > 0))
    weighing = ((v, stems[at]) for at, v in zip(found.tolist(), centre[found].tolist(), strict=True))
    return sorted(weighing, key=lambda each: (-each[0], each[1]))[:_TERMS]


def _tells(stem: str, held: float, background: Background) -> bool:
    """Whether a word means something beside an interest: no one paper's name, and not what all say."""
    usual = background.share(stem)
    common = usual > _ORDINARY or held < _OUTSTANDING * usual
    return held * _TEACHERS >= _SHOWN_IN and not common and not any(c.isdigit() for c in stem)


def _sureness(strengths: Sequence[float]) -> float:
    mean = sum(strengths[:3]) / 3
    return min(max((mean - _DOUBTED) / (_TRUSTED - _DOUBTED), 0.0), 1.0)


def _direction(parts: Sequence[tuple[float, Floats]]) -> Floats | None:
    if not parts:
        return None
    centre = np.sum([weight * latent for weight, latent in parts], axis=0)
    return np.asarray(centre / max(float(np.linalg.norm(centre)), 1e-9), np.float32)


def nearness(index: WordIndex, columns: Columns, expansion: Expansion) -> Floats:
    """How much of the related words each paper holds: papers."""
    numbered = [(number, weight) for s, weight in expansion.terms if (number := index.stem_number(s))]
    stems, weights = zip(*numbered, strict=True) if numbered else ((), ())
    return columns.dot(np.array(stems, np.int32), np.array(weights, np.float32))
