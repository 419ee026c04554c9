"""One item of a feed becomes one entry: what arXiv, bioRxiv, community feeds and blogs write where.

Identity: an arXiv id from guid, link, the head of the description or the end of the title; a DOI;
the link. An id that stands in prose is another paper's and never looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from digest import identity
from digest.model import Paper, Severity
from digest.sources.feeds import people
from digest.sources.feeds.html_text import html_text, safe_text
from digest.sources.feeds.item import Item
from digest.sources.shape import Entry, Finding
from digest.text import clip, join_space, printable

#: feeds are younger, and clocks that were never set say 1970
_EARLIEST = date(1990, 1, 1)
_LONGEST_TITLE = 500
_LONGEST_TEXT = 20_000
_CLIPPED_TITLE = 100
_LONGEST_URL = 2_000
_MOST_KEYWORDS, _LONGEST_KEYWORD = 30, 60

#: `arXiv:2607.01234v1 Announce Type: cross Abstract: …`
_ANNOUNCED = re.compile(
    r"arXiv:(?P<id>[A-Za-z.-]{0,20}/?[0-9.]{4,12})(?:v[0-9]{1,3})?\s+"
    r"Announce Type:\s*(?P<kind>[a-z-]{1,20})\s*(?:Abstract:\s*)?",
    re.IGNORECASE,
)
#: `… (arXiv:2101.01234v2 [cs.CL] UPDATED)`, as arXiv's feeds had it until 2024
_OLD_TITLE = re.compile(
    r"\.?\s?\(arXiv:(?P<id>[^\s()]{4,40}?)(?:v[0-9]{1,3})?(?: \[[\w.-]{1,20}\])?"
    r"(?: (?P<kind>[A-Z ]{1,20}))?\)$"
)
_REPLACEMENTS = frozenset(("replace", "replace-cross", "updated"))
_OAI = "oai:arxiv.org:"
_PREPRINT = re.compile(
    r"https?://(?:www\.|connect\.)?(?:bio|med)rxiv\.org/content/(?:early/[0-9/]{10}/)?"
    r"(?P<doi>10\.[0-9]{4,9}/(?:[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.)?[0-9]{4,12})(?:v[0-9]{1,3})?(?:[.?#/].{0,200})?",
    re.IGNORECASE,
)
#: a line of a community feed: `Authors: …`, `Upvotes: 53`, `Summary: …`
_LABEL = re.compile(r"(?P<label>Authors?|Upvotes|Comments|Published|Date|Categories|Abstract|Summary): ?")
_MOST_LABELS = 10
_ABSTRACTS = ("Abstract", "Summary")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the texts of an item say."""

    title: str
    abstract: str
    arxiv_id: str | None = None
    kind: str = ""
    authors: str = ""
    upvotes: int | None = None


def entry(item: Item, number: int) -> tuple[Entry | None, tuple[Finding, ...]]:
    """The entry that `item`, the feed's `number`th, makes, and what is to be said about it."""
    told = _told(item)
    findings: list[Finding] = []
    title, abstract = told.title, told.abstract
    if not title and not abstract:
        lost = Finding(what="neither a title nor a text", severity=Severity.LOST, number=number)
        return None, (lost,)
    if not title:
        title = clip(abstract, _CLIPPED_TITLE)
        findings.append(
            _note(f"no title: the beginning of its text stands for it: “{_shown(title)}”", number)
        )
    if len(title) > _LONGEST_TITLE:
        title = clip(title, _LONGEST_TITLE)
        findings.append(_note(f"a title of more than {_LONGEST_TITLE} characters was cut", number))
    if len(abstract) > _LONGEST_TEXT:
        abstract = clip(abstract, _LONGEST_TEXT)
        findings.append(_note(f"a text of more than {_LONGEST_TEXT:,} characters was cut", number))
    facts = _facts(item, told)
    kept = Entry(
        raw_title=title,
        raw_abstract=abstract,
        number=number,
        facts=facts,
        is_replacement=told.kind in _REPLACEMENTS,
    )
    return kept, tuple(findings)


def is_announcement(item: Item) -> bool:
    """Whether `item` is from a daily list of arXiv, which says how each paper is announced."""
    return bool(item.announced) or bool(_ANNOUNCED.match(item.text[:200].lstrip()))


