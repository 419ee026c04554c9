"""Compose one subscriber's issue, or say why there is none. Pure: data and `now` in, decision out.

An issue covers the papers that came since the subscriber's last issue; skipped moments in between do
not end its period. Picks that the limit cut compete for three more days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from digest import cadence
from digest.model import (
    Counts,
    Edition,
    Issue,
    KnownPaper,
    Match,
    Moment,
    Preferences,
    Quiet,
    Section,
    SectionKind,
    Selection,
    Skipped,
    SkipReason,
    SourceNote,
    Subscriber,
    WhenEmpty,
)

#: over picks that no interest carries
BY_LIKES = "Because of your likes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How long things count."""

    #: a scheduled moment older than this is let go
    catch_up: timedelta = timedelta(hours=24)
    #: so long after its moment, finding nothing is final
    wait_until: timedelta = timedelta(hours=6)
    #: what the first issue of a subscriber covers
    first_period: timedelta = timedelta(days=7)
    #: no issue reaches back further than this, however long the silence before it
    longest_period: timedelta = timedelta(days=40)
    #: how long a pick cut by the limit competes: three more daily issues, however late their ticks
    compete: timedelta = timedelta(days=3, hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a subscriber's past says about the issue that is due."""

    #: when the last issue was composed, or how far back the first one looks
    start: datetime
    #: candidates are newer than this paper; `None` for a first issue, which goes by `start`
    after_paper: int | None
    #: papers of this moment's own share are newer than this one: the last issue's or skip's newest
    share_after: int | None
    #: picks cut lately that still compete, and when they were first cut
    carried: dict[int, datetime]
    #: skipped days since the last issue
    quiet: Quiet | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that `compose` decides from."""

    subscriber: Subscriber
    edition: Edition
    now: datetime
    memory: Memory
    #: whether the time of waiting for something to come is over
    final: bool
    #: papers in question, never sent to this subscriber before
    candidates: Sequence[KnownPaper]
    #: papers listed in the period that the subscriber was sent before
    sent_before: int
    selection: Selection
    #: ids of candidates that a mute pushes out
    muted: Collection[int] = ()
    #: papers first seen at or after this moment are marked *new*
    new_since: datetime
    #: the newest paper in the archive: what comes later is for the next issue
    newest_paper: int
    notes: tuple[SourceNote, ...] = field(default=())


def settled_days(moments: Iterable[Moment], preferences: Preferences, rules: Rules) -> set[date]:
    """Edition days that need nothing more: an issue went out, or finding nothing became final."""
    return {
        m.edition
        for m in moments
        if m.skipped is None or m.composed_at >= cadence.moment(m.edition, preferences) + rules.wait_until
    }


def remember(moments: Sequence[Moment], edition: date, now: datetime, rules: Rules) -> Memory:
    """What the past moments (oldest first) say about the issue due for `edition`."""
    issues = [m for m in moments if m.skipped is None]
    start = issues[-1].composed_at if issues else now - rules.first_period
    start = max(start, now - rules.longest_period)
    skips = [m for m in moments if m.skipped and m.edition < edition and m.composed_at > start]
    carried: dict[int, datetime] = {}
    for issue in issues:
        for paper_id, since in issue.cut:
            if now - since <= rules.compete:
                carried.setdefault(paper_id, since)
    return Memory(
        start=start,
        after_paper=issues[-1].newest_paper if issues else None,
        share_after=max((m.newest_paper for m in (*issues[-1:], *skips)), default=None),
        carried=carried,
        quiet=Quiet(days=tuple(m.edition for m in skips), listed=sum(m.listed for m in skips))
        if skips
        else None,
    )


def is_after(paper: KnownPaper, last_id: int | None, start: datetime) -> bool:
    """Whether a paper came after the one with `last_id`, or by the clock where there is none.

    Ids grow with every paper, also when the clock is set back, and also within one moment.
    """
    return paper.id > last_id if last_id is not None else paper.first_seen > start


def compose(draft: Draft) -> Issue | Skipped:
    """The issue that is due, or why the subscriber gets none.

    Only picks make an issue due, also those left over from before; Trending and Also new ride along.
    With `when_empty: say` a final empty moment becomes an issue without papers.
    """
    if draft.selection.picks:
        return _issue(draft, _sections(draft))
    if draft.final and draft.subscriber.preferences.when_empty is WhenEmpty.SAY:
        return _issue(draft, ())
    share = [p for p in draft.candidates if is_after(p, draft.memory.share_after, draft.memory.start)]
    return Skipped(
        subscriber=draft.subscriber,
        edition=draft.edition,
        composed_at=draft.now,
        reason=SkipReason.NOTHING_FOR_YOU if share else SkipReason.NOTHING_NEW,
        listed=len(share),
    )


def cut_since(draft: Draft, shown: Issue) -> dict[int, datetime]:
    """Picks that `shown` leaves out, for the limit or for its size, and since when they compete."""
    there = {m.paper.id for m in shown.shown}
    left = [m for m in (*draft.selection.picks, *draft.selection.cut) if m.paper.id not in there]
    return {m.paper.id: draft.memory.carried.get(m.paper.id, draft.now) for m in left}


def _issue(draft: Draft, sections: tuple[Section, ...]) -> Issue:
    listed = len(draft.candidates) + draft.sent_before
    shown = sum(len(s.matches) for s in sections)
    cut = len(draft.selection.cut)
    return Issue(
        subscriber=draft.subscriber,
        edition=draft.edition,
        composed_at=draft.now,
        period=(draft.memory.start, draft.now),
        sections=sections,
        counts=Counts(
            listed=listed,
            sent_before=draft.sent_before,
            shown=shown,
            below=listed - draft.sent_before - shown - cut,
            cut=cut,
        ),
        new_since=draft.new_since,
        quiet=draft.memory.quiet,
        notes=draft.notes,
    )


def _sections(draft: Draft) -> tuple[Section, ...]:
    preferences = draft.subscriber.preferences
    if not draft.subscriber.by_mail:  # a feed holds picks only, and what is not shown is not sent
        return tuple(_by_interest(draft.selection.picks))
    taken = {m.paper.id for m in (*draft.selection.picks, *draft.selection.cut)}
    rest = [p for p in draft.candidates if p.id not in taken and p.id not in draft.muted]
    trending = trending_of(rest, preferences.trending)
    titled = {p.id for p in trending}
    newest = sorted((p for p in rest if p.id not in titled), key=lambda p: (-p.first_seen.timestamp(), p.id))
    sections = [
        *_by_interest(draft.selection.picks),
        _plain(SectionKind.TRENDING, "Trending", trending),
        _plain(SectionKind.ALSO_NEW, "Also new", newest[: preferences.also_new]),
    ]
    return tuple(s for s in sections if s.matches)


def _by_interest(picks: Sequence[Match]) -> list[Section]:
    """Picks under the interest that carries most of their score, the best pick's interest first."""
    groups: dict[str, list[Match]] = {}
    for pick in picks:
        groups.setdefault(heading_of(pick), []).append(pick)
    return [
        Section(kind=SectionKind.FOR_YOU, heading=heading, matches=tuple(matches))
        for heading, matches in groups.items()
    ]


def heading_of(pick: Match) -> str:
    """What a pick stands under: the interest that carries most of it, or likes; empty where nothing does."""
    if pick.by_likes:
        return BY_LIKES
    return pick.interest.text if pick.interest else ""


def trending_of(papers: Iterable[KnownPaper], limit: int) -> list[KnownPaper]:
    """The papers most people like: by upvotes, or where none are known by the listings that hold them."""
    pool = list(papers)
    if any(p.paper.upvotes for p in pool):
        liked = [p for p in pool if p.paper.upvotes]
        return sorted(liked, key=lambda p: (-(p.paper.upvotes or 0), p.id))[:limit]
    repeated = [p for p in pool if p.listings > 1]
    return sorted(repeated, key=lambda p: (-p.listings, p.id))[:limit]


def _plain(kind: SectionKind, heading: str, papers: Sequence[KnownPaper]) -> Section:
    matches = tuple(Match(paper=p, score=0.0) for p in papers)
    return Section(kind=kind, heading=heading, matches=matches)
