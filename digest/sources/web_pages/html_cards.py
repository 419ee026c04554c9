"""The visible papers of a saved Daily Papers page: day, search, week, month and trending pages.

A paper is a heading with a link to `/papers/ID`. Its card is the largest element around the heading
that holds no other paper; what else is known stands there: upvotes, abstract (on the trending page one
sentence about it), organisation or number of authors, date, comments, code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from digest.model import Paper
from digest.sources import values
from digest.sources.dates import LABEL
from digest.sources.json_lists.records import SITE
from digest.sources.shape import Entry, Page
from digest.sources.web_pages.html_tree import Element, Tree

FORMAT = "html-page"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_HOST = re.compile(r"(?:https?:)?//(?:www\.)?(?:hf|huggingface)\.co(?=/)", re.IGNORECASE)
_PAPER = re.compile(r"/papers/([^/?#]{4,40})(?:[?#/].*)?", re.DOTALL)
_DATE_PAGE = re.compile(r"/papers(?:/date/|\?(?:.*&)?date=)([0-9]{4}-[0-9]{2}-[0-9]{2})")
_OWNER = re.compile(
    r"/(?!(?:login|join|papers|models|datasets|spaces|docs|pricing)\b)[A-Za-z0-9][A-Za-z0-9._-]{0,95}/?"
)
_AUTHORS = re.compile(r"·?\s*([0-9][0-9,]{0,6}) authors?", re.IGNORECASE)
_PUBLISHED = re.compile(rf"·?\s*(?:published on\s+)?({LABEL})\s*·?", re.IGNORECASE)
_DAY = re.compile(LABEL, re.IGNORECASE)
_FORGE = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/[^/\s]+/[^/\s?#]+", re.IGNORECASE)
_STARS = re.compile(r"(?:github\s*)?([0-9][0-9.,]{0,12} ?[km]?)", re.IGNORECASE)
_TRENDING = "trending papers"
_SHORTEST_TEXT = 25
_PAGE_WIDE = frozenset(("", "html", "body", "main"))
#: a card has a dozen
_MOST_LINKS = 40
#: what follows a paper that has no card
_ENDS = (*_HEADINGS, "footer", "nav", "hr")
_MOST_PARTS = 40
_NEAR = 3
_SHORT = 60


class _Head(NamedTuple):
    """The heading of a paper."""

    heading: Element
    title: str
    paper: str


def read(tree: Tree, max_records: int) -> Page | None:
    """The papers on a page, each once, or `None` where there are none."""
    heads = list(_heads(tree.root, max_records))
    if not heads:
        return None
    cards = _cards(heads)
    trending = _is_trending(tree.root)
    entries = [_entry(head, cards[head.paper], number, trending) for number, head in enumerate(heads, 1)]
    day = day_of(tree.root)
    label = None if day else _day_label(tree.root, heads[0].heading)
    return Page(format=FORMAT, day=day, day_label=label, entries=tuple(entries))


def paper_of(address: str) -> str | None:
    """The id of the paper to whose page an address leads."""
    found = _PAPER.fullmatch(_HOST.sub("", address, count=1)) if len(address) < 300 else None
    return values.paper_id(found[1]) if found else None


def addresses(root: Element) -> Iterator[str]:
    """What a page says of its own address."""
    for element in root.all("link", "meta"):
        if element.get("rel") == "canonical":
            yield element.get("href")
        elif element.get("property") == "og:url":
            yield element.get("content")


def day_of(root: Element) -> date | None:
    """The day in a page's own address."""
    found = (_DATE_PAGE.search(address) for address in addresses(root))
    return next((values.day(one[1]) for one in found if one), None)


def _heads(root: Element, most: int) -> Iterator[_Head]:
    seen: set[str] = set()
    for heading in root.all(*_HEADINGS):
        around = (above for above in _near(heading) if above.tag == "a")
        for link in (*islice(heading.all("a"), _NEAR), *around):
            paper = paper_of(link.get("href"))
            title = values.raw_text(heading.text())
            if paper and title and paper not in seen:
                seen.add(paper)
                yield _Head(heading, title, paper)
                break
        if len(seen) > most:
            return


def _near(element: Element) -> Iterator[Element]:
    return islice(element.ancestors(), _NEAR)


