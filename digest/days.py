"""The `{day}` in an address: checked where it is written, filled in where it is asked. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from digest.errors import UsageError

_BRACES: Final = re.compile(r"\{[^{}]*\}?|\}")
_PLACE: Final = re.compile(r"\{day(?::([^{}]*))?\}")
#: digits only come out of these directives, so that a day can never end a path or begin a header
_FORMAT: Final = re.compile(r"(?:%[YymdjGVu]|[A-Za-z0-9/_.,-]){1,40}")
#: where the host of an address ends
_HOST: Final = re.compile(r"[a-z]+://[^/?#]*", re.IGNORECASE)


def names_day(url: str) -> bool:
    """Whether `url` holds a `{day}`, and so stands for one address a day."""
    return _PLACE.search(url) is not None


def check_day(url: str) -> str:
    """`url` itself, if what stands in braces in it is understood; raises `UsageError`."""
    for found in _BRACES.finditer(url):
        place = _PLACE.fullmatch(found.group())
        if place is None:
            raise UsageError(f'"{found.group()[:40]}" is not understood; only {{day}} may stand in braces')
        if place[1] is not None and not _FORMAT.fullmatch(place[1]):
            raise UsageError(
                f'"{found.group()[:40]}" is not understood; write {{day}}, or a form such as '
                "{day:%Y/%m/%d} made of %Y %y %m %d %j %G %V %u"
            )
    host = _HOST.match(url)
    if host and "{" in host.group():
        raise UsageError("{day} may stand after the host only")
    return url


def on_day(url: str, day: date) -> str:
    """`url` with every `{day}` filled in: `2026-11-22`, or as its form says."""
    return _PLACE.sub(lambda found: day.strftime(found[1]) if found[1] else day.isoformat(), url)
