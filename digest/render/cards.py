"""A paper as a card or a line, with what templates made of it before for other readers.

Of one paper many readers get cards that look alike. What a template makes of one is kept for the next
(`render.once`), and nothing else of it is worked out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

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

Made: TypeAlias = dict[int, Fragment]
"""What parts of templates made of something, by the part's number."""

#: paper and settings by identity, for comparing them whole is slow; they stand in the value too, so that no
#: others take their place
_Key: TypeAlias = tuple[int, int, bool, Room, Look, tuple[str, ...]]
_kept: Recent[_Key, tuple[Paper, RenderSettings, Made]] = Recent(20_000_000)
#: about what a key and the entry for it take
_ENTRY: Final = 900
_lines: Recent[tuple[int, int, bool, str], tuple[Paper, RenderSettings, Line]] = Recent(4_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTexts:
    """All that a card shows."""

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


class Card:
    """One pick: has the fields of `CardTexts`, worked out when a template first asks for one."""

    __slots__ = ("_key", "_reasons", "_settings", "_texts", "made", "paper")

    def __init__(
        self, key: _Key, paper: Paper, settings: RenderSettings, reasons: Sequence[Evidence], made: Made
    ) -> None:
        self._key = key
        self._settings = settings
        self._reasons = reasons
        self._texts: CardTexts | None = None
        self.paper = paper
        self.made = made

    def remember(self, number: int, made: Fragment) -> None:
        """Keep what a part of a template made of this card, and of all that look like it."""
        self.made[number] = made
        _kept.grow(self._key, len(made.quoted.data))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of `CardTexts`
        if name not in FIELDS:
            raise AttributeError(name)
        if self._texts is None:
            _, _, is_new, room, _, related = self._key
            self._texts = _texts(self.paper, is_new, self._settings, room, self._reasons, related)
        return getattr(self._texts, name)


#: what templates may ask of a card
FIELDS: Final = frozenset(CardTexts.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A paper as a title only; compared by identity."""

    title: str
    link: Link | None
    is_new: bool
    #: why it is here, such as `in 3 listings`; may be empty
    reason: str = ""
    made: Made = field(default_factory=dict, repr=False)

    def remember(self, number: int, made: Fragment) -> None:
        """Keep what a part of a template made of this line."""
        self.made[number] = made


def card(match: Match, is_new: bool, settings: RenderSettings, room: Room) -> Card:
    """One match as a card."""
    paper = match.paper.paper
    reasons = telling(match.evidence)
    key = id(paper), id(settings), is_new, room, look_of(reasons), related_words(match.evidence)
    kept = _kept.get(key)
    if kept is None or kept[0] is not paper or kept[1] is not settings:
        kept = paper, settings, {}
        _kept.put(key, kept, _ENTRY)
    return Card(key, paper, settings, reasons, kept[2])


def _texts(
    paper: Paper,
    is_new: bool,
    settings: RenderSettings,
    room: Room,
    reasons: Sequence[Evidence],
    related: tuple[str, ...],
) -> CardTexts:
    facts = facts_of(paper, settings)
    spans = told_spans(reasons, Field.ABSTRACT, paper.body)
    shown = excerpt(read_abstract(paper.body), spans, room, related)
    return CardTexts(
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
    """One paper as a title; the same object for the same paper."""
    paper = known.paper
    key = id(paper), id(settings), is_new, reason
    kept = _lines.get(key)
    if kept is not None and kept[0] is paper and kept[1] is settings:
        return kept[2]
    facts = facts_of(paper, settings)
    found = Line(title=facts.title, link=facts.link, is_new=is_new, reason=reason)
    _lines.put(key, (paper, settings, found), 1)
    return found


def _marked_title(raw: str, reasons: Sequence[Evidence], facts: Facts) -> tuple[Piece, ...]:
    spans = told_spans(reasons, Field.TITLE, raw)
    moved = safe_with(raw, spans, safe(raw)) if spans else ()
    # the ellipsis of a clipped title is ours and never marked
    return pieces(facts.title, merged(moved, len(facts.title) - facts.clipped))