def known_day(day: date | None) -> date | None:
    """`day`, or `None` for what a clock that was never set says."""
    return day if day and day >= _EARLIEST else None


def web_address(text: str) -> str | None:
    """`text` where it is a plain http or https address, else `None`."""
    text = text.strip()
    if len(text) > _LONGEST_URL or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname and '"' not in text else None


def _told(item: Item) -> _Told:
    title = join_space(html_text(item.title) if item.title_is_html else safe_text(item.title))
    text = html_text(item.text) if item.text_is_html else safe_text(item.text)
    old = _OLD_TITLE.search(title[-120:]) if title.endswith(")") else None
    told = replace(_described(text), title=title)
    if old:
        return replace(
            told,
            title=title[: -len(old.group())].rstrip(),
            arxiv_id=identity.arxiv_id(old["id"]),
            kind=(old["kind"] or "").lower(),
        )
    return replace(told, kind=item.announced.strip().lower()) if item.announced else told


def _described(text: str) -> _Told:
    """What a description says, the paper's title apart."""
    if head := _ANNOUNCED.match(text):
        abstract = join_space(text[head.end() :])
        return _Told(
            title="", abstract=abstract, arxiv_id=identity.arxiv_id(head["id"]), kind=head["kind"].lower()
        )
    return _labelled(text) or _Told(title="", abstract=join_space(text))


def _labelled(text: str) -> _Told | None:
    """The parts of `Authors: …`, `Upvotes: …`, `Summary: …`, each on a line; `None` for other texts."""
    lines = text.split("\n")
    said: dict[str, str] = {}
    for i, line in enumerate(lines[:_MOST_LABELS]):
        found = _LABEL.match(line)
        if not found:
            return None
        said[found["label"]] = line[found.end() :].strip()
        if found["label"] in _ABSTRACTS:
            rest = [line[found.end() :], *lines[i + 1 :]]
            return _Told(
                title="",
                abstract=join_space("\n".join(rest)),
                authors=said.get("Authors", said.get("Author", "")),
                upvotes=_count(said.get("Upvotes", "")),
            )
    return None


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else None


def _facts(item: Item, told: _Told) -> Paper:
    link = web_address(item.link)
    doi = _doi(item, link)
    arxiv_id = _arxiv(item.id) or _arxiv(item.link) or told.arxiv_id or (_arxiv(doi) if doi else None)
    authors = _authors(item, told)
    # a replaced paper's date is that of the replacement
    published = None if told.kind in _REPLACEMENTS else known_day(item.published)
    return Paper(
        title="",
        authors=authors,
        author_count=len(authors) or None,
        arxiv_id=arxiv_id,
        doi=doi,
        url=link,
        upvotes=told.upvotes,
        comments=item.comments,
        keywords=_keywords(item),
        published=published,
    )


def _arxiv(text: str) -> str | None:
    text = text.strip()
    if len(text) > _LONGEST_URL:
        return None
    if text[: len(_OAI)].lower() == _OAI:
        text = text[len(_OAI) :]
    return identity.arxiv_id(text)


def _doi(item: Item, link: str | None) -> str | None:
    given = (*item.dois, link or "")
    found = (identity.doi(text) for text in given if len(text) <= _LONGEST_URL)
    doi = next(filter(None, found), None)
    if doi is None and link and (preprint := _PREPRINT.fullmatch(link)):
        return identity.doi(preprint["doi"])
    return doi


def _authors(item: Item, told: _Told) -> tuple[str, ...]:
    names = [join_space(html_text(name)) for name in item.authors] or [told.authors]
    if len(names) == 1:
        names = list(people.split(names[0]))
    return tuple(dict.fromkeys(shown for name in names if (shown := printable(name)[:200])))


def _keywords(item: Item) -> tuple[str, ...]:
    terms = (printable(html_text(tag)) for tag in item.tags)
    return tuple(dict.fromkeys(term for term in terms if 0 < len(term) <= _LONGEST_KEYWORD))[:_MOST_KEYWORDS]


def _note(what: str, number: int) -> Finding:
    return Finding(what=what, severity=Severity.NOTE, number=number)


def _shown(text: str) -> str:
    return clip(printable(text[:200]), 60)
