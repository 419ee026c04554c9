"""Markdown and its kin to parts: headings, bullets, paragraphs, and links among them.

A line that is nothing but links is a paragraph of its own: converters put a card's title, text,
authors and counts each into such a link. Links in prose stay prose.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from digest.sources.renderings.brackets import Item, Link, Literal, Newline, shown
from digest.sources.renderings.parts import Part
from digest.text import join_space

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+|$)")
_HEADING_END = re.compile(r"[ \t]+#+[ \t]*$")
_UNDERLINE = re.compile(r"\s{0,3}(?:={3,}|-{3,})\s*")
_RULE = re.compile(
    r"\s*(?:[*_] ?[*_] ?[*_][*_ \t]*|- ?- ?-[- \t]*|:{3,}.*|</?[a-zA-Z][^<>]{0,2000}>|<!--.*-->)\s*"
)
_FENCE = re.compile(r" {0,3}(?:```|~~~)[^`]*")
_BULLET = re.compile(r"\s*(?:[*+\-•]|(?P<number>\d{1,3}[.)]))\s+|\s*>[>\s]*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_EMPHASIS = re.compile(r"(?P<mark>\*\*\*|\*\*|__|\*|_)(?P<inner>[^*_\s](?:[^*_]{0,1000}[^*_\s])?)(?P=mark)")
#: tags that converters leave where Markdown has no such thing
_TAG = re.compile(
    r"</?(?:div|span|br|img|svg|figure|picture|button|input|time)\b[^<>]{0,2000}>", re.IGNORECASE
)
_ADDRESS = re.compile(r"<?(?P<address>https?://[^\s<>]{1,2000})>?")
_DOT = "·"
#: so much text between links is prose
_PROSE = 60
#: a bullet in the middle of wrapped prose is a dash; one this short begins something new
_SHORT = 40
_LONGEST_RUN = 100
#: more pieces than any abstract has
_MOST_ITEMS = 4_000
#: so many lines that show nothing are as good as a rule
_MANY_LINES, _RULER = 1_000, "---"
_LONGEST_HEADING = 400
#: a fence that is not closed within so many lines is none
_LONGEST_CODE = 300


class _Row(NamedTuple):
    """A line with its links, which may have spanned several in the file."""

    line: int
    items: list[Item]
    #: whether a blank line stands before it
    after_blank: bool

    @property
    def front(self) -> str:
        """The raw text with which it begins."""
        first = self.items[0]
        return first if isinstance(first, str) and not isinstance(first, Literal) else ""

    @property
    def raw(self) -> str:
        """The whole line, where it is plain text."""
        return self.front if len(self.items) == 1 else ""

    @property
    def is_links(self) -> bool:
        """Whether it holds links and nothing else."""
        links = [isinstance(item, Link) for item in self.items]
        return any(links) and not any(
            shown([item]).strip() for item, is_link in zip(self.items, links, strict=True) if not is_link
        )


def parts(items: Iterable[Item]) -> Iterator[Part]:
    """The parts that `items` of marked text make, in order; memory is that of one paragraph."""
    return _Blocks().parts(_rows(items))


def _rows(items: Iterable[Item]) -> Iterator[_Row]:
    row: list[Item] = []
    line, after_blank, nothing = 1, True, 0
    for item in items:
        if not isinstance(item, Newline):
            if item != "":
                row.append(item)
            if len(row) <= _MOST_ITEMS:
                continue
        shows = _shows(row)
        if shows:
            yield _Row(line, row, after_blank)
        elif (nothing := nothing + 1) % _MANY_LINES == 0:
            yield _Row(line, [_RULER], after_blank=True)  # so that readers see how long it takes
        row = []
        if isinstance(item, Newline):
            after_blank, line = item.is_blank or not shows, item.line
    if _shows(row):
        yield _Row(line, row, after_blank)


def _shows(row: list[Item]) -> bool:
    return any(isinstance(item, Link) or item.strip() for item in row if not isinstance(item, Newline))


class _Blocks:
    """Gathers lines to blocks. The open block is in `_items`, and `_heading` is its level."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._line = 0
        self._heading = 0
        self._bullet = False
        #: whether the open block is a line of links or an address, which no text continues
        self._links = False
        self._number = 0
        self._code = 0

    def parts(self, rows: Iterable[_Row]) -> Iterator[Part]:
        for row in rows:
            if self._in_code(row):
                yield Part(row.line, "", block=self._number)
                continue
            yield from self._row(row)
        yield from self._flush()

    def _in_code(self, row: _Row) -> bool:
        fence = bool(row.raw and _FENCE.fullmatch(row.raw))
        if self._code:
            self._code = 0 if fence else self._code - 1
            return True
        if fence:
            self._code = _LONGEST_CODE
        return fence

    def _row(self, row: _Row) -> Iterator[Part]:
        raw = row.raw
        if raw and self._is_underline(row):
            self._heading = 1 if "=" in raw else 2
            yield from self._flush()
        elif raw and _RULE.fullmatch(raw):
            yield from self._flush()
            yield Part(row.line, "", block=self._number)
        elif found := _HEADING.match(row.front):
            yield from self._flush()
            self._begin(row, found.end(), heading=len(found["marks"]))
        elif self._continues(row):
            self._items += [" ", *row.items]
        else:
            yield from self._flush()
            bullet = self._bullet_of(row)
            self._begin(row, bullet.end() if bullet else 0, bullet=bool(bullet))
            self._links = row.is_links or _ADDRESS.fullmatch(row.raw.strip()) is not None

    def _is_underline(self, row: _Row) -> bool:
        under_text = bool(self._items) and not row.after_blank and not self._heading
        return (
            under_text
            and _UNDERLINE.fullmatch(row.raw) is not None
            and len(self._items) < _SHORT
            and len(shown(self._items)) < _LONGEST_HEADING
        )

    def _continues(self, row: _Row) -> bool:
        if not self._items or row.after_blank or len(self._items) > _MOST_ITEMS:
            return False
        bullet = self._bullet_of(row)
        if self._heading:
            return row.front[:1].isspace() and not bullet
        if row.is_links or self._links:
            return False
        return not bullet or (not self._bullet and len(shown(row.items)) > _SHORT)

    def _bullet_of(self, row: _Row) -> re.Match[str] | None:
        found = _BULLET.match(row.front)
        if found and found["number"] and not (row.after_blank or self._bullet):
            return None  # `10. We show` may well be the end of a sentence
        return found

    def _begin(self, row: _Row, start: int, *, heading: int = 0, bullet: bool = False) -> None:
        self._items = [row.front[start:], *row.items[1:]] if start else list(row.items)
        self._line, self._heading, self._bullet = row.line, heading, bullet

    def _flush(self) -> Iterator[Part]:
        if self._items:
            self._number += 1
            found = list(self._title() if self._heading else self._paragraph())
            yield from found or [Part(self._line, "", block=self._number)]
        self._items, self._heading, self._links = [], 0, False

    def _title(self) -> Iterator[Part]:
        links = [item for item in self._items if isinstance(item, Link) and item.text]
        around = _HEADING_END.sub("", shown([item for item in self._items if not isinstance(item, Link)]))
        target = links[0].target if links else None
        alone = len(links) == 1 and len(around.strip()) < min(_SHORT, len(links[0].text) // 2)
        text = links[0].text if alone else _HEADING_END.sub("", shown(self._items))
        yield Part(
            self._line,
            clean(text),
            target=target,
            is_link=bool(links),
            heading=self._heading,
            block=self._number,
        )

    def _paragraph(self) -> Iterator[Part]:
        links = any(isinstance(item, Link) for item in self._items)
        around = shown([item for item in self._items if not isinstance(item, Link)])
        if len(around) > (_PROSE if links else _LONGEST_RUN):
            yield Part(self._line, clean(shown(self._items)), block=self._number)
            return
        run: list[Item] = []
        for item in [*self._items, None]:
            if item is not None and not isinstance(item, Link):
                run.append(item)
                continue
            yield from self._run(shown(run))
            run = []
            if item is not None:
                target = item.target
                yield Part(item.line, clean(item.text), target=target, is_link=True, block=self._number)

    def _run(self, text: str) -> Iterator[Part]:
        """Text beside links, cut at its dots."""
        found = _ADDRESS.fullmatch(text.strip())
        if found:
            yield Part(self._line, found["address"], target=found["address"], block=self._number)
            return
        for i, piece in enumerate(text.split(_DOT)):
            if i:
                yield Part(self._line, _DOT, block=self._number)
            if cleaned := clean(piece):
                yield Part(self._line, cleaned, block=self._number)


def clean(text: str) -> str:
    """`text` with white space joined, entities read, and marks around the whole taken away."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = join_space(text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    found = _EMPHASIS.fullmatch(text)
    return found["inner"] if found else text
