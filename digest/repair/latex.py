"""LaTeX as text: one walk over macros, dollar signs and braces, with a stack for what is still open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from digest.repair import accents
from digest.repair.groups import colour_before, ungrouped
from digest.repair.macros import MACROS, SCRIPTS, UNKNOWN, Macro, bare_macro, link, style
from digest.repair.math import Closing, closing_bracket, closing_dollar
from digest.repair.scripts import script, signs_of
from digest.repair.signs import (
    ACCENTS,
    ARROWS,
    BLANKS,
    GREEK,
    HATS,
    OPERATIONS,
    OPERATORS,
    RELATIONS,
    SIGNS,
    SILENT,
    STYLES,
    alternatives,
)

#: characters that LaTeX gives a meaning, and the quote that begins code
_SPECIAL = re.compile(r"[\\${}^_`]")
_ADDRESS = re.compile(r"https?://[^\s{}\\$<>\"`^]+(?:\\[_%#&~][^\s{}\\$<>\"`^]*)*")
_CODE = re.compile(r"(?<!`)`[^`'\n]{1,200}`(?!`)")
_NAME = re.compile("[A-Za-z]+")
_PATH = re.compile(r"(?<=[A-Z]:)(?<![A-Za-z][A-Z]:)\\[^\s{}$]+")
_VERB = re.compile(r"([^\w\s{])([^\n]{1,200}?)\1")
_WITHOUT_ARGUMENTS = (SIGNS.keys() | SILENT | OPERATORS | BLANKS) - MACROS.keys()
_CAPITALISED = re.compile(r"[A-Z][\w-]{2,}")
_ESCAPED = re.compile(r"\\([_%#&~])")
_OPTION = re.compile(r"\*?\s?(?:\[([^\[\]{}$]{0,80})\])?\s?\{")
_TWO_DIGITS = re.compile(r"\s*(\d)\s*(\d)")
_BLANK = re.compile(r"\s*")
#: `4\\sim 16`: the blank only ends the macro's name
_BETWEEN = RELATIONS.keys() | OPERATIONS.keys() | ARROWS.keys()
_NUMBER_NEXT = re.compile(r" \d")
#: `\\,` and the other signs that print blanks or nothing; `\\-` is where a word may be parted, and half of
#: the authors mean a hyphen
_OF_SIGNS = {**dict.fromkeys(",;: \n\t>", " "), **dict.fromkeys("!/@", ""), "-": "-", "|": "‖"}
_MONEY = re.compile(r"\\\d[\d.,]*(?!\d)(?!\))")
#: names that lost their backslash; a script in braces behind them is proof
_NAME_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{alternatives([*GREEK, 'ell', 'sum', 'prod', 'nabla'])})$")
#: deeper braces are nobody's LaTeX
_DEEPEST = 24


@dataclass(slots=True)
class _Open:
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


def without_markup(text: str) -> str:
    """`text` without macros, mathematics' dollar signs and LaTeX's braces, and with what they print."""
    marked = "\\" in text or "{" in text or "$" in text
    return _Walk(text).walk() if marked else text


class _Walk:
    """One pass. Each character is looked at once, and copied once for each brace around it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.stack = [_Open(head="")]
        self.math: Closing | None = None
        self.overflow = 0

    def walk(self) -> str:
        text = self.text
        address = _ADDRESS.search(text)
        while special := _SPECIAL.search(text, self.at):
            while address and address.start() < self.at:
                address = _ADDRESS.search(text, self.at)
            if address and address.start() < special.start():
                self._plain(text[self.at : address.start()])
                self._address(address)
            else:
                self._plain(text[self.at : special.start()])
                self.at = special.end()
                self._meanings[special.group()](self, special.start())
        self._plain(text[self.at :])
        while len(self.stack) > 1:
            left = self.stack.pop()
            self.stack[-1].parts += [left.head, *left.parts]
        return "".join(self.stack[0].parts)

    # ── what is printed ───────────────────────────────────────────────────────────────────────

    def _plain(self, run: str) -> None:
        """Text as it stands; a script that waits for one thing takes one character of it."""
        if run and self.stack[-1].single:
            first = run.lstrip()[:1]
            if not first:
                return
            self._print(first)
            run = run.lstrip()[1:]
        if run:
            self.stack[-1].parts.append(run)

    def _print(self, what: str) -> None:
        """One thing that a macro or a group prints."""
        top = self.stack[-1]
        if top.single:
            self.stack.pop()
            what = script(top.mark, what, top.before, self._next())
            top = self.stack[-1]
        top.parts.append(what)

    def _last(self) -> str:
        """The character printed last, or nothing at the beginning of a brace."""
        return next((part[-1] for part in reversed(self.stack[-1].parts) if part), "")

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _push(self, opened: _Open) -> None:
        if len(self.stack) > _DEEPEST:
            self.overflow += 1
            self.stack[-1].parts.append(opened.head)
        else:
            self.stack.append(opened)

    def _take_back(self, tail: str) -> None:
        parts = self.stack[-1].parts
        parts[-1] = parts[-1][: len(parts[-1]) - len(tail)]

    # ── the tokens ────────────────────────────────────────────────────────────────────────────

    def _address(self, found: re.Match[str]) -> None:
        self.at = found.end()
        address = _ESCAPED.sub(r"\1", found.group())
        if self._next() == "{":
            self.at += 1
            macro = Macro(1, lambda _, found: link(address, found[0]))
            self._push(_Open(head=address + "{", macro=macro))
        else:
            self._print(address)

    def _code(self, start: int) -> None:
        code = _CODE.match(self.text, start)
        self.at = code.end() if code else start + 1
        self._print(self.text[start : self.at])

    def _dollar(self, start: int) -> None:
        if self.math is None:
            self.math = closing_dollar(self.text, start)
            if self.math is None:
                self._print("$")
            elif self.text[self.math[0] : self.math[1]] == "$$":
                self.at += 1
        elif start == self.math[0]:
            self._end_of_math()
        else:
            self._print("$")

    def _end_of_math(self) -> None:
        assert self.math is not None  # noqa: S101 - for the type checker
        self.at = self.math[1]
        self.math = None

    def _script(self, start: int) -> None:
        mark = self.text[start]
        follows = self._next()
        if follows == "{":
            self.at += 1
            before = self._letter_before()
            self._push(_Open(head=mark + "{", mark=mark, before=before))
        elif follows == "\\" and self.text[self.at + 1 : self.at + 2].isalpha() and not self.stack[-1].single:
            before = self._letter_before()
            self._push(_Open(head=mark, mark=mark, before=before, single=True))
        else:
            self._print(mark)

    def _letter_before(self) -> str:
        """The character that a script stands at; a Greek letter's name becomes the letter."""
        parts = self.stack[-1].parts
        if parts and (found := _NAME_BEFORE.search(parts[-1][-12:])):
            self._take_back(found.group())
            parts.append(SIGNS[found.group()])
        return self._last()

    def _open(self, start: int) -> None:
        parts = self.stack[-1].parts
        tail = parts[-1] if parts else ""
        name = bare_macro(tail) or colour_before(tail)
        before = self._last()
        if name:
            self._take_back(name)
            self._push(
                _Open(
                    head="" if name in STYLES else name + "{",
                    start=start - len(name),
                    macro=MACROS.get(name, UNKNOWN),
                )
            )
        else:
            self._push(_Open(head="{", before=before))

    def _close(self, start: int) -> None:
        if self.overflow:
            self.overflow -= 1
            self.stack[-1].parts.append("}")
            return
        if self.stack[-1].single:
            left = self.stack.pop()
            self.stack[-1].parts.append(left.head)
        if len(self.stack) == 1:
            self._print("}")
            return
        self._closed(self.stack.pop(), start + 1)

    def _closed(self, done: _Open, end: int) -> None:
        inner = "".join(done.parts)
        if done.mark:
            self._print(script(done.mark, signs_of(inner), done.before, self._next()))
        elif done.macro is None:
            certain = self.math is not None or done.holds_macros
            self._print(ungrouped(inner, done.before, self._next(), certain=certain))
        elif done.macro.arguments > len(done.arguments) + 1:
            self._next_argument(done, inner, end)
        else:
            self._print(done.macro.prints(done.option, [*done.arguments, inner]))

    def _next_argument(self, done: _Open, inner: str, end: int) -> None:
        gap = _BLANK.match(self.text, end)
        after = gap.end() if gap else end
        if self.text[after : after + 1] == "{":
            self.at = after + 1
            done.head = self.text[done.start : self.at]
            done.arguments.append(inner)
            done.parts = []
            self._push(done)
        else:
            self._print(inner)

    def _backslash(self, start: int) -> None:
        if name := _NAME.match(self.text, self.at):
            path = _PATH.match(self.text, start) if self.math is None else None
            self.at = path.end() if path else name.end()
            if path:
                self._print(path.group())
            else:
                self._macro(name.group(), start)
        elif self.at < len(self.text):
            self.at += 1
            self._sign(self.text[start + 1], start)
        else:
            self._print("\\")

    def _sign(self, sign: str, start: int) -> None:
        if sign in "%&#_$":
            self._print(sign)
        elif sign in "{}":
            self._plain(sign)
        elif self.math is not None and start == self.math[0]:
            self._end_of_math()
        elif sign in "([" and self.math is None and (closing := closing_bracket(self.text, start)):
            self.math = closing
        elif sign in _OF_SIGNS:
            self._print(_OF_SIGNS[sign])
        elif sign == "\\":
            self._line_break()
        elif sign.isdigit() and not self._last().isalnum() and _MONEY.match(self.text, start):
            self._print("$" + sign)
        elif sign in ACCENTS and (found := accents.by_sign(self.text, start, self._last())):
            what, self.at = found
            self._print(what)
        else:
            self._plain("\\" + sign)

    def _line_break(self) -> None:
        follows = self._next()
        if follows and follows in "%&$#_":
            self._print("")
        elif follows.isalnum() and self.math is None:
            self._plain("\\\\")
        else:
            self._print(" ")

    def _macro(self, name: str, start: int) -> None:
        before = self._last()
        if self._by_accent(name, before) or self._with_arguments(name, start, before):
            return
        self.stack[-1].holds_macros = True
        if name in STYLES:
            self._skip_blank()
        elif name == "sqrt":
            self._print("√")
            self._skip_blank()
        elif name == "verb" and (quoted := _VERB.match(self.text, self.at)):
            self.at = quoted.end()
            self._print(quoted.group(2))
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
            self._plain("\\" + name)

    def _by_accent(self, name: str, before: str) -> bool:
        found = None
        if name in ACCENTS:
            found = accents.by_letter(name, self.text, self.at, before)
        elif name in HATS:
            found = accents.hatted(name, self.text, self.at)
        if found:
            what, self.at = found
            self._print(what)
        return found is not None

    def _with_arguments(self, name: str, start: int, before: str) -> bool:
        if name == "frac" and (digits := _TWO_DIGITS.match(self.text, self.at)):
            self.at = digits.end()
            self._print("/".join(digits.groups()))
            return True
        braces = _OPTION.match(self.text, self.at)
        if not braces or name in _WITHOUT_ARGUMENTS:
            return False
        known = MACROS.get(name)
        if known is None and name not in SCRIPTS:
            spaced = braces.group() != "{"
            empty = self.text.startswith("}", braces.end())
            if spaced or empty or (len(name) == 1 and self.math is None and not self._holds_words(braces.end())):
                return False
        self.stack[-1].holds_macros = True
        self.at = braces.end()
        head = "" if name in STYLES else self.text[start : self.at]
        opened = _Open(head=head, start=start, before=before, option=braces.group(1) or "")
        if name in SCRIPTS:
            opened.mark = SCRIPTS[name]
        else:
            opened.macro = known or Macro(1, style)
        self._push(opened)
        return True

    def _holds_words(self, at: int) -> bool:
        return _CAPITALISED.match(self.text, at) is not None

    def _skip_blank(self) -> None:
        gap = _BLANK.match(self.text, self.at)
        self.at = gap.end() if gap else self.at

    def _silent(self, name: str) -> None:
        if name in BLANKS:
            self._print(" ")
        if self.text.startswith("{}", self.at):
            self.at += 2
            return
        self._skip_blank()
        if name in {"left", "right"} and self._next() == ".":
            self.at += 1
        elif self._next() == "{":  # many write \bf{x}
            self.at += 1
            self._push(_Open(head="", macro=UNKNOWN))

    def _operator(self, name: str, before: str) -> None:
        front = " " if before.isalnum() or before == ")" else ""
        self._print(front + name + (" " if self._next().isalnum() else ""))

    def _shown(self, what: str) -> None:
        """What a macro without arguments prints; empty braces behind it only end its name."""
        if self.text.startswith("{}", self.at):
            self.at += 2
        if what[-1] == "." and self._next() == ".":
            what = what[:-1]
        self._print(what)

    def _is_a_word(self, name: str, start: int) -> bool:
        """Whether an author's own macro may be shown by its name: `\\ours`, not a path or an escape."""
        before = self.text[start - 1 : start]
        return len(name) > 1 and not (before.isalnum() or before in {":", "\\", ".", "/"})

    _meanings: ClassVar[dict[str, Callable[[_Walk, int], None]]] = {
        "\\": _backslash,
        "$": _dollar,
        "{": _open,
        "}": _close,
        "^": _script,
        "_": _script,
        "`": _code,
    }
