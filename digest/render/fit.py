"""Making an issue shorter in a fixed order, with counts that still add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from digest.model import Counts, Issue, Match, Section, SectionKind
from digest.render.excerpt import Room

#: how much of each abstract is shown, from ordinary to nothing
ROOMS = (Room(3, 420), Room(2, 260), Room(1, 160), Room(0, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How many papers of each kind are shown, and how much of each abstract (index of `ROOMS`)."""

    picks: int
    trending: int
    also_new: int
    room: int = 0

    def with_(self, **parts: int) -> Cut:
        """The same with some parts changed."""
        return replace(self, **parts)


def parts_of(issue: Issue) -> Cut:
    """The cut that leaves `issue` whole."""
    return Cut(
        picks=len(issue.matches(SectionKind.FOR_YOU)),
        trending=len(issue.matches(SectionKind.TRENDING)),
        also_new=len(issue.matches(SectionKind.ALSO_NEW)),
    )


def largest(cut: Cut, part: str, fits: Callable[[Cut], bool]) -> Cut:
    """`cut` with `part` as large as fits, by halving; 0 when nothing fits, which may not fit either."""
    low, high = 0, getattr(cut, part)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(cut.with_(**{part: middle})):
            low = middle
        else:
            high = middle - 1
    return cut.with_(**{part: low})


def cut_down(issue: Issue, cut: Cut) -> Issue:
    """`issue` after `cut`; papers no longer shown count as below the line, picks as cut.

    The weakest picks go first, whatever their section; Trending and Also new lose their last.
    """
    if cut.with_(room=0) == parts_of(issue):
        return issue
    sections = _keep(issue, cut)
    remain = {m.paper.id for s in sections for m in s.matches}
    picked = {m.paper.id for m in issue.matches(SectionKind.FOR_YOU)}
    gone = {m.paper.id for m in issue.shown} - remain
    counts = issue.counts
    return replace(
        issue,
        sections=sections,
        counts=Counts(
            listed=counts.listed,
            sent_before=counts.sent_before,
            shown=counts.shown - len(gone),
            below=counts.below + len(gone - picked),
            cut=counts.cut + len(gone & picked),
        ),
    )


def _keep(issue: Issue, cut: Cut) -> tuple[Section, ...]:
    picks = sorted(issue.matches(SectionKind.FOR_YOU), key=lambda m: -m.score)
    left = {
        SectionKind.FOR_YOU: picks[: cut.picks],
        SectionKind.TRENDING: list(issue.matches(SectionKind.TRENDING)[: cut.trending]),
        SectionKind.ALSO_NEW: list(issue.matches(SectionKind.ALSO_NEW)[: cut.also_new]),
    }
    sections: list[Section] = []
    for section in issue.sections:
        matches = tuple(m for m in section.matches if _take(left[section.kind], m))
        if matches:
            sections.append(replace(section, matches=matches))
    return tuple(sections)


def _take(matches: list[Match], wanted: Match) -> bool:
    """Whether `wanted` itself was among `matches`; it is taken out."""
    for index, match in enumerate(matches):
        if match is wanted:
            del matches[index]
            return True
    return False
