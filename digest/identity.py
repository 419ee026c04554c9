"""Every name of a paper, strongest first, and when two sightings are one paper.

Keys are canonical strings: `arxiv:2501.01234` (no version), `doi:10.1000/x`, `title:1:...` where 1
is the version of the title normaliser. An arXiv id or DOI belongs to one paper; a title may belong
to several, so a title never ties papers whose ids differ. Ids are taken from a record's own fields
and links only: an id that an abstract mentions in its prose is another paper's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model import Paper, PaperKey
from digest.text import fold, join_space

#: raised whenever `title_key` would answer differently; stored keys are then computed anew
TITLE_NORMALISER = 1

_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z][a-z-]+(?:\.[A-Za-z]{2})?/\d{7}"
_ARXIV_ID = re.compile(rf"(?:arxiv:\s*)?({_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?", re.IGNORECASE)
_ARXIV_URL = re.compile(
    rf"https?://(?:www\.|export\.)?(?:arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers|alphaxiv\.org/abs)/"
    rf"({_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?(?:\.pdf)?(?:[?#/].*)?",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_NEW}|{_ARXIV_OLD})", re.IGNORECASE)
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_TITLE_VERSION = re.compile(r"\s*[(\[]\s*v(?:ersion)?\.?\s*\d+\s*[)\]]\s*$")
_NOT_IN_TITLE_KEY = re.compile(r"[^\w+#]|_")
_LONGEST_TITLE_KEY = 200


def arxiv_id(text: str) -> str | None:
    """The arXiv id that `text` is (id, link or DOI form), without version; `None` for anything else."""
    text = text.strip()
    found = _ARXIV_ID.fullmatch(text) or _ARXIV_URL.fullmatch(text) or _ARXIV_DOI.fullmatch(text)
    return found.group(1).casefold() if found else None


def doi(text: str) -> str | None:
    """The DOI that `text` is, in lower case without resolver; `None` for anything else."""
    found = _DOI.fullmatch(text.strip())
    return found.group(1).casefold().rstrip(".") if found else None


def title_key(title: str) -> PaperKey:
    """The key of a title: case, accents, white space, punctuation and a trailing `(v2)` do not count.

    `+` and `#` do count: `EvTexture++` is not `EvTexture`. Long titles end in a digest of the rest.
    """
    folded = fold(join_space(title))
    normal = _NOT_IN_TITLE_KEY.sub("", _TITLE_VERSION.sub("", folded))
    if not normal:
        normal = "~" + _digest(folded)
    elif len(normal) > _LONGEST_TITLE_KEY:
        normal = normal[: _LONGEST_TITLE_KEY - 40] + "~" + _digest(normal)
    return f"title:{TITLE_NORMALISER}:{normal}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


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


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which stored papers a record is: `target` keeps its id, `absorbed` become part of it."""

    target: int | None
    absorbed: tuple[int, ...] = ()


def resolve(
    record_keys: Sequence[PaperKey],
    holders: Mapping[PaperKey, Collection[int]],
    keys_of: Mapping[int, Collection[PaperKey]],
) -> Resolution:
    """Decide which stored paper a record with `record_keys` is.

    `holders` names the papers holding each key, `keys_of` all keys of each of those papers. Two stored
    papers that the record ties together become one, the older id staying, unless their ids differ.
    """
    together: list[int] = []
    known = set(record_keys)
    for key in record_keys:
        for paper in sorted(holders.get(key, ())):
            if paper in together:
                continue
            # the strongest shared id decides: a second DOI makes no second paper of one arXiv id
            same = not together and key.startswith("arxiv:")
            if not same and conflict(known, keys_of[paper]):
                continue
            # a title shared by several papers names none of the others once one is found
            if not is_strong(key) and together and not _joins_by_title(keys_of[paper], known):
                continue
            together.append(paper)
            known |= set(keys_of[paper])
    if not together:
        return Resolution(None)
    target = min(together)
    return Resolution(target, tuple(sorted(p for p in together if p != target)))


def _joins_by_title(paper_keys: Collection[PaperKey], known: Collection[PaperKey]) -> bool:
    """Whether a paper may join others by its title alone: one of the two sides has no id of its own."""
    return not any(map(is_strong, paper_keys)) or not any(map(is_strong, known))


def merge(old: Paper, new: Paper) -> Paper:
    """One paper from two sightings: the longer abstract, the newer counts, and whatever only one knows."""
    return replace(
        old,
        abstract=new.abstract if len(new.abstract) > len(old.abstract) else old.abstract,
        authors=new.authors if len(new.authors) > len(old.authors) else old.authors,
        author_count=new.author_count if old.author_count is None else old.author_count,
        organization=old.organization or new.organization,
        arxiv_id=old.arxiv_id or new.arxiv_id,
        doi=old.doi or new.doi,
        url=old.url or new.url,
        code_url=old.code_url or new.code_url,
        project_url=old.project_url or new.project_url,
        stars=old.stars if new.stars is None else new.stars,
        upvotes=old.upvotes if new.upvotes is None else new.upvotes,
        comments=old.comments if new.comments is None else new.comments,
        keywords=old.keywords or new.keywords,
        summary=old.summary or new.summary,
        published=old.published or new.published,
        listed=min(filter(None, (old.listed, new.listed)), default=None),
    )
