"""Accents: one letter and a mark, as the one character that they make."""

from __future__ import annotations

import re
import unicodedata

from digest.repair.signs import ACCENTS, GREEK, HATS

_LETTER = re.compile(r"(?:\s*\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])(?:\{\})?|([A-Za-z]))")
_BRACED = re.compile(r"\s?\{\s*\\?([A-Za-z]+)\s*\}|\s+([A-Za-z])")
_UNDER_HAT = re.compile(r"\s*(?:\{\s*)?(?:\\([A-Za-z]+)|(\w))")
#: an apostrophe that somebody escaped: `object\'s`
_APOSTROPHE = re.compile(r"(?:s|t|d|m|re|ve|ll)\b")
_QUOTED = re.compile(r'\\"([^"\\]{1,200})\\"(?!\w)')

#: what was eaten, in characters from the macro's end, and what it prints
Printed = tuple[str, int]


def composed(base: str, mark: str) -> str:
    """`base` under the combining `mark`; a word stays as it is."""
    return unicodedata.normalize("NFC", base + mark) if len(base) == 1 else base


def by_sign(text: str, at: int, before: str) -> Printed | None:
    r"""What `\'e` and its like print, with the place where it ends; `at` is that of the backslash."""
    sign = text[at + 1]
    if sign == "'" and before.isalpha() and _APOSTROPHE.match(text, at + 2):
        return "'", at + 2
    if sign == '"' and not before.isalnum() and (quoted := _QUOTED.match(text, at)):
        return f'"{quoted.group(1)}"', quoted.end()
    letter = _LETTER.match(text, at + 2)
    if letter and (whole := _one_character(letter, ACCENTS[sign])):
        return whole, letter.end()
    if sign in "'\"`" and not text[at + 2 : at + 3].isalnum():
        return sign, at + 2
    if sign in "~^":
        return sign, at + 4 if text.startswith("{}", at + 2) else at + 2
    return None


def by_letter(name: str, text: str, end: int, before: str) -> Printed | None:
    r"""What `\c{c}` and its like print; `\r{ho}` was `\rho` before a program took `\r` for a return."""
    found = _BRACED.match(text, end)
    if found is None:
        return None
    braced, spaced = found.groups()
    if braced and name + braced in GREEK:
        return GREEK[name + braced], found.end()
    if (braced and len(braced) == 1) or (spaced and before.isalpha()):
        whole = _one_character(found, ACCENTS[name])
        return (whole, found.end()) if whole else None
    return None


def hatted(name: str, text: str, end: int) -> Printed | None:
    r"""What `\hat x` and its like print, over a letter or a Greek one."""
    found = _UNDER_HAT.match(text, end)
    if found is None:
        return None
    macro, letter = found.groups()
    base = letter or GREEK.get(macro)
    braced = "{" in found.group()
    if base is None or (braced and not text.startswith("}", found.end())):
        return None
    return composed(base, HATS[name]), found.end() + braced


def _one_character(found: re.Match[str], mark: str) -> str | None:
    letter = next(group for group in found.groups() if group)
    whole = composed(letter, mark)
    return whole if len(whole) == 1 else None
