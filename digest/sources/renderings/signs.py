"""What a part of a listing page is by its looks: a count, a date, `3 authors`, `GitHub 11.3k`, a link's kind.

Nothing here knows what stood before; a bare number may be upvotes or comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from digest.sources.dates import GLUED, LABEL
from digest.sources.links import code_link
from digest.sources.plain_text import header
from digest.sources.renderings.frame import is_frame
from digest.sources.renderings.parts import Part


class Kind(Enum):
    """Kinds of parts."""

    TEXT = auto()
    #: a link without text, such as a thumbnail
    EMPTY = auto()
    NUMBER = auto()
    UPVOTES = auto()
    COMMENTS = auto()
    AUTHORS = auto()
    DATE = auto()
    DOT = auto()
    CODE = auto()
    #: `arXiv Page`, `PDF`
    ELSEWHERE = auto()
    #: `Submitted by`, perhaps with the name
    SUBMITTED = auto()
    #: a person or an organisation: their page
    PROFILE = auto()
    #: of the page's header
    HEADER = auto()
    #: of the page's frame: navigation, footer
    FRAME = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a part is. `count` is its number, `None` where it shows none."""

    kind: Kind
    count: int | None = None
    #: a date's label, or the name after `Submitted by`
    label: str | None = None
    #: arXiv id of the paper whose page or card the link belongs to
    paper: str | None = None


_NUMBER = r"[0-9][0-9,]{0,11}(?:\.[0-9]{1,2})?[ ]?[kKmM]?|[-–—]"
_COUNT, _COUNT_FIRST = rf"(?P<count>{_NUMBER})", rf"(?P<count_first>{_NUMBER})"
#: a check box, or a pictured arrow or star
_MARK = r"(?:\[[-x ]?\][ ]?)?(?:[▲△↑⬆👍⭐★☆💬+]\ufe0f?[ ]?)?"
_PATTERNS = {
    Kind.NUMBER: rf"{_MARK}{_COUNT}",
    Kind.UPVOTES: rf"{_MARK}upvotes?[ ]?:?[ ]?{_COUNT}?|{_COUNT_FIRST}[ ]upvotes?",
    Kind.COMMENTS: rf"comments?[ ]?:?[ ]{_COUNT}|{_COUNT_FIRST}[ ]comments?",
    Kind.AUTHORS: rf"(?:(?:[-*+·•]|\[[^\[\]]{{0,60}}\])[ ]?){{0,20}}{_COUNT}[ ]authors?",
    Kind.DATE: rf"(?:[-·][ ])?(?:(?:published|submitted)(?:[ ]on)?[ ]?:?[ ])?(?:(?P<date>{LABEL})|{GLUED})",
    Kind.DOT: r"[·•]",
    Kind.CODE: (
        rf"(?:link:[ ])?(?:view[ ])?(?:on[ ])?github(?:[ ]repo(?:sitory)?)?[ ]?:?[ ]?{_COUNT}?(?:[ ]stars?)?"
        rf"|{_COUNT_FIRST}[ ]stars?"
    ),
    Kind.ELSEWHERE: (
        r"(?:link:[ ])?(?:view[ ])?(?:arxiv|pdf|paper|project)(?:[ ](?:page|pdf|link|explained)){0,3}"
    ),
    Kind.SUBMITTED: r"(?:subscribe)?submitted[ ]by:?(?:[ ](?P<name>\S.{0,80}))?",
}
_LOOKS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS.items()]
_LONGEST_SIGN = 120
_ID = r"(?P<id>\d{4}\.\d{4,5})(?:v\d{1,2})?"
#: a paper's own page or its section, on the site, a mirror, or in a saved copy
_PAPER_PAGE = re.compile(rf"(?:[^?#]*/)?papers/{_ID}(?P<rest>[/?#].*)?", re.IGNORECASE | re.ASCII)
_LOGIN = re.compile(rf".*login\?next=(?:%2F|/)papers(?:%2F|/){_ID}(?!\w).*", re.IGNORECASE | re.ASCII)
_ARXIV = re.compile(rf"https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/{_ID}(?:\.pdf)?", re.IGNORECASE | re.ASCII)
_PROFILE = re.compile(
    r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/(?P<name>[\w.\-]{1,100})/?", re.ASCII
)
_NO_PROFILE = frozenset(
    (
        *("blog", "changelog", "chat", "collections", "contact", "datasets", "docs", "enterprise", "front"),
        *(
            "inference",
            "join",
            "jobs",
            "learn",
            "login",
            "logout",
            "models",
            "new",
            "organizations",
            "papers",
        ),
        *("posts", "pricing", "privacy", "search", "settings", "spaces", "storage", "support", "tasks"),
        *("terms-of-service", "welcome"),
    )
)
_THOUSANDS = {"k": 1_000, "m": 1_000_000}


def sign_of(part: Part) -> Sign:
    """What `part` is by its text and its link."""
    paper = paper_of(part.target) if part.target else None
    if not part.text:
        return Sign(kind=Kind.EMPTY, paper=paper)
    looks = _looks(part.text) if len(part.text) <= _LONGEST_SIGN else None
    known = _by_target(part, looks, paper) or looks
    return known or Sign(kind=Kind.TEXT, paper=paper if paper and _is_page(part.target or "") else None)


def _is_page(target: str) -> bool:
    """Whether `target` is a paper's page, and not a section of it or the way to log in."""
    return "#" not in target and _LOGIN.fullmatch(target) is None


def paper_of(target: str) -> str | None:
    """The arXiv id of the paper whose page, section or log-in link `target` is."""
    found = _PAPER_PAGE.fullmatch(target) or _LOGIN.fullmatch(target)
    return found["id"] if found else None


def number(text: str) -> int:
    """`11.3k` is 11300; `-` is 0."""
    digits = text.replace(",", "").replace(" ", "").lower()
    if not digits[0].isdecimal():
        return 0
    times = _THOUSANDS.get(digits[-1], 1)
    return round(float(digits.rstrip("km")) * times)


def _by_target(part: Part, looks: Sign | None, paper: str | None) -> Sign | None:
    """What the link says about `part`; `None` where its text says enough."""
    target = part.target or ""
    count = looks.count if looks else None
    if looks and looks.kind is Kind.NUMBER:
        if _LOGIN.fullmatch(target):
            return Sign(kind=Kind.UPVOTES, count=count, paper=paper)
        if paper and "#" in target:
            return Sign(kind=Kind.COMMENTS, count=count, paper=paper)
        if part.is_link and code_link(target):
            return Sign(kind=Kind.CODE, count=count)
    if looks:
        arxiv = _ARXIV.fullmatch(target) if looks.kind is Kind.ELSEWHERE else None
        return Sign(kind=looks.kind, count=count, label=looks.label, paper=arxiv["id"] if arxiv else paper)
    return Sign(kind=Kind.PROFILE) if profile(target) else None


def profile(target: str) -> str | None:
    """The handle of the person or organisation whose page `target` is."""
    found = _PROFILE.fullmatch(target)
    return found["name"] if found and found["name"].lower() not in _NO_PROFILE else None


def _looks(text: str) -> Sign | None:
    for kind, pattern in _LOOKS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        named = found.groupdict()
        count = named.get("count") or named.get("count_first")
        label = named.get("date") or named.get("name")
        return Sign(kind=kind, count=number(count) if count else None, label=label)
    if header.phrases(text):
        return Sign(kind=Kind.HEADER)
    return Sign(kind=Kind.FRAME) if is_frame(text) else None
