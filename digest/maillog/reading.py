"""Logs from their first line to their last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from digest.maillog.coverage import Coverage
from digest.maillog.files import Log
from digest.maillog.following import Follower, Trace
from digest.maillog.lines import dropped, parse
from digest.maillog.stamps import Stamps

#: words of the lines that say that others were dropped: looked for in many lines at once
_DROPPED: Final = (b"rate-limiting", b"uppressed ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What logs show."""

    #: by Message-ID, in the order of the log
    traces: Mapping[str, Sequence[Trace]]
    coverage: Coverage
    stamps: Stamps
    #: whether a mail of ours other than those is in them: they are the logs of our mail server
    ours: bool
    lines: int
    #: files that could not be read to their end
    problems: tuple[str, ...]


def read_logs(
    logs: Sequence[Log],
    wanted: Collection[str],
    *,
    stamps: Stamps,
    domains: Collection[str],
    is_ours: Callable[[Collection[str]], bool],
) -> Findings:
    """Read `logs`, in the order of their first lines, for the wanted Message-IDs.

    `is_ours` says whether one of some other Message-IDs in `domains` is a mail that we sent.
    """
    follower = Follower(wanted, domains)
    coverage = Coverage()
    lines, ours = 0, False
    for log in _in_order(logs, stamps):
        follower.first = b""
        latest: datetime | None = None
        for some in log.lines():
            lines += len(some)
            for line in some:
                follower.read(line)
            _distrust(some, coverage, stamps)
            ours = ours or (bool(follower.others) and is_ours(follower.others))
            follower.others.clear()
            if follower.first and (moment := stamps.moment(follower.last)):
                latest = max(moment, latest or moment)
        # where local time may mean two moments: the ones that promise less
        if latest and (first := stamps.moment(follower.first, later=True)):
            coverage.add(min(first, latest), latest)
    return Findings(
        traces=follower.traces,
        coverage=coverage,
        stamps=stamps,
        ours=ours,
        lines=lines,
        problems=tuple(log.problem for log in logs if log.problem),
    )


def _in_order(logs: Sequence[Log], stamps: Stamps) -> list[Log]:
    """Oldest first: `mail.log mail.log.1` is how a shell sorts them."""
    return sorted(logs, key=lambda log: _begin_of(log, stamps) or stamps.now)


def _begin_of(log: Log, stamps: Stamps) -> datetime | None:
    for raw in log.first_lines():
        if (line := parse(raw)) and (moment := stamps.moment(line.stamp)):
            return moment
    return None


def _distrust(lines: Sequence[bytes], coverage: Coverage, stamps: Stamps) -> None:
    """Note where lines are missing."""
    whole = b"\n".join(lines)
    if not any(word in whole for word in _DROPPED):
        return
    for line in lines:
        if (stamp := dropped(line)) and (moment := stamps.moment(stamp)):
            coverage.distrust(moment)
