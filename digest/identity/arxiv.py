"""arXiv ids in the forms that sources and people write them."""

from __future__ import annotations

import re

_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z][a-z-]+(?:\.[A-Za-z]{2})?/\d{7}"
_ARXIV_ID = re.compile(rf"(?:arxiv:\s*)?({_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?", re.IGNORECASE)
_ARXIV_URL = re.compile(
    rf"https?://(?:www\.|export\.)?(?:arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers|alphaxiv\.org/abs)/"
    rf"({_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?(?:\.pdf)?(?:[?#/].*)?",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_NEW}|{_ARXIV_OLD})", re.IGNORECASE)


def arxiv_id(text: str) -> str | None:
    """The arXiv id that `text` is (id, link or DOI form), without version; `None` for anything else."""
    text = text.strip()
    found = _ARXIV_ID.fullmatch(text) or _ARXIV_URL.fullmatch(text) or _ARXIV_DOI.fullmatch(text)
    return found.group(1).casefold() if found else None
