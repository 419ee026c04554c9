"""What a source states as data, checked: a text, a count, a day or a link, or `None` for anything else.

JSON may hold any value at any place, and so may a saved page's attributes. Nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from digest import identity
from digest.text import join_space, printable

#: longer than any title or abstract that a person wrote
LONGEST_TEXT = 100_000
_LONGEST_LABEL = 1_000
_LONGEST_LINK = 2_000
_MOST_NAMES = 10_000
#: more stars, upvotes or comments than there are people
_MOST = 10**9
_YEARS = range(1600, 2200)
_HALVES = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].{0,40})?", re.ASCII | re.DOTALL)
_COUNT = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,10})(?:\.([0-9]{1,3}))?[ ]?([km]?)", re.ASCII | re.IGNORECASE
)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_LINK = re.compile(r"https?://[^\s<>\"'`\\@]+", re.IGNORECASE)


def raw_text(value: object) -> str | None:
    """The source's own words with white space joined, and without halves of surrogate pairs."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return None
    joined = join_space(value)
    if not joined.isascii():
        joined = _HALVES.sub("\ufffd", joined)
    return joined or None


def label(value: object) -> str | None:
    """A short text that is safe to show: a name, a keyword, a sentence."""
    if not isinstance(value, str) or len(value) > _LONGEST_LABEL:
        return None
    return (value if value.isprintable() and "  " not in value else printable(value)).strip() or None


def sentence(value: object) -> str | None:
    """A text that is safe to show."""
    text = raw_text(value)
    return text if text is None or text.isprintable() else printable(text) or None


def count(value: object) -> int | None:
    """A number of people or things, such as `12`, `12.0` or `"12"`: never negative, never absurd."""
    if isinstance(value, str):
        return printed_count(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
        return None
    return int(value) if value == int(value) else None


def printed_count(text: str) -> int | None:
    """A number as pages print it: `1,234`, `11.3k`, `2M`; `None` for anything else."""
    found = _COUNT.fullmatch(text.strip()) if len(text) <= _LONGEST_LABEL else None
    if found is None:
        return None
    whole, fraction, unit = found[1].replace(",", ""), found[2] or "", found[3].lower()
    if fraction and not unit:
        return None
    number = int(whole + fraction) * _TIMES[unit] // 10 ** len(fraction)
    return number if number <= _MOST else None


def day(value: object) -> date | None:
    """The day of `2026-10-02` or `2026-10-02T00:12:32.664Z`, as it is printed."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        given = date.fromisoformat(found[1])
    except ValueError:
        return None
    return given if given.year in _YEARS else None


def link(value: object) -> str | None:
    """An http or https address without a user name in it."""
    if not isinstance(value, str) or len(value) > _LONGEST_LINK:
        return None
    text = value.strip()
    return text if _LINK.fullmatch(text) and text.isprintable() else None


def paper_id(value: object) -> str | None:
    """The arXiv id that a value is, without version."""
    return identity.arxiv_id(value) if isinstance(value, str) and len(value) <= _LONGEST_LABEL else None


def doi(value: object) -> str | None:
    """The DOI that a value is, without resolver."""
    return identity.doi(value) if isinstance(value, str) and len(value) <= _LONGEST_LABEL else None


def labels(value: object) -> tuple[str, ...]:
    """The short texts of a list, each once; anything else in it is passed over."""
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(filter(None, map(label, value[:_MOST_NAMES]))))


def names(value: object) -> tuple[str, ...]:
    """The authors of a list of names or of objects with a `name`, or in one text."""
    if isinstance(value, str):
        return tuple(_split_names(value)) if len(value) <= LONGEST_TEXT else ()
    if not isinstance(value, list):
        return ()
    return tuple(filter(None, map(_name, value[:_MOST_NAMES])))


def _name(author: object) -> str | None:
    """An author's name; one whom the source marks as hidden is left out, as on its own pages."""
    if not isinstance(author, dict):
        return label(author)
    if author.get("hidden") is True:
        return None
    for holder in (author, author.get("user")):
        if isinstance(holder, dict) and (found := label(holder.get("name")) or label(holder.get("fullname"))):
            return found
    return None


def _split_names(text: str) -> Iterator[str]:
    """`A B; C D`, or `A B, C D and E F` where each part is a full name; else the text as one name."""
    parts = text.split(";") if ";" in text else re.split(r",\s*(?:and\s)?|\sand\s", text)
    shown = [name for part in parts[:_MOST_NAMES] if (name := label(part))]
    if ";" in text or all(" " in name for name in shown):
        yield from shown
    elif whole := label(text):
        yield whole
