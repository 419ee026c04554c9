"""How each kind of value is read: what is accepted, and the sentence that refuses the rest.

Every reader takes what YAML or the environment brought (the environment brings text only), gives
the finished value, or raises `ValueError` with a sentence that names what was found and what is
allowed. pydantic gathers them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import time, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BeforeValidator, PlainValidator, ValidationInfo

from digest.cadence import check_time_zone
from digest.config.addresses import (
    Listen,
    parse_address,
    parse_base_url,
    parse_bounce_address,
    parse_contact,
    parse_domain,
    parse_host,
    parse_line,
    parse_list_id,
    parse_listen,
    parse_reach,
    parse_search_url,
    parse_secure_url,
    parse_selector,
    parse_source_url,
    parse_url,
)
from digest.config.interests import read_interest, read_mute
from digest.config.moments import format_duration, parse_at, parse_day, parse_duration, parse_rate
from digest.errors import UsageError
from digest.model import Interest, Rate

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


def shown(value: object) -> str:
    """`value` as a person wrote it, short enough for one line."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value[:60]}…"' if len(value) > 60 else f'"{value}"'
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)[:60]


def _refused(value: object, expected: str) -> ValueError:
    return ValueError(f"found {shown(value)}; allowed: {expected}")


def _told(read: Callable[[Any], T]) -> Callable[[object], T]:
    """`read`, with the house's errors turned into those that pydantic gathers."""

    def reader(value: object) -> T:
        try:
            return read(value)
        except UsageError as error:
            raise ValueError(str(error)) from error

    return reader


def text(parse: Callable[[str], T], expected: str, ready: type | None = None) -> PlainValidator:
    """Read text by `parse`; a value of the type `ready` passes as it is."""
    told = _told(parse)

    def read(value: object) -> object:
        if ready is not None and isinstance(value, ready):
            return value
        if not isinstance(value, str):
            quotes = " (in quotes)" if isinstance(value, int | float) else ""
            raise _refused(value, expected + quotes)
        return told(value)

    return PlainValidator(read)


def whole(low: int, high: int) -> PlainValidator:
    """Read a whole number from `low` to `high`."""

    def read(value: object) -> int:
        number = int(value) if isinstance(value, str) and _digits(value) else value
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            raise _refused(value, f"a whole number from {low} to {high}")
        return number

    return PlainValidator(read)


