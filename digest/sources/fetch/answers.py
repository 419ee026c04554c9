"""What comes of asking for an address: a value for everything that a server may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Failure(StrEnum):
    """What kind of thing went wrong, as far as asking again depends on it."""

    #: we would not: a forbidden address, a cap
    REFUSED = "refused"
    #: nobody answered: no such name, no connection, no time
    UNREACHABLE = "unreachable"
    #: the answer was cut off or is no HTTP
    BROKEN = "broken"
    #: the server said no: `status` is its number
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The bytes of an answer, unpacked."""

    data: bytes
    #: the address that gave them, after all redirects
    url: str
    etag: str | None = None
    last_modified: str | None = None
    #: a hint only, for the encoding that may stand there alone
    content_type: str | None = None
    #: where the address that was asked moved permanently
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The server says that nothing changed since the validators that it was sent."""

    url: str
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No bytes, and why."""

    kind: Failure
    what: str
    #: whose answer it was
    host: str
    status: int | None = None
    #: the header `Retry-After`, as sent
    retry_after: str | None = None


Answer: TypeAlias = Fetched | Unchanged | Failed


class Stopped(Exception):  # noqa: N818 - no error of ours: it carries a finding out of the libraries
    """Asking was stopped, and why; caught where asking began."""

    def __init__(self, kind: Failure, what: str) -> None:
        self.kind = kind
        self.what = what
        super().__init__(what)
