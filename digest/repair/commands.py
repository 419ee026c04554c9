"""What each macro prints, and what it takes of the text behind it."""

from __future__ import annotations

import re

from digest.repair import accents
from digest.repair.macros import MACROS, SCRIPTS, UNKNOWN
from digest.repair.printing import Open, Printer
from digest.repair.signs import (
    ACCENTS,
    ARROWS,
    BLANKS,
    HATS,
    OPERATIONS,
    OPERATORS,
    RELATIONS,
    SIGNS,
    SILENT,
    STYLES,
)

_OPTION = re.compile(r"\*?\s?(?:\[([^\[\]{}$]{0,80})\])?\s?\{")
_TWO_DIGITS = re.compile(r"\s*(\d)\s*(\d)")
_VERB = re.compile(r"([^\w\s{])([^\n]{1,200}?)\1")
_WITHOUT_ARGUMENTS = (SIGNS.keys() | SILENT | OPERATORS | BLANKS) - MACROS.keys()
_CAPITALISED = re.compile(r"[A-Z][\w-]{2,}")
#: `4\sim 16`: the blank only ends the macro's name
_BETWEEN = RELATIONS.keys() | OPERATIONS.keys() | ARROWS.keys()
_NUMBER_NEXT = re.compile(r" \d")


class Commands(Printer):
    """A printer that knows macros."""

    def macro(self, name: str, start: int) -> None:
        """Show what macro `name` prints, which begins at `start`; the place is behind its name."""
        before = self.last()
        if self._by_accent(name, before) or self._with_arguments(name, start, before):
            return
        self.stack[-1].holds_macros = True
        if name in STYLES:
            self.skip_blank()
        elif name == "sqrt":
            self.show("√")
            self.skip_blank()
        elif name == "verb" and (quoted := _VERB.match(self.text, self.at)):
            self.at = quoted.end()
            self.show(quoted.group(2))
        elif name in SILENT or name in BLANKS:
            self._silent(name)
        elif name in OPERATORS:
            self._operator(name, before)
        elif name in SIGNS and not (self.math is not None and len(name) == 1):
            self._shown(SIGNS[name])
            if before.isdigit() and name in _BETWEEN and _NUMBER_NEXT.match(self.text, self.at):
                self.at += 1
        elif self.math is not None or self._is_a_word(name, start):
            self._shown(name)
        else:
            self.stack[-1].holds_macros = False
            self.plain("\\" + name)

    def _by_accent(self, name: str, before: str) -> bool:
        found = None
        if name in ACCENTS:
            found = accents.by_letter(name, self.text, self.at, before)
        elif name in HATS:
            found = accents.hatted(name, self.text, self.at)
        if found:
            what, self.at = found
            self.show(what)
        return found is not None

    def _with_arguments(self, name: str, start: int, before: str) -> bool:
        if name == "frac" and (digits := _TWO_DIGITS.match(self.text, self.at)):
            self.at = digits.end()
            self.show("/".join(digits.groups()))
            return True
        braces = _OPTION.match(self.text, self.at)
        if not braces or name in _WITHOUT_ARGUMENTS:
            return False
        known = MACROS.get(name)
        if known is None and name not in SCRIPTS:
            spaced = braces.group() != "{"
            empty = self.text.startswith("}", braces.end())
            escape = len(name) == 1 and self.math is None and not self._holds_words(braces.end())
            if spaced or empty or escape:
                return False
        self.stack[-1].holds_macros = True
        self.at = braces.end()
        head = "" if name in STYLES else self.text[start : self.at]
        opened = Open(head=head, start=start, before=before, option=braces.group(1) or "")
        if name in SCRIPTS:
            opened.mark = SCRIPTS[name]
        else:
            opened.macro = known or UNKNOWN
        self.push(opened)
        return True

    def _holds_words(self, at: int) -> bool:
        return _CAPITALISED.match(self.text, at) is not None

    def _silent(self, name: str) -> None:
        if name in BLANKS:
            self.show(" ")
        if self.text.startswith("{}", self.at):
            self.at += 2
            return
        self.skip_blank()
        if name in {"left", "right"} and self.next() == ".":
            self.at += 1
        elif self.next() == "{":  # many write \bf{x}
            self.at += 1
            self.push(Open(head="", macro=UNKNOWN))

    def _operator(self, name: str, before: str) -> None:
        front = " " if before.isalnum() or before == ")" else ""
        self.show(front + name + (" " if self.next().isalnum() else ""))

    def _shown(self, what: str) -> None:
        """What a macro without arguments prints; empty braces behind it only end its name."""
        if self.text.startswith("{}", self.at):
            self.at += 2
        if what[-1] == "." and self.next() == ".":
            what = what[:-1]
        self.show(what)

    def _is_a_word(self, name: str, start: int) -> bool:
        r"""Whether an author's own macro may be shown by its name: `\ours`, not a path or an escape."""
        before = self.text[start - 1 : start]
        return len(name) > 1 and not (before.isalnum() or before in {":", "\\", ".", "/"})
