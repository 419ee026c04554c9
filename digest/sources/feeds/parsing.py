"""Bytes of RSS, Atom or RDF to items, by feedparser. Called through `guard` only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from digest.sources.feeds.html_text import KNOWN
from digest.sources.feeds.item import Item, Parsed

#: nobody writes more; what is longer is cut, so that a hostile feed cannot be multiplied by its copies
_LONGEST = 400_000
_MOST_NAMES = 3_000
_MOST_TAGS = 50
_PREFERRED_DATES = ("published_parsed", "created_parsed", "updated_parsed")

_NAMES = "|".join(sorted(KNOWN))
#: after `<`: a name that HTML does not know, and no attribute in sight
_NO_TAG = (
    rf"(?=/?[A-Za-z])(?!/?(?:[A-Za-z]\w*:|(?i:{_NAMES})(?!\w)))"
    rf"(?!(?:(?!&[lg]t;)[^<>]){{0,200}}?(?:=\s*(?:[\"']|&quot;|&\#39;)|\bon\w+\s*=))"
).encode()
_SKIPPED_OR_ESCAPED = re.compile(rb"<title[^<>]*>[^<]*|&lt;" + _NO_TAG)
_BARE = re.compile(rb"<" + _NO_TAG)
_CDATA = b"<![CDATA["
_HTML_BY_DEFAULT = re.compile(rb"<(?:\w+:)?(rss|rdf|feed)[\s>]", re.IGNORECASE)


def parse(data: bytes, headers: Mapping[str, str], most: int) -> Parsed:
    """The feed in `data`. May raise anything and take its time: feedparser meets hostile bytes here.

    Never hand feedparser anything but a `BytesIO`: it opens what looks like a path, and fetches a URL.
    """
    from io import BytesIO  # noqa: PLC0415 - with the import below

    import feedparser  # noqa: PLC0415 - heavy

    # what refers to other places inside of texts goes anyhow, so that it need not be made absolute
    seen = feedparser.parse(
        BytesIO(shielded(data)),
        response_headers=dict(headers),
        sanitize_html=True,
        resolve_relative_uris=False,
    )
    error = seen.get("bozo_exception") if seen.get("bozo") else None
    return Parsed(
        version=seen.get("version") or "",
        items=tuple(_item(entry) for entry in seen["entries"][:most]),
        count=len(seen["entries"]),
        flaw=None if error is None else " ".join(str(error).split())[:200] or type(error).__name__,
        flaw_is_encoding=isinstance(
            error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType
        ),
    )


def shielded(data: bytes) -> bytes:
    """`data` with each `<` that begins no tag escaped once more, where texts are HTML by default.

    In RSS a description is HTML: `$k<n$ and $m>2$` becomes `$k2$` in every HTML sanitiser, and `<think>`
    disappears. arXiv and others do not escape twice. Atom says which texts are HTML.
    """
    root = _HTML_BY_DEFAULT.search(data, 0, 65_536)
    if root is None or root[1].lower() == b"feed" or b"\x1b" in data:
        return data  # with escape sequences, the bytes of `<` may be half of another character
    return b"".join(_shielded_parts(data))


def _shielded_parts(data: bytes) -> Iterator[bytes]:
    outside, *sections = data.split(_CDATA)
    yield _SKIPPED_OR_ESCAPED.sub(_escape_again, outside)
    for section in sections:
        in_title = outside[-80:].rstrip().endswith(b"<title>")
        inside, mark, outside = section.partition(b"]]>")
        yield _CDATA
        yield inside if in_title or not mark else _BARE.sub(b"&lt;", inside)
        yield mark
        yield _SKIPPED_OR_ESCAPED.sub(_escape_again, outside)


def _escape_again(found: re.Match[bytes]) -> bytes:
    return b"&amp;lt;" if found[0] == b"&lt;" else found[0]


def _item(entry: Any) -> Item:  # noqa: ANN401 - a dictionary of whatever the feed says
    # plain `dict.get`: feedparser's own looks up other names too, with a warning
    title_detail = dict.get(entry, "title_detail") or {}
    text, is_html = _text(entry)
    return Item(
        title=_string(entry, "title"),
        title_is_html=dict.get(title_detail, "type") != "text/plain",
        text=text,
        text_is_html=is_html,
        link=_string(entry, "feedburner_origlink") or _string(entry, "link"),
        id=_string(entry, "id"),
        authors=_authors(entry),
        tags=_tags(entry),
        published=_published(entry),
        announced=_string(entry, "arxiv_announce_type"),
        dois=tuple(
            filter(None, (_string(entry, key) for key in ("prism_doi", "arxiv_doi", "dc_identifier", "id")))
        ),
        comments=_number(_string(entry, "slash_comments")),
    )


def _string(entry: Any, key: str) -> str:  # noqa: ANN401
    value = dict.get(entry, key)
    return value[:_LONGEST] if isinstance(value, str) else ""


def _text(entry: Any) -> tuple[str, bool]:  # noqa: ANN401
    """The entry's summary, or else its content, and whether it is HTML."""
    summary = _string(entry, "summary")
    if summary.strip():
        detail = dict.get(entry, "summary_detail") or {}
        return summary, dict.get(detail, "type") != "text/plain"
    for content in dict.get(entry, "content") or ():
        if (value := _string(content, "value")).strip():
            return value, dict.get(content, "type") != "text/plain"
    return "", False


def _authors(entry: Any) -> tuple[str, ...]:  # noqa: ANN401
    people = dict.get(entry, "authors") or ()
    names = (_string(person, "name") for person in people[:_MOST_NAMES] if isinstance(person, dict))
    return tuple(name for name in names if name.strip())


def _tags(entry: Any) -> tuple[str, ...]:  # noqa: ANN401
    tags = dict.get(entry, "tags") or ()
    terms = (_string(tag, "term") or _string(tag, "label") for tag in tags[:_MOST_TAGS])
    return tuple(term for term in terms if term.strip())


def _published(entry: Any) -> date | None:  # noqa: ANN401
    for key in _PREFERRED_DATES:
        parsed = dict.get(entry, key)
        if parsed is not None:
            try:
                return date(*parsed[:3])
            except (TypeError, ValueError):
                continue
    return None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else None
