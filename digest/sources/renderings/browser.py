"""The listing page as text browsers show it, with or without `[12]` before each link and their list below.

Nothing marks a title: it is the text after the upvotes, or after the name of who submitted it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from digest.sources.plain_text import header, pairs
from digest.sources.plain_text.lines import Line, filled_lines
from digest.sources.renderings import rendering
from digest.sources.renderings.parts import Part
from digest.sources.renderings.signs import Kind, profile, sign_of
from digest.sources.shape import Page, Shape, Wire
from digest.text import join_space

#: the level given to titles
_LEVEL = 3
_LIST = re.compile(r"^[ \t]*(?:References|Links:)[ \t\r]*$", re.MULTILINE)
_TARGET = re.compile(r"^[ \t]{0,9}(?P<number>\d{1,6})\. (?P<target>\S{1,2000})[ \t\r]*\n", re.MULTILINE)
#: marks of Markdown that the texts of papers may hold
_FEW_MARKS = 3
#: how a page with numbered links begins
_NUMBERED = re.compile(r"[^\[]{0,200}\[1\](?s:.{0,400}?)\[2\](?s:.{0,400}?)\[3\]")
_MOST_TARGETS = 200_000
_BULLET = re.compile(r"[*+•o\-][ \t]+(?=\S)")
#: a number of a link, a picture, a dot, or the place between two links without a mark
_CUT = re.compile(
    r"\[(?P<number>\d{1,6})\]|\[(?:IMG|INLINE|LINK|image|[\w.\-]{1,80}\.(?:png|jpe?g|svg|gif|webp))?\]"
    r"|(?P<dot>·)|[ ](?=arXiv Page$)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\[[^\[\]]{0,80}\] ?")
_DOT = "·"
#: numbers of links rise; those of hidden links are left out
_LONGEST_STEP = 40
_LONGEST_LINE = 160
#: more lines than any abstract has
_MOST_LINES = 1_000
#: facts that share a line with names and dots
_FACTS = frozenset({Kind.DATE, Kind.AUTHORS, Kind.CODE, Kind.COMMENTS})


class _Piece(NamedTuple):
    """A run of text in a line, with the target of the link that begins there."""

    text: str
    target: str | None
    #: whether a link begins there, known or not
    is_link: bool = False


class _Reader:
    """Makes parts of lines; lines that are no sign are gathered to paragraphs."""

    def __init__(self, targets: Mapping[int, str], *, numbered: bool) -> None:
        self._targets = targets
        #: from this number on the list of targets is missing; `None` where links have no numbers
        self._missing = max(targets, default=0) + 1 if numbered else None
        self._number = 0
        #: target of the link that began and whose text is still to come
        self._target: str | None = None
        self._text: list[str] = []
        self._line = 0
        self._block = 0
        #: the kind of the last part
        self._before: Kind | None = None
        self._paper: str | None = None

    def parts(self, lines: Iterable[Line]) -> Iterator[Part]:
        """The parts of `lines`, those that follow upvotes or a name as headings."""
        before: Line | None = None
        for line in lines:
            if before:
                yield from self._take(before, last=line.after_blank)
            if line.after_blank:
                yield from self._paragraph()
            before = line
        if before:
            yield from self._take(before, last=True)
        yield from self._paragraph()

    def _take(self, line: Line, *, last: bool) -> Iterator[Part]:
        """The parts of a line; `last` says that a blank line or the end follows."""
        bullet = _BULLET.match(line.text)
        text = join_space(line.text[bullet.end() if bullet else 0 :])
        unpictured = _IN_BRACKETS.sub("", text) if len(text) <= _LONGEST_LINE else text
        if not unpictured and self._missing is None:
            return
        pieces = [_Piece(unpictured, None)] if header.is_frame(unpictured) else [*self._pieces(text)]
        if self._before is Kind.SUBMITTED or self._are_signs(text, pieces, last=last):
            yield from self._paragraph()
            self._block += 1
            for i, piece in enumerate(pieces):
                if piece.text and not self._is_doubtful_name(pieces, i):
                    yield self._part(piece, line.number)
                elif piece.target:
                    self._target = piece.target
            return
        yield from self._prose(text, pieces, line.number)

    def _prose(self, text: str, pieces: Sequence[_Piece], line: int) -> Iterator[Part]:
        """A line of a paragraph; a link that begins it begins another one."""
        if len(pieces) > 1 and not pieces[0].text and pieces[1].is_link:
            yield from self._paragraph()
            self._target = pieces[1].target
            text = text.partition("]")[2].strip()
        if len(self._text) > _MOST_LINES:
            yield from self._paragraph()
        if not self._text:
            self._line = line
        if text:
            self._text.append(text)

    def _paragraph(self) -> Iterator[Part]:
        if self._text:
            self._block += 1
            yield self._part(_Piece(" ".join(self._text), self._target), self._line)
            self._text, self._target = [], None

    def _part(self, piece: _Piece, line: int) -> Part:
        target = piece.target
        text = _without_picture(piece.text, target) if target else piece.text
        part = Part(line, text, target=target, is_link=piece.is_link, block=self._block)
        sign = sign_of(part)
        before, self._before = self._before, sign.kind
        if before is Kind.SUBMITTED:
            self._before = Kind.PROFILE
            return part
        if sign.kind is Kind.TEXT and pairs.likeness(piece.text) < 0 and self._is_due(before, sign.paper):
            self._paper = sign.paper
            return part._replace(heading=_LEVEL)
        return part

    def _is_due(self, before: Kind | None, paper: str | None) -> bool:
        """Whether a title is to be expected: after upvotes or a name, or by its link."""
        return before in {Kind.NUMBER, Kind.UPVOTES, Kind.PROFILE} or (paper or self._paper) != self._paper

    def _are_signs(self, text: str, pieces: Sequence[_Piece], *, last: bool) -> bool:
        if len(pieces) == 1 and header.is_frame(pieces[0].text):
            return True
        shown = [piece for piece in pieces if piece.text]
        kinds = {sign_of(Part(0, piece.text, target=piece.target)).kind for piece in shown}
        if kinds == {Kind.NUMBER} and self._text:
            # else a number in wrapped prose
            return last or any(piece.is_link for piece in shown)
        if Kind.TEXT not in kinds:
            return True
        return text.endswith(_DOT) or (len(shown) > 1 and bool(kinds & _FACTS))

    def _is_doubtful_name(self, pieces: Sequence[_Piece], i: int) -> bool:
        """Whether a name before a dot may be glued to what stands for its picture (`occ-aiOCC`)."""
        follows = pieces[i + 1 : i + 2]
        return self._missing is None and i == 0 and bool(follows) and follows[0].text == _DOT

    def _pieces(self, text: str) -> Iterator[_Piece]:
        at, target, is_link = 0, None, False
        for found in _CUT.finditer(text):
            number = int(found["number"]) if found["number"] else None
            if number is not None and not self._is_link(number):
                continue  # a citation
            yield _Piece(text[at : found.start()].strip(), target, is_link)
            target, is_link = self._targets.get(number or 0), number is not None
            at = found.end()
            if found["dot"]:
                yield _Piece(_DOT, None)
        yield _Piece(text[at:].strip(), target, is_link)

    def _is_link(self, number: int) -> bool:
        """Whether `[number]` is the next link's, and counted as such."""
        if self._missing is None or not 0 < number - self._number <= _LONGEST_STEP:
            return False
        if number not in self._targets and number < self._missing:
            return False
        self._number = number
        return True


