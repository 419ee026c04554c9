"""Macros with arguments: how many they take, and what they print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from digest.repair.accents import composed
from digest.repair.scripts import script
from digest.repair.signs import BARE_STYLES, CITATIONS, HATS, STYLES, alternatives

_SINGLE = re.compile(r"\w+(?:\.\d+)?|[^\s\w]|√?\w+")
_ADDRESS = re.compile(r"(?:https?|ftp|mailto):|www\.|[\w-]+\.\w+/")
_UNICODE = re.compile(r"\s*[xX]([0-9A-Fa-f]{2,5})\s*")


@dataclass(frozen=True, slots=True)
class Macro:
    """`prints` takes the optional argument and as many others as `arguments` says."""

    arguments: int
    prints: Callable[[str, list[str]], str]


def style(_option: str, arguments: list[str]) -> str:
    """What a macro prints that only dresses its argument."""
    return arguments[0]


def link(address: str, words: str) -> str:
    """A link's words with its address behind, once if they are the same."""
    words = words.strip()
    if not words or words.rstrip("/.") in address:
        return address
    if not _ADDRESS.match(address) or address.rstrip("/") in words:
        return words
    return f"{words} ({address})"


def _grouped(term: str) -> str:
    term = term.strip()
    return term if _SINGLE.fullmatch(term) or (term[:1] == "(" and term[-1:] == ")") else f"({term})"


def _ratio(_option: str, arguments: list[str]) -> str:
    return "/".join(map(_grouped, arguments))


def _root(option: str, arguments: list[str]) -> str:
    return f"{script('^', option)}√{_grouped(arguments[0])}"


def _cited(option: str, arguments: list[str]) -> str:
    keys = re.sub(r"\s*,\s*", ", ", arguments[0].strip())
    return f"[{keys}, {option}]" if option else f"[{keys}]"


def _character(_option: str, arguments: list[str]) -> str:
    code = _UNICODE.fullmatch(arguments[0])
    number = int(code.group(1), 16) if code else 0
    return chr(number) if number < 0x110000 and chr(number).isprintable() and number else arguments[0]


def _dingbat(_option: str, arguments: list[str]) -> str:
    number = int(arguments[0]) if arguments[0].isdecimal() and len(arguments[0]) < 4 else 0
    if number in {51, 52}:
        return "✓✔"[number - 51]
    if number in {55, 56}:
        return "✗✘"[number - 55]
    if 172 <= number <= 181:
        return chr(0x2460 + number - 172)
    return chr(0x2776 + number - 182) if 182 <= number <= 191 else arguments[0]


def _hat(mark: str) -> Callable[[str, list[str]], str]:
    return lambda _option, arguments: composed(arguments[0].strip(), mark)


MACROS = {
    **dict.fromkeys(STYLES, Macro(1, style)),
    **dict.fromkeys(CITATIONS, Macro(1, _cited)),
    **{name: Macro(1, _hat(mark)) for name, mark in HATS.items()},
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"), Macro(2, _ratio)),
    **dict.fromkeys(("href", "hyperlink", "hyperref"), Macro(2, lambda _, found: link(*found))),
    **dict.fromkeys(("textcolor", "colorbox"), Macro(2, lambda _, found: found[1])),
    **dict.fromkeys(("color", "begin", "end", "vspace", "hspace"), Macro(1, lambda _, _found: "")),
    **dict.fromkeys(("url", "path", "nolinkurl", "verb"), Macro(1, style)),
    "binom": Macro(2, lambda _, found: "({} choose {})".format(*found)),
    "sqrt": Macro(1, _root),
    "footnote": Macro(1, lambda _, found: f" ({found[0].strip()})"),
    "unicode": Macro(1, _character),
    "ding": Macro(1, _dingbat),
    **dict.fromkeys(("enquote", "textquote"), Macro(1, lambda _, found: f"“{found[0]}”")),
    "pmod": Macro(1, lambda _, found: f"(mod {found[0]})"),
    "SI": Macro(2, lambda _, found: " ".join(found)),
    "texorpdfstring": Macro(2, lambda _, found: found[1]),
    "xrightarrow": Macro(1, lambda _, found: f"→({found[0]})" if found[0].strip() else "→"),
}

#: an author's own macro prints what it is given
UNKNOWN = Macro(1, style)
#: macro → the script that it sets
SCRIPTS = {"textsuperscript": "^", "textsubscript": "_"}

_BARE = re.compile(
    rf"(?:{alternatives(BARE_STYLES)}|(?<![A-Za-z])(?:text|emph|underline|overline|frac|sqrt|href|url|"
    rf"footnote|textcolor|hat|bar|tilde|vec|widetilde|widehat))$"
)


def bare_macro(text: str) -> str:
    """The macro at the end of `text` that lost its backslash, before a brace: `mathcal`, or nothing."""
    found = _BARE.search(text[-24:])
    return found.group() if found else ""
