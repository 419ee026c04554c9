"""A basis of latent subjects: directions of words, packed small and used without more than numpy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.archive.blocks import Ints
from digest.rank.archive.numbered import NumberedWords

_Floats: TypeAlias = npt.NDArray[np.float32]


class _Named(Protocol):
    """As much of an index as is asked for here."""

    papers: int
    stems: list[str]


class _Rows(Protocol):
    """As much of the papers as weighted words."""

    def row(self, paper: int, /) -> tuple[Ints, _Floats]:
        """Stems, by their numbers in the index, and values of one paper."""


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Directions of words, in half precision from the beginning: a stored basis is the one that was made."""

    VERSION: ClassVar[int] = 2

    #: stem → number of its row, counted from 1
    rows: NumberedWords
    #: words x dimensions
    directions: npt.NDArray[np.float16]
    #: where the archive's papers are: mean and covariance of their directions, (1 + dimensions) x dimensions
    archive: _Floats

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        directions: npt.NDArray[np.floating],
        papers: npt.NDArray[np.floating],
    ) -> Basis:
        """From a direction for each of `words`, and those of length 1 of the archive's `papers`."""
        rows = NumberedWords.of({word: row for row, word in enumerate(words, 1)})
        covariance = np.cov(papers, rowvar=False, bias=True)
        archive = np.vstack((papers.mean(axis=0), covariance))
        return cls(rows, np.asarray(directions, "<f2"), np.asarray(archive, "<f4"))

    def direction(self, words: Iterable[tuple[str, float]]) -> _Floats | None:
        """Where weighted stems point, of length 1; `None` where the basis knows none of them."""
        stems, weights = zip(*words, strict=True) if (words := list(words)) else ((), ())
        rows = self.rows.find(stems)
        known = rows > 0
        towards = np.array(weights, np.float32)[known] @ self.directions[rows[known] - 1].astype(np.float32)
        length = float(np.linalg.norm(towards))
        return np.asarray(towards / length, np.float32) if length > 0 else None

    def deviations(self, latent: _Floats, direction: _Floats) -> _Floats:
        """How near papers (x dimensions) are to `direction`: in deviations of the archive's papers."""
        mean, covariance = self.archive[0], self.archive[1:]
        spread = float(direction @ covariance @ direction) ** 0.5
        return np.asarray((latent @ direction - mean @ direction) / max(spread, 1e-6), np.float32)

    def project(self, index: _Named, vectors: _Rows) -> _Floats:
        """Each paper as a direction of length 1: papers x dimensions."""
        row_of = self.rows.find(index.stems)
        known = row_of > 0
        table = np.zeros((len(row_of), self.directions.shape[1]), np.float32)
        table[known] = self.directions[row_of[known] - 1]
        latent = np.zeros((index.papers, table.shape[1]), np.float32)
        for paper in range(index.papers):
            stems, values = vectors.row(paper)
            held = known[stems]
            latent[paper] = values[held] @ table[stems[held]]
        latent /= np.maximum(np.linalg.norm(latent, axis=1, keepdims=True), 1e-9)
        return latent

    def to_bytes(self) -> bytes:
        """Everything in one piece, for `from_bytes`. Not compressed: directions are noise to a compressor."""
        words = self.rows.to_bytes()
        count, dimensions = self.directions.shape
        head = {"version": self.VERSION, "rows": count, "dimensions": dimensions, "words": len(words)}
        arrays = np.asarray(self.archive, "<f4").tobytes() + np.asarray(self.directions, "<f2").tobytes()
        return json.dumps(head).encode() + b"\n" + words + arrays

    @classmethod
    def from_bytes(cls, data: bytes) -> Basis:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        head_line, _, rest = data.partition(b"\n")
        try:
            head = json.loads(head_line)
            if head["version"] != cls.VERSION:
                raise ValueError(f"basis of version {head['version']}, expected {cls.VERSION}")
            count, dimensions, end = int(head["rows"]), int(head["dimensions"]), int(head["words"])
        except (KeyError, TypeError) as error:
            raise ValueError("not a basis") from error
        rows = NumberedWords.from_bytes(rest[:end])
        places = (1 + dimensions) * dimensions
        missing = len(rest) - end != 4 * places + 2 * count * dimensions
        if min(count, dimensions, end) < 0 or missing or len(rows) != count:
            raise ValueError("a basis with a part missing")
        archive = np.frombuffer(rest, "<f4", places, offset=end).reshape(1 + dimensions, dimensions)
        directions = np.frombuffer(rest, "<f2", offset=end + 4 * places).reshape(count, dimensions)
        return cls(rows, directions, archive)
