"""Feeds are parsed within bounds, whatever their bytes are.

feedparser is no match for a hostile feed: a run of 64 KB of letters as an author's name takes it 15 seconds,
256 KB four minutes. So only small documents are parsed in this process. A larger one is parsed in
a process of its own whose time grows with the size of the document and whose memory ends somewhere.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from digest import apart
from digest.sources.feeds import parsing
from digest.sources.feeds.item import Item, Parsed

#: the worst that is known takes about two seconds at this size
_SMALL = 16 * 1024
#: of processor time; an honest feed takes less than half a second for a megabyte
_SECONDS, _SECONDS_PER_MEGABYTE = 5, 1
_MEMORY = 1024 * 1024 * 1024
_MEGABYTE = 1024 * 1024
#: an entity of 50 KB that is used 17,000 times makes 800 MB of text out of 100 KB
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)


def parse(data: bytes, headers: Mapping[str, str], most: int) -> Parsed | str:
    """The feed in `data` with its first `most` items, or why it cannot be had."""
    if len(data) <= _SMALL:
        try:
            return parsing.parse(data, headers, most)
        except Exception as error:  # noqa: BLE001 - whatever feedparser trips over is the feed's fault
            return _tripped(error)
    if _ENTITY.search(data[: 4 * _SMALL].replace(b"\0", b"")):
        return "a large feed that declares entities of its own is refused: they can multiply without end"
    return _apart(data, headers, most)


def _apart(data: bytes, headers: Mapping[str, str], most: int) -> Parsed | str:
    """The same in a process of its own, which is stopped when it takes too long."""
    seconds = _SECONDS + _SECONDS_PER_MEGABYTE * (len(data) // _MEGABYTE)
    order = {"headers": dict(headers), "most": most, "seconds": seconds, "memory": _MEMORY}
    try:
        done = subprocess.run(  # noqa: S603 - a module of ours
            apart.command("digest.sources.feeds.worker"),
            input=json.dumps(order).encode() + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=apart.environment(),
            timeout=3 * seconds,  # a busy machine gives it less than a processor
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _slow(seconds)
    except OSError as error:
        return f"no process for it could be started: {error.strerror}"
    if done.returncode:
        return _slow(seconds) if done.returncode < 0 else "its parser stopped without an answer"
    return from_json(done.stdout)


def to_json(parsed: Parsed | str) -> bytes:
    """An answer for another process."""
    found = parsed if isinstance(parsed, str) else asdict(parsed)
    return json.dumps(found, default=date.isoformat, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_json(answer: bytes) -> Parsed | str:
    """What `to_json` wrote."""
    found = json.loads(answer)
    return found if isinstance(found, str) else Parsed(**found | {"items": tuple(map(_item, found["items"]))})


def _item(facts: dict[str, Any]) -> Item:
    published = facts.pop("published")
    texts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()}
    return Item(**texts, published=date.fromisoformat(published) if published else None)


def _slow(seconds: int) -> str:
    return f"it takes more than {seconds} seconds to parse, as no honest feed of its size does"


def _tripped(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"it takes more than {_MEMORY // _MEGABYTE:,} MB of memory to parse"
    return f"its parser cannot take it ({type(error).__name__})"


def parse_here(order: Mapping[str, Any], data: bytes) -> Parsed | str:
    """What the other process does, once its limits stand."""
    try:
        return parsing.parse(data, order["headers"], order["most"])
    except Exception as error:  # noqa: BLE001 - likewise
        return _tripped(error)
