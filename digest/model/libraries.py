"""Libraries: a reader's own list of papers, as a reference manager keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.listings import Problem
from digest.model.papers import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One paper as a library names it."""

    #: file and line or record, such as `refs.bib:12`
    where: str
    #: its title may be empty where the library gives an id only
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One reading of a library file: its references in order, and what was wrong with the rest."""

    name: str
    #: `bibtex`, `csl-json`, `csv`, `ris`, `ids`, or `unknown`
    format: str
    references: tuple[Reference, ...]
    problems: tuple[Problem, ...]
