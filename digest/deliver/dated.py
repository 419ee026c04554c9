"""The moment that a message says it was written. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_DATE: Final = re.compile(rb"^Date:[ \t]*([^\r\n]{1,80})", re.IGNORECASE | re.MULTILINE)


def written_at(data: bytes) -> datetime | None:
    """The message's Date header in its own zone; `None` where there is none that can be read."""
    found = _DATE.search(data.partition(b"\r\n\r\n")[0])
    try:
        moment = parsedate_to_datetime(found[1].decode("ascii")) if found else None
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None  # the standard library's parser fails in several ways
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
