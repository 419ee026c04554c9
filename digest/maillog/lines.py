"""One line of a syslog: when, on which host, by which program of which Postfix, and its text.

Understood are the traditional form (RFC 3164: `Nov 26 07:00:01 host postfix/qmgr[12]: text`), the same
with an ISO 8601 moment (rsyslog, journalctl -o short-iso, Postfix's own log), and RFC 5424.
What stands in a line was partly written by strangers. So every part is read at its own place from the
beginning of the line, and nothing is ever searched for further on.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

#: no line is looked at further than this, in bytes
LONGEST: Final = 16_384
_LINE: Final = re.compile(
    rb"(?:<\d{1,3}>(?:1 )?)?"
    rb"(?P<stamp>[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT[0-9:.+Z-]{8,30}) "
    rb"(?P<host>\S+) "
    # busybox writes facility and priority
    rb"(?:[a-z]\w*\.[a-z]+ )?"
    # `postfix/submission/smtpd` is the smtpd of the instance `postfix`
    rb"(?P<instance>[^\s\[\]:/]+)/(?:[^\s\[\]:]+/)?(?P<program>[a-z-]+)"
    rb"(?:\[(?P<pid>\d+)\]: | (?P<process>\S+) \S+ (?:-|(?:\[[^\]]*\])+) (?:\xef\xbb\xbf)?)"
    rb"(?P<text>.*)",
    re.DOTALL,
)
#: how rsyslog and journald say that they dropped lines
_DROPPED: Final = re.compile(
    rb"(?:<\d{1,3}>(?:1 )?)?(?P<stamp>[A-Z][a-z][a-z] [ \d]\d [\d:.]+|\d{4}-\d\d-\d\dT[0-9:.+Z-]+) \S+ "
    rb"(?:rsyslogd|systemd-journald|journal)\b.*(?:rate-limiting|[Ss]uppressed \d+ messages)"
)
#: short queue ids are hexadecimal; long ones have digits and consonants, so that they spell no word
_QUEUED: Final = re.compile(
    rb"(?P<id>[0-9A-F]{5,20}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,25}): (?P<rest>.*)", re.DOTALL
)


class Line(NamedTuple):
    """A line that a program of a Postfix wrote; bytes as they stand there. A tuple: there are millions."""

    stamp: bytes
    #: host and instance: queue ids are theirs, and others have the same
    server: tuple[bytes, bytes]
    program: bytes
    process: bytes
    text: bytes


def parse(line: bytes) -> Line | None:
    """The parts of a line; `None` where no program of a Postfix can have written it."""
    found = _LINE.match(line[:LONGEST])
    if found is None:
        return None
    stamp, host, instance, program, pid, process, text = found.groups()
    return Line(stamp, (host, instance), program, pid or process, text)


def dropped(line: bytes) -> bytes | None:
    """The stamp of a line with which the log itself says that lines are missing."""
    found = _DROPPED.match(line[:LONGEST])
    return found["stamp"] if found else None


def queued(text: bytes) -> tuple[bytes, bytes] | None:
    """The queue id at the beginning of a text, and what follows it."""
    found = _QUEUED.match(text)
    return (found["id"], found["rest"]) if found else None