def _digits(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 12


def number(low: float, high: float) -> PlainValidator:
    """Read a number from `low` to `high`."""

    def read(value: object) -> float:
        try:
            found = float(value) if isinstance(value, str | int | float) else None
        except (ValueError, OverflowError):
            found = None
        if found is None or isinstance(value, bool) or not low <= found <= high:
            raise _refused(value, f"a number from {low:g} to {high:g}")
        return found

    return PlainValidator(read)


def one_of(kind: type[E]) -> PlainValidator:
    """Read a member of `kind` by its value."""
    names = [str(member.value) for member in kind]

    def read(value: object) -> E:
        if isinstance(value, kind):
            return value
        if isinstance(value, str) and value.strip().lower() in names:
            return kind(value.strip().lower())
        raise _refused(value, ", ".join(names) + _near(value, names))

    return PlainValidator(read)


def _near(value: object, names: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    near = get_close_matches(str(value).lower(), names, n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else ""


def between(low: timedelta, high: timedelta) -> PlainValidator:
    """Read a duration from `low` to `high`."""
    expected = (
        f"a duration from {format_duration(low)} to {format_duration(high)}, such as 10s, 30m, 6h or 3d"
    )

    def read(value: object) -> timedelta:
        # nothing needs no unit
        span = timedelta(0) if str(value) == "0" else value
        if isinstance(span, str):
            span = _told(parse_duration)(span)
        if not isinstance(span, timedelta):
            raise _refused(value, expected)
        if not low <= span <= high:
            raise _refused(format_duration(span), expected)
        return span

    return PlainValidator(read)


def _read_switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    match str(value).strip().lower():
        case "true" | "yes" | "on" | "1":
            return True
        case "false" | "no" | "off" | "0":
            return False
    raise _refused(value, "true or false")


def _read_location(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        raise _refused(value, "a path")
    base = (info.context or {}).get("base")
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise _refused(value, "a path; there is no such user here") from None
    return path if base is None else Path(os.path.abspath(base / path))  # noqa: PTH100 - keeps symbolic links


def _read_zone(value: str) -> str:
    if why := check_time_zone(value.strip()):
        raise UsageError(why)
    return value.strip()


def _read_name(value: str) -> str:
    return parse_line(value)


def _read_day(value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _refused(value, "a day of the week (mon to sun) or of the month (1 to 28)")
    return parse_day(value)


def _read_several(value: object) -> object:
    """A list as it is; one phrase alone counts as a list of one."""
    return [value] if isinstance(value, str | dict | Interest) else value


def _read_sequence(value: object) -> object:
    if not isinstance(value, list | tuple):
        raise _refused(value, 'a list, each entry on lines of its own beginning with "- "')
    return value


Switch: TypeAlias = Annotated[bool, PlainValidator(_read_switch)]
Location: TypeAlias = Annotated[Path, PlainValidator(_read_location)]
At: TypeAlias = Annotated[time, text(parse_at, "a time of day such as 07:00", time)]
Day: TypeAlias = Annotated[str | int, PlainValidator(_told(_read_day))]
Zone: TypeAlias = Annotated[str, text(_read_zone, "a time zone such as UTC or Europe/Berlin")]
Line: TypeAlias = Annotated[str, text(_read_name, "text on one line")]
Address: TypeAlias = Annotated[str, text(parse_address, "a mail address")]
BounceAddress: TypeAlias = Annotated[str, text(parse_bounce_address, "a mail address")]
Domain: TypeAlias = Annotated[str, text(parse_domain, "a domain such as digest.example.org")]
Url: TypeAlias = Annotated[str, text(parse_url, "a link beginning with https://")]
SourceUrl: TypeAlias = Annotated[str, text(parse_source_url, "a link beginning with https://")]
Contact: TypeAlias = Annotated[str, text(parse_contact, "a mail address or a link")]
Reach: TypeAlias = Annotated[str, text(parse_reach, "a host name or a network such as 192.168.1.0/24")]
BaseUrl: TypeAlias = Annotated[str, text(parse_base_url, "a link beginning with https://")]
SecureUrl: TypeAlias = Annotated[str, text(parse_secure_url, "a link beginning with https://")]
SearchUrl: TypeAlias = Annotated[str, text(parse_search_url, "a link that holds {query}")]
ListId: TypeAlias = Annotated[str, text(parse_list_id, "a list id such as daily.digest.example.org")]
Selector: TypeAlias = Annotated[str, text(parse_selector, "a name such as digest2026")]
Host: TypeAlias = Annotated[str, text(parse_host, "a host name such as mail.example.org")]
Pace: TypeAlias = Annotated[Rate, text(parse_rate, "a rate such as 10/s, 600/m, 2000/h or 50000/d", Rate)]
ListenAt: TypeAlias = Annotated[
    Listen, text(parse_listen, "an address with a port such as 127.0.0.1:8035", Listen)
]

#: for `Annotated` tuples: refuse what is no list with a sentence of ours
sequence = BeforeValidator(_read_sequence)
several = BeforeValidator(_read_several)
Interests: TypeAlias = Annotated[
    tuple[Annotated[Interest, PlainValidator(_told(read_interest))], ...], sequence, several
]
Reaches: TypeAlias = Annotated[tuple[Reach, ...], sequence, several]
Mutes: TypeAlias = Annotated[
    tuple[Annotated[Interest, PlainValidator(_told(read_mute))], ...], sequence, several
]
