"""LaTeX as text: one walk over macros, dollar signs and braces, with a stack for what is still open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from digest.repair import accents
from digest.repair.commands import Commands
from digest.repair.groups import colour_before, ungrouped
from digest.repair.macros import MACROS, UNKNOWN, Macro, bare_macro, link
from digest.repair.math import closing_bracket, closing_dollar
from digest.repair.printing import Open
from digest.repair.scripts import script, signs_of
from digest.repair.signs import ACCENTS, GREEK, SIGNS, STYLES, alternatives

#: characters that LaTeX gives a meaning, and the quote that begins code
_SPECIAL = re.compile(r"[\\${}^_`]")
_ADDRESS = re.compile(r"https?://[^\s{}\\$<>\"`^]+(?:\\[_%#&~][^\s{}\\$<>\"`^]*)*")
_CODE = re.compile(r"(?<!`)`[^`'\n]{1,200}`(?!`)")
_NAME = re.compile("[A-Za-z]+")
_PATH = re.compile(r"(?<=[A-Z]:)(?<![A-Za-z][A-Z]:)\\[^\s{}$]+")
_ESCAPED = re.compile(r"\\([_%#&~])")
#: names that lost their backslash; a script in braces behind them is proof
_NAME_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{alternatives([*GREEK, 'ell', 'sum', 'prod', 'nabla'])})$")
#: `\\,` and the other signs that print blanks or nothing; `\\-` is where a word may be parted, and half of
#: the authors mean a hyphen
_OF_SIGNS = {**dict.fromkeys(",;: \n\t>", " "), **dict.fromkeys("!/@", ""), "-": "-", "|": "‖"}
_MONEY = re.compile(r"\\\d[\d.,]*(?!\d)(?!\))")


def without_markup(text: str) -> str:
    """`text` without macros, mathematics' dollar signs and LaTeX's braces, and with what they print."""
    marked = "\\" in text or "{" in text or "$" in text
    return _Walk(text).walk() if marked else text


class _Walk(Commands):
    """One pass. Each character is looked at once, and copied once for each brace around it."""

    def walk(self) -> str:
        text = self.text
        address = _ADDRESS.search(text)
        while special := _SPECIAL.search(text, self.at):
            while address and address.start() < self.at:
                address = _ADDRESS.search(text, self.at)
            if address and address.start() < special.start():
                self.plain(text[self.at : address.start()])
                self._address(address)
            else:
                self.plain(text[self.at : special.start()])
                self.at = special.end()
                self._meanings[special.group()](self, special.start())
        self.plain(text[self.at :])
        return self.all()

    def _address(self, found: re.Match[str]) -> None:
        self.at = found.end()
        address = _ESCAPED.sub(r"\1", found.group())
        if self.next() == "{":
            self.at += 1
            macro = Macro(1, lambda _, found: link(address, found[0]))
            self.push(Open(head=address + "{", macro=macro))
        else:
            self.show(address)

    def _code(self, start: int) -> None:
        code = _CODE.match(self.text, start)
        self.at = code.end() if code else start + 1
        self.show(self.text[start : self.at])

    def _dollar(self, start: int) -> None:
        if self.math is None:
            self.math = closing_dollar(self.text, start)
            if self.math is None:
                self.show("$")
            elif self.text[self.math[0] : self.math[1]] == "$$":
                self.at += 1
        elif start == self.math[0]:
            self._end_of_math(self.math[1])
        else:
            self.show("$")

    def _end_of_math(self, end: int) -> None:
        self.at = end
        self.math = None

    def _script(self, start: int) -> None:
        mark = self.text[start]
        follows = self.next()
        if follows == "{":
            self.at += 1
            before = self._letter_before()
            self.push(Open(head=mark + "{", mark=mark, before=before))
        elif follows == "\\" and self.text[self.at + 1 : self.at + 2].isalpha() and not self.stack[-1].single:
            before = self._letter_before()
            self.push(Open(head=mark, mark=mark, before=before, single=True))
        else:
            self.show(mark)

    def _letter_before(self) -> str:
        """The character that a script stands at; a Greek letter's name becomes the letter."""
        parts = self.stack[-1].parts
        if parts and (found := _NAME_BEFORE.search(parts[-1][-12:])):
            self.take_back(found.group())
            parts.append(SIGNS[found.group()])
        return self.last()

    def _open(self, start: int) -> None:
        parts = self.stack[-1].parts
        tail = parts[-1] if parts else ""
        name = bare_macro(tail) or colour_before(tail)
        before = self.last()
        if name:
            self.take_back(name)
            self.push(
                Open(
                    head="" if name in STYLES else name + "{",
                    start=start - len(name),
                    macro=MACROS.get(name, UNKNOWN),
                )
            )
        else:
            self.push(Open(head="{", before=before))

    def _close(self, start: int) -> None:
        if self.overflow:
            self.overflow -= 1
            self.stack[-1].parts.append("}")
            return
        if self.stack[-1].single:
            left = self.stack.pop()
            self.stack[-1].parts.append(left.head)
        if len(self.stack) == 1:
            self.show("}")
            return
        self._closed(self.stack.pop(), start + 1)

    def _closed(self, done: Open, end: int) -> None:
        inner = "".join(done.parts)
        if done.mark:
            self.show(script(done.mark, signs_of(inner), done.before, self.next()))
        elif done.macro is None:
            certain = self.math is not None or done.holds_macros
            self.show(ungrouped(inner, done.before, self.next(), certain=certain))
        elif done.macro.arguments > len(done.arguments) + 1:
            self._next_argument(done, inner, end)
        else:
            self.show(done.macro.prints(done.option, [*done.arguments, inner]))

    def _next_argument(self, done: Open, inner: str, end: int) -> None:
        self.skip_blank()
        if self.next() == "{":
            self.at += 1
            done.head = self.text[done.start : self.at]
            done.arguments.append(inner)
            done.parts = []
            self.push(done)
        else:
            self.at = end
            self.show(inner)

    def _backslash(self, start: int) -> None:
        if name := _NAME.match(self.text, self.at):
            path = _PATH.match(self.text, start) if self.math is None else None
            self.at = path.end() if path else name.end()
            if path:
                self.show(path.group())
            else:
                self.macro(name.group(), start)
        elif self.at < len(self.text):
            self.at += 1
            self._sign(self.text[start + 1], start)
        else:
            self.show("\\")

    def _sign(self, sign: str, start: int) -> None:
        if sign in "%&#_$":
            self.show(sign)
        elif sign in "{}":
            self.plain(sign)
        elif self.math is not None and start == self.math[0]:
            self._end_of_math(self.math[1])
        elif sign in "([" and self.math is None and (closing := closing_bracket(self.text, start)):
            self.math = closing
        elif sign in _OF_SIGNS:
            self.show(_OF_SIGNS[sign])
        elif sign == "\\":
            self._line_break()
        elif sign.isdigit() and not self.last().isalnum() and _MONEY.match(self.text, start):
            self.show("$" + sign)
        elif sign in ACCENTS and (found := accents.by_sign(self.text, start, self.last())):
            what, self.at = found
            self.show(what)
        else:
            self.plain("\\" + sign)

    def _line_break(self) -> None:
        follows = self.next()
        if follows and follows in "%&$#_":
            self.show("")
        elif follows.isalnum() and self.math is None:
            self.plain("\\\\")
        else:
            self.show(" ")

    _meanings: ClassVar[dict[str, Callable[[_Walk, int], None]]] = {
        "\\": _backslash,
        "$": _dollar,
        "{": _open,
        "}": _close,
        "^": _script,
        "_": _script,
        "`": _code,
    }
