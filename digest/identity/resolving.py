"""Which stored paper a record is, decided by the keys that they share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from digest.identity.naming import conflict, is_strong
from digest.model import PaperKey


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
