"""Some papers as numbers: every word of every title and abstract in its place.

A block knows its words itself, so that it can be stored, and read again, alone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from digest.model import Paper
from digest.rank.tokens import Analyser, Forms, Tokens

Ints: TypeAlias = npt.NDArray[np.int32]

#: stands where a break stands, which no phrase crosses
BREAK = 0
_BREAK_FORMS: Forms = ("", "")


@dataclass(frozen=True, slots=True, eq=False)
class TokenBlock:
    """The words of `len(self)` papers; text 2p is the title of paper p, text 2p + 1 its abstract."""

    VERSION: ClassVar[int] = 1

    #: number → exact form and stem; number 0 is the break
    forms: tuple[Forms, ...]
    #: a number of `forms` for each place; stop words take none
    places: Ints
    #: where each text begins in `places`, and where the last one ends
    bounds: Ints

    def __len__(self) -> int:
        return (len(self.bounds) - 1) // 2

    @classmethod
    def of(cls, texts: Iterable[Tokens]) -> TokenBlock:
        """From titles and abstracts in turn."""
        numbers: dict[Forms, int] = {_BREAK_FORMS: BREAK}
        places: list[int] = []
        bounds = [0]
        for tokens in texts:
            start = bounds[-1]
            places += [BREAK] * (tokens.positions[-1] + 1 if tokens.positions else 0)
            for forms, position in zip(
                zip(tokens.exact, tokens.stems, strict=True), tokens.positions, strict=True
            ):
                places[start + position] = numbers.setdefault(forms, len(numbers))
            bounds.append(len(places))
        return cls(tuple(numbers), np.array(places, np.int32), np.array(bounds, np.int32))

    @classmethod
    def of_papers(cls, papers: Iterable[Paper], analyser: Analyser) -> TokenBlock:
        """From the titles and abstracts of `papers`."""
        return cls.of(analyser.read(text) for paper in papers for text in (paper.title, paper.body))

    @classmethod
    def joined(cls, blocks: Sequence[TokenBlock]) -> TokenBlock:
        """The papers of all `blocks`, in order."""
        numbers: dict[Forms, int] = {_BREAK_FORMS: BREAK}
        places, bounds = [np.zeros(0, np.int32)], [np.zeros(1, np.int32)]
        for block in blocks:
            renumbered = np.array([numbers.setdefault(f, len(numbers)) for f in block.forms], np.int32)
            places.append(renumbered[block.places])
            bounds.append(block.bounds[1:] + bounds[-1][-1])
        return cls(tuple(numbers), np.concatenate(places), np.concatenate(bounds))

    def to_bytes(self) -> bytes:
        """Everything in one compressed piece, for `from_bytes`."""
        head = {"version": self.VERSION, "places": len(self.places), "bounds": len(self.bounds)}
        words = " ".join(word for forms in self.forms[1:] for word in forms)
        arrays = (np.asarray(self.places, "<i4").tobytes(), np.asarray(self.bounds, "<i4").tobytes())
        return zlib.compress(f"{json.dumps(head)}\n{words}\n".encode() + b"".join(arrays), 3)

    @classmethod
    def from_bytes(cls, data: bytes) -> TokenBlock:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        try:
            head_line, word_line, packed = zlib.decompress(data).split(b"\n", 2)
            head = json.loads(head_line)
            if head["version"] != cls.VERSION:
                raise ValueError(f"token block of version {head['version']}, expected {cls.VERSION}")
            numbers = np.frombuffer(packed, "<i4")
            places, bounds = numbers[: head["places"]], numbers[head["places"] :]
            words = word_line.decode().split()
            forms = (_BREAK_FORMS, *zip(words[::2], words[1::2], strict=True))
            sound = len(bounds) == head["bounds"] and int(places.max(initial=0)) < len(forms)
        except (zlib.error, KeyError, TypeError) as error:
            raise ValueError("not a token block") from error
        if not sound or int(bounds[-1]) != len(places):
            raise ValueError("a token block with a part missing")
        return cls(forms, places.astype(np.int32), bounds.astype(np.int32))
