"""Bytes to a `Library`, whatever the bytes are. Pure: no file, no clock, no exception for bad input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.model import Library, Problem, Reference, Severity
from digest.sources.decode import decode
from digest.sources.library import bibtex, csl, csv_table, id_list, ris
from digest.sources.library.cited import Cited, paper_of
from digest.sources.shape import UNKNOWN, Finding
from digest.text import clip, printable

#: who has read more has no interests, but a bookshop
MOST_REFERENCES = 20_000
_MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class _Form:
    name: str
    #: completes "looked for …" in the refusal of a file
    looks_for: str
    begins: Callable[[str], object]
    read: Callable[[str], Iterator[Cited | Finding]]


#: in the order in which they are tried
_FORMS = (
    _Form("csl-json", "CSL-JSON", csl.begins, csl.read),
    _Form("ris", "RIS (“TY  - ”)", ris.BEGINS.match, ris.read),
    _Form("bibtex", "BibTeX (“@article{”)", bibtex.BEGINS.search, bibtex.read),
    _Form("csv", "CSV with a column “Title” or “DOI”", csv_table.begins, csv_table.read),
    _Form("ids", "lines with arXiv ids or DOIs", id_list.begins, id_list.read),
)


def read_library(data: bytes, *, name: str, most: int = MOST_REFERENCES) -> Library:
    """The papers that a reader keeps in `data`: at most `most`, in order, each as often as it stands there.

    The form is found from the bytes; `name` serves only to name problems. Time and memory are linear in
    the size of `data`, which the caller bounds.
    """
    wire = decode(data)
    if wire.flaw:
        return _refused(name, f"{wire.flaw}; save it as UTF-8")
    if not wire.text.strip():
        return _refused(name, "the file is empty")
    form = next((form for form in _FORMS if form.begins(wire.text)), None)
    if form is None:
        looked_for = ", ".join(form.looks_for for form in _FORMS)
        begins = clip(printable(wire.text[:200]), 60)
        return _refused(name, f"no library of papers: looked for {looked_for}; it begins “{begins}”")
    references, findings = _gather(form.read(wire.text), name, most)
    if wire.cut:
        findings.append(Finding(what="the file ends in the middle of a character", severity=Severity.NOTE))
    if not references and not findings:
        findings.append(Finding(what="no papers in it", severity=Severity.NOTE))
    return Library(
        name=printable(name),
        format=form.name,
        references=tuple(references),
        problems=tuple(_problems(name, findings)),
    )


def _refused(name: str, what: str) -> Library:
    problem = Problem(where=printable(name), what=what, severity=Severity.FATAL)
    return Library(name=printable(name), format=UNKNOWN, references=(), problems=(problem,))


def _gather(found: Iterable[Cited | Finding], name: str, most: int) -> tuple[list[Reference], list[Finding]]:
    references: list[Reference] = []
    findings: list[Finding] = []
    for number, one in enumerate(found):
        if number == 5 * most:
            findings.append(Finding(what="more of the like; reading stopped", severity=Severity.LOST))
            break
        if isinstance(one, Finding):
            findings.append(one)
            continue
        if len(references) == most:
            what = f"only the first {most:,} papers were taken"
            findings.append(Finding(what=what, severity=Severity.LOST, line=one.line, number=one.number))
            break
        paper = paper_of(one)
        if paper is None:
            what = f"{_label(one)}neither a title nor an arXiv id nor a DOI"
            findings.append(Finding(what=what, severity=Severity.LOST, line=one.line, number=one.number))
        else:
            references.append(Reference(where=_where(name, one.line, one.number), paper=paper))
    return references, findings


def _label(cited: Cited) -> str:
    return f"entry {clip(printable(cited.label), 60)}: " if cited.label.strip() else ""


def _problems(name: str, findings: Sequence[Finding]) -> Iterator[Problem]:
    for one in findings[:_MOST_PROBLEMS]:
        where = _where(name, one.line, one.number)
        yield Problem(where=where, what=printable(one.what), severity=one.severity)
    rest = findings[_MOST_PROBLEMS:]
    if rest:
        lost = any(one.severity is not Severity.NOTE for one in rest)
        severity = Severity.LOST if lost else Severity.NOTE
        yield Problem(where=printable(name), what=f"{len(rest):,} more such", severity=severity)


def _where(name: str, line: int | None, number: int | None) -> str:
    if line is not None:
        return f"{printable(name)}:{line}"
    return f"{printable(name)}, record {number}" if number is not None else printable(name)
