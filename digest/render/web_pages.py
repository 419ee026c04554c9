"""The pages that `digest serve` answers with: made once, for nothing in them depends on who asks."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from digest.render.links import mail_link
from digest.render.marks import safe
from digest.render.templates import Templates

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_FENCE = (
    "default-src 'none'",
    "img-src data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page in UTF-8, with the policy that lets a browser show it and do nothing else with it."""

    body: bytes
    #: value of the header `Content-Security-Policy`
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPages:
    """Every page, by what it is for."""

    #: one button, which unsubscribes
    question: WebPage
    #: it is done
    goodbye: WebPage
    #: no link of ours: nothing there, cut off on its way, or made up
    unknown: WebPage
    #: a request that nobody's mail program makes
    refused: WebPage
    #: not now, try again
    later: WebPage


def web_pages(templates: Templates, *, title: str, contact: str | None) -> WebPages:
    """The pages of a digest with this title; `contact` is the mail address of whoever keeps it."""
    names = {"title": safe(title, 80) or "digest", "contact": mail_link(contact), "address": contact}

    def page(name: str, **words: object) -> WebPage:
        html = templates.fill(f"web/{name}.html.j2", **names, **words)
        return WebPage(body=html.encode("utf-8"), policy=_policy(html))

    return WebPages(
        question=page("question"),
        goodbye=page("goodbye"),
        unknown=page("problem", problem="unknown"),
        refused=page("problem", problem="refused"),
        later=page("problem", problem="later"),
    )


def _policy(html: str) -> str:
    """No script, nothing from elsewhere, and no style but the page's own."""
    hashes = [hashlib.sha256(style.encode("utf-8")).digest() for style in _STYLE.findall(html)]
    styles = " ".join(f"'sha256-{base64.b64encode(h).decode('ascii')}'" for h in hashes) or "'none'"
    return "; ".join((*_FENCE, f"style-src {styles}"))