def _without_picture(text: str, target: str) -> str:
    """The name of an organisation without its picture, for which browsers show its handle."""
    handle = profile(target)
    return text.removeprefix(f"{handle} ") if handle else text


def _split(text: str) -> tuple[int, dict[int, str]]:
    """Where the list of links begins (or the text ends), and its targets by number."""
    at = len(text)
    for found in _LIST.finditer(text):
        at = found.start()
    listed = islice(_TARGET.finditer(text, at), _MOST_TARGETS)
    return at, {int(one["number"]): one["target"] for one in listed}


def parts(text: str, limit: int | None = None) -> Iterator[Part]:
    """The parts of `text`, or of its first `limit` characters."""
    end, targets = _split(text)
    shown = text[: end if limit is None else min(end, limit)]
    numbered = bool(targets) or is_numbered(text)
    return _Reader(targets, numbered=numbered).parts(filled_lines(shown))


def is_numbered(text: str) -> bool:
    """Whether a page begins with links in numbers."""
    return _NUMBERED.match(text) is not None


def _matches(wire: Wire) -> bool:
    if wire.text.count("](", 0, rendering.HEAD) > _FEW_MARKS:
        return False
    seen = rendering.survey(parts(wire.text, rendering.HEAD), level=_LEVEL)
    looks = seen.titles > 0 or is_numbered(wire.text)
    return (seen.has_header and looks) or seen.cards >= rendering.FEW


def _read(wire: Wire, max_records: int) -> Page:
    seen = rendering.survey(parts(wire.text, rendering.HEAD), level=_LEVEL)
    return rendering.read_page(
        parts(wire.text), seen, name="text-browser", max_records=max_records, summaries=seen.is_trending
    )


PAGE = Shape(
    name="text-browser",
    looks_for="a listing page from a text browser",
    matches=_matches,
    read=_read,
)
