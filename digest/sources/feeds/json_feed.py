"""JSON Feed, versions 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from digest.model import Severity
from digest.sources.feeds import feed
from digest.sources.feeds.item import Item
from digest.sources.shape import UNKNOWN, Finding, Page, Shape, Wire

_HEAD = 64 * 1024
_VERSION = re.compile(r'"version"\s{0,20}:\s{0,20}"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/')
_ITEMS = re.compile(r'"items"\s{0,20}:\s{0,20}\[')
_BETWEEN = re.compile(r"[\s,]*")
_LONGEST = 400_000
_MOST_NAMES, _MOST_TAGS = 3_000, 50


def _is_json_feed(wire: Wire) -> bool:
    head, tail = wire.text[:_HEAD], wire.text[-_HEAD:]
    return head.lstrip().startswith("{") and bool(_VERSION.search(head) or _VERSION.search(tail))


def _read(wire: Wire, max_records: int) -> Page:
    found, findings = _objects(wire.text)
    if found is None:
        what = "not readable as a JSON Feed: it has no list of items"
        return Page(format=UNKNOWN, findings=(Finding(what=what, severity=Severity.FATAL),))
    items = [_item(one) for one in found[: max_records + 1]]
    entries, about = feed.entries_of(items)
    return Page(
        format="json-feed",
        day=feed.announcement_day(items),
        entries=entries,
        findings=(*findings, *about),
    )


def _objects(text: str) -> tuple[list[Any] | None, list[Finding]]:
    """The feed's items; of a broken document those that are whole, with a finding."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        starts = _ITEMS.search(text)
        kept = list(_whole_ones(text, starts.end())) if starts else None
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too large"
        what = f"broken JSON ({reason}): what stands before the break was read"
        return kept, [Finding(what=what, severity=Severity.LOST)]
    items = whole.get("items") if isinstance(whole, dict) else None
    return (items if isinstance(items, list) else None), []


def _whole_ones(text: str, at: int) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    try:
        while text.startswith("{", at := _BETWEEN.match(text, at).end()):  # type: ignore[union-attr]
            one, at = decoder.raw_decode(text, at)
            yield one
    except (ValueError, RecursionError):
        return


def _item(one: Any) -> Item:  # noqa: ANN401 - whatever stands in the list
    if not isinstance(one, dict):
        return Item()
    text, is_html = _text(one)
    published = _day(one.get("date_published")) or _day(one.get("date_modified"))
    link = _string(one, "url")
    return Item(
        title=_string(one, "title"),
        text=text,
        text_is_html=is_html,
        # a post about a page elsewhere; where that page is a paper, the paper is what counts
        link=_string(one, "external_url") or link,
        id=_string(one, "id"),
        authors=tuple(_names(one)),
        tags=tuple(tag for tag in _list(one, "tags")[:_MOST_TAGS] if isinstance(tag, str)),
        published=published,
        dois=(_string(one, "id"), link),
    )


def _text(one: dict[str, Any]) -> tuple[str, bool]:
    """The summary, or else the content, and whether it is HTML."""
    for key in ("summary", "content_text", "content_html"):
        if text := _string(one, key):
            return text, key == "content_html"
    return "", False


def _names(one: dict[str, Any]) -> Iterator[str]:
    people = [*_list(one, "authors"), one.get("author")]  # `author` is version 1.0
    for person in people[:_MOST_NAMES]:
        if isinstance(person, dict) and (name := _string(person, "name")):
            yield name


def _string(one: dict[str, Any], key: str) -> str:
    value = one.get(key)
    return value[:_LONGEST].strip() if isinstance(value, str) else ""


def _list(one: dict[str, Any], key: str) -> list[Any]:
    value = one.get(key)
    return value if isinstance(value, list) else []


def _day(text: object) -> date | None:
    """The UTC day of an RFC 3339 moment; `None` for anything else."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment and (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


JSON_FEED = Shape(
    name="json-feed",
    looks_for="a JSON Feed (a `version` of jsonfeed.org)",
    matches=_is_json_feed,
    read=_read,
)
