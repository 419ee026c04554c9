"""The index page: one day's listing as a static page without any script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digest.model import KnownPaper, SourceNote
from digest.render import phrases
from digest.render.cards import Line
from digest.render.excerpt import Room, excerpt, read_abstract
from digest.render.facts import facts_of
from digest.render.links import Link
from digest.render.marks import safe
from digest.render.settings import RenderSettings
from digest.render.templates import Templates
from digest.render.view import direction_of

_ROOM = Room(2, 280)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One paper of a day's listing."""

    paper: KnownPaper
    is_new: bool
    #: place in the listing, from 1
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One day's listing with its neighbours."""

    day: date
    rows: tuple[PageRow, ...]
    trending: tuple[KnownPaper, ...] = ()
    notes: tuple[SourceNote, ...] = ()
    previous: date | None = None
    next: date | None = None
    #: whether the next day is the newest one, which stands at `index.html`
    next_is_newest: bool = False
    #: the day as the listing printed it, such as `Mar 12`
    label: str | None = None
    #: whether there are feeds to lead to
    feeds: bool = True
    #: the way from this page to the output folder: empty, or `../`
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What the page template is given for each paper."""

    position: int
    line: Line
    byline: str
    excerpt: str
    links: tuple[Link, ...]


def page_name(day: date) -> str:
    """Where a day's page lies in the output folder; the newest also stands at `index.html`."""
    return f"days/{day.isoformat()}.html"


def page(templates: Templates, view: PageView, settings: RenderSettings) -> bytes:
    """`view` as a page in UTF-8: the same bytes for the same day."""
    new = sum(row.is_new for row in view.rows)
    html = templates.fill(
        "site/index.html.j2",
        title=safe(settings.title, 80) or "digest",
        language=settings.language,
        direction=direction_of(settings.language),
        root=view.root,
        feeds=view.feeds,
        day=phrases.long_day(view.day),
        year=view.day.year,
        iso_day=view.day.isoformat(),
        label=safe(view.label or "", 40),
        summary=f"{phrases.number_of(len(view.rows), 'paper')} listed, {new:,} new",
        previous=_neighbour(view.previous, view.root),
        next=_neighbour(view.next, view.root, newest=view.next_is_newest),
        rows=[_row(row, settings) for row in view.rows],
        trending=[Line(k.paper, False, settings, phrases.trending_reason(k)) for k in view.trending],
        notes=phrases.note_lines(view.notes),
    )
    return html.encode("utf-8")


def _neighbour(day: date | None, root: str, *, newest: bool = False) -> Link | None:
    if day is None:
        return None
    return Link(phrases.short_day(day), f"{root}index.html" if newest else f"{root}{page_name(day)}")


def _row(row: PageRow, settings: RenderSettings) -> _Row:
    facts = facts_of(row.paper.paper, settings)
    return _Row(
        position=row.position,
        line=Line(row.paper.paper, row.is_new, settings),
        byline=phrases.byline(row.paper.paper),
        excerpt="".join(piece.text for piece in excerpt(read_abstract(row.paper.paper.body), (), _ROOM)),
        links=facts.links,
    )
