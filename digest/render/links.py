"""Addresses that may be linked: http and https only, whatever the source said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from digest.model import Paper
from digest.render.marks import safe
from digest.render.settings import RenderSettings

_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})\Z")
_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")
#: what is an address as it stands, as our own ways out are: no port, no name before an @, nothing to encode
_PLAIN = re.compile(r"https?://(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}(?:/[A-Za-z0-9/_.~-]*)?")
_UNSHOWN = re.compile(r"[\x00-\x20\x7f]")
_LONGEST = 2_000
_LONGEST_QUERY = 600
#: what may stand in a URL as it is; `%` too, for the address may be encoded already
_AS_IS = "%:/?#[]@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Link:
    """A word to click on and where it leads."""

    label: str
    url: str


def web_url(text: str | None) -> str | None:
    """`text` as an http or https address in plain ASCII, or `None` when it is anything else.

    Names before an `@` are refused: `https://arxiv.org@elsewhere.example` leads elsewhere.
    """
    text = (text or "").strip()
    if not text or len(text) > _LONGEST or _UNSHOWN.search(text):
        return None
    return text if _PLAIN.fullmatch(text) else _spelled(text)


def _spelled(text: str) -> str | None:
    """The same for what has to be taken apart first."""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError is one
        return None
    if parts.scheme.lower() not in {"http", "https"} or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:]+", host):
        return None
    if "@" in parts.netloc:
        return None
    host = f"[{host}]" if ":" in host else host
    rest = text[text.index(parts.netloc) + len(parts.netloc) :] if parts.netloc else ""
    try:
        return f"{parts.scheme.lower()}://{host}{port}{quote(rest, safe=_AS_IS)}"
    except UnicodeEncodeError:
        return None


def mail_link(text: str | None) -> str | None:
    """`text`, an address or a `mailto:` URI, as a `mailto:` URI in plain ASCII, or `None`."""
    text = (text or "").strip().removeprefix("mailto:")
    if not text or "@" not in text or len(text) > _LONGEST or _UNSHOWN.search(text):
        return None
    try:
        return f"mailto:{quote(text, safe='%@?&=+._~-,:')}"
    except UnicodeEncodeError:
        return None


def main_link(paper: Paper, settings: RenderSettings) -> Link | None:
    """Where the title leads: the paper itself, or a search for its exact title, labelled `find`."""
    direct = web_url(paper.url) or _arxiv(paper, "abs") or _doi(paper)
    if direct:
        return Link("paper", direct)
    found = web_url(settings.search_url.replace("{query}", _query(safe(paper.title))))
    return Link("find", found) if found else None


def links(paper: Paper, settings: RenderSettings) -> tuple[Link, ...]:
    """Everything of a paper that can be clicked on, the paper itself first."""
    candidates = (
        main_link(paper, settings),
        _labelled("PDF", _arxiv(paper, "pdf")),
        _labelled("code", web_url(paper.code_url)),
        _labelled("project", web_url(paper.project_url)),
    )
    return tuple(link for link in candidates if link)


def _query(title: str) -> str:
    """`title` percent-encoded, as much of it as makes at most 600 characters."""
    encoded = quote(title, safe="")
    while len(encoded) > _LONGEST_QUERY:
        title = title[: len(title) * _LONGEST_QUERY // len(encoded)].rstrip()
        encoded = quote(title, safe="")
    return encoded


def _labelled(label: str, url: str | None) -> Link | None:
    return Link(label, url) if url else None


def _arxiv(paper: Paper, kind: str) -> str | None:
    if paper.arxiv_id and _ARXIV.match(paper.arxiv_id):
        return f"https://arxiv.org/{kind}/{paper.arxiv_id}"
    return None


def _doi(paper: Paper) -> str | None:
    if not paper.doi or not _DOI.match(paper.doi):
        return None
    try:
        return web_url(f"https://doi.org/{quote(paper.doi, safe='/:;()._-')}")
    except UnicodeEncodeError:  # half a character
        return None
