"""Write what a web server shows: the public feed, each subscriber's own, and a page for each day."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from digest import files, health, render
from digest.errors import DigestError
from digest.issue import heading_of, trending_of
from digest.model import SectionKind, SourceNote, Subscriber, SubscriberStatus
from digest.pipeline.ports import Progress, Store, silent
from digest.store import Transaction

#: pages of the newest days are rendered anew in each run, older ones only where they are missing
_FRESH_PAGES = 3
_TRENDING_ON_PAGE = 5
#: how far back a feed tells of the state that sources were left in
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where the files go and what they hold."""

    folder: Path
    templates: render.Templates
    render: render.RenderSettings
    #: whether feeds are written at all
    feeds: bool
    #: how many days back a feed reaches
    days: int
    #: how many items a feed holds at most, the newest ones
    max_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputReport:
    """Files looked after, and how many of them changed."""

    files: int
    written: int
    #: why not all of them could be written
    problem: str | None = None


class _Press:
    """Writes files and counts them."""

    def __init__(self, output: Output, notes: tuple[SourceNote, ...]) -> None:
        self.output = output
        #: what the feeds say of the sources
        self.notes = notes
        self.files = 0
        self.written = 0

    def put(self, name: str, data: bytes) -> None:
        path = self.output.folder / name
        self.files += 1
        try:
            self.written += files.write_if_changed(path, data)
        except OSError as error:
            raise DigestError(f"cannot write {path}: {error.strerror}; check `output.folder`") from error


def write_output(store: Store, output: Output, *, now: datetime, progress: Progress = silent) -> OutputReport:
    """Write feeds and pages; a file whose bytes did not change is not touched."""
    with store.read() as transaction:
        press = _Press(output, health.notes(transaction.captures.between(now - _LATELY, now)))
        if output.feeds:
            _write_public_feed(transaction, press, now)
            everybody = transaction.subscribers.all()
            for done, subscriber in enumerate(everybody):
                progress("writing feeds", done, len(everybody))
                if subscriber.by_feed and subscriber.status is SubscriberStatus.ACTIVE:
                    _write_personal_feed(transaction, press, subscriber, now)
                else:
                    withdraw_feed(output.folder, subscriber)
        _write_pages(transaction, press, progress)
    return OutputReport(files=press.files, written=press.written)


def withdraw_feed(folder: Path, subscriber: Subscriber) -> None:
    """Delete the personal feed of somebody who reads by feed no longer."""
    try:
        shutil.rmtree(folder / _feed_folder(subscriber))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise DigestError(f"cannot delete the feed of {subscriber.name}: {error}") from error


def _feed_folder(subscriber: Subscriber) -> str:
    return f"feeds/{subscriber.feed_token}"


def _write_public_feed(transaction: Transaction, press: _Press, now: datetime) -> None:
    output = press.output
    papers = transaction.papers.first_seen_between(now - timedelta(days=output.days), now)
    newest = sorted(papers, key=lambda p: (-p.first_seen.timestamp(), p.id))[: output.max_items]
    items = [
        render.FeedItem(id=render.item_id(p, output.render), paper=p, published=p.first_seen) for p in newest
    ]
    title = output.render.title
    _write_feed(press, "feeds", title, "New research papers, as they are listed", items)


def _write_personal_feed(
    transaction: Transaction, press: _Press, subscriber: Subscriber, now: datetime
) -> None:
    output = press.output
    sent = transaction.issues.sent_since(subscriber.id, now - timedelta(days=output.days))
    picks = [line for line in sent if line.section == SectionKind.FOR_YOU]
    picks.sort(key=lambda line: (-line.composed_at.timestamp(), -line.match.score, line.match.paper.id))
    items = [
        render.FeedItem(
            id=f"{output.render.tag_prefix}paper/{line.paper_id}",
            paper=line.match.paper,
            published=line.composed_at,
            match=line.match,
            heading=heading_of(line.match) or None,
        )
        for line in picks[: output.max_items]
    ]
    title = f"{output.render.title} for {subscriber.name.partition('@')[0]}"
    _write_feed(press, _feed_folder(subscriber), title, "New research papers picked by your interests", items)


def _write_feed(
    press: _Press, folder: str, title: str, description: str, items: Sequence[render.FeedItem]
) -> None:
    output = press.output
    base = output.render.site_url
    here = f"{base}/{folder}" if base else None
    view = render.FeedView(
        title=title,
        description=description,
        home_url=f"{base}/" if base else None,
        rss_url=here and f"{here}/rss.xml",
        atom_url=here and f"{here}/atom.xml",
        json_url=here and f"{here}/feed.json",
        feed_id=f"{output.render.tag_prefix}{folder}",
        items=tuple(items),
        notes=press.notes,
    )
    made = render.feeds(output.templates, view, output.render)
    press.put(f"{folder}/rss.xml", made.rss)
    press.put(f"{folder}/atom.xml", made.atom)
    press.put(f"{folder}/feed.json", made.json)


def _write_pages(transaction: Transaction, press: _Press, progress: Progress) -> None:
    output = press.output
    days = transaction.listings.read_days()
    for place, day in enumerate(days):
        if place >= _FRESH_PAGES and (output.folder / render.page_name(day)).exists():
            continue
        progress("writing pages", place, len(days))
        view = replace(
            _page(transaction, day),
            feeds=output.feeds,
            previous=days[place + 1] if place + 1 < len(days) else None,
            next=days[place - 1] if place else None,
            next_is_newest=place == 1,
        )
        below = replace(view, root="../")
        press.put(render.page_name(day), render.page(output.templates, below, output.render))
        if place == 0:
            press.put("index.html", render.page(output.templates, view, output.render))


def _page(transaction: Transaction, day: date) -> render.PageView:
    """One day's listings, each paper once, in the order of the listings."""
    start, end = _bounds(day)
    listed = dict.fromkeys(paper_id for paper_id, _ in transaction.papers.listed_between(start, end))
    papers = {p.id: p for p in transaction.papers.by_ids(listed)}
    rows = tuple(
        render.PageRow(paper=papers[i], is_new=papers[i].first_seen > start, position=position)
        for position, i in enumerate(listed, 1)
    )
    labels = transaction.listings.labels_on(day)
    return render.PageView(
        day=day,
        rows=rows,
        trending=tuple(trending_of(papers.values(), _TRENDING_ON_PAGE)),
        notes=health.notes(transaction.captures.between(start, end)),
        label=" · ".join(labels) or None,
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The UTC day as the moment just before it and its last one."""
    midnight = datetime.combine(day, time(), UTC)
    return midnight - timedelta(microseconds=1), midnight + timedelta(days=1, microseconds=-1)
