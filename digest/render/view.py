"""An issue as plain data for templates: everything here is safe to show and ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.model import Interest, Issue, Match, SectionKind
from digest.render import phrases
from digest.render.cards import Card, Cards, Line
from digest.render.excerpt import Room
from digest.render.facts import facts_of
from digest.render.links import Link, mail_link, web_url
from digest.render.marks import safe
from digest.render.settings import RenderSettings, Unsubscribe
from digest.text import clip

_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
_SUBJECT_WIDTH = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Picks under one interest."""

    heading: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """What the mail templates are given under the name `v`."""

    title: str
    language: str
    #: `ltr` or `rtl`
    direction: str
    #: such as `Friday 20 November`
    day: str
    year: int
    #: such as `Fri 20 Nov`
    short_day: str
    #: number of picks
    picks: int
    #: what the subject names: one pick's title, clipped
    lead: str
    #: hidden text that mail programs show beside the subject
    preview: str
    #: one honest line where there are no picks, else empty
    nothing: str
    #: such as `12 for you, from 519 papers listed`; empty where there are no picks
    summary: str
    quiet: str
    groups: tuple[Group, ...]
    trending: tuple[Line, ...]
    also_new: tuple[Line, ...]
    #: such as `… and 218 more below your line`; empty where there are none
    more: str
    notes: tuple[str, ...]
    counts: str
    #: what this subscriber reads, in words
    interests: str
    site_url: str | None
    unsubscribe: tuple[Link, ...]


def direction_of(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def view_of(  # noqa: PLR0917 - in the order in which they matter
    issue: Issue,
    settings: RenderSettings,
    unsubscribe: Unsubscribe,
    room: Room,
    shortened: int = 0,
    cards: Cards | None = None,
) -> IssueView:
    """`issue` ready for the templates; `shortened` picks were already left out for length."""
    cards = cards or Cards()
    picks = issue.matches(SectionKind.FOR_YOU)
    day = issue.edition.day
    ranked = sorted(picks, key=lambda m: (-m.score, m.paper.id))
    lead = _lead(ranked, len(phrases.short_day(day)), settings)
    return IssueView(
        title=safe(settings.title, 80) or "digest",
        language=settings.language,
        direction=direction_of(settings.language),
        day=phrases.long_day(day),
        year=day.year,
        short_day=phrases.short_day(day),
        picks=len(picks),
        lead=lead,
        preview=_preview(issue, ranked, lead, settings),
        nothing=""
        if picks
        else f"Nothing above your line today: {issue.counts.listed:,} listed, none close to what you read.",
        summary=f"{len(picks):,} for you, from {phrases.number_of(issue.counts.listed, 'paper')}"
        if picks
        else "",
        quiet=phrases.quiet_line(issue.quiet) if issue.quiet else "",
        groups=tuple(
            Group(
                heading=safe(section.heading, 80) or "For you",
                cards=tuple(
                    cards.card(m, m.paper.first_seen >= issue.new_since, settings, room)
                    for m in section.matches
                ),
            )
            for section in issue.sections
            if section.kind is SectionKind.FOR_YOU and section.matches
        ),
        trending=_lines(issue, SectionKind.TRENDING, settings, cards),
        also_new=_lines(issue, SectionKind.ALSO_NEW, settings, cards),
        more=f"… and {issue.counts.below:,} more" if issue.counts.below else "",
        notes=phrases.note_lines(issue.notes),
        counts=phrases.counts_line(issue.counts, issue.subscriber.preferences.limit, shortened),
        interests=_interests(issue.subscriber.interests),
        site_url=settings.site_url,
        unsubscribe=_ways_out(unsubscribe),
    )


def _lines(issue: Issue, kind: SectionKind, settings: RenderSettings, cards: Cards) -> tuple[Line, ...]:
    trending = kind is SectionKind.TRENDING
    return tuple(
        cards.line(
            match.paper,
            match.paper.first_seen >= issue.new_since,
            settings,
            phrases.trending_reason(match.paper) if trending else "",
        )
        for match in issue.matches(kind)
    )


def _lead(ranked: Sequence[Match], day_width: int, settings: RenderSettings) -> str:
    """The strongest pick's title, or a shorter one nearly as strong, in what a subject has left."""
    if not ranked:
        return ""
    room = _SUBJECT_WIDTH - len(f"{len(ranked)} for you ·  · ") - day_width
    strong = [m for m in ranked if m.score >= 0.85 * ranked[0].score]
    titles = [facts_of(m.paper.paper, settings).title for m in strong]
    whole = [title for title in titles if 0 < len(title) <= room]
    return whole[0] if whole else clip(titles[0], room)


def _preview(issue: Issue, ranked: Sequence[Match], lead: str, settings: RenderSettings) -> str:
    """What a list of mails shows after the subject: the next titles, and how much was looked at."""
    titles = [clip(facts_of(m.paper.paper, settings).title, 70) for m in ranked[:3]]
    others = [title for title in titles if title[:20] != lead[:20]][:2]
    return " · ".join([*others, f"from {phrases.number_of(issue.counts.listed, 'paper')}"])


def _interests(interests: Sequence[Interest]) -> str:
    wanted = [_named(i.text) for i in interests if not i.muted]
    muted = [_named(i.text) for i in interests if i.muted]
    shown = ", ".join(wanted[:12]) + (f" and {len(wanted) - 12} more" if len(wanted) > 12 else "")
    if not muted:
        return shown
    without = ", ".join(muted[:6]) + (f" and {len(muted) - 6} more" if len(muted) > 6 else "")
    return f"{shown}; without {without}" if shown else f"everything without {without}"


# many read the same
@lru_cache(maxsize=1_024)
def _named(interest: str) -> str:
    return safe(interest, 60)


def _ways_out(unsubscribe: Unsubscribe) -> tuple[Link, ...]:
    found = []
    if url := web_url(unsubscribe.url):
        found.append(Link("Unsubscribe", url))
    if mailto := mail_link(unsubscribe.mailto):
        found.append(Link("Unsubscribe by mail", mailto))
    return tuple(found)
