"""What the archive knows about an interest, as it is kept."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt


class Terms:
    """Stems with their weights; a fifth of what pairs would take, for there are many interests."""

    __slots__ = ("_stems", "_weights")

    def __init__(self, terms: Iterable[tuple[str, float]] = ()) -> None:
        pairs = list(terms)
        # the same stems stand in many expansions
        self._stems = tuple(sys.intern(stem) for stem, _ in pairs)
        self._weights = array("d", [weight for _, weight in pairs])

    def __len__(self) -> int:
        return len(self._stems)

    def __iter__(self) -> Iterator[tuple[str, float]]:
        return zip(self._stems, self._weights, strict=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Terms) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(self._stems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expansion:
    """What the archive knows about an interest."""

    VERSION: ClassVar[int] = 1

    #: stems with their weights, heaviest first; a vector of length 1
    terms: Terms
    #: those of the stems that mean something to a person
    telling: frozenset[str]
    #: how sure it is that the teachers are about the interest: 0 to 1
    sureness: float = 1.0
    #: direction in the latent subjects, of length 1; `None` without a basis
    latent: npt.NDArray[np.float32] | None = None

    def to_bytes(self) -> bytes:
        """Everything in one piece, for `from_bytes`, to the last bit."""
        head = {
            "version": self.VERSION,
            "stems": [stem for stem, _ in self.terms],
            "telling": sorted(self.telling),
            "sureness": self.sureness,
            "latent": None if self.latent is None else len(self.latent),
        }
        weights = np.array([weight for _, weight in self.terms], "<f8").tobytes()
        latent = b"" if self.latent is None else np.asarray(self.latent, "<f4").tobytes()
        return json.dumps(head, ensure_ascii=False).encode() + b"\n" + weights + latent

    @classmethod
    def from_bytes(cls, data: bytes) -> Expansion:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        head_line, _, rest = data.partition(b"\n")
        try:
            head = json.loads(head_line)
            if head["version"] != cls.VERSION:
                raise ValueError(f"expansion of version {head['version']}, expected {cls.VERSION}")
            stems, length = head["stems"], head["latent"]
            weights = np.frombuffer(rest[: 8 * len(stems)], "<f8").tolist()
            latent = np.frombuffer(rest[8 * len(stems) :], "<f4")
            found = cls(
                terms=Terms(zip(stems, weights, strict=True)),
                telling=frozenset(map(sys.intern, head["telling"])),
                sureness=float(head["sureness"]),
                latent=None if length is None else latent.astype(np.float32),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not an expansion") from error
        if len(latent) != (length or 0):
            raise ValueError("an expansion with a part missing")
        return found


NOTHING = Expansion(terms=Terms(), telling=frozenset())
