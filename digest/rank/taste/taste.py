"""What a reader's likes and dislikes say: two weighted word lists, small enough to read and to keep."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from digest.model import Paper
from digest.rank.taste.blend import growth
from digest.rank.taste.leaning import Leaning, lean, ordinary_papers
from digest.rank.taste.termvectors import Floats, Statistics, TermVectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What was learned from one reader's feedback. Pure; scoring needs neither archive nor papers liked."""

    VERSION: ClassVar[int] = 1

    #: what liked papers share; `None` without likes
    toward: Leaning | None = None
    #: what disliked papers share and liked ones do not; `None` without dislikes
    away: Leaning | None = None

    @property
    def likes(self) -> int:
        """From how many liked papers it was learned."""
        return self.toward.papers if self.toward else 0

    @property
    def dislikes(self) -> int:
        """From how many disliked papers it was learned."""
        return self.away.papers if self.away else 0

    @property
    def growth(self) -> float:
        """How far the likes may be trusted, in [0, 1): one counts little, thirty nearly all."""
        return growth(self.likes)

    @property
    def weights(self) -> tuple[tuple[str, float], ...]:
        """Stems and pairs of stems with their weights: the most liked first, the most disliked last."""
        liked = dict(self.toward.weights) if self.toward else {}
        disliked = dict(self.away.weights) if self.away else {}
        every = {t: liked.get(t, 0.0) - disliked.get(t, 0.0) for t in {**liked, **disliked}}
        return tuple(sorted(every.items(), key=lambda item: (-item[1], item[0])))

    def liking(self, vectors: TermVectors) -> Floats:
        """How much each paper is like those liked, of shape (papers,): 0 is ordinary, 1 is one of them."""
        return self.toward.strengths(vectors) if self.toward else np.zeros(vectors.papers)

    def disliking(self, vectors: TermVectors) -> Floats:
        """How much each paper is like those disliked, of shape (papers,): 0 is ordinary, 1 is one of them."""
        return self.away.strengths(vectors) if self.away else np.zeros(vectors.papers)

    def strengths(self, vectors: TermVectors) -> Floats:
        """For an order by taste alone: liking less disliking, where a paper is like those disliked."""
        return self.liking(vectors) - np.maximum(self.disliking(vectors), 0.0)

    def words(self, vectors: TermVectors, row: int) -> tuple[tuple[str, float], ...]:
        """What each term of one paper contributes to its strength, strongest first, disliked ones below 0."""
        terms = vectors.terms(row)
        liked = self.toward.shares(terms) if self.toward else {}
        disliked = self.away.shares(terms) if self.away else {}
        every = {t: liked.get(t, 0.0) - disliked.get(t, 0.0) for t in {**liked, **disliked}}
        return tuple(sorted(every.items(), key=lambda item: (-item[1], item[0])))

    def to_bytes(self) -> bytes:
        """Everything in one compressed piece, for `from_bytes`; equal tastes give equal bytes."""
        body = {"version": self.VERSION, "toward": _packed(self.toward), "away": _packed(self.away)}
        return zlib.compress(json.dumps(body).encode(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Taste:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        try:
            body = json.loads(zlib.decompress(data))
            if body["version"] != cls.VERSION:
                raise ValueError(f"taste of version {body['version']}, expected {cls.VERSION}")
            return cls(toward=_unpacked(body["toward"]), away=_unpacked(body["away"]))
        except (zlib.error, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError("not a taste") from error


def learn(
    liked: Sequence[Paper],
    disliked: Sequence[Paper],
    background: Statistics,
    contrast: TermVectors | Sequence[Paper] = (),
) -> Taste | None:
    """The taste of a reader, or `None` where no paper says anything. Order and repeats do not matter.

    `contrast` are papers of the archive taken at random, some hundreds to two thousand: what an ordinary
    paper is. For several readers read them once (`ordinary_papers`).
    """
    if not isinstance(contrast, TermVectors):
        contrast = ordinary_papers(contrast, background)
    likes, dislikes = (TermVectors.read(_ordered(each), background) for each in (liked, disliked))
    widened = background.basis is None
    toward = lean(likes, contrast, {}, widened=widened) if likes.values.size else None
    less = dict(toward.weights) if toward else {}
    away = lean(dislikes, contrast, less, widened=widened) if dislikes.values.size else None
    return Taste(toward=toward, away=away) if toward or away else None


def _ordered(papers: Sequence[Paper]) -> list[Paper]:
    unique = {(paper.title, paper.body): paper for paper in papers}
    return [unique[key] for key in sorted(unique)]


def _packed(leaning: Leaning | None) -> dict[str, object] | None:
    if leaning is None:
        return None
    return {
        "papers": leaning.papers,
        "ordinary": leaning.ordinary,
        "unit": leaning.unit,
        "weights": dict(leaning.weights),
    }


def _unpacked(body: Any) -> Leaning | None:  # noqa: ANN401 - what JSON holds
    if body is None:
        return None
    numbers = [float(body["ordinary"]), float(body["unit"]), *map(float, body["weights"].values())]
    if not all(map(math.isfinite, numbers)) or numbers[1] <= 0 or int(body["papers"]) < 1:
        raise ValueError("not a taste: a number out of range")
    return Leaning(
        papers=int(body["papers"]),
        weights=tuple((term, float(weight)) for term, weight in body["weights"].items()),
        ordinary=numbers[0],
        unit=numbers[1],
    )
