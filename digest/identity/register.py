"""A register of papers: which of them each record is, and what it adds to it.

The same decisions serve the archive, which enters the stored papers that some records may be, and the
ranking of files, which begins with an empty one. Pure: it changes only itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from digest.identity.blocks import blocks
from digest.identity.merging import Attested, merge
from digest.identity.naming import conflict, ids, is_strong
from digest.identity.near import Likeness, same, strangers
from digest.identity.resolving import resolve
from digest.model import Paper, PaperKey

#: how many papers one record is compared with at most
CANDIDATES = 20
#: a block that more papers share than this says nothing of any of them
_CROWD = 200


@dataclass(frozen=True, slots=True)
class Place:
    """The paper that a record is."""

    id: int
    #: whether no paper was it before
    is_new: bool = False
    #: the title of the paper that the record was taken for by likeness, without a common key
    alike: str | None = None


class Register:
    """Papers by their ids, with their keys; what records did to them is noted beside them."""

    def __init__(self, next_id: int = 1) -> None:
        self.next_id = next_id
        self.papers: dict[int, Attested] = {}
        self.keys: dict[int, set[PaperKey]] = {}
        self.holders: dict[PaperKey, set[int]] = {}
        self._sharing: dict[str, set[int]] = defaultdict(set)
        #: papers that a record added something to, new ones included
        self.changed: set[int] = set()
        #: younger paper → the one it became part of
        self.absorbed: dict[int, int] = {}
        self.new_keys: list[tuple[PaperKey, int]] = []
        self.new_blocks: list[tuple[str, int]] = []

    def hold(self, paper_id: int, key: PaperKey) -> None:
        """Note a key of a paper."""
        self.holders.setdefault(key, set()).add(paper_id)
        self.keys.setdefault(paper_id, set()).add(key)

    def enter(self, paper_id: int, told: Attested) -> None:
        """Note what is known of a paper; an id that another had first tells it from others all the same."""
        self.papers[paper_id] = told
        mine = self.keys.setdefault(paper_id, set())
        if (told.paper.arxiv_id and f"arxiv:{told.paper.arxiv_id}" not in mine) or told.paper.doi:
            mine.update(ids(told.paper))

    def share(self, paper_id: int, block: str) -> None:
        """Note a block of a paper."""
        self._sharing[block].add(paper_id)

    def own_keys(self, paper_id: int) -> list[PaperKey]:
        """The keys of a paper, in order, without ids that another paper had first."""
        return sorted(key for key in self.keys[paper_id] if paper_id in self.holders.get(key, ()))

    def place(
        self, told: Attested, names: Sequence[PaperKey], shared: Sequence[str] | None = None
    ) -> Place | None:
        """The paper that a record with these keys is, once it was told; `None` for none.

        `shared` are its blocks, where somebody knows them already. A replacement begins no paper.
        """
        if (known := self.only_holder(names)) is not None:
            self._tell(known, told)
            return Place(known)
        self.complete({i for key in names for i in self.holders.get(key, ())})
        near = self._near(told.paper, names, shared)
        apart = self._apart(told.paper, names)
        found = resolve(names, self.holders, self.keys, near=near, apart=apart)
        if found.target is None:
            return None if told.is_replacement else self._begin(told, names, shared)
        alike = self._alike(near, names, {found.target, *found.absorbed})
        for other in found.absorbed:
            self._absorb(found.target, other)
        self._tell(found.target, told)
        if self._name(found.target, names):
            self._share(found.target, blocks(told.paper) if shared is None else shared)
        return Place(found.target, alike=alike)

    def only_holder(self, names: Sequence[PaperKey]) -> int | None:
        """The paper that alone has all these keys, one of them an id: nothing is left to decide."""
        first = self.holders.get(names[0], ())
        if len(first) != 1 or not is_strong(names[0]) or any(self.holders.get(k) != first for k in names):
            return None
        (known,) = first
        return known

    def _near(self, paper: Paper, names: Sequence[PaperKey], shared: Sequence[str] | None) -> list[int]:
        """Papers like this one whose ids do not differ, the most alike first, the oldest of equals.

        Where somebody has the title, likenesses say no more.
        """
        if any(self.holders.get(key) for key in names if not is_strong(key)):
            return []
        candidates = self._candidates(blocks(paper) if shared is None else shared)
        fitting = [i for i in candidates if not conflict(names, self.keys[i])]
        self.fetch(fitting)
        alike = [(found, i) for i in fitting if (found := same(paper, self.papers[i].paper))]
        return [i for _, i in sorted(alike, key=_how_alike, reverse=True)]

    def _apart(self, paper: Paper, names: Sequence[PaperKey]) -> set[int]:
        """Papers that have no more than a heading in common with this one."""
        by_id = {i for key in names if is_strong(key) for i in self.holders.get(key, ())}
        by_title = {i for key in names if not is_strong(key) for i in self.holders.get(key, ())}
        if by_title <= by_id:
            return set()
        self.fetch(by_title)
        return strangers(paper, {i: self.papers[i].paper for i in sorted(by_title)})

    def _alike(self, near: Sequence[int], names: Sequence[PaperKey], group: Collection[int]) -> str | None:
        for i in near:
            if i in group and not any(i in self.holders.get(key, ()) for key in names):
                return self.papers[i].paper.title
        return None

    def _candidates(self, shared: Sequence[str]) -> list[int]:
        counts: Counter[int] = Counter()
        for block in shared:
            sharers = self._sharing.get(block, ())
            if len(sharers) <= _CROWD:
                counts.update(sharers)
        return sorted(counts, key=lambda i: (-counts[i], i))[:CANDIDATES]

    def fetch(self, numbers: Collection[int]) -> None:
        """Enter papers of which only keys and blocks are known so far; here there are none."""

    def complete(self, numbers: Collection[int]) -> None:
        """Note all keys of papers of which only some are known so far; here there are none."""

    def _begin(self, told: Attested, names: Sequence[PaperKey], shared: Sequence[str] | None) -> Place:
        target = self.next_id
        self.next_id += 1
        self.papers[target] = told
        self.keys[target] = set()
        self.changed.add(target)
        self._name(target, names)
        self._share(target, blocks(told.paper) if shared is None else shared)
        return Place(target, is_new=True)

    def _name(self, target: int, names: Iterable[PaperKey]) -> bool:
        """Give a paper its keys, and say whether a title is new; an id that another has stays there."""
        mine = self.keys[target]
        other_title = False
        for key in names:
            if key in mine:
                continue
            mine.add(key)
            strong = is_strong(key)
            if not (strong and self.holders.get(key)):
                self.hold(target, key)
                self.new_keys.append((key, target))
                other_title = other_title or not strong
        return other_title

    def _share(self, target: int, shared: Iterable[str]) -> None:
        for block in shared:
            self.share(target, block)
            self.new_blocks.append((block, target))

    def _tell(self, target: int, told: Attested) -> None:
        before = self.papers[target]
        after = self.papers[target] = merge(before, told)
        if after is not before:
            self.changed.add(target)

    def _absorb(self, target: int, other: int) -> None:
        self._tell(target, self.papers[other])
        self.absorbed[other] = target
        for key in self.keys.pop(other):
            self.keys[target].add(key)
            if other in self.holders.get(key, ()):
                self.holders[key].discard(other)
                self.hold(target, key)
        for sharers in self._sharing.values():
            if other in sharers:
                sharers.discard(other)
                sharers.add(target)


def _how_alike(found: tuple[Likeness, int]) -> tuple[float, float, int]:
    likeness, paper_id = found
    return likeness.title, likeness.confirmation, -paper_id
