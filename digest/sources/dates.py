"""The date on a page: recognise its label, and give it a year.

The page prints `Mar 12` without a year. It means the newest such day that is not later than the
day on which the page was saved.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
#: `Mar 12`, `March 12, 2026`, `12 Mar 2026`, `2026-03-12`; ASCII digits only
LABEL = (
    rf"{_NAME.format('month')}[ ](?P<day>[0-9]{{1,2}})(?:,?[ ](?P<year>[0-9]{{4}}))?(?![0-9])"
    rf"|(?P<day_first>[0-9]{{1,2}})[ ]{_NAME.format('month_second')}"
    r"(?:[ ](?P<year_last>[0-9]{4}))?(?![0-9a-z])"
    r"|(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
)
#: `May 296`: a day with a count glued to it, which says neither
GLUED = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6} [0-9]{3}"
_LABEL = re.compile(LABEL, re.IGNORECASE)
#: from one 29 February to the next there are at most eight years (1896 to 1904)
_LONGEST_WAIT = 8


def resolve(label: str, latest: date) -> date | None:
    """The day that `label` names, never after `latest`; `None` where there is no such day."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return None
    if found["iso"]:
        year, month, day = map(int, found["iso"].split("-"))
        return _real(year, month, day, latest)
    month = 1 + _MONTHS.index((found["month"] or found["month_second"])[:3].lower())
    day = int(found["day"] or found["day_first"])
    printed_year = found["year"] or found["year_last"]
    if printed_year:
        return _real(int(printed_year), month, day, latest)
    years = range(latest.year, latest.year - _LONGEST_WAIT - 1, -1)
    return next((d for y in years if (d := _real(y, month, day, latest))), None)


def _real(year: int, month: int, day: int, latest: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= latest else None
