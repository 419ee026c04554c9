"""Saved web pages: the data that a page carries for its own scripts, or else what is visible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from digest.model import Severity
from digest.sources.json_lists import json_listing
from digest.sources.shape import UNKNOWN, Finding, Page, Shape, Wire
from digest.sources.web_pages import html_cards, html_papers, html_tree
from digest.sources.web_pages.html_tree import Element, Tree
from digest.text import clip, printable

DATA = "html-data"
_START = re.compile(
    r"[\s\ufeff]*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,500}-->\s*){0,5}"
    r"<(?:!doctype\s+html|html|head|body|main|div|section|article|meta|title|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_HEAD = 4_000
#: holders of a page's data, the surest first
_TARGETS = ("DailyPapers", "PaperContent")
_CLUES = ('"dailyPapers"', '"searchResults"', '"paper"')
_MOST_HOLDERS = 20
LOOKED_FOR = "papers in “data-props”, headings that link to /papers/…, citation tags, or a list of arXiv"


def _is_page(wire: Wire) -> bool:
    head = wire.data[:_HEAD].decode("latin-1") if wire.flaw else wire.text[:_HEAD]
    return _START.match(head) is not None


def _read(wire: Wire, max_records: int) -> Page:
    tree = html_tree.parse(html_tree.text_of(wire))
    page = _from_data(tree, max_records)
    if page is None or not page.entries:
        visible = (html_cards.read, html_papers.read_paper, html_papers.read_arxiv_list)
        seen = next((found for read in visible if (found := read(tree, max_records))), None)
        page = seen or page or _refused(tree)
    if not tree.flaw:
        return page
    cut = Finding(what=tree.flaw, severity=Severity.LOST)
    return replace(page, findings=(*page.findings, cut))


def _from_data(tree: Tree, max_records: int) -> Page | None:
    """The papers of the first holder that has any; else an empty list, if a holder has that."""
    empty: Page | None = None
    for text in _held(tree.root):
        page = json_listing.read_text(text, max_records)
        if page.entries:
            return replace(page, format=DATA)
        if page.format != UNKNOWN:
            empty = empty or replace(page, format=DATA)
    return empty


def _held(root: Element) -> list[str]:
    """The JSON texts in a page that may hold papers, the surest first."""
    holders = [(one.get("data-target"), text) for one in _holders(root) if (text := _text(one))]
    sure = [text for target in _TARGETS for name, text in holders if name == target]
    others = [text for name, text in holders if name not in _TARGETS and any(clue in text for clue in _CLUES)]
    return [*sure, *others][:_MOST_HOLDERS]


def _holders(root: Element) -> Iterator[Element]:
    for one in root.walk():
        if isinstance(one, Element) and (one.get("data-props") or one.get("type") == "application/json"):
            yield one


def _text(holder: Element) -> str:
    written = "".join(one for one in holder.content if isinstance(one, str))
    return holder.get("data-props") or (written if holder.tag == "script" else "")


def _refused(tree: Tree) -> Page:
    name = tree.root.first("title")
    called = f"; it is called “{clip(printable(name.text()[:200]), 60)}”" if name else ""
    what = f"no listing of papers: a web page, looked for {LOOKED_FOR}{called}"
    return Page(format=UNKNOWN, findings=(Finding(what=what, severity=Severity.FATAL),))


SHAPE = Shape(
    name="html",
    looks_for=f"a web page with {LOOKED_FOR}",
    matches=_is_page,
    read=_read,
    reads_bytes=True,
)
