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


def keys(paper: Paper) -> tuple[PaperKey, ...]:
    """Every key of `paper`, strongest first; there is always at least the title's."""
    given = (paper.arxiv_id, paper.url, paper.doi)
    found: list[PaperKey] = [f"arxiv:{name}" for text in given if text and (name := arxiv_id(text))]
    if paper.doi and not arxiv_id(paper.doi) and (name := doi(paper.doi)):
        found.append(f"doi:{name}")
    found.append(title_key(paper.title))
    return tuple(dict.fromkeys(found))


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
