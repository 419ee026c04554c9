"""Links written with brackets, found in one pass: `[text](target)`, `[text][12]`, `[text][]`.

Links may span lines and blank lines, as converters of pages write them, and hold images, which
show nothing. A bracket that closes nothing, or opens too far back, is text.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeAlias

from digest.text import join_space

_BREAK = r"\\\\?[ \t]*(?=\n)"
#: a backslash before a blank, as in titles whose line break became a blank
_BLANK = r"\\(?=[ \t])"
_ESCAPE = r"\\(?P<escaped>[!-/:-@\[-`{-~])"
#: no link begins with so many
_RUN = r"\[{5,}"
_LINES = r"\n(?:[ \t\n]*\n)?"
_PLAIN = re.compile(rf"{_LINES}|{_RUN}|!?\[|\]")
_ESCAPING = re.compile(rf"{_LINES}|{_RUN}|!?\[|\]|{_BREAK}|{_BLANK}|{_ESCAPE}")
_TARGET = re.compile(
    r"\(\s{0,9}(?:<(?P<angled>[^<>\n]{0,2000})>|(?P<bare>(?:[^\s()<>]|\([^\s()]{0,80}\)|\n(?=[^\s\[\]])){0,2000}))"
    r"(?:\s{1,9}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s{0,9}\)"
)
_REFERENCE = re.compile(r"\[(?P<label>[^\[\]\n]{0,200})\]")
#: `{.line-clamp-3}` after a link or a span
_ATTRIBUTES = re.compile(r"\{[.#][^{}\n]{0,300}\}")
_DEFINITION = re.compile(
    r"^ {0,3}\[(?P<label>[^\[\]\n]{1,200})\]:[ \t]{0,9}"
    r"<?(?P<target>(?:[a-z]{1,12}:|/|#)[^\s<>]*)>?[^\n]*(?:\n|\Z)",
    re.MULTILINE,
)
#: what may stand between the beginning of a line and a link that fills it
_FRONT = re.compile(r"[\s#>*+\-\d.\[!]*")
_LONGEST_FRONT = 12
_PAPER_PAGE = re.compile(r"/papers/\d")
#: the longest abstract with its markup, and more
_LONGEST = 20_000
_LONGEST_TARGET = 2_000
#: links in links in links
_DEEPEST = 3
_MOST_OPEN = 16
#: pieces before the oldest open bracket
_MOST_WAITING = 1_000
_MOST_DEFINITIONS = 200_000
#: numbers of references rise; the step from one to the next is small
_LONGEST_STEP = 60


class Literal(str):
    """A character that was escaped: it marks nothing."""

    __slots__ = ()


class Link(NamedTuple):
    """A link with its text on one line; `target` is `None` where the list of targets is missing."""

    text: str
    target: str | None
    #: from 1
    line: int
    depth: int


class Newline(NamedTuple):
    """The end of a line outside links, with the blank lines below it."""

    #: number of the next line
    line: int
    #: whether blank lines stand between
    is_blank: bool


Item: TypeAlias = str | Link | Newline


class _Opener(NamedTuple):
    #: where it stands among the pieces
    place: int
    at: int
    #: where its text begins
    start: int
    line: int
    is_image: bool
    #: whether nothing but marks stands before it on its line
    in_front: bool
    #: whether its line ends with it
    alone: bool


def definitions(text: str) -> dict[str, str]:
    """The list of link targets, `[12]: https://…`, by label."""
    found = islice(_DEFINITION.finditer(text), _MOST_DEFINITIONS)
    return {join_space(one["label"]).casefold(): one["target"][:_LONGEST_TARGET] for one in found}


def scan(text: str, *, escapes: bool, targets: Mapping[str, str]) -> Iterator[Item]:
    """The pieces of `text` in order: raw text, escaped characters, line ends and links.

    `escapes` says whether a backslash escapes. Memory is bounded by the longest link.
    """
    text = text.replace("\r\n", "\n")
    return _Scanner(text, escapes=escapes, targets=targets).items()


class _Scanner:
    def __init__(self, text: str, *, escapes: bool, targets: Mapping[str, str]) -> None:
        self._text = text
        self._token = _ESCAPING if escapes else _PLAIN
        self._targets = targets
        self._last_reference = max((int(one) for one in targets if _is_number(one)), default=0)
        self._out: list[Item] = []
        #: where the last link stands in it
        self._last_link = -1
        self._open: deque[_Opener] = deque(maxlen=_MOST_OPEN)
        self._line = 1
        self._line_start = 0

    def items(self) -> Iterator[Item]:
        at = self._after_definitions(0)
        while found := self._token.search(self._text, at):
            if found.start() > at:
                self._out.append(self._text[at : found.start()])
            at = self._take(found)
            self._forget(at)
            if not self._open or self._open[0].place > _MOST_WAITING:
                yield from self._settled()
        yield from self._out
        yield self._text[at:]

    def _settled(self) -> list[Item]:
        """The pieces that no link can take in any more, taken off."""
        count = self._open[0].place if self._open else len(self._out)
        settled, self._out = self._out[:count], self._out[count:]
        self._last_link -= count
        for _ in range(len(self._open)):
            opener = self._open.popleft()
            self._open.append(opener._replace(place=opener.place - count))
        return settled

    def _take(self, found: re.Match[str]) -> int:
        """Deal with one mark, and say where to go on."""
        mark, end = found.group(), found.end()
        if mark[0] == "\n":
            return self._newline(mark, end)
        if mark in {"[", "!["}:
            self._push(found)
        elif mark == "]":
            return self._close(found.start())
        elif mark[0] == "[":
            self._out.append(mark)
        elif found.lastgroup:
            self._out.append(Literal(found[found.lastgroup]))
        return end

    def _newline(self, mark: str, end: int) -> int:
        self._line += mark.count("\n")
        at = self._after_definitions(end)
        self._line_start = at
        self._out.append(Newline(self._line, len(mark) > 1 or at > end))
        return at

    def _after_definitions(self, at: int) -> int:
        while found := _DEFINITION.match(self._text, at):
            at = found.end()
            self._line += self._text.count("\n", found.start(), at)
        return at

    def _push(self, found: re.Match[str]) -> None:
        at, end = found.span()
        near = at - self._line_start <= _LONGEST_FRONT
        self._open.append(
            _Opener(
                place=len(self._out),
                at=at,
                start=end,
                line=self._line,
                is_image=found.group() == "![",
                in_front=near and bool(_FRONT.fullmatch(self._text, self._line_start, at)),
                alone=self._text[end : end + 1] in {"\n", "\r"},
            )
        )
        self._out.append(found.group())

    def _forget(self, at: int) -> None:
        while self._open and at - self._open[0].at > _LONGEST:
            self._open.popleft()

    def _close(self, at: int) -> int:
        """A closing bracket at `at`: make a link if it ends one."""
        end = at + 1
        if found := _TARGET.match(self._text, end):
            bare = found["bare"]
            target = found["angled"] if bare is None else bare.replace("\n", "")
            return self._link(at, target, found.end())
        if found := _REFERENCE.match(self._text, end):
            label = found["label"] or self._label()
            if label and (target := self._targets.get(join_space(label).casefold())):
                return self._link(at, target, found.end())
            if self._is_next_reference(label):
                return self._link(at, None, found.end())
        return self._bare_close(at)

    def _is_next_reference(self, label: str | None) -> bool:
        """Whether `label` is a number that may follow the last one, and its target is missing or cut off."""
        if not label or not _is_number(label):
            return False
        step = int(label) - self._last_reference
        if self._targets:
            return step > 0
        if not 0 <= step <= _LONGEST_STEP or not self._last_reference + step:
            return False
        self._last_reference += step
        return True

    def _label(self) -> str | None:
        """The text of the link that ends here, where that is its label."""
        if not self._open:
            return None
        start = self._open[-1].start
        return self._text[start : start + 200].partition("]")[0]

    def _bare_close(self, at: int) -> int:
        end = at + 1
        if self._open:
            top = self._open[-1]
            if top.alone and self._text[self._line_start : at].strip():
                self._out.append("]")  # of the prose in a link that is still open
                return end
            self._open.pop()
            label = self._text[top.start : at] if self._targets and at - top.at <= 300 else ""
            # a number in brackets is a citation
            if (
                label
                and not label.isdecimal()
                and (target := self._targets.get(join_space(label).casefold()))
            ):
                return self._collapse(top, at, target, end)
            if found := _ATTRIBUTES.match(self._text, end):
                self._out[top.place] = ""
                return found.end()
        self._out.append("]")
        return end

    def _link(self, at: int, target: str | None, end: int) -> int:
        opener = self._opener(target)
        if opener is None:
            self._out.append("]")
            return at + 1
        attributes = _ATTRIBUTES.match(self._text, end)
        return self._collapse(opener, at, target, attributes.end() if attributes else end)

    def _opener(self, target: str | None) -> _Opener | None:
        """The bracket with which the link that ends here began, taken off with all after it."""
        if not self._open:
            return None
        outer = target is None or _PAPER_PAGE.search(target) is not None
        last = self._open[-1]
        if outer and not last.is_image and not last.in_front:
            # a bracket that the prose in a link left open, such as `[0, 1)`, hides the link's own
            fronts = [i for i, opener in enumerate(self._open) if self._may_be_outer(opener)]
            while fronts and len(self._open) > fronts[-1] + 1:
                self._open.pop()
        return self._open.pop()

    def _may_be_outer(self, opener: _Opener) -> bool:
        """Whether `opener` begins a line and no link stands between it and here."""
        return opener.in_front and not opener.is_image and opener.place > self._last_link

    def _collapse(self, opener: _Opener, at: int, target: str | None, end: int) -> int:
        """Make one link of all since `opener`, or nothing of an image."""
        content = self._out[opener.place + 1 :]
        depth = 1 + max((item.depth for item in content if isinstance(item, Link)), default=0)
        if depth > _DEEPEST:
            self._out.append("]")
            return at + 1
        del self._out[opener.place :]
        self._line += self._text.count("\n", at, end)
        if opener.is_image:
            return end
        self._last_link = len(self._out)
        self._out.append(Link(join_space(shown(content)), target, opener.line, depth))
        return end


def _is_number(label: str) -> bool:
    return len(label) <= 6 and label.isascii() and label.isdecimal()


def shown(items: list[Item]) -> str:
    """What `items` show, line ends as blanks."""
    return "".join(
        item.text if isinstance(item, Link) else " " if isinstance(item, Newline) else item for item in items
    )
