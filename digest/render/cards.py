"""A paper as a card or a line: made once for all readers to whom it looks the same.

The very same object then, by which the templates know what they filled before (`render.once`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from digest.model import Evidence, Field, KnownPaper, Match, Paper
from digest.render import phrases
from digest.render.excerpt import Room, excerpt, read_abstract
from digest.render.facts import Facts, facts_of
from digest.render.links import Link
from digest.render.marks import Piece, merged, pieces, safe, safe_with, spans_in
from digest.render.quoted import Fragment
from digest.render.reasons import Look, look_of, related_words, telling, told_spans
from digest.render.recent import Recent
from digest.render.settings import RenderSettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Card:
    """One pick; compared by identity."""

    title: str
    #: the same title in runs, matched words marked
    marked: tuple[Piece, ...]
    link: Link | None
    is_new: bool
    byline: str
    excerpt: tuple[Piece, ...]
    #: the same without marks
    plain: str
    why: str
    links: tuple[Link, ...]
    made: dict[int, Fragment] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A paper as a title only; compared by identity."""

    title: str
    link: Link | None
    is_new: bool
    #: why it is here, such as `in 3 listings`; may be empty
    reason: str = ""
    made: dict[int, Fragment] = field(default_factory=dict, repr=False)


#: paper and settings by identity, for comparing them whole is slow; they stand in the value too, so that no
#: others take their place
_Key: TypeAlias = tuple[int, int, bool, Room, Look, tuple[str, ...]]
_cards: Recent[_Key, tuple[Paper, RenderSettings, Card]] = Recent(24_000_000)
_lines: Recent[tuple[int, int, bool, str], tuple[Paper, RenderSettings, Line]] = Recent(2_000_000)
#: about what one takes in memory, its texts being shared with others of the paper
_CARD, _LINE = 1_500, 300


def card(match: Match, is_new: bool, settings: RenderSettings, room: Room) -> Card:
    """One match as a card; remembered."""
    paper = match.paper.paper
    reasons = telling(match.evidence)
    related = related_words(match.evidence)
    key = id(paper), id(settings), is_new, room, look_of(reasons), related
    known = _cards.get(key)
    if known is not None and known[0] is paper and known[1] is settings:
        return known[2]
    found = _card(paper, is_new, settings, room, reasons, related)
    _cards.put(key, (paper, settings, found), _CARD)
    return found


def _card(
    paper: Paper,
    is_new: bool,
    settings: RenderSettings,
    room: Room,
    reasons: Sequence[Evidence],
    related: tuple[str, ...],
) -> Card:
    facts = facts_of(paper, settings)
    spans = told_spans(reasons, Field.ABSTRACT, paper.body)
    shown = excerpt(read_abstract(paper.body), spans, room, related)
    return Card(
        title=facts.title,
        marked=_marked_title(paper.title, reasons, facts),
        link=facts.link,
        is_new=is_new,
        byline=phrases.byline(paper, spans_in(reasons, Field.AUTHOR)),
        excerpt=shown,
        plain="".join(piece.text for piece in shown),
        why=phrases.why(reasons),
        links=facts.links,
    )


def line(known: KnownPaper, is_new: bool, settings: RenderSettings, reason: str = "") -> Line:
    """One paper as a title; remembered."""
    paper = known.paper
    key = id(paper), id(settings), is_new, reason
    made = _lines.get(key)
    if made is not None and made[0] is paper and made[1] is settings:
        return made[2]
    facts = facts_of(paper, settings)
    found = Line(title=facts.title, link=facts.link, is_new=is_new, reason=reason)
    _lines.put(key, (paper, settings, found), _LINE)
    return found


def _marked_title(raw: str, reasons: Sequence[Evidence], facts: Facts) -> tuple[Piece, ...]:
    spans = told_spans(reasons, Field.TITLE, raw)
    moved = safe_with(raw, spans, safe(raw)) if spans else ()
    # the ellipsis of a clipped title is ours and never marked
    return pieces(facts.title, merged(moved, len(facts.title) - facts.clipped))
