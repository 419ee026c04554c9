"""A number for each word, as arrays: loaded at once however many words there are, and asked for many.

Words of an archive are many, and a day's papers ask for few of them: a dictionary would cost more to
build than all that is asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

_Words: TypeAlias = npt.NDArray[np.bytes_]
_Numbers: TypeAlias = npt.NDArray[np.int64]

#: bytes of a word in the array; the few longer ones are a dictionary
_WIDTH = 16
_TYPE = f"S{_WIDTH}"


class NumberedWords(Mapping[str, int]):
    """Word → number above 0; nobody changes it."""

    __slots__ = ("_asked", "_long", "_numbers", "_words")

    def __init__(self, words: _Words, numbers: _Numbers, long: Mapping[str, int]) -> None:
        """`words` in ascending order with a number each, and the `long` ones."""
        self._words = words
        self._numbers = numbers
        self._long = long
        self._asked: dict[str, int] = {}

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> NumberedWords:
        """The words of `numbers`; those with 0 are left out."""
        if isinstance(numbers, NumberedWords):
            return numbers
        nothing = cls(np.zeros(0, _TYPE), np.zeros(0, np.int64), {})
        return nothing.plus(list(numbers), list(numbers.values()))

    def find(self, words: Sequence[str]) -> _Numbers:
        """The number of each of `words`; 0 for those that are not here."""
        encoded = [word.encode() for word in words]
        places, found = self._places(np.array([e[:_WIDTH] for e in encoded], _TYPE))
        numbers = np.zeros(len(words), np.int64)
        numbers[found] = self._numbers[places[found]]
        for at, word in enumerate(encoded):
            if len(word) > _WIDTH:
                numbers[at] = self._long.get(words[at], 0)
        return numbers

    def _places(self, wanted: _Words) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Where each of `wanted` stands or would stand, and whether it is there."""
        places = np.searchsorted(self._words, wanted)
        if not len(self._words):
            return places, np.zeros(len(wanted), np.bool_)
        return places, self._words[np.minimum(places, len(self._words) - 1)] == wanted

    def plus(self, words: Sequence[str], numbers: Sequence[int]) -> NumberedWords:
        """The same with `numbers` added to those of `words`, each word once; new ones begin at 0."""
        long = dict(self._long)
        short: list[bytes] = []
        added: list[int] = []
        for word, number in zip(words, numbers, strict=True):
            encoded = word.encode()
            if number and len(encoded) <= _WIDTH:
                short.append(encoded)
                added.append(number)
            elif number:
                long[word] = long.get(word, 0) + number
        wanted, more = np.array(short, _TYPE), np.array(added, np.int64)
        order = np.argsort(wanted)
        wanted, more = wanted[order], more[order]
        places, known = self._places(wanted)
        together = self._numbers.copy()
        together[places[known]] += more[known]
        new = places[~known]
        return NumberedWords(
            np.insert(self._words, new, wanted[~known]), np.insert(together, new, more[~known]), long
        )

    def __getitem__(self, word: str) -> int:
        found = self.get(word, 0)
        if not found:
            raise KeyError(word)
        return found

    def get(self, word: str, default: int = 0) -> int:  # type: ignore[override]
        """The number of `word`; the same few words are asked for again and again."""
        found = self._asked.get(word)
        if found is None:
            found = self._asked[word] = int(self.find([word])[0])
        return found or default

    def __iter__(self) -> Iterator[str]:
        yield from (word.decode() for word in self._words.tolist())
        yield from sorted(self._long)

    def items(self) -> list[tuple[str, int]]:  # type: ignore[override]
        """All words with their numbers, in the order of iteration."""
        long = sorted(self._long)
        numbers = self._numbers.tolist() + [self._long[word] for word in long]
        return list(zip(self, numbers, strict=True))

    def __len__(self) -> int:
        return len(self._words) + len(self._long)

    def to_bytes(self) -> bytes:
        """Everything in one piece, for `from_bytes`; equal ones give equal bytes.

        Not compressed: loading fast is worth more than a few hundred kilobytes.
        """
        head = {"words": len(self._words), "long": sorted(self._long.items())}
        numbers = np.asarray(self._numbers, "<u4").tobytes()
        return json.dumps(head).encode() + b"\n" + numbers + self._words.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> NumberedWords:
        """What `to_bytes` wrote; raises `ValueError` for anything else."""
        head_line, _, rest = data.partition(b"\n")
        try:
            head = json.loads(head_line)
            count, long = int(head["words"]), {str(word): int(number) for word, number in head["long"]}
        except (KeyError, TypeError) as error:
            raise ValueError("not numbered words") from error
        if count < 0 or len(rest) != count * (4 + _WIDTH):
            raise ValueError("not as many numbers as words")
        numbers = np.frombuffer(rest, "<u4", count).astype(np.int64)
        return cls(np.frombuffer(rest, _TYPE, count, 4 * count), numbers, long)
