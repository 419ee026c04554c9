"""What the operator decides about everything that is rendered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """Names, addresses and limits that mail, page and feeds share."""

    #: name of the digest, as readers see it
    title: str = "digest"
    #: holds `{query}`, which becomes a paper's title, percent-encoded
    search_url: str = "https://duckduckgo.com/?q={query}"
    #: public address of the output folder without a slash at its end; `None` leaves out our own links
    site_url: str | None = None
    #: BCP 47 tag of the words around the papers
    language: str = "en"
    #: Gmail cuts a mail at 102,400 bytes of HTML
    max_html_bytes: int = 95_000
    #: tag: URI (RFC 4151) under which feed ids are made; changing it makes every item new again
    tag_prefix: str = "tag:digest.invalid,2026:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """The two ways out of a subscription that a mail can offer."""

    #: `mailto:` URI, or a bare address
    mailto: str | None = None
    #: https link to a page with one button, also the target of one-click (RFC 8058)
    url: str | None = None
