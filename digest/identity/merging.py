"""One paper from two sightings: for each fact the better one, with where it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from digest.model import Paper, Provenance

Origins: TypeAlias = Mapping[str, Provenance]
"""Field of `Paper` → where it comes from; `ELSE` stands for every known field that is not named."""

ELSE = "*"

#: pictures and dingbats, or a heading that no abstract has: somebody's posting about the paper
_POSTED = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff\u200d\ufe0f]|TL;?DR|Librarian Bot")
#: arXiv takes at most 1,920 characters; a text far longer than any abstract is an article
_LONGEST_ABSTRACT = 4_000


@dataclass(frozen=True, slots=True)
class Attested:
    """A paper, where its facts come from, and title and abstract in the source's own words."""

    paper: Paper
    origins: Origins
    raw_title: str
    raw_abstract: str

    @property
    def is_replacement(self) -> bool:
        """Whether all of it was given in place of what the source had said before."""
        return ELSE in self.origins and self.origins[ELSE].is_replacement

    def origin(self, field: str) -> Provenance | None:
        """Where this field comes from; `None` where nobody noted it."""
        return self.origins.get(field) or self.origins.get(ELSE)

    def by_field(self) -> dict[str, Provenance]:
        """Where each known field comes from, as far as anybody noted it."""
        known = [field for field in FIELDS if getattr(self.paper, field) not in _UNKNOWN]
        return {field: origin for field in known if (origin := self.origin(field))}


def merge(old: Attested, new: Attested) -> Attested:
    """What both say together; `old` itself where `new` brings nothing.

    The longer abstract that is no posting and no summary, the longer list of authors, the counts of the
    newest day, the earliest day of listing; else what was known first. A replacement's title and
    abstract take the place of what was said up to its day, and only another replacement takes theirs.
    """
    if old.paper == new.paper and old.origins == new.origins:
        return old
    facts: dict[str, Any] = {}
    origins: dict[str, Provenance] = {}
    summaries = {old.paper.summary, new.paper.summary}
    for field in FIELDS:
        mine, theirs = getattr(old.paper, field), getattr(new.paper, field)
        origin = new.origin(field)
        if theirs in _UNKNOWN:
            continue
        if mine in _UNKNOWN or _RULES.get(field, _first)(
            _Saying(mine, old.origin(field), summaries), _Saying(theirs, origin, summaries)
        ):
            facts[field] = theirs
            if origin and origin != old.origin(field):
                origins[field] = origin
    if not origins and all(getattr(old.paper, field) == fact for field, fact in facts.items()):
        return old
    return Attested(
        replace(old.paper, **facts),
        {**old.origins, **origins},
        new.raw_title if "title" in facts else old.raw_title,
        new.raw_abstract if "abstract" in facts else old.raw_abstract,
    )


#: the facts of a paper, in the order of its fields
FIELDS = tuple(Paper.__dataclass_fields__)
_UNKNOWN = (None, "", ())


@dataclass(frozen=True, slots=True)
class _Saying:
    """A fact, where it comes from, and the sentences that are no abstract."""

    fact: Any
    origin: Provenance | None
    summaries: set[str | None]

    @property
    def day(self) -> date:
        """The day it was said; the earliest there is where nobody noted it."""
        return self.origin.day if self.origin else date.min

    @property
    def is_replacement(self) -> bool:
        """Whether the source gave it in place of what it had said before."""
        return self.origin is not None and self.origin.is_replacement


def _first(_mine: _Saying, _theirs: _Saying) -> bool:
    return False


def _longer(mine: _Saying, theirs: _Saying) -> bool:
    return len(theirs.fact) > len(mine.fact)


def _earlier(mine: _Saying, theirs: _Saying) -> bool:
    return bool(theirs.fact < mine.fact)


def _newer(mine: _Saying, theirs: _Saying) -> bool:
    """Counts change both ways, but of two readings of one day the higher is the later one."""
    return (theirs.day, theirs.fact) > (mine.day, mine.fact)


def _text(better: Callable[[_Saying, _Saying], bool]) -> Callable[[_Saying, _Saying], bool]:
    def decide(mine: _Saying, theirs: _Saying) -> bool:
        if theirs.is_replacement:
            return theirs.day >= mine.day
        return not mine.is_replacement and better(mine, theirs)

    return decide


def _abstract(mine: _Saying, theirs: _Saying) -> bool:
    return _worth(theirs) > _worth(mine)


def _worth(said: _Saying) -> tuple[bool, int]:
    return is_abstract(said.fact) and said.fact not in said.summaries, len(said.fact)


def is_abstract(text: str) -> bool:
    """Whether `text` may be an abstract: no posting with pictures or a TL;DR, and no whole article."""
    return len(text) <= _LONGEST_ABSTRACT and not _POSTED.search(text)


_RULES: dict[str, Callable[[_Saying, _Saying], bool]] = {
    "title": _text(_first),
    "abstract": _text(_abstract),
    "authors": _longer,
    "stars": _newer,
    "upvotes": _newer,
    "comments": _newer,
    "listed": _earlier,
}
