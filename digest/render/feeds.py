"""Papers as RSS 2.0, Atom 1.0 and JSON Feed 1.1: the same items in the same order, one paper each.

No clock: every date comes from the items, so that the same content is the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from digest.model import Field, KnownPaper, Match, SourceNote, require_utc
from digest.render import phrases
from digest.render.facts import facts_of
from digest.render.links import Link, web_url
from digest.render.marks import Piece, pieces, safe, safe_with, spans_in
from digest.render.reasons import telling, told_spans
from digest.render.settings import RenderSettings
from digest.render.templates import Templates

_ABSTRACT_WIDTH = 3_000
_NO_ITEMS_YET = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One paper in a feed."""

    #: never changes; see `item_id`
    id: str
    paper: KnownPaper
    #: aware, in UTC
    published: datetime
    #: for the why line and the marked words; `None` in the public feed
    match: Match | None = None
    #: the interest it was picked for
    heading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """One feed, in whatever format."""

    title: str
    description: str
    #: the page this feed belongs to
    home_url: str | None
    rss_url: str | None = None
    atom_url: str | None = None
    json_url: str | None = None
    #: never changes; a tag: URI
    feed_id: str
    #: newest first
    items: tuple[FeedItem, ...]
    #: what was wrong with the sources lately; said in the feed's description
    notes: tuple[SourceNote, ...] = ()
    #: when the feed was made; said as its date while it has no items
    made: datetime = _NO_ITEMS_YET


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFiles:
    """One feed in its three formats, in UTF-8."""

    rss: bytes
    atom: bytes
    json: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What the feed templates are given for each item."""

    id: str
    title: str
    link: Link | None
    links: tuple[Link, ...]
    byline: str
    why: str
    heading: str
    abstract: tuple[Piece, ...]
    authors: tuple[str, ...]
    rfc822: str
    rfc3339: str


def item_id(known: KnownPaper, settings: RenderSettings) -> str:
    """The permanent id of a paper's item in every feed."""
    return f"{settings.tag_prefix}paper/{known.id}"


def feeds(templates: Templates, view: FeedView, settings: RenderSettings) -> FeedFiles:
    """`view` in the three formats, each holding every item."""
    entries = [_entry(item, settings) for item in view.items]
    contents = [templates.fill("feed/item.html.j2", item=entry).strip() for entry in entries]
    updated = max((require_utc(i.published) for i in view.items), default=require_utc(view.made))
    values = {
        "title": safe(view.title, 200) or "digest",
        "description": _description(view) or safe(view.title, 200) or "digest",
        "language": settings.language,
        "home_url": web_url(view.home_url),
        "feed_id": safe(view.feed_id),
        "updated": {"rfc822": format_datetime(updated), "rfc3339": _rfc3339(updated)},
        "items": list(zip(entries, contents, strict=True)),
    }
    rss = templates.fill("feed/rss.xml.j2", self_url=web_url(view.rss_url), **values)
    atom = templates.fill("feed/atom.xml.j2", self_url=web_url(view.atom_url), **values)
    return FeedFiles(
        rss=rss.encode("utf-8"),
        atom=atom.encode("utf-8"),
        json=_json_feed(view, settings, entries, contents),
    )


def _description(view: FeedView) -> str:
    """What the feed is, and what its sources lack: no item of its own, so that nobody reads it twice."""
    return ". ".join(filter(None, (safe(view.description, 500), *phrases.note_lines(view.notes))))


def _entry(item: FeedItem, settings: RenderSettings) -> _Entry:
    paper = item.paper.paper
    evidence = telling(item.match.evidence) if item.match else ()
    facts = facts_of(paper, settings)
    raw = paper.body[:_ABSTRACT_WIDTH]
    abstract = safe(raw)
    spans = safe_with(raw, told_spans(evidence, Field.ABSTRACT, raw), abstract)
    return _Entry(
        id=safe(item.id),
        title=facts.title,
        link=facts.link,
        links=facts.links,
        byline=phrases.byline(paper, spans_in(evidence, Field.AUTHOR)),
        why=phrases.why(evidence),
        heading=safe(item.heading or "", 80),
        abstract=pieces(abstract, spans),
        authors=tuple(name for name in (safe(a, 100) for a in paper.authors[:20]) if name),
        rfc822=format_datetime(require_utc(item.published)),
        rfc3339=_rfc3339(item.published),
    )


def _json_feed(view: FeedView, settings: RenderSettings, entries: list[_Entry], contents: list[str]) -> bytes:
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": safe(view.title, 200) or "digest",
        "description": _description(view) or None,
        "home_page_url": web_url(view.home_url),
        "feed_url": web_url(view.json_url),
        "language": settings.language,
        "items": [_json_item(e, html) for e, html in zip(entries, contents, strict=True)],
    }
    known = {key: value for key, value in feed.items() if value is not None}
    return (json.dumps(known, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _json_item(entry: _Entry, html: str) -> dict[str, object]:
    item: dict[str, object] = {"id": entry.id, "title": entry.title, "content_html": html}
    if entry.link:
        item["url"] = entry.link.url
    item["date_published"] = entry.rfc3339
    if entry.authors:
        item["authors"] = [{"name": name} for name in entry.authors]
    if entry.heading:
        item["tags"] = [entry.heading]
    return item


def _rfc3339(moment: datetime) -> str:
    return require_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
