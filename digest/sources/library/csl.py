"""CSL-JSON, as Zotero and other reference managers export it; and any objects with a title or an id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from digest.model import Severity
from digest.sources import values
from digest.sources.json_lists import jsontext
from digest.sources.library.cited import Cited
from digest.sources.shape import Finding

_MOST_AUTHORS = 10_000
_LISTS = ("items", "references", "papers")


def begins(text: str) -> bool:
    """Whether `text` is JSON, by its beginning."""
    return re.match(r"[\s\ufeff]*(?:\{\s*[\"}]|\[\s*[\{\]\"])", text[:10_000]) is not None


def read(text: str) -> Iterator[Cited | Finding]:
    """The papers of `text` in order, and what was wrong; a broken object costs itself."""
    number = 0
    for root in jsontext.roots(text):
        for part in _objects(text, root):
            if not text[part.start : part.end].strip():
                continue
            number += 1
            yield _read_one(text, part, number)


def _objects(text: str, root: jsontext.Part) -> Iterator[jsontext.Part]:
    """The objects of a list, or of a list that stands in an object, or the object itself."""
    if text[root.start] == "[":
        yield from jsontext.elements(text, root)
        return
    if text[root.start] == "{":
        for member in jsontext.members(text, root):
            if member.key in _LISTS and text[member.start] == "[":
                yield from jsontext.elements(text, member)
                return
    yield root


def _read_one(text: str, part: jsontext.Part, number: int) -> Cited | Finding:
    try:
        found = jsontext.parse(text, part)
    except jsontext.UnreadableError as error:
        what = str(error) if part.whole else "the file ends in the middle of it"
        return Finding(what=what, severity=Severity.LOST, number=number)
    if isinstance(found, str):  # a list of ids
        return Cited(ids=[found], number=number, label=found)
    if not isinstance(found, dict):
        return Finding(what="no object with a title", severity=Severity.LOST, number=number)
    return _cited({str(name).lower(): value for name, value in found.items()}, number)


def _cited(item: Mapping[str, object], number: int) -> Cited:
    ids = [_text(item, n) for n in ("arxiv_id", "arxiv", "doi", "url", "id")]
    notes = [_text(item, n) for n in ("note", "number", "archive_location", "publisher", "container-title")]
    return Cited(
        title=_text(item, "title"),
        abstract=_text(item, "abstract"),
        authors=_authors(item.get("author") or item.get("authors")),
        ids=[text for text in ids if text],
        notes=[text for text in notes if text],
        number=number,
        label=_text(item, "id"),
    )


def _text(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _authors(value: object) -> list[str]:
    if not isinstance(value, list):
        return []
    return [name for author in value[:_MOST_AUTHORS] if (name := _author(author))]


def _author(value: object) -> str:
    if not isinstance(value, dict):
        return values.label(value) or ""
    parts = [values.label(value.get(n)) for n in ("given", "non-dropping-particle", "family")]
    return " ".join(filter(None, parts)) or values.label(value.get("literal") or value.get("name")) or ""
