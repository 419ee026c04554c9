"""What the ranker knows of the archive, kept in the store and brought up to date as papers come.

Statistics of words grow with every paper; see `counting`. The latent subjects, and what the archive
teaches about interests, are made anew when it has grown by a good part since. All of it is worked out
outside of any write transaction. A stored piece that cannot be read is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from digest import rank
from digest.model import Field, Interest
from digest.pipeline import counting
from digest.pipeline.counting import UnreadableBlockError, count_papers
from digest.pipeline.ports import Progress, Store, silent
from digest.store import PackedBasis, PackedExpansion, Transaction

# as text: looking at it would open the room
_Related: TypeAlias = "dict[rank.Asked, rank.Expansion]"

#: interests learnt in one reading of the archive: each holds some words of its best papers meanwhile
_TOGETHER = 300
#: by how much an archive has grown when its subjects are found, and interests learnt, anew
_BASIS_GROWTH, _EXPANSION_GROWTH = 1.25, 1.2
#: fewer papers have no subjects worth finding
_FEWEST_FOR_BASIS = 1_000
#: who only looks waits for nothing to be learnt from a larger archive
_MOST_FOR_READING = 5_000


def background(store: Store, interests: Iterable[Interest], progress: Progress = silent) -> rank.Background:
    """The statistics of the archive and what it teaches about `interests`, all of it up to date."""
    wanted = rank.in_words(interests)
    try:
        return _taught(store, count_papers(store, progress), wanted, progress)
    except UnreadableBlockError:
        with store.write() as transaction:
            transaction.archive.clear_blocks()
        return _taught(store, count_papers(store, progress), wanted, progress)


def background_for_reading(transaction: Transaction, interests: Iterable[Interest] = ()) -> rank.Background:
    """The same for commands that write nothing; of a large archive only what was learnt before."""
    try:
        waiting = counting.waiting(transaction, counting.load(transaction))
        counted, changed = counting.counting(*waiting)
    except UnreadableBlockError:
        counted, changed = counting.load_anew(transaction)
    wanted = rank.in_words(interests)
    if not wanted or not counted.background.papers:
        return counted.background
    subjects = _subjects(transaction)
    current = replace(counted.background, basis=subjects.basis)
    known = _known(transaction, wanted, subjects)
    related = {each: one.expansion for each, one in known.items()}
    missing = [each for each in wanted if each not in known]
    if missing and current.papers <= _MOST_FOR_READING:
        related |= _by_looking(transaction, missing, current, changed)
    return replace(current, expansions=related)


def _by_looking(
    transaction: Transaction,
    wanted: Sequence[rank.Asked],
    current: rank.Background,
    changed: Sequence[counting.Block],
) -> _Related:
    """Learnt from the stored blocks and those that `changed` since, or nothing where one is damaged."""
    first = changed[0].number if changed else None
    stored = [n for n in transaction.archive.block_numbers() if first is None or n < first]

    def blocks() -> Iterator[rank.TokenBlock]:
        yield from (_read(transaction, number) for number in stored)
        yield from (block.words for block in changed)

    try:
        return rank.relate(wanted, blocks(), current)
    except UnreadableBlockError:
        return {}


# ── learning ──────────────────────────────────────────────────────────────────────────────────


def _taught(
    store: Store, statistics: rank.Background, wanted: Sequence[rank.Asked], progress: Progress
) -> rank.Background:
    """`statistics` with subjects and with what is known of the interests `wanted`; forgets the unwanted."""
    with store.read() as transaction:
        subjects = _subjects(transaction)
    if store.lasting and subjects.are_due(statistics.papers):
        subjects = _made_anew(store, statistics, subjects, progress)
    current = replace(statistics, basis=subjects.basis)
    with store.read() as transaction:
        known = _known(transaction, wanted, subjects)
        unwanted = set(transaction.archive.unwanted_expansions()).difference(map(_named, wanted))
    if unwanted:
        with store.write() as transaction:
            transaction.archive.forget_expansions(unwanted)
    due = [each for each in wanted if each not in known or known[each].is_due(current.papers)]
    related = {each: one.expansion for each, one in known.items()}
    if due and current.papers:
        related |= _learnt(store, due, current, subjects, progress)
    return replace(current, expansions=related)


def _learnt(
    store: Store, due: Sequence[rank.Asked], current: rank.Background, subjects: _Subjects, progress: Progress
) -> _Related:
    learnt: _Related = {}
    parts = [due[at : at + _TOGETHER] for at in range(0, len(due), _TOGETHER)]
    for number, part in enumerate(parts):
        blocks = _blocks(store, progress, "learning interests", number, len(parts))
        found = rank.relate(part, blocks, current)
        packed = {
            _named(each): PackedExpansion(
                papers=current.papers, basis_version=subjects.in_use, data=expansion.to_bytes()
            )
            for each, expansion in found.items()
        }
        with store.write() as transaction:
            transaction.archive.put_expansions(packed)
        learnt |= found
    return learnt


def _named(wanted: rank.Asked) -> tuple[str, Field]:
    """How the store knows it: only what has no other demand is learnt."""
    return wanted.text, wanted.field


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What was learnt about an interest, and from how many papers."""

    expansion: rank.Expansion
    papers: int

    def is_due(self, papers: int) -> bool:
        """Whether an archive of so many papers may teach something else."""
        return papers >= self.papers * _EXPANSION_GROWTH and papers > self.papers


