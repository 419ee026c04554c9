"""What a wire shape is: how it is recognised, and what reading one gives.

A new shape is one file with a `Shape` in it and one line in `registry.py`. Reading gives a `Page`
of the source's own texts; cleaning, dates, links and problem names are the same for all shapes and
happen in `reader.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from digest.model import Paper, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The bytes of one source with the text that they spell."""

    data: bytes
    #: empty where the bytes are no text
    text: str
    #: why the bytes are no text, or `None`
    flaw: str | None = None
    #: whether the data end in the middle of a character
    cut: bool = False
    #: headers of the answer, where the bytes came by HTTP: `content-type`, `content-location`
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem as a shape sees it: the file's name is added later."""

    what: str
    severity: Severity
    #: from 1
    line: int | None = None
    #: number of the record in the file, from 1, where lines say nothing
    number: int | None = None


#: the format of bytes that no shape could read
UNKNOWN = "unknown"
#: what a shape knows of a paper beyond title and abstract, when it knows nothing
NO_FACTS = Paper(title="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper in the source's own words, white space joined."""

    raw_title: str
    raw_abstract: str
    #: line of the title, from 1; `None` where lines say nothing
    line: int | None = None
    #: number of the record in the file, from 1, where lines say nothing
    number: int | None = None
    #: everything but title and abstract, which are taken from the raw texts
    facts: Paper = NO_FACTS
    #: the paper's own date as printed, such as `May 29`; used where `facts` has none
    published_label: str | None = None
    #: see `model.Record`
    is_replacement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one shape read: entries in order, and findings about the rest."""

    format: str
    #: the page's date as printed
    day_label: str | None = None
    #: the listing's day, where the source says it in full and not as a label
    day: date | None = None
    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A rendering of a listing. `matches` is cheap and looks at the beginning; `read` never raises."""

    name: str
    #: completes "looked for …" in the refusal of a file that no shape matches
    looks_for: str
    matches: Callable[[Wire], bool]
    #: wire and the number of records wanted at most; more may be returned, the rest is cut
    read: Callable[[Wire, int], Page]
    #: whether it finds the text in the bytes itself, so that it is asked about a `Wire` with a flaw too
    reads_bytes: bool = False
