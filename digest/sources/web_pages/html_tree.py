"""Bytes of a web page to a tree of what matters in it, in bounded time and space.

lxml reads the tags and tells them one by one; the tree is ours, because its own has no bound: half a
million attributes on one element take it minutes. Nothing is fetched, no entity but HTML's is known,
and what scripts and styles hold is no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from digest.sources.shape import Wire
from digest.sources.values import LONGEST_TEXT
from digest.text import join_space

#: ten times the largest page seen so far
LONGEST_PAGE = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_DEEPEST = 250
_MOST_ELEMENTS = 200_000
_MOST_STEPS = 10_000_000
_KEPT = frozenset(
    (
        *("href", "class", "datetime", "name", "property", "content", "rel", "type"),
        *("data-target", "data-props"),
    )
)
#: elements whose text nobody sees as text
_SILENT = frozenset(
    ("script", "style", "svg", "template", "noscript", "head", "select", "textarea", "iframe")
)
#: elements that end the word before them
_BLOCKS = frozenset(("br", "div", "p", "li", "ul", "ol", "dd", "dt", "td", "tr", "blockquote", "section"))
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_-]{2,30})""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_-]{2,30})""")
_HEAD = 4096
#: names of encodings that a page may declare; others would let its author choose what our decoder does
_CODECS = re.compile(
    r"utf-?8|iso-?8859-?(?:[2-9]|1[013456])|(?:windows-|cp)125[0-8]|gbk|gb18030|big5(?:-hkscs)?|euc-(?:jp|kr)"
    r"|shift[_-]jis|koi8-[ru]"
)
_AS_BROWSERS_DO = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030"}


class Patience:
    """How many steps may still be taken in a tree: some trees make every question about them a long one."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = _MOST_STEPS


class Element:
    """An element with what is in it: elements and texts, in order."""

    __slots__ = ("attributes", "content", "parent", "patience", "place", "tag")

    def __init__(self, tag: str, attributes: Mapping[str, str], parent: Element | Patience) -> None:
        self.patience: Patience = parent if isinstance(parent, Patience) else parent.patience
        self.tag = tag
        self.attributes = attributes
        self.parent = parent if isinstance(parent, Element) else None
        self.content: list[Element | str] = []
        #: among what is in its parent
        self.place = len(self.parent.content) if self.parent else 0

    def get(self, name: str) -> str:
        """The value of an attribute, empty where there is none."""
        return self.attributes.get(name, "")

    def classes(self) -> list[str]:
        """The words of its `class`."""
        return self.get("class").split()

    def walk(self, *, silent: bool = True) -> Iterator[Element | str]:
        """Everything below, in order; with `silent` also what stands in scripts and the like."""
        patience = self.patience
        stack: list[Iterator[Element | str]] = [iter(self.content)]
        while stack and patience.steps > 0:
            patience.steps -= 1
            one = next(stack[-1], None)
            if one is None:
                stack.pop()
                continue
            yield one
            if isinstance(one, Element) and (silent or one.tag not in _SILENT):
                stack.append(iter(one.content))

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements below that have one of these tags."""
        return (one for one in self.walk() if isinstance(one, Element) and one.tag in tags)

    def first(self, *tags: str) -> Element | None:
        """The first element below that has one of these tags."""
        return next(self.all(*tags), None)

    def strings(self) -> Iterator[str]:
        """The visible texts below, in order, white space joined, blank ones left out."""
        texts = (join_space(one) for one in self.walk(silent=False) if isinstance(one, str))
        return filter(None, texts)

    def text(self, most: int = LONGEST_TEXT + 1) -> str:
        """The visible text below, white space joined, of at most so many characters."""
        texts: list[str] = []
        for one in self.walk(silent=False):
            if most <= 0:
                break
            if isinstance(one, str):
                texts.append(one[:most])
                most -= len(one)
        return join_space("".join(texts))

    def after(self, child: Element) -> Iterator[Element | str]:
        """What follows a child in this element."""
        return (self.content[i] for i in range(child.place + 1, len(self.content)))

    def ancestors(self) -> Iterator[Element]:
        """The elements around this one, from the inside out."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


class Tree:
    """A page as a tree."""

    def __init__(self, root: Element, flaw: str, patience: Patience) -> None:
        self.root = root
        self._flaw = flaw
        self._patience = patience

    @property
    def flaw(self) -> str:
        """Why something of the page was not read, or empty."""
        return self._flaw or ("" if self._patience.steps > 0 else "too tangled to be read to its end")


def text_of(wire: Wire) -> str:
    """The text of a page: as it declares itself where it is not UTF-8, and never failing."""
    if not wire.flaw:
        return wire.text
    head = wire.data[:_HEAD]
    found = _XML.match(head) or _DECLARED.search(head)
    name = found[1].decode("ascii").lower() if found else "iso-8859-1"
    name = _AS_BROWSERS_DO.get(name, name if _CODECS.fullmatch(name) else "cp1252")
    return wire.data.decode(name, errors="replace")


def parse(text: str) -> Tree:
    """The tree of a page."""
    from lxml import etree  # noqa: PLC0415 - heavy

    builder = _Builder()
    parser = etree.HTMLParser(target=builder, encoding="utf-8", no_network=True, huge_tree=False)
    data = text[:LONGEST_PAGE].replace("\0", "\ufffd").encode("utf-8", errors="replace")
    flaw = f"only the first {LONGEST_PAGE:,} characters were read" if len(text) > LONGEST_PAGE else ""
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        parser.close()
    except _TooMuchError as error:
        flaw = str(error)
    except etree.LxmlError as error:
        flaw = f"broken HTML: {str(error)[:100]}"
    return Tree(builder.root, flaw, builder.patience)


class _TooMuchError(Exception):
    """The page goes beyond a bound."""


class _Builder:
    """What lxml tells of a page, as a tree."""

    def __init__(self) -> None:
        self.patience = Patience()
        self.root = Element("", {}, self.patience)
        self._open = self.root
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST:
            raise _TooMuchError(f"more than {_DEEPEST} elements in each other: the rest was not read")
        if self._count > _MOST_ELEMENTS:
            raise _TooMuchError(f"more than {_MOST_ELEMENTS:,} elements: the rest was not read")
        kept = {name: value for name in _KEPT if (value := attributes.get(name))} if attributes else {}
        element = Element(tag, kept, self._open)
        self._open.content.append(element)
        self._open = element

    def end(self, tag: str) -> None:
        """The element that is open ends, and with some a word."""
        self._depth -= 1
        self._open = self._open.parent or self.root
        if tag in _BLOCKS:
            self._open.content.append(" ")

    def data(self, text: str) -> None:
        """A text, or a part of one."""
        self._open.content.append(text)

    def close(self) -> None:
        """The page ends."""
