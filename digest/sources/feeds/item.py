"""What a feed says of one entry, as it stands there: the same for RSS, Atom, RDF and JSON Feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a feed before anything is made of it. Plain values: it travels between processes."""

    title: str = ""
    #: whether `title` is HTML, else it is plain text
    title_is_html: bool = False
    text: str = ""
    text_is_html: bool = False
    link: str = ""
    #: guid or atom:id
    id: str = ""
    #: as given: one name each, or all names in one string
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published: date | None = None
    #: arXiv's: new, cross, replace, replace-cross
    announced: str = ""
    #: what may be the DOI, best first
    dois: tuple[str, ...] = ()
    comments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A feed as its parser saw it."""

    #: such as `rss20` or `atom10`; empty where nothing says that this is a feed
    version: str
    #: the first items, and how many there are
    items: tuple[Item, ...]
    count: int
    #: what was wrong with the XML or its encoding, or `None`
    flaw: str | None = None
    #: whether the flaw is one of encoding only
    flaw_is_encoding: bool = False