def _cards(heads: Iterable[_Head]) -> dict[str, Element]:
    """For each paper the article around its heading, or else the largest element that is its alone."""
    owners: dict[Element, str] = {}
    for head in heads:
        for above in head.heading.ancestors():
            owners[above] = head.paper if owners.get(above, head.paper) == head.paper else ""
    cards: dict[str, Element] = {}
    for head in heads:
        own = [head.heading]
        for above in head.heading.ancestors():
            if owners[above] != head.paper or above.tag in _PAGE_WIDE:
                break
            own.append(above)
        article = next((one for one in own if one.tag == "article"), own[-1])
        cards[head.paper] = _with_next(own[-1]) if article.tag in _HEADINGS else article
    return cards


def _with_next(heading: Element) -> Element:
    """A card for a heading that has none: it and what follows it, as in a browser's reading view."""
    parent = heading.parent
    if parent is None:
        return heading
    card = Element("", {}, heading.patience)
    card.content.append(heading)
    for one in islice(parent.after(heading), _MOST_PARTS):
        if isinstance(one, Element) and (one.tag in _ENDS or one.first(*_ENDS)):
            break
        card.content.append(one)
    return card


def _is_trending(root: Element) -> bool:
    named = root.first("h1") or root.first("title")
    return named is not None and _TRENDING in named.text().casefold()


def _day_label(root: Element, first: Element) -> str | None:
    """The date that stands above the first paper."""
    for one in root.walk(silent=False):
        if one is first:
            return None
        if isinstance(one, str) and len(one) < 100 and _DAY.fullmatch(one.strip()):
            return one.strip()
    return None


def _entry(head: _Head, card: Element, number: int, trending: bool) -> Entry:
    text = _longest_text(card, head)
    facts, label = _facts(card, head)
    if trending:
        facts, text = replace(facts, summary=values.sentence(text)), ""
    return Entry(number=number, raw_title=head.title, raw_abstract=text, facts=facts, published_label=label)


def _longest_text(card: Element, head: _Head) -> str:
    """The longest paragraph of a card, or else the text of its longest link to the paper."""
    links = (link for link in card.all("a") if paper_of(link.get("href")) == head.paper)
    texts = [one.text() for one in (*card.all("p"), *links) if head.heading not in one.ancestors()]
    longest = max((text for text in texts if text != head.title), key=len, default="")
    return (values.raw_text(longest) or "") if len(longest) >= _SHORTEST_TEXT else ""


def _facts(card: Element, head: _Head) -> tuple[Paper, str | None]:
    """What a card says beyond title and text, and the paper's date as printed."""
    links = list(islice(card.all("a"), _MOST_LINKS))
    strings = list(card.strings())
    authors = next((found for text in strings if (found := _AUTHORS.fullmatch(text))), None)
    dated = next((found for text in strings if (found := _PUBLISHED.fullmatch(text))), None)
    code = next((link for link in links if _FORGE.match(link.get("href"))), None)
    moment = card.first("time")
    facts = Paper(
        title="",
        author_count=values.printed_count(authors[1]) if authors else None,
        organization=_organization(links, card),
        arxiv_id=head.paper,
        url=SITE + head.paper,
        code_url=values.link(code.get("href")) if code else None,
        stars=_stars(code) if code else None,
        upvotes=_upvotes(card),
        comments=next((n for n in map(_comments, links) if n is not None), None),
        published=values.day(moment.get("datetime")) if moment else None,
    )
    return facts, dated[1] if dated else None


def _upvotes(card: Element) -> int | None:
    """The number on the button that asks a visitor to log in, or beside a member's; `-` is none."""
    for one in card.all("a", "div", "label", "button"):
        votes = one.tag == "a" and "/login?next=" in one.get("href") and "papers" in one.get("href")
        if votes or "leading-none" in one.classes():
            text = one.text(_SHORT).casefold().removeprefix("upvote").strip()
            found = 0 if text == "-" else values.printed_count(text)
            if found is not None:
                return found
    return None


def _comments(link: Element) -> int | None:
    return values.printed_count(link.text(_SHORT)) if link.get("href").endswith("#community") else None


def _organization(links: Iterable[Element], card: Element) -> str | None:
    for link in links:
        if not _OWNER.fullmatch(_HOST.sub("", link.get("href"), count=1)):
            continue
        around = [above for above in _near(link) if above is not card]
        if not any(one.text(_SHORT).casefold().startswith("submitted by") for one in (link, *around)):
            return values.label(link.text())
    return None


def _stars(code: Element) -> int | None:
    found = _STARS.fullmatch(code.text(_SHORT))
    return values.printed_count(found[1]) if found else None
