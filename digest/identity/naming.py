"""Every name of a paper, strongest first.

Ids are taken from a record's own fields and links only: an id that an abstract mentions in its prose
is another paper's.
"""

from __future__ import annotations

from collections.abc import Collection

from digest.identity.arxiv import arxiv_id
from digest.identity.dois import doi
from digest.identity.titles import title_key
from digest.model import Paper, PaperKey


def ids(paper: Paper) -> tuple[PaperKey, ...]:
    """The strong keys of `paper`, strongest first: one arXiv id at most, and its DOIs.

    A record that names two arXiv papers is the one that its own field says; the other is only linked.
    """
    given = [text for text in (paper.arxiv_id, paper.url, paper.doi) if text]
    arxiv = next((name for text in given if (name := arxiv_id(text))), None)
    found = [f"arxiv:{arxiv}"] if arxiv else []
    found += [
        f"doi:{name}"
        for text in (paper.doi, paper.url)
        if text and "10." in text and not arxiv_id(text) and (name := doi(text))
    ]
    return tuple(dict.fromkeys(found))


def keys(paper: Paper) -> tuple[PaperKey, ...]:
    """Every key of `paper`, strongest first; there is always at least the title's."""
    return (*ids(paper), title_key(paper.title))


def parse_key(text: str) -> PaperKey | None:
    """The key a person means by `text`: a key, arXiv id, DOI or link; `None` for a title or other text."""
    text = text.strip()
    if text.startswith("title:"):
        return text
    if name := arxiv_id(text):
        return f"arxiv:{name}"
    if name := doi(text):
        return f"doi:{name}"
    return None


def is_strong(key: PaperKey) -> bool:
    """Whether `key` belongs to one paper only."""
    return not key.startswith("title:")


def conflict(left: Collection[PaperKey], right: Collection[PaperKey]) -> bool:
    """Whether two sets of keys hold different ids of one kind, so that they cannot be one paper."""
    for scheme in ("arxiv:", "doi:"):
        mine = {k for k in left if k.startswith(scheme)}
        theirs = {k for k in right if k.startswith(scheme)}
        if mine and theirs and not mine & theirs:
            return True
    return False
