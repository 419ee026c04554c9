"""Count the papers of the archive: its statistics, and its papers as blocks of words, up to the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from digest import rank
from digest.model import Paper
from digest.pipeline.ports import Progress, Store, silent
from digest.store import PackedBlock, Transaction

#: papers counted in one go, so that a first counting needs little memory
_ROUND = 5_000


class UnreadableBlockError(ValueError):
    """A block that another version wrote, or that is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Papers that were counted one after the other."""

    number: int
    last_paper_id: int
    words: rank.TokenBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The statistics of the archive up to a paper."""

    background: rank.Background
    last_paper_id: int = 0
    #: the last block, as it is stored, or as it grew since; `None` also where nobody asked for it yet
    last: PackedBlock | Block | None = None
    #: up to which paper the store has it; where that is another one, nothing of it is of use
    stored: int | None = None


def count_papers(store: Store, progress: Progress = silent) -> rank.Background:
    """The statistics of the archive, with the papers that came since they were last written.

    Papers are read and counted outside of any write transaction.
    """
    counted: Counted | None = None
    total = done = 0
    while True:
        with store.read() as transaction:
            counted, papers = waiting(transaction, counted or load(transaction), _ROUND)
            total = total or transaction.papers.count_after(counted.last_paper_id)
        if not papers:
            return counted.background
        if total > len(papers):
            progress("counting papers", done, total)
        try:
            after, changed = counting(counted, papers)
        except UnreadableBlockError:
            counted, total = _anew(counted.stored), 0
            continue
        counted = _keep(store, counted, after, changed)
        done += len(papers)


def load(transaction: Transaction) -> Counted:
    """What was counted so far; nothing where it cannot be read or does not fit together."""
    packed = transaction.background.get()
    if packed is None:
        return _anew(None)
    data, stored = packed
    if transaction.archive.last_paper_id() != stored:
        return _anew(stored)
    try:
        known = rank.Background.from_bytes(data)
    except ValueError:  # written by another version of the ranker
        return _anew(stored)
    background = known.after(rank.beginning()) if known.is_young else known
    return Counted(background=background, last_paper_id=stored, stored=stored)


def waiting(
    transaction: Transaction, counted: Counted, limit: int | None = None
) -> tuple[Counted, list[tuple[int, Paper]]]:
    """The first papers, at most `limit`, that are not counted; `counted` with the block that they go to."""
    papers = transaction.papers.after(counted.last_paper_id, limit)
    if papers and counted.last is None and counted.last_paper_id:
        counted = replace(counted, last=transaction.archive.last_block())
    return counted, papers


def load_anew(transaction: Transaction) -> tuple[Counted, list[Block]]:
    """All papers counted, whatever is stored."""
    return counting(_anew(None), transaction.papers.after(0))


def _anew(stored: int | None) -> Counted:
    return Counted(background=rank.Background.empty().after(rank.beginning()), stored=stored)


def counting(counted: Counted, papers: Sequence[tuple[int, Paper]]) -> tuple[Counted, list[Block]]:
    """`papers` counted too, and the blocks that they make or change.

    Raises `UnreadableBlockError` where the last block is damaged.
    """
    if not papers:
        return counted, []
    last = _last(counted)
    room = rank.BLOCK - len(last.words) if last else 0
    read = [paper for _, paper in papers]
    new = list(rank.blocks_of(read, counted.background.analyser, first=room))
    numbers = range(last.number + (not room) if last else 1, 1 << 62)
    blocks, end = [], 0
    for number, words in zip(numbers, new, strict=False):
        end += len(words)
        blocks.append(Block(number=number, last_paper_id=papers[end - 1][0], words=words))
    if last and room:
        blocks[0] = replace(blocks[0], words=rank.TokenBlock.joined([last.words, new[0]]))
    after = replace(
        counted,
        background=reduce(rank.Background.counting, new, counted.background).defining(read),
        last_paper_id=papers[-1][0],
        last=blocks[-1],
    )
    return after, blocks


def _last(counted: Counted) -> Block | None:
    return unpacked(counted.last) if isinstance(counted.last, PackedBlock) else counted.last


def unpacked(block: PackedBlock) -> Block:
    """A stored block; raises `UnreadableBlockError`."""
    try:
        words = rank.TokenBlock.from_bytes(block.data)
    except ValueError as error:
        raise UnreadableBlockError(f"block {block.number}: {error}") from error
    return Block(number=block.number, last_paper_id=block.last_paper_id, words=words)


def _keep(store: Store, before: Counted, after: Counted, changed: Sequence[Block]) -> Counted | None:
    """Write what was counted; `None` where another run counted meanwhile."""
    data = after.background.to_bytes()
    packed = [
        PackedBlock(
            number=block.number,
            last_paper_id=block.last_paper_id,
            papers=len(block.words),
            data=block.words.to_bytes(),
        )
        for block in changed
    ]
    with store.write() as transaction:
        if transaction.background.last_paper_id() != before.stored:
            return None
        if before.last_paper_id != before.stored:
            transaction.archive.clear_blocks()
        transaction.archive.put_blocks(packed)
        transaction.background.put(data, after.last_paper_id)
    return replace(after, stored=after.last_paper_id)
