"""BibTeX and BibLaTeX: entries of fields, macros, strings that are joined. One pass, in linear time.

Everything between entries is a comment. A broken entry costs itself: reading goes on at the next line that
begins one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from digest.model import Severity
from digest.sources.library.cited import LONGEST_ABSTRACT, Cited
from digest.sources.library.tex import plain, verbatim
from digest.sources.shape import Finding

#: what tells the form
BEGINS = re.compile(r"^[ \t\ufeff]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_ENTRY = re.compile(r"(?<![\w.])@\s{0,20}([A-Za-z]{1,40})\s{0,20}([{(])")
_KEY = {
    "{": re.compile(r"\s*([^\n,={}\"]{0,300}?)\s*(?=[,}]|\Z)"),
    "(": re.compile(r"\s*([^\n,={}()\"]{0,300}?)\s*(?=[,)]|\Z)"),
}
_BLANK = re.compile(r"(?:[\s,]+|%[^\n]*+)*+")
_NAME = re.compile(r"([A-Za-z][\w:.+/-]{0,60})\s*=\s*")
_WORD = re.compile(r"[^\s,#{}()\"=]{1,300}")
_JOIN = re.compile(r"\s*#\s*")
#: an escaped brace is a character, whatever BibTeX itself makes of it
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
#: where the next field begins, for a value that does not end
_NEXT_FIELD = re.compile(r"[}\"]\s*,?[ \t\r]*\n\s*(?=[A-Za-z][\w-]{0,40}\s*=\s*[{\"])")
_BRACE_OR_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
#: one more than is taken for a text
_LONGEST = LONGEST_ABSTRACT + 1
#: with all its LaTeX
_LONGEST_TITLE = 4_000
_NO_PAPERS = frozenset({"comment", "preamble"})
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_ARXIV = frozenset({"arxiv", "arxiv.org"})


@dataclass(slots=True)
class _Scan:
    """Where reading is, and the macros that were defined so far."""

    text: str
    macros: dict[str, str] = field(default_factory=dict)
    at: int = 0
    #: reading of one entry stops here at the latest
    limit: int = 0
    #: why a value of this entry had to be ended by force
    mended: str = ""


class _BrokenError(Exception):
    """Why an entry cannot be read any further."""


def read(text: str) -> Iterator[Cited | Finding]:
    """The papers of `text` in order, and what was wrong."""
    scan = _Scan(text)
    starts = [found.start() for found in BEGINS.finditer(text)]
    breaks = [found.start() for found in re.finditer("\n", text)]
    while found := _ENTRY.search(text, scan.at):
        scan.at = found.end()
        following = bisect_right(starts, found.start())
        scan.limit = starts[following] if following < len(starts) else len(text)
        line = bisect_right(breaks, found.start() - 1) + 1
        kind, bracket = found[1].lower(), found[2]
        if kind == "string":
            yield from _macro(scan, line, bracket)
        elif kind in _NO_PAPERS:
            _skip(scan, bracket)
        else:
            yield from _entry(scan, line, bracket)


def _skip(scan: _Scan, bracket: str) -> None:
    """Pass over a comment; one that does not end before the next entry hides nothing of it."""
    try:
        if bracket == "{":
            _braced(scan)
    except _BrokenError:
        scan.at = scan.limit


def _macro(scan: _Scan, line: int, bracket: str) -> Iterator[Finding]:
    fields: dict[str, str] = {}
    try:
        _fields(scan, fields, bracket)
    except _BrokenError as error:
        scan.at = scan.limit
        yield Finding(what=f"a broken @string: {error}", severity=Severity.NOTE, line=line)
    scan.macros.update(fields)


def _entry(scan: _Scan, line: int, bracket: str) -> Iterator[Cited | Finding]:
    key = _KEY[bracket].match(scan.text, scan.at, scan.limit)
    if key:
        scan.at = key.end()
    label = key[1] if key else ""
    fields: dict[str, str] = {}
    scan.mended = ""
    trouble = ""
    try:
        _fields(scan, fields, bracket)
    except _BrokenError as error:
        trouble = str(error)
        scan.at = scan.limit
    trouble = trouble or scan.mended
    if trouble:
        kept = any(fields.get(name) for name in ("title", "eprint", "doi"))
        what = trouble + ("; the rest was read" if kept else "")
        severity = Severity.NOTE if kept else Severity.LOST
        yield Finding(what=_named(label, what), severity=severity, line=line)
        if not kept:
            return
    yield _cited(fields, label, line)


def _named(label: str, what: str) -> str:
    return f"entry {label}: {what}" if label else f"an entry: {what}"


def _fields(scan: _Scan, fields: dict[str, str], bracket: str) -> None:
    """Read fields into `fields`, the first of a name counting, up to the end of what `bracket` opened."""
    closing = "}" if bracket == "{" else ")"
    while True:
        _pass(scan, _BLANK)
        if scan.at >= scan.limit:
            raise _BrokenError("it does not end")
        if scan.text[scan.at] in "})":
            if scan.text[scan.at] != closing:
                raise _BrokenError("its brackets do not fit")
            scan.at += 1
            return
        name = _NAME.match(scan.text, scan.at, scan.limit)
        if name is None:
            raise _BrokenError("no field where one should stand")
        scan.at = name.end()
        fields.setdefault(name[1].lower(), _value(scan))


def _pass(scan: _Scan, pattern: re.Pattern[str]) -> bool:
    found = pattern.match(scan.text, scan.at, scan.limit)
    if found is None:
        return False
    scan.at = found.end()
    return True


def _value(scan: _Scan) -> str:
    """The value of a field: pieces joined by `#`. What no person would have written is cut."""
    whole = _piece(scan)[:_LONGEST]
    while _pass(scan, _JOIN):
        # macros of macros could grow without end
        whole = (whole + _piece(scan)[:_LONGEST])[:_LONGEST]
    return whole


def _piece(scan: _Scan) -> str:
    sign = scan.text[scan.at] if scan.at < scan.limit else ""
    if sign in {"{", '"'}:
        scan.at += 1
        return _mended(scan, _braced if sign == "{" else _quoted)
    if sign in {",", "}"}:
        return ""
    word = _WORD.match(scan.text, scan.at, scan.limit)
    if word is None:
        raise _BrokenError("a field without a value")
    scan.at = word.end()
    return scan.macros.get(word[0].lower(), word[0])


def _mended(scan: _Scan, read_on: Callable[[_Scan], str]) -> str:
    """What `read_on` reads; one value in an entry may end where the next field begins, for want of an end."""
    start = scan.at
    try:
        value, trouble = read_on(scan), _BrokenError("a brace is not closed")
    except _BrokenError as error:
        value, trouble = None, error
    end = scan.limit if value is None else start + len(value)
    found = None if scan.mended else _NEXT_FIELD.search(scan.text, start, end)
    if found:  # within a value: a brace too many was opened in it
        scan.mended = str(trouble)
        scan.at = found.end()
        return scan.text[start : found.start()]
    if value is None:
        raise trouble
    return value


def _braced(scan: _Scan) -> str:
    """What stands up to the brace that closes."""
    start, depth = scan.at, 1
    for found in _BRACE.finditer(scan.text, start, scan.limit):
        sign = found[0]
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            scan.at = found.end()
            return scan.text[start : found.start()]
    raise _BrokenError("a brace is not closed")


def _quoted(scan: _Scan) -> str:
    start, depth = scan.at, 0
    for found in _BRACE_OR_QUOTE.finditer(scan.text, start, scan.limit):
        sign = found[0]
        if sign == '"' and depth == 0:
            scan.at = found.end()
            return scan.text[start : found.start()]
        depth = max(depth + (sign == "{") - (sign == "}"), 0)
    raise _BrokenError("a quote is not closed")


def _cited(fields: Mapping[str, str], label: str, line: int) -> Cited:
    title = _text(fields, "title", _LONGEST_TITLE)
    if subtitle := _text(fields, "subtitle", _LONGEST_TITLE):
        title = f"{title}: {subtitle}"
    return Cited(
        title=title,
        abstract=_text(fields, "abstract", LONGEST_ABSTRACT),
        authors=[plain(name) for name in _names(fields.get("author", ""))],
        ids=[text for text in _ids(fields) if text],
        notes=[verbatim(fields[n]) for n in ("journal", "note", "howpublished", "volume") if fields.get(n)],
        line=line,
        label=label,
    )


def _text(fields: Mapping[str, str], name: str, longest: int) -> str:
    value = fields.get(name, "")
    return plain(value) if len(value) <= longest else ""


def _ids(fields: Mapping[str, str]) -> Iterator[str]:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip().lower()
    eprint = verbatim(fields.get("eprint", ""))
    if not archive or archive in _ARXIV:
        yield eprint
    for name in ("arxivid", "arxiv", "doi", "url", "ee", "pdf", "bdsk-url-1"):
        yield verbatim(fields.get(name, ""))


def _names(author: str) -> list[str]:
    names = _AND.split(author) if len(author) < _LONGEST else []
    return [name for name in names if name.strip() and name.strip().lower() != "others"]
