"""Plain lists of arXiv ids, DOIs or links to papers, one in each line; what follows it is a remark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from digest import identity
from digest.model import Severity
from digest.sources.library.cited import Cited
from digest.sources.shape import Finding
from digest.text import clip, printable

#: of so many filled lines one must name a paper
_LOOKED_AT = 20
#: what may stand before an id: bullets, and the numbers of a list
_MARKS = "-*•·>[]().:"
_LABELS = frozenset({"arxiv", "doi"})
_LONGEST_LINE = 10_000


def begins(text: str) -> bool:
    """Whether one of the first lines names a paper."""
    return any(_id(line) for _, line in islice(_lines(text), _LOOKED_AT))


def read(text: str) -> Iterator[Cited | Finding]:
    """The papers of `text` in order; a line that names none is a problem, but for remarks (`#`, `%`)."""
    for number, line in _lines(text):
        if named := _id(line):
            yield Cited(ids=[named], line=number, label=named)
        else:
            what = f"neither an arXiv id nor a DOI: “{clip(printable(line), 60)}”"
            yield Finding(what=what, severity=Severity.LOST, line=number)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        stripped = line[:_LONGEST_LINE].strip()
        if stripped and stripped[0] not in "#%":
            yield number, stripped


def _id(line: str) -> str | None:
    """The first id of a line, as it stands there."""
    for word in line.replace(",", " ").replace(";", " ").split()[:_LOOKED_AT]:
        if identity.arxiv_id(word) or identity.doi(word):
            return word
        bare = word.strip(_MARKS).lower()
        if bare and not bare.isdigit() and bare not in _LABELS:
            return None  # words first: prose, or a title
    return None
