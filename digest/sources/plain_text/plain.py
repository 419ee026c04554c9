"""The listing page as plain text: header, then titles and abstracts by turns.

Two shapes: blank lines between all parts (`plain-spaced`), or none at all (`plain-glued`). A page
without its header is read only where it cannot be anything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Severity
from digest.sources.plain_text import pairs
from digest.sources.plain_text.header import Header, find_header, later_headers
from digest.sources.plain_text.lines import Block, Line, first_lines, line_blocks, paragraph_blocks
from digest.sources.shape import UNKNOWN, Finding, Page, Shape, Wire

_HEAD_LINES = 120
#: more where abstracts are hard-wrapped, but then there are fewer records than we would take
_LINES_PER_RECORD = 12
#: what other renderings of the page have in abundance: headings, links, bullets, bare URLs, lone marks
_MARKUP = re.compile(r"#{1,6} |https?://\S*$|!?\[|\]|[-*] |\W+$", re.IGNORECASE)
_SUBMITTED = re.compile(r"(?:subscribe)?submitted by\b", re.IGNORECASE)
_MUCH_MARKUP = 0.4
#: more blocks than this share that do not fit, and the page is another one than we think
_MANY_MISFITS = 1 / 3
_FEW = 3
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """One way to read what is below the header."""

    format: str
    blocks: list[Block]
    likes: list[float]
    cost: float
    roles: bytearray


def _has_header(wire: Wire) -> bool:
    return find_header(first_lines(wire.text, _HEAD_LINES)[0]) is not None


def _read_page(wire: Wire, max_records: int) -> Page:
    lines, more = first_lines(wire.text, max_records * _LINES_PER_RECORD + _HEAD_LINES)
    header = find_header(lines)
    if header is None:
        return Page(format=UNKNOWN, findings=(_fatal("no page header", 1),))
    rest, notes = _below(header, lines)
    if not rest:
        empty = Finding(what="a page header and no papers", severity=Severity.NOTE, line=lines[-1].number)
        return Page(format="plain-spaced", day_label=header.label, findings=(empty,))
    return _page(_best_body(rest), header.label, [*notes, *_unread(lines, more=more)])


def _is_bare(wire: Wire) -> bool:
    """Whether the beginning is so clearly titles and abstracts that no header is needed."""
    lines, more = first_lines(wire.text, _HEAD_LINES)
    if len(lines) < 2 * _FEW:
        return False
    blocks = _best_body(lines).blocks
    whole = len(blocks) - (len(blocks) % 2 or 2 * more)
    titles, abstracts = blocks[:whole:2], blocks[1:whole:2]
    questions = sum(block.text.endswith("?") for block in titles)
    return (
        len(titles) >= _FEW
        and sum(_surely_title(block.text) for block in titles) >= _NEARLY_ALL * len(titles)
        and sum(_surely_abstract(block.text) for block in abstracts) >= _NEARLY_ALL * len(abstracts)
        and 2 * questions < len(titles)  # else it is a list of questions and answers
    )


def _read_bare(wire: Wire, max_records: int) -> Page:
    lines, more = first_lines(wire.text, max_records * _LINES_PER_RECORD + _HEAD_LINES)
    what = "no page header: read because each title is followed by an abstract"
    note = Finding(what=what, severity=Severity.NOTE, line=lines[0].number)
    return _page(_best_body(lines), None, [note, *_unread(lines, more=more)])


def _surely_title(text: str) -> bool:
    return text[0].isalnum() and len(text) >= 15 and " " in text and pairs.likeness(text) <= -0.5


def _surely_abstract(text: str) -> bool:
    return text[0].isalnum() and len(text) >= 400 and pairs.likeness(text) == 1.0


def _below(header: Header, lines: list[Line]) -> tuple[list[Line], list[Finding]]:
    """The lines below the header without those of further headers, and a note for each of these."""
    rest: list[Line] = []
    notes: list[Finding] = []
    above = header
    for later in later_headers(lines, header.end):
        rest += above.glued_lines + lines[above.end : later.start]
        what = "a second page header: the papers below count under the first page's date"
        notes.append(Finding(what=what, severity=Severity.NOTE, line=lines[later.start].number))
        above = later
    rest += above.glued_lines + lines[above.end :]
    return rest, notes


def _best_body(lines: Sequence[Line]) -> _Body:
    """The cheaper of two readings: each paragraph a block, or each line."""
    gaps = sum(line.after_blank for line in lines[1:])
    readings = []
    if gaps:
        readings.append(_body("plain-spaced", paragraph_blocks(lines)))
    if gaps == 0 or gaps < len(lines) - 1:
        readings.append(_body("plain-glued", line_blocks(lines)))
    return min(readings, key=lambda body: body.cost)


def _body(format_name: str, blocks: list[Block]) -> _Body:
    likes = [pairs.likeness(block.text) for block in blocks]
    cost, roles = pairs.assign(likes)
    return _Body(format=format_name, blocks=blocks, likes=likes, cost=cost, roles=roles)


def _page(body: _Body, label: str | None, notes: Sequence[Finding]) -> Page:
    refusal = _refusal(body)
    if refusal:
        return Page(format=UNKNOWN, day_label=label, findings=(refusal,))
    entries, findings = pairs.pair(body.blocks, body.roles)
    return Page(format=body.format, day_label=label, entries=entries, findings=(*notes, *findings))


def _refusal(body: _Body) -> Finding | None:
    """Why nothing of this page should be believed, if so."""
    count, first = len(body.blocks), body.blocks[0]
    if count == 1:
        return None  # a file cut after its first title
    marked = [block for block in body.blocks if _MARKUP.match(block.text)]
    if len(marked) >= _FEW and len(marked) > _MUCH_MARKUP * count:
        return _fatal(f"a rendering with markup, such as “{pairs.beginning(marked[0].text)}”", marked[0].line)
    submitted = [block for block in body.blocks if _SUBMITTED.match(block.text)]
    if len(submitted) >= _FEW:
        return _fatal(
            f"{len(submitted)} times “Submitted by”, as on a day's page whose titles were lost", first.line
        )
    if all(like < 0 for like in body.likes):
        return _fatal(
            f"{count} titles or other short lines, and no abstract: it was lost on the way here", first.line
        )
    misfits = pairs.misfits(body.likes, body.roles)
    if misfits > _FEW and misfits > _MANY_MISFITS * count:
        return _fatal(f"{misfits} of {count} parts are where the other kind should be", first.line)
    return None


def _fatal(found: str, line: int) -> Finding:
    what = f"not readable as a plain-text listing page (titles and abstracts by turns): {found}"
    return Finding(what=what, severity=Severity.FATAL, line=line)


def _unread(lines: Sequence[Line], *, more: bool) -> list[Finding]:
    what = f"the page goes on: only its first {len(lines):,} lines were read"
    return [Finding(what=what, severity=Severity.LOST, line=lines[-1].number)] if more else []


PAGE = Shape(
    name="plain",
    looks_for="a listing page's header (“Get trending papers in your email inbox!”, “Subscribe”,"
    " “Daily Papers”, “by AK and the research community”)",
    matches=_has_header,
    read=_read_page,
)
BARE = Shape(
    name="plain-bare",
    looks_for=f"at least {_FEW} titles, each followed by its abstract",
    matches=_is_bare,
    read=_read_bare,
)
