"""Listings: what reading a source brings, with what was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digest.model.papers import Paper


class Severity(StrEnum):
    """How much a problem cost."""

    #: worth knowing, nothing was lost
    NOTE = "note"
    #: one or more records were lost, the others were kept
    LOST = "lost"
    #: nothing could be read at all
    FATAL = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding about input: a value that travels beside the result, not an exception."""

    #: file and line or record, such as `monday.txt:12`
    where: str
    what: str
    severity: Severity


class Health(StrEnum):
    """What state a source is in; a quiet day, a partial listing and a broken source differ."""

    OK = "ok"
    QUIET = "quiet"
    PARTIAL = "partial"
    STALE = "stale"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where listings come from: a folder, a file, a glob or an address, under the name that reports use."""

    name: str
    location: str
    #: a file changed more lately than this many seconds waits for the next run; 0 reads at once
    settle_seconds: float = 0.0
    #: name of the folder beside a file into which it goes when it was read; `None` leaves it
    shelf: str | None = None
    #: an address is asked this often at most; 0 asks at once
    every_seconds: float = 0.0
    #: hosts and networks that an address may lead to though they are not public
    allow_hosts: tuple[str, ...] = ()

    @property
    def is_url(self) -> bool:
        """Whether the location is an address on the web, perhaps with `{day}` in it."""
        return self.location.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One paper as it stands in a listing, with the source's own text kept."""

    #: place among the records that were read, from 1
    position: int
    #: line of the title in the file, from 1; `None` where lines say nothing, as in JSON and feeds
    line: int | None
    raw_title: str
    raw_abstract: str
    paper: Paper
    #: number in the file, from 1, lost ones counted; `None` where `line` names the place
    number: int | None = None
    #: a new version of a paper that was announced before (arXiv's `replace`): never a new paper
    is_replacement: bool = False
    #: names everything that stands in the record, so that it is known again; empty where nobody asks
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A record that stands in the archive already, word for word: its place, and nothing made of it."""

    #: place among all records that were read, from 1
    position: int
    fingerprint: bytes
    upvotes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One reading of one file or answer: the records, and what was wrong with the rest."""

    #: what the operator calls it: a file name or URL
    name: str
    #: the wire shape it was read as, or `unknown`
    format: str
    #: SHA-256 of the bytes, hexadecimal
    fingerprint: str
    #: raised whenever a reader would read the same bytes differently
    reader_version: int
    #: the page's date as printed, such as `Mar 12`
    day_label: str | None
    #: the page's date resolved to a year, never in the future
    day: date | None
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    health: Health
    #: records that were known, where somebody said which
    repeats: tuple[Repeat, ...] = ()

    @property
    def count(self) -> int:
        """How many records were read, repeats among them."""
        return len(self.records) + len(self.repeats)

    @property
    def upvotes(self) -> list[int | None]:
        """The upvotes of every record."""
        return [r.paper.upvotes for r in self.records] + [r.upvotes for r in self.repeats]

    @property
    def lost_records(self) -> bool:
        """Whether something in these bytes could not be read."""
        return any(p.severity is not Severity.NOTE for p in self.problems)
