"""JSON text to values, one at a time: a broken value costs itself, a cut text its last one.

`json.loads` on a whole file would lose a thousand records for one; here a list is split first, by its
brackets and strings alone, and each part is parsed for itself. Linear in time; no value is held longer
than its reader needs it. Python's own notation (`{'a': None}`), as `str` or a data frame leaves it in
files, is turned into JSON by a table of words: nothing is ever evaluated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

#: a paper with three thousand authors, each with a profile, has a tenth of this
LONGEST_VALUE = 2 * 1024 * 1024
#: strings as a whole, even one that the end of the text cuts, and the marks that make structure; nothing
#: is ever given back (`*+`), or a string of escapes alone would take gigabytes
_MARK = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
#: a listing of thirty megabytes has half as many; more is an attack on our patience
_MOST_MARKS = 4_000_000
#: white space, and what stands between documents that were put into one file
_BETWEEN = re.compile(r"[\s,\x1e\ufeff]*")
_FILLED = re.compile(r"\S")
_KEY = re.compile(r'\s*("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:\s*', re.DOTALL)
_LONGEST_NUMBER = 30


class UnreadableError(Exception):
    """Why a text is no value that could be used."""


class Part(NamedTuple):
    """The place of a value in a text."""

    start: int
    end: int
    #: whether it ends by itself, and not because the text ends
    whole: bool
    #: its name in an object
    key: str = ""


def parse(text: str, part: Part | None = None) -> object:
    """The value of `text`, or of `part` of it. NaN, infinities and endless numbers become `None`.

    Raises `UnreadableError`.
    """
    start, end = (0, len(text)) if part is None else part[:2]
    if end - start > LONGEST_VALUE:
        raise UnreadableError(f"longer than {LONGEST_VALUE:,} characters")
    try:
        return _DECODER.decode(text[start:end])
    except RecursionError:
        raise UnreadableError("nested too deeply") from None
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "no JSON"
        raise UnreadableError(f"not JSON: {reason[:1].lower()}{reason[1:]}") from None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _nothing(_: str) -> None:
    return None


#: line breaks inside strings are no JSON, but there is no doubt about what they mean
_DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=_nothing, strict=False)


def parse_any(text: str) -> object:
    """The value that `text` spells in JSON or in Python's notation, or `UnreadableError`."""
    return parse(from_python(text) if is_python(text) else text)


def roots(text: str) -> Iterator[Part]:
    """The values that follow each other in `text`: one document, some, or a line for each."""
    at = _skip(text, 0)
    lines = _is_lines(text, at)
    while at < len(text):
        root = _line(text, at) if lines or text[at] not in "[{" else _root(text, at)
        yield root
        at = _skip(text, root.end)


def _is_lines(text: str, start: int) -> bool:
    """Whether each line is an object: then a broken line cannot swallow the others."""
    end = text.find("\n", start)
    first = text[max(start, end - 80) : end].rstrip()
    following = _FILLED.search(text, end) if end > 0 else None
    return following is not None and text[start] == following[0] == "{" and first[-1:] not in "[{,:"


def _line(text: str, start: int) -> Part:
    end = text.find("\n", start)
    return Part(start, end, whole=True) if end >= 0 else Part(start, len(text), whole=text.endswith("}"))


def _root(text: str, start: int) -> Part:
    depth = 0
    for found in islice(_MARK.finditer(text, start), _MOST_MARKS):
        depth += _STEPS.get(text[found.start()], 0)
        if depth == 0:
            return Part(start, found.end(), whole=True)
    return Part(start, len(text), whole=False)


def elements(text: str, within: Part) -> Iterator[Part]:
    """The values of the list at `within`. The last is not whole where the text was cut; it may be blank."""
    start, depth = within.start + 1, 0
    for found in islice(_MARK.finditer(text, start, within.end), _MOST_MARKS):
        mark = text[found.start()]
        if depth == 0 and mark in ",]}":
            if text[start : found.start()].strip():
                yield Part(start, found.start(), whole=True)
            if mark != ",":
                return
            start = found.end()
        depth += _STEPS.get(mark, 0)
    yield Part(start, within.end, whole=False)


def members(text: str, within: Part) -> Iterator[Part]:
    """The values of the object at `within` with their names; what has none is passed over."""
    for part in elements(text, within):
        name = _KEY.match(text, part.start, part.end)
        if name:
            try:
                key = parse(name[1])
            except UnreadableError:
                continue
            if name.end() < part.end:
                yield Part(name.end(), part.end, part.whole, str(key))


_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def stripped(text: str, part: Part) -> Part:
    """`part` without white space before and after it."""
    found = _FILLED.search(text, part.start, part.end)
    if found is None:
        return part._replace(start=part.end)
    end = part.end
    while text[end - 1].isspace():
        end -= 1
    return part._replace(start=found.start(), end=end)


def _skip(text: str, start: int) -> int:
    found = _BETWEEN.match(text, start)
    return found.end() if found else start


# ── Python's notation ─────────────────────────────────────────────────────────────────────────

LONGEST_PYTHON = 8 * 1024 * 1024
_PYTHON = re.compile(
    r"""(?P<single>'[^'\\]*+(?:\\.[^'\\]*+)*+'?)|(?P<double>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)"""
    r"""|(?P<word>\b(?:True|False|None)\b|-?\b(?:nan|inf)\b)|(?P<bracket>[()])""",
    re.DOTALL,
)
_WORDS = {"True": "true", "False": "false"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}


def is_python(text: str) -> bool:
    """Whether `text` begins as Python writes a dictionary, or a list of them."""
    return re.match(r"\s*(?:\[\s*)?\{\s*'", text) is not None


def from_python(text: str) -> str:
    """The JSON of what Python wrote; what is no JSON then was nothing that Python writes."""
    if len(text) > LONGEST_PYTHON:
        raise UnreadableError(f"longer than {LONGEST_PYTHON:,} characters in Python's notation")
    return _PYTHON.sub(_translated, text)


def _translated(found: re.Match[str]) -> str:
    if found["word"]:
        return _WORDS.get(found["word"], "null")
    if found["bracket"]:
        return "[" if found["bracket"] == "(" else "]"
    quoted = found.group()
    whole = len(quoted) > 1 and quoted.endswith(quoted[0])
    if whole and quoted.isprintable() and "\\" not in quoted and '"' not in quoted[1:-1]:
        return f'"{quoted[1:-1]}"'
    content = _ESCAPE.sub(_unescaped, quoted[1:-1] if whole else quoted[1:])
    spelled = json.dumps(content, ensure_ascii=False)
    return spelled if whole else spelled[:-1]


def _unescaped(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits is None:
        return _NAMED.get(found[4], found[4])
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
