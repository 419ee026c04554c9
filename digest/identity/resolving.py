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
    in `near`: papers that `same` finds alike, the most alike first. `apart` are papers that `differ` says
    have only a heading in common with the record. Two stored papers that the record ties together become
    one, the older id staying, unless their ids differ.
    """
    together, known = _by_ids(record_keys, holders, keys_of)
    titled = [p for key in record_keys if not is_strong(key) for p in sorted(holders.get(key, ()))]
    if together and not set(together).isdisjoint(titled):
        others = []  # the ids name a paper of this title already, and the title names nobody else
    else:
        others = [p for p in (*titled, *near) if p not in apart and not conflict(known, keys_of[p])]
    if together:
        # two papers that have ids, though of different kinds, are tied by ids only
        others = [p for p in others if not any(map(is_strong, keys_of[p]))]
    # papers of one title that are stored apart are so for a reason: a title names one of them
    together += others[:1]
    if not together:
        return Resolution(None)
    target = min(together)
    return Resolution(target, tuple(sorted(p for p in together if p != target)))


def _by_ids(
    record_keys: Sequence[PaperKey],
    holders: Mapping[PaperKey, Collection[int]],
    keys_of: Mapping[int, Collection[PaperKey]],
) -> tuple[list[int], set[PaperKey]]:
    """The papers that the record's ids name, and all keys that these and the record have."""
    together: list[int] = []
    known = set(record_keys)
    for key in filter(is_strong, record_keys):
        for paper in sorted(holders.get(key, ())):
            # the strongest shared id decides: a second DOI makes no second paper of one arXiv id
            decided = not together and key.startswith("arxiv:")
            if paper not in together and (decided or not conflict(known, keys_of[paper])):
                together.append(paper)
                known |= set(keys_of[paper])
    return together, known
