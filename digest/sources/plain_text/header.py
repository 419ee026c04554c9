"""The header of a listing page in plain text: promotion, `Subscribe`, the page's name and date.

The phrases come in any order, each on its own line, or glued to each other and to the first title
(`SubscribeAttention Is All You Need`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from digest.sources.dates import LABEL
from digest.sources.plain_text.lines import Line
from digest.text import join_space

_PROMOTION = r"get trending papers in your email inbox(?: once a day)?!?"
_AUTHOR = r"by ?[^\s]{1,39} and the research community"
_PHRASE = re.compile(
    rf"(?P<promotion>{_PROMOTION})|(?P<author>{_AUTHOR})|(?P<subscribe>subscribe(?!rs?\b|d\b))"
    rf"|(?P<name>daily papers)|(?P<date>{LABEL})",
    re.IGNORECASE,
)
_KINDS = ("promotion", "author", "subscribe", "name", "date")
_SURE_KINDS = frozenset(_KINDS[:2])
_SURE = re.compile(rf"{_PROMOTION}|{_AUTHOR}", re.IGNORECASE)
#: lines of the page's frame that mean nothing on their own
_FRAME = frozenset(
    (
        *("new", "daily", "weekly", "monthly", "trending papers", "log in", "sign up"),
        *("by", "ak", "and the research community"),
    )
)
_LONGEST_FRAME_LINE = 80
_MOST_PHRASES = 2 * len(_KINDS)
#: how many lines of navigation may stand above the header
_LATEST_START = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header that stands in lines `start` to `end` (exclusive, indices) of a page."""

    start: int
    end: int
    kinds: frozenset[str]
    #: the date as printed
    label: str | None
    #: the first title, where it was glued to the header's last line
    glued: Line | None

    @property
    def certain(self) -> bool:
        """Whether nothing but a listing page begins like this."""
        return is_certain(self.kinds)

    @property
    def glued_lines(self) -> list[Line]:
        """The glued title as a list of one line, or of none."""
        return [self.glued] if self.glued else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    kinds: tuple[str, ...]
    label: str | None = None
    rest: str = ""


def find_header(lines: Sequence[Line]) -> Header | None:
    """The page's header, with at most some short lines of navigation above it."""
    for start, line in enumerate(lines[:_LATEST_START]):
        header = header_at(lines, start)
        if header.certain:
            return header
        if len(line.text) > _LONGEST_FRAME_LINE or line.text.endswith("."):
            return None
    return None


def later_headers(lines: Sequence[Line], start: int) -> list[Header]:
    """Headers of further pages from `start` on: somebody put several dumps into one file."""
    found: list[Header] = []
    at = start
    for i, line in enumerate(lines[start:], start):
        if i < at or not _SURE.match(line.text):
            continue
        first = i
        while first > at and lines[first - 1].text.casefold() in _FRAME:
            first -= 1
        header = header_at(lines, first)
        if header.end > i and header.certain:
            found.append(header)
            at = header.end
    return found


def phrases(text: str) -> frozenset[str]:
    """The kinds of header phrases that `text` consists of; none where it is anything else."""
    taken = _take(text, ())
    return frozenset(taken.kinds) if taken and not taken.rest else frozenset()


def is_frame(text: str) -> bool:
    """Whether `text` is a line of a listing page's header, and nothing else."""
    taken = _take(text, ())
    return taken is not None and not taken.rest


def is_certain(kinds: Collection[str]) -> bool:
    """Whether nothing but a listing page has phrases of all these kinds."""
    return bool(_SURE_KINDS & set(kinds)) or len(kinds) > 1


def header_at(lines: Sequence[Line], start: int) -> Header:
    """The run of header lines that begins at `start`; it may be empty."""
    kinds: set[str] = set()
    label: str | None = None
    end, glued = start, None
    while end < len(lines) and glued is None:
        taken = _take(lines[end].text, kinds)
        if taken is None:
            break
        kinds.update(taken.kinds)
        label = label or taken.label
        if taken.rest:
            glued = Line(lines[end].number, taken.rest, after_blank=True)
        end += 1
    return Header(start=start, end=end, kinds=frozenset(kinds), label=label, glued=glued)


def _take(text: str, seen: Collection[str]) -> _Taken | None:
    """What of a line belongs to the header, or `None`. A phrase seen before has no title glued to it."""
    if len(text) <= _LONGEST_FRAME_LINE:
        text = join_space(text)
        if text.casefold() in _FRAME:
            return _Taken(kinds=())
    at, kinds, label = 0, list[str](), None
    while len(kinds) < _MOST_PHRASES and (found := _PHRASE.match(text, at)):
        kind = next(k for k in _KINDS if found[k])
        kinds.append(kind)
        label = label or (found.group() if kind == "date" else None)
        at = found.end()
        if text[at : at + 1] == " " and _PHRASE.match(text, at + 1):
            at += 1
    rest = text[at:]
    if not kinds or (rest and (rest[0].isspace() or kinds[-1] in seen)):
        return None
    return _Taken(kinds=tuple(kinds), label=label, rest=rest)
