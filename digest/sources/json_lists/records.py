"""One JSON object to one entry: the Daily Papers API's, or anybody's with a title and an abstract.

The API has two shapes: items of a list, with the paper under `paper` and what the listing adds around
it, and the paper alone. In both, `submittedOnDailyAt` of the paper is the day of its listing. The item's
own `publishedAt` is sometimes that moment and sometimes the paper's date in another time zone, so that
it tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from digest.model import Paper, Severity
from digest.sources import values
from digest.sources.shape import Entry, Finding
from digest.text import clip, printable

Record = Mapping[str, Any]
T = TypeVar("T")

#: nobody but the API has one of these beside a `summary`
_API_WORDS = frozenset(
    ("submittedOnDailyAt", "discussionId", "ai_summary", "githubRepo", "upvotes", "numComments")
)
_TEXTS = frozenset(("abstract", "summary", "raw_abstract"))
_SITE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
SITE = "https://huggingface.co/papers/"
LOOKED_FOR = "“title” with “abstract” or “summary”, or “paper” as in the Daily Papers API"


def is_record(value: Record) -> bool:
    """Whether an object stands for a paper, good or bad, and not for a list of them."""
    return "paper" in value or "title" in value or "raw_title" in value


def is_surely_record(value: Record) -> bool:
    """Whether an object is a paper, whatever lists it may hold besides."""
    return "paper" in value or ("title" in value and not _TEXTS.isdisjoint(value))


def is_from_api(record: Record) -> bool:
    """Whether a record has one of the shapes of the Daily Papers API."""
    if isinstance(record.get("paper"), dict):
        return True
    return "abstract" not in record and "summary" in record and not _API_WORDS.isdisjoint(record)


def entry(record: Record, number: int, listed: date | None = None) -> Entry | Finding:
    """The paper of a record, or why there is none; `listed` is the day of the list it stands in."""
    make = _api_entry if is_from_api(record) else _any_entry
    return make(record, number, listed)


def _api_entry(item: Record, number: int, listed: date | None) -> Entry | Finding:
    paper = item["paper"] if isinstance(item.get("paper"), dict) else item
    both = (paper, item)
    title = _first(both, ("title",), values.raw_text)
    if title is None:
        return _lost(number, f"its “title” is {_kind_of_title({**item, **paper})}")
    withdrawn = _first(both, ("withdrawnAt",), _stated)
    if withdrawn is not None:
        what = f"withdrawn, so not listed: “{_beginning(title)}”"
        return Finding(what=what, severity=Severity.NOTE, number=number)
    name = paper.get("id")
    facts = Paper(
        title="",
        authors=values.names(paper.get("authors")),
        organization=_first(both, ("organization",), _organization),
        arxiv_id=values.paper_id(name),
        url=SITE + name if isinstance(name, str) and _SITE_ID.fullmatch(name) else None,
        code_url=values.link(paper.get("githubRepo")),
        project_url=values.link(paper.get("projectPage")),
        stars=values.count(paper.get("githubStars")),
        upvotes=values.count(paper.get("upvotes")),
        comments=_first((item, paper), ("numComments",), values.count),
        keywords=values.labels(paper.get("ai_keywords")),
        summary=values.sentence(paper.get("ai_summary")),
        published=values.day(paper.get("publishedAt")),
        listed=_first((paper,), ("submittedOnDailyAt",), values.day) or listed,
    )
    abstract = _first(both, ("summary", "abstract"), values.raw_text)
    return Entry(number=number, raw_title=title, raw_abstract=abstract or "", facts=facts)


def _any_entry(record: Record, number: int, listed: date | None) -> Entry | Finding:
    title = values.raw_text(record.get("raw_title")) or values.raw_text(record.get("title"))
    if title is None:
        return _lost(number, f"its “title” is {_kind_of_title(record)}")
    texts = (record[name] for name in ("raw_abstract", "abstract", "summary") if name in record)
    abstract = next(filter(None, map(values.raw_text, texts)), None)
    if abstract is None:
        return _lost(number, f"neither “abstract” nor “summary” is a text: “{_beginning(title)}”")
    facts = _facts(record)
    if "summary" in facts and facts["summary"] == values.sentence(abstract):
        del facts["summary"]
    if "arxiv_id" not in facts and (name := values.paper_id(facts.get("url"))):
        facts["arxiv_id"] = name
    facts.setdefault("listed", listed)
    return Entry(number=number, raw_title=title, raw_abstract=abstract, facts=Paper(title="", **facts))


def _facts(record: Record) -> dict[str, Any]:
    """What the fields of a record say beyond title and abstract, by the names that `Paper` has for it."""
    facts: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    for name, value in record.items():
        rule = _RULES.get(name)
        if rule is None or rule.rank >= ranks.get(rule.field, len(_RULES)):
            continue
        checked = rule.check(value)
        if checked is not None and checked != ():
            facts[rule.field], ranks[rule.field] = checked, rule.rank
    return facts


def _first(records: Iterable[Record], names: Iterable[str], check: Callable[[Any], T | None]) -> T | None:
    """The first field of these names that passes."""
    for record in records:
        for name in names:
            value = record.get(name)
            if value is not None and (checked := check(value)) is not None:
                return checked
    return None


def _stated(value: object) -> object | None:
    return value or None


def _organization(value: object) -> str | None:
    if isinstance(value, dict):
        return values.label(value.get("fullname")) or values.label(value.get("name"))
    return values.label(value)


def _first_day(value: object) -> date | None:
    """The earliest of several days, or the day."""
    if isinstance(value, list):
        return min(filter(None, map(values.day, value[:1000])), default=None)
    return values.day(value)


def _beginning(title: str) -> str:
    return clip(printable(title[:200]), 60)


def _lost(number: int, what: str) -> Finding:
    return Finding(what=f"a record that is no paper: {what}", severity=Severity.LOST, number=number)


def _kind_of_title(record: Record) -> str:
    title = record.get("title")
    if isinstance(title, str):
        return "too long" if title.strip() else "blank"
    return kind(title) if "title" in record else "missing"


def kind(value: object) -> str:
    """What JSON calls a value."""
    kinds = {
        "NoneType": "null",
        "bool": "true or false",
        "str": "a text",
        "list": "a list",
        "dict": "an object",
    }
    return kinds.get(type(value).__name__, "a number")


class _Rule(NamedTuple):
    """What a field of a record may mean."""

    #: of `Paper`
    field: str
    #: the lower counts where several fields mean the same
    rank: int
    check: Callable[[Any], Any]


def _rules(table: Mapping[str, tuple[Callable[[Any], Any], tuple[str, ...]]]) -> dict[str, _Rule]:
    return {
        name: _Rule(field, rank, check)
        for field, (check, names) in table.items()
        for rank, name in enumerate(names)
    }


_RULES = _rules(
    {
        "authors": (values.names, ("authors", "author")),
        "author_count": (values.count, ("author_count",)),
        "organization": (_organization, ("organization", "affiliation")),
        "arxiv_id": (values.paper_id, ("arxiv_id", "arxivId", "arxiv", "id", "paper_id")),
        "doi": (values.doi, ("doi", "DOI")),
        "url": (values.link, ("url", "link", "abs_url")),
        "code_url": (values.link, ("code_url", "githubRepo", "github", "code")),
        "project_url": (values.link, ("project_url", "projectPage")),
        "stars": (values.count, ("stars", "githubStars")),
        "upvotes": (values.count, ("upvotes",)),
        "comments": (values.count, ("comments", "numComments")),
        "keywords": (values.labels, ("keywords", "ai_keywords")),
        "summary": (values.sentence, ("ai_summary", "summary", "tldr", "description")),
        "published": (values.day, ("published", "publishedAt", "published_at")),
        "listed": (_first_day, ("listed", "submittedOnDailyAt", "page_day", "days")),
    }
)
