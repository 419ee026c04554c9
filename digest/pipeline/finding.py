"""The stored paper that a person means: by its key, arXiv id, DOI, link, number, or a part of its title."""

from __future__ import annotations

from collections.abc import Sequence

from digest.errors import NotFoundError, UsageError
from digest.identity import parse_key, title_key
from digest.model import KnownPaper
from digest.store import Transaction
from digest.text import clip, printable

#: how many candidates are named
_NAMED = 5


def find_paper(transaction: Transaction, text: str) -> KnownPaper:
    """The one stored paper that `text` means.

    The whole of a title comes before the beginnings of titles, and these before what stands anywhere in one.
    Raises `NotFoundError`, or `UsageError` with the candidates where there are several.
    """
    found = _found(transaction, text)
    if not found:
        raise NotFoundError(f"no stored paper is {text!r}; `digest papers --search WORD` finds some")
    if len(found) > 1:
        raise several(text, [p.paper.title for p in found])
    return found[0]


def several(text: str, titles: Sequence[str]) -> UsageError:
    """The error for a text that may mean any of several papers."""
    lines = [f"\n  - {clip(printable(title), 90)}" for title in titles[:_NAMED]]
    more = "\n  - and others" if len(titles) > _NAMED else ""
    return UsageError(f"several papers are like {text!r}; write more of the title:{''.join(lines)}{more}")


def _found(transaction: Transaction, text: str) -> list[KnownPaper]:
    papers = transaction.papers
    if key := parse_key(text):
        return papers.find_by_key(key)
    text = text.strip()
    if not text:
        return []
    if text.isascii() and text.isdigit() and len(text) < 16 and (numbered := papers.by_ids([int(text)])):
        return numbered
    return (
        papers.find_by_key(title_key(text))
        or papers.find_by_title(text, limit=_NAMED + 1)
        or papers.find_in_titles(text, limit=_NAMED + 1)
    )
