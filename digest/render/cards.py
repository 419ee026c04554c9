"""A paper as a card or a line, and what templates made of them before for other readers.

Of one paper many readers get cards that look alike, and of those that do not, the parts do: the title,
the excerpt, the links. Each is one object for all of them, by which a template knows what it made
before (`render.once`), and whatever nobody asks for is never worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, TypeAlias, TypeVar

from digest.alongside import Alongside
from digest.model import Evidence, Field, KnownPaper, Match, Paper, Span
from digest.render import phrases
from digest.render.excerpt import Room, excerpt, read_abstract
from digest.render.facts import facts_of
from digest.render.links import Link
from digest.render.marks import Piece, merged, pieces, safe, safe_with, spans_in
from digest.render.quoted import Fragment
from digest.render.reasons import Look, look_of, related_words, telling, told_spans
from digest.render.recent import Recent
from digest.render.settings import RenderSettings

#: bytes of all that is kept
_MOST: Final = 8_000_000
_MOST_PAPERS: Final = 8_192


_Part = TypeVar("_Part", bound="Shown")


class Shown:
    """Something that templates show; remembers what they made of it."""

    __slots__ = ("asked", "kept", "made", "size")
    #: what templates may ask for
    FIELDS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        #: by the number of the part of a template
        self.made: dict[int, Fragment] = {}
        #: about what it takes with its key, in bytes; what was made of it is added
        self.size = 1_000
        self.kept = False
        self.asked = False

    def let_go(self) -> None:
        """What templates made of it may take much memory, and whoever holds on to it may do so for long."""
        self.made = {}

    @property
    def look(self) -> Shown:
        """What remembers: this, or for a card what all have in common that look like it."""
        return self


class Head(Shown):
    """What stands at the top of a card."""

    __slots__ = ("byline", "is_new", "link", "marked", "title")
    FIELDS = frozenset(__slots__)

    def __init__(
        self,
        paper: Paper,
        is_new: bool,
        settings: RenderSettings,
        spans: tuple[Span, ...],
        matched_authors: tuple[Span, ...],
    ) -> None:
        super().__init__()
        facts = facts_of(paper, settings)
        moved = safe_with(paper.title, spans, safe(paper.title)) if spans else ()
        self.title: str = facts.title
        # the ellipsis of a clipped title is ours and never marked
        self.marked: tuple[Piece, ...] = pieces(facts.title, merged(moved, len(facts.title) - facts.clipped))
        self.link: Link | None = facts.link
        self.is_new = is_new
        self.byline = phrases.byline(paper, matched_authors)


class Body(Shown):
    """What a card shows of the abstract, read when a template asks for it; many never do."""

    __slots__ = ("_read",)
    FIELDS = frozenset(("excerpt", "plain"))

    def __init__(self, paper: Paper, spans: tuple[Span, ...], room: Room, related: tuple[str, ...]) -> None:
        super().__init__()
        self._read = paper.body, spans, room, related

    @property
    def excerpt(self) -> tuple[Piece, ...]:
        """Its best sentences for the reader, in pieces."""
        abstract, spans, room, related = self._read
        return excerpt(read_abstract(abstract), spans, room, related)

    @property
    def plain(self) -> str:
        """The same without marks."""
        return "".join([piece.text for piece in self.excerpt])


class Foot(Shown):
    """Where a card leads."""

    __slots__ = ("links",)
    FIELDS = frozenset(__slots__)

    def __init__(self, links: tuple[Link, ...]) -> None:
        super().__init__()
        self.links = links


class Line(Shown):
    """A paper as a title only."""

    __slots__ = ("is_new", "link", "reason", "title")
    FIELDS = frozenset(__slots__)

    def __init__(self, paper: Paper, is_new: bool, settings: RenderSettings, reason: str = "") -> None:
        super().__init__()
        facts = facts_of(paper, settings)
        self.title: str = facts.title
        self.link: Link | None = facts.link
        self.is_new = is_new
        #: why it is here, such as `in 3 listings`; may be empty
        self.reason = reason


_Key: TypeAlias = tuple[int, bool, Room, Look, tuple[str, ...]]
"""Number of the paper, whether it is new, room for its abstract, what is told, related words."""


class Card:
    """One pick. Its parts, and their fields by their own names, are worked out when first asked for."""

    __slots__ = (
        *("_cards", "_key", "_paper", "_reasons", "_settings", "look"),
        *("head", "body", "foot", "why"),
    )
    FIELDS = Head.FIELDS | Body.FIELDS | Foot.FIELDS | {"head", "body", "foot", "why"}
    #: title and byline, excerpt, links, and why the paper is here
    head: Head
    body: Body
    foot: Foot
    why: str

    def __init__(  # noqa: PLR0917 - only called below
        self,
        cards: Cards,
        paper: Paper,
        settings: RenderSettings,
        key: _Key,
        reasons: Sequence[Evidence],
        look: Shown,
    ) -> None:
        self._cards = cards
        self._paper = paper
        self._settings = settings
        self._key = key
        self._reasons = reasons
        self.look = look

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a part, or a field of one
        part = _PART_OF.get(name)
        if part is None:
            raise AttributeError(name)
        if part != name:
            return getattr(getattr(self, part), name)
        found = self._MAKERS[part](self)
        setattr(self, name, found)
        return found

    def still_is(self, is_new: bool, room: Room) -> bool:
        """Whether this is the card for such a mail, and what was made of it is kept."""
        look = self.look
        if self._key[1] is not is_new or self._key[2] is not room or not look.kept:
            return False
        look.asked = True
        return True

    def _head(self) -> Head:
        paper, is_new = self._paper, self._key[1]
        spans = told_spans(self._reasons, Field.TITLE, paper.title)
        authors = spans_in(self._reasons, Field.AUTHOR)
        return self._cards.head(paper, is_new, self._settings, spans, authors)

    def _body(self) -> Body:
        _, _, room, _, related = self._key
        spans = told_spans(self._reasons, Field.ABSTRACT, self._paper.body)
        return self._cards.body(self._paper, self._settings, spans, room, related)

    def _foot(self) -> Foot:
        return self._cards.foot(self._paper, self._settings)

    def _why(self) -> str:
        return phrases.why(self._reasons)

    _MAKERS: ClassVar[dict[str, Callable[[Card], Any]]] = {
        "head": _head,
        "body": _body,
        "foot": _foot,
        "why": _why,
    }


_PARTS: Final = {"head": Head.FIELDS, "body": Body.FIELDS, "foot": Foot.FIELDS, "why": frozenset[str]()}
#: in which part of a card a field stands; a part stands in itself
_PART_OF: Final = {name: part for part, fields in _PARTS.items() for name in (part, *fields)}


class Cards:
    """Cards and lines for one run's readers, their parts kept as far as they fit into `most` bytes."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._settings: RenderSettings | None = None
        #: the latest card of each match that lives
        self._latest = Alongside[Card]()
        self._forget()

    def _forget(self) -> None:
        self._kept: Recent[Any, Shown] = Recent(self._most)
        self._latest.clear()
        # papers by identity, for comparing them whole is slow; they are held, so that no other can be taken
        # for one of them
        self._numbers: dict[int, tuple[int, Paper]] = {}

    def grew(self, shown: Shown, size: int) -> None:
        """What is kept of something takes so much more."""
        self._kept.grow(shown, size)

    def card(self, match: Match, is_new: bool, settings: RenderSettings, room: Room) -> Card:
        """One match as a card; for readers with the very same match it is the very same card."""
        found = self._latest.get(match)
        if found and settings is self._settings and found.still_is(is_new, room):
            return found
        paper = match.paper.paper
        reasons = telling(match.evidence)
        related = related_words(match.evidence)
        key = self._number(paper, settings), is_new, room, look_of(reasons), related
        card = Card(self, paper, settings, key, reasons, self._one(Shown, key))
        self._latest.put(match, card)
        return card

    def line(self, known: KnownPaper, is_new: bool, settings: RenderSettings, reason: str = "") -> Line:
        """One paper as a title."""
        key = self._number(known.paper, settings), is_new, reason
        return self._one(Line, key, known.paper, is_new, settings, reason)

    def head(
        self,
        paper: Paper,
        is_new: bool,
        settings: RenderSettings,
        spans: tuple[Span, ...],
        matched_authors: tuple[Span, ...],
    ) -> Head:
        """The head of a card with these spans of the title marked, and authors among the named."""
        key = self._number(paper, settings), is_new, spans, matched_authors
        return self._one(Head, key, paper, is_new, settings, spans, matched_authors)

    def body(
        self,
        paper: Paper,
        settings: RenderSettings,
        spans: tuple[Span, ...],
        room: Room,
        related: tuple[str, ...],
    ) -> Body:
        """What of the abstract is shown, with these spans marked."""
        key = self._number(paper, settings), spans, room, related
        return self._one(Body, key, paper, spans, room, related)

    def foot(self, paper: Paper, settings: RenderSettings) -> Foot:
        """The links of a paper."""
        return self._one(Foot, self._number(paper, settings), facts_of(paper, settings).links)

    def _one(self, kind: type[_Part], key: object, *facts: Any) -> _Part:  # noqa: ANN401 - of each kind's own
        """The one part of this kind and key, made of `facts` where it is not kept."""
        found = self._kept.get((kind, key))
        if not isinstance(found, kind):
            found = kind(*facts)
            self._kept.put((kind, key), found)
        return found

    def _number(self, paper: Paper, settings: RenderSettings) -> int:
        """The same number for the same paper."""
        known = self._numbers.get(id(paper))
        if known is not None and settings is self._settings:
            return known[0]
        if settings is not self._settings or len(self._numbers) >= _MOST_PAPERS:
            self._settings = settings
            self._forget()
        self._numbers[id(paper)] = len(self._numbers), paper
        return len(self._numbers) - 1
