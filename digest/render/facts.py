"""What is shown of a paper whoever reads it: made once, however many readers get the paper."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model import Paper
from digest.render.links import Link, links, main_link
from digest.render.marks import safe
from digest.render.settings import RenderSettings
from digest.text import clip

_TITLE_WIDTH = 300


@dataclass(frozen=True, slots=True)
class Facts:
    """A paper without its reader."""

    #: at most 300 characters, never empty
    title: str
    #: whether the title was longer
    clipped: bool
    #: where the title leads
    link: Link | None
    #: everything to click on, `link` first
    links: tuple[Link, ...]


#: by the paper's identity: the papers of a run are the same objects, and comparing them whole is slow
_remembered: dict[int, tuple[Paper, RenderSettings, Facts]] = {}
_MOST = 4_096


def facts_of(paper: Paper, settings: RenderSettings) -> Facts:
    """The facts of `paper`; remembered, for the same papers go to many readers."""
    known = _remembered.get(id(paper))
    if known is not None and known[0] is paper and known[1] is settings:
        return known[2]
    if len(_remembered) >= _MOST:
        _remembered.clear()
    facts = _facts(paper, settings)
    _remembered[id(paper)] = (paper, settings, facts)
    return facts


def _facts(paper: Paper, settings: RenderSettings) -> Facts:
    whole = safe(paper.title)
    title = clip(whole, _TITLE_WIDTH)
    return Facts(
        title=title or "Untitled",
        clipped=title != whole,
        link=main_link(paper, settings),
        links=links(paper, settings),
    )
