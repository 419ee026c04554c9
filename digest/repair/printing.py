"""What a walk over LaTeX has printed so far, and what is still open: braces, arguments, scripts."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.repair.macros import Macro
from digest.repair.math import Closing
from digest.repair.scripts import script

#: deeper braces are nobody's LaTeX
_DEEPEST = 24


@dataclass(slots=True)
class Open:
    """Something still open: a brace, an argument, a script; `head` is how it was written."""

    head: str
    start: int = 0
    before: str = ""
    macro: Macro | None = None
    mark: str = ""
    option: str = ""
    arguments: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    holds_macros: bool = False
    #: a script without braces, which takes one thing only
    single: bool = False


class Printer:
    """A place in `text`, and a stack of what is printed around it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.stack = [Open(head="")]
        #: where the mathematics ends that the place is in
        self.math: Closing | None = None
        #: braces that are open but too deep to count
        self.overflow = 0

    def plain(self, run: str) -> None:
        """Text as it stands; a script that waits for one thing takes one character of it."""
        if run and self.stack[-1].single:
            first = run.lstrip()[:1]
            if not first:
                return
            self.show(first)
            run = run.lstrip()[1:]
        if run:
            self.stack[-1].parts.append(run)

    def show(self, what: str) -> None:
        """One thing that a macro or a group prints."""
        top = self.stack[-1]
        if top.single:
            self.stack.pop()
            what = script(top.mark, what, top.before, self.next())
            top = self.stack[-1]
        if what:
            top.parts.append(what)

    def last(self) -> str:
        """The character printed last, or nothing at the beginning of a brace."""
        return next((part[-1] for part in reversed(self.stack[-1].parts) if part), "")

    def next(self) -> str:
        """The character that comes next."""
        return self.text[self.at : self.at + 1]

    def push(self, opened: Open) -> None:
        """Open something, unless too much is open."""
        if len(self.stack) > _DEEPEST:
            self.overflow += 1
            self.stack[-1].parts.append(opened.head)
        else:
            self.stack.append(opened)

    def take_back(self, tail: str) -> None:
        """Unprint `tail`, which is the end of what was printed last."""
        parts = self.stack[-1].parts
        parts[-1] = parts[-1][: len(parts[-1]) - len(tail)]

    def skip_blank(self) -> None:
        """Go on behind white space."""
        text, at = self.text, self.at
        while at < len(text) and text[at].isspace():
            at += 1
        self.at = at

    def all(self) -> str:
        """Everything printed; what was never closed stands as it was written."""
        while len(self.stack) > 1:
            left = self.stack.pop()
            self.stack[-1].parts += [left.head, *left.parts]
        return "".join(self.stack[0].parts)
