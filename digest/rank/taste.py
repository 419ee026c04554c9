"""What a reader's likes and dislikes say: words with weights. A first version, in plain Python."""

from __future__ import annotations

import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from digest.model import Paper
from digest.rank.background import Background

#: as many words are kept for what is liked, and as many for what is not
_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What was learned from one reader's feedback."""

    VERSION: ClassVar[int] = 0

    likes: int
    dislikes: int
    #: stems with their weights, the most liked first, the most disliked last
    weights: tuple[tuple[str, float], ...]

    def to_bytes(self) -> bytes:
        """Everything in one compressed piece, for `from_bytes`."""
        body = [self.VERSION, self.likes, self.dislikes, self.weights]
        return zlib.compress(json.dumps(body).encode(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Taste:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        try:
            version, likes, dislikes, weights = json.loads(zlib.decompress(data))
            if version != cls.VERSION:
                raise ValueError(f"taste of version {version}, expected {cls.VERSION}")
            pairs = tuple((str(word), float(weight)) for word, weight in weights)
            return cls(likes=int(likes), dislikes=int(dislikes), weights=pairs)
        except (zlib.error, TypeError) as error:
            raise ValueError("not a taste") from error


def learn(
    liked: Sequence[Paper], disliked: Sequence[Paper], background: Background, contrast: Sequence[Paper] = ()
) -> Taste | None:
    """The taste of a reader, or `None` where no paper says anything.

    `contrast` are papers of the archive taken at random: what an ordinary paper is.
    """
    ordinary = _mean(contrast, background)
    toward = _difference(_mean(liked, background), ordinary)
    away = _difference(_mean(disliked, background), ordinary)
    if not (toward or away):
        return None
    weights = _difference(toward, away)
    strongest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    kept = [one for place, one in enumerate(strongest) if min(place, len(strongest) - 1 - place) < _KEPT]
    return Taste(likes=len(liked), dislikes=len(disliked), weights=tuple(kept))


def _mean(papers: Sequence[Paper], background: Background) -> dict[str, float]:
    total: dict[str, float] = {}
    for paper in papers:
        for stem, weight in _vector(paper, background).items():
            total[stem] = total.get(stem, 0.0) + weight / len(papers)
    return total


def _vector(paper: Paper, background: Background) -> dict[str, float]:
    title, body = (background.analyser.read(text).stems for text in (paper.title, paper.body))
    counts = Counter([*title, *title, *body])
    weights = {stem: (1 + math.log(n)) * background.rarity(stem) for stem, n in counts.items()}
    length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {stem: weight / length for stem, weight in weights.items()}


def _difference(more: Mapping[str, float], less: Mapping[str, float]) -> dict[str, float]:
    words: Iterable[str] = {**more, **less} if more else ()
    return {word: more.get(word, 0.0) - less.get(word, 0.0) for word in words}
