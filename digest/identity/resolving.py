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
    *,
    near: Sequence[int] = (),
    apart: Collection[int] = (),
) -> Resolution:
    """Decide which stored paper a record with `record_keys` is.

    `holders` names the papers holding each key, `keys_of` all keys of each of those papers and of those
    in `near`: papers that `same` finds alike, the most alike first. `apart` are papers with which the
    record has no more than a heading in common, see `strangers`. Stored papers that the record ties
    together become one, the oldest id staying, unless their ids differ: where no names contradict each
    other, papers are the same ones whatever was read first.
    """
    together: list[int] = []
    known = set(record_keys)
    for key in record_keys:
        for paper in sorted(holders.get(key, ())):
            if paper in together:
                continue
            # the strongest shared id decides: a second DOI makes no second paper of one arXiv id
            decided = not together and key.startswith("arxiv:")
            if not decided and conflict(known, keys_of[paper]):
                continue
            if not is_strong(key) and paper in apart:
                continue
            together.append(paper)
            known |= set(keys_of[paper])
    if not _has_title_of(record_keys, together, keys_of):
        fitting = (p for p in near if p not in apart and not conflict(known, keys_of[p]))
        together += [p for p in fitting if _joins(keys_of[p], known, together)][:1]
    if not together:
        return Resolution(None)
    target = min(together)
    return Resolution(target, tuple(sorted(p for p in set(together) if p != target)))


def _joins(paper_keys: Collection[PaperKey], known: Collection[PaperKey], together: Collection[int]) -> bool:
    """Whether a paper may join by likeness: not one with ids of its own, once another with ids is found."""
    return not together or not any(map(is_strong, paper_keys)) or not any(map(is_strong, known))


def _has_title_of(
    record_keys: Sequence[PaperKey], together: Sequence[int], keys_of: Mapping[int, Collection[PaperKey]]
) -> bool:
    """Whether one of the papers found has the record's title: no near title can say more."""
    titles = {key for key in record_keys if not is_strong(key)}
    return any(not titles.isdisjoint(keys_of[paper]) for paper in together)