def _known(
    transaction: Transaction, wanted: Sequence[rank.Asked], subjects: _Subjects
) -> dict[rank.Asked, _Kept]:
    """What was learnt about the interests `wanted` before the present subjects."""
    known = {}
    packed_ones = transaction.archive.expansions([_named(each) for each in wanted])
    for each in wanted:
        packed = packed_ones.get(_named(each))
        if packed is None or packed.basis_version != subjects.in_use:
            continue
        try:
            known[each] = _Kept(expansion=rank.Expansion.from_bytes(packed.data), papers=packed.papers)
        except ValueError:  # written by another version of the ranker: as if it were not there
            continue
    return known


# ── subjects ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subjects:
    """The latent subjects of the archive: none in a small one."""

    basis: rank.Basis | None = None
    version: int = 0
    papers: int = 0

    @property
    def in_use(self) -> int:
        """The version of the basis, 0 without one."""
        return self.version if self.basis else 0

    def are_due(self, papers: int) -> bool:
        """Whether an archive of so many papers may have others."""
        return papers >= max(self.papers * _BASIS_GROWTH if self.basis else 0, _FEWEST_FOR_BASIS)


def _subjects(transaction: Transaction) -> _Subjects:
    packed = transaction.archive.basis()
    if packed is None:
        return _Subjects()
    try:
        basis = rank.Basis.from_bytes(packed.data)
    except ValueError:  # written by another version of the ranker
        basis = None
    return _Subjects(basis=basis, version=packed.version, papers=packed.papers)


def _made_anew(store: Store, statistics: rank.Background, before: _Subjects, progress: Progress) -> _Subjects:
    """The subjects of the whole archive; those of before where its papers have too few words in common."""
    basis = rank.make_basis(_blocks(store, progress, "finding subjects"), statistics)
    if basis is None:
        return before
    version = before.version + 1
    with store.write() as transaction:
        transaction.archive.put_basis(
            PackedBasis(version=version, papers=statistics.papers, data=basis.to_bytes())
        )
    return _Subjects(basis=basis, version=version, papers=statistics.papers)


# ── reading blocks ────────────────────────────────────────────────────────────────────────────


def _blocks(
    store: Store, progress: Progress, stage: str, part: int = 0, parts: int = 1
) -> Iterator[rank.TokenBlock]:
    """All blocks, one in memory at a time; this is the reading number `part` of so many `parts`."""
    with store.read() as transaction:
        numbers = transaction.archive.block_numbers()
    for done, number in enumerate(numbers):
        progress(stage, part * len(numbers) + done, parts * len(numbers))
        with store.read() as transaction:
            block = _read(transaction, number)
        yield block
    progress(stage, (part + 1) * len(numbers), parts * len(numbers))


def _read(transaction: Transaction, number: int) -> rank.TokenBlock:
    packed = transaction.archive.block(number)
    if packed is None:
        raise UnreadableBlockError(f"block {number} is gone")
    return counting.unpacked(packed).words
