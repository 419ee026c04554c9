"""How much of a page may go by without a paper before the rest is left unread."""

from __future__ import annotations

from digest.sources.renderings.parts import Part

#: far more than stands between two titles, or above the first
_MOST_PARTS, _MOST_LINES, _LONGEST_TEXT = 20_000, 50_000, 1_000_000


class Patience:
    """Counts parts, lines and characters since the last title; take a new one for the next."""

    def __init__(self) -> None:
        self._from: int | None = None
        self._parts = 0
        self._size = 0

    def is_over(self, part: Part) -> bool:
        """Whether, with `part`, so much came that no paper will follow."""
        self._from = part.line if self._from is None else self._from
        self._parts += 1
        self._size += len(part.text)
        return self._parts > _MOST_PARTS or self._size > _LONGEST_TEXT or part.line - self._from > _MOST_LINES
