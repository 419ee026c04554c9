"""Some papers as numbers: every word of every title and abstract in its place.

A block knows its words itself, so that it can be stored, and read again, alone.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from digest.model import Paper
from digest.rank.words.tokens import Analyser, Forms, Tokens

Ints: TypeAlias = npt.NDArray[np.int32]

#: stands where a break stands, which no phrase crosses
BREAK = 0
_BREAK_FORMS: Forms = ("", "")


def _numbering() -> defaultdict[Forms, int]:
    """Numbers for forms as they are asked for; the break has its own."""
    number = defaultdict(count(BREAK + 1).__next__)
    number[_BREAK_FORMS] = BREAK
    return number


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
        number = _numbering()
        ids: list[int] = []
        positions: list[int] = []
        counts, bounds = [], [0]
        for tokens in texts:
            ids += map(number.__getitem__, zip(tokens.exact, tokens.stems, strict=True))
            positions += tokens.positions
            counts.append(len(tokens.positions))
            bounds.append(bounds[-1] + (tokens.positions[-1] + 1 if tokens.positions else 0))
        places = np.full(bounds[-1], BREAK, np.int32)
        starts = np.repeat(np.array(bounds[:-1], np.int32), np.array(counts, np.int32))
        places[starts + np.array(positions, np.int32)] = ids
        return cls(tuple(number), places, np.array(bounds, np.int32))

    @classmethod
    def of_papers(cls, papers: Iterable[Paper], analyser: Analyser) -> TokenBlock:
        """From the titles and abstracts of `papers`."""
        return cls.of(analyser.read(text) for paper in papers for text in (paper.title, paper.body))

    @classmethod
    def joined(cls, blocks: Sequence[TokenBlock]) -> TokenBlock:
        """The papers of all `blocks`, in order."""
        number = _numbering()
        places, bounds, end = [np.zeros(0, np.int32)], [np.zeros(1, np.int32)], np.int32(0)
        for block in blocks:
            renumbered = np.array([number[forms] for forms in block.forms], np.int32)
            places.append(renumbered[block.places])
            bounds.append(block.bounds[1:] + end)
            end += block.bounds[-1]
        return cls(tuple(number), np.concatenate(places), np.concatenate(bounds))

    def to_bytes(self) -> bytes:
        """Everything in one compressed piece, for `from_bytes`."""
        head = {"version": self.VERSION, "places": len(self.places), "bounds": len(self.bounds)}
        size = "<u2" if len(self.forms) <= 1 << 16 else "<i4"
        words = " ".join(word for forms in self.forms[1:] for word in forms)
        arrays = (np.asarray(self.bounds, "<i4").tobytes(), np.asarray(self.places, size).tobytes())
        return zlib.compress(f"{json.dumps(head)}\n{words}\n".encode() + b"".join(arrays), 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> TokenBlock:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        try:
            head_line, word_line, packed = zlib.decompress(data).split(b"\n", 2)
            head = json.loads(head_line)
            if head["version"] != cls.VERSION:
                raise ValueError(f"token block of version {head['version']}, expected {cls.VERSION}")
            words = word_line.decode().split()
            forms = (_BREAK_FORMS, *zip(words[::2], words[1::2], strict=True))
            bounds = np.frombuffer(packed, "<i4", head["bounds"])
            size = "<u2" if len(forms) <= 1 << 16 else "<i4"
            places = np.frombuffer(packed, size, offset=bounds.nbytes)
            sound = (
                len(bounds) > 0 and len(places) == head["places"] and int(places.max(initial=0)) < len(forms)
            )
        except (zlib.error, KeyError, TypeError) as error:
            raise ValueError("not a token block") from error
        if not sound or not len(bounds) or int(bounds[-1]) != len(places):
            raise ValueError("a token block with a part missing")
        return cls(forms, places.astype(np.int32), bounds.astype(np.int32))
