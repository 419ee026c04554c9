"""Web pages about papers beside the Daily Papers: one paper's page, and arXiv's lists.

One paper's page names it in `citation_…` tags for Google Scholar, as arXiv, bioRxiv and publishers do,
or is the site's own `/papers/ID`, with the title as its heading and the abstract below “Abstract”.
"""

from __future__ import annotations

import re

from digest.model import Paper, Severity
from digest.sources import values
from digest.sources.dates import LABEL
from digest.sources.json_lists.records import SITE
from digest.sources.shape import Entry, Finding, Page
from digest.sources.web_pages.html_cards import addresses, paper_of
from digest.sources.web_pages.html_tree import Element, Tree

PAPER, ARXIV_LIST = "html-paper", "arxiv-list"
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_DESCRIPTOR = re.compile(r"(?:title|abstract|authors|comments)\s*:\s*", re.IGNORECASE)
_ABS = re.compile(r"(?:https?://(?:www\.|export\.)?arxiv\.org)?/abs/(\S{6,40})")
_SHOWING = re.compile(rf"showing (?:new )?listings for (?:\w{{3,9}}, )?({LABEL})", re.IGNORECASE)
_SLASHED = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")


def read_paper(tree: Tree, _max_records: int) -> Page | None:
    """The one paper of a page, or `None`."""
    entry = _cited(tree.root) or _own_page(tree.root)
    return Page(format=PAPER, entries=(entry,)) if entry else None


def _cited(root: Element) -> Entry | None:
    """The paper that a page's `citation_…` tags describe."""
    tags: dict[str, list[str]] = {}
    for meta in root.all("meta"):
        if meta.get("name").startswith("citation_"):
            tags.setdefault(meta.get("name").removeprefix("citation_"), []).append(meta.get("content"))
    title = values.raw_text(_one(tags, "title"))
    if not title:
        return None
    abstract = values.raw_text(_one(tags, "abstract")) or _quoted_abstract(root)
    facts = Paper(
        title="",
        authors=tuple(filter(None, map(_author, tags.get("author", [])[:10_000]))),
        arxiv_id=values.paper_id(_one(tags, "arxiv_id")),
        doi=values.doi(_one(tags, "doi")),
        url=next(filter(None, map(values.link, addresses(root))), None),
        published=values.day(_dashed(_one(tags, "publication_date") or _one(tags, "date"))),
    )
    return Entry(number=1, raw_title=title, raw_abstract=abstract or "", facts=facts)


def _one(tags: dict[str, list[str]], name: str) -> str:
    return tags.get(name, [""])[0]


def _author(name: str) -> str | None:
    """`Lovelace, Ada` as `Ada Lovelace`."""
    parts = [part.strip() for part in name.split(",")]
    return values.label(" ".join(reversed(parts)) if len(parts) == 2 else name)


def _dashed(text: str) -> str:
    """`2026/3/9` as `2026-03-09`."""
    found = _SLASHED.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def _quoted_abstract(root: Element) -> str | None:
    for quote in root.all("blockquote"):
        if "abstract" in quote.classes():
            return values.raw_text(_DESCRIPTOR.sub("", quote.text(), count=1))
    return None


def _own_page(root: Element) -> Entry | None:
    """The paper of a page whose own address is `/papers/ID`."""
    paper = next(filter(None, map(paper_of, addresses(root))), None)
    heading = root.first("h1")
    title = values.raw_text(heading.text()) if heading else None
    if not paper or not title:
        return None
    facts = Paper(title="", arxiv_id=paper, url=SITE + paper)
    return Entry(number=1, raw_title=title, raw_abstract=_below_abstract(root), facts=facts)


def _below_abstract(root: Element) -> str:
    """The longest paragraph below the heading “Abstract”, up to the next heading."""
    below, longest = False, ""
    for one in root.walk():
        if not isinstance(one, Element):
            continue
        if one.tag in _HEADINGS:
            if below:
                break
            below = one.text().casefold() == "abstract"
        elif below and one.tag == "p":
            longest = max(longest, one.text(), key=len)
    return values.raw_text(longest) or ""


# ── arXiv's lists ─────────────────────────────────────────────────────────────────────────────


def read_arxiv_list(tree: Tree, max_records: int) -> Page | None:
    """The papers of `arxiv.org/list/…`, or `None`: terms with the id, descriptions with the rest."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    name, replaced, number = "", False, 0
    for one in tree.root.all("h3", "dt", "dd"):
        if one.tag == "h3":
            replaced = one.text().casefold().startswith("replacement")
        elif one.tag == "dt":
            name = _listed_id(one)
        elif name:
            number += 1
            entry = _described(one, name, number, replaced=replaced)
            if entry:
                entries.append(entry)
            else:
                what = f"no title beside arXiv:{name}"
                findings.append(Finding(what=what, severity=Severity.LOST, number=number))
            name = ""
        if len(entries) > max_records:
            break
    if not entries:
        return None
    label = next(filter(None, map(_showing, tree.root.all("h3"))), None)
    return Page(format=ARXIV_LIST, day_label=label, entries=tuple(entries), findings=tuple(findings))


def _listed_id(term: Element) -> str:
    links = (_ABS.fullmatch(link.get("href")) for link in term.all("a"))
    return next((name for link in links if link and (name := values.paper_id(link[1]))), "")


def _described(box: Element, name: str, number: int, *, replaced: bool) -> Entry | None:
    parts = {word: one for one in box.all("div", "p") for word in one.classes()}
    title = _part(parts.get("list-title"))
    if not title:
        return None
    authors = parts["list-authors"].all("a") if "list-authors" in parts else ()
    facts = Paper(
        title="",
        authors=tuple(filter(None, (values.label(link.text()) for link in authors))),
        arxiv_id=name,
        url=f"https://arxiv.org/abs/{name}",
    )
    abstract = _part(next((one for one in box.all("p") if "mathjax" in one.classes()), None))
    return Entry(number=number, raw_title=title, raw_abstract=abstract, facts=facts, is_replacement=replaced)


def _part(element: Element | None) -> str:
    """The text of an element without the word that says what it is."""
    return (values.raw_text(_DESCRIPTOR.sub("", element.text(), count=1)) or "") if element else ""


def _showing(heading: Element) -> str | None:
    found = _SHOWING.search(heading.text())
    return found[1] if found else None
