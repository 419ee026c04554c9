"""What the ranker knows of the archive beside its statistics: the papers' words, subjects, related words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, tuple_

from digest.model import Field
from digest.store.chunks import chunks
from digest.store.rank_tables import ARCHIVE_BLOCK, BASIS, EXPANSION
from digest.store.tables import INTEREST


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBlock:
    """The words of some papers, as the ranker packed them."""

    number: int
    last_paper_id: int
    papers: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBasis:
    """The latent subjects, as the ranker packed them."""

    #: that of the basis before it, and one more
    version: int
    #: of how many papers it was made
    papers: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedExpansion:
    """What was learnt about an interest, as the ranker packed it."""

    #: from how many papers it was learnt
    papers: int
    #: the version of the basis then; 0 without one
    basis_version: int
    data: bytes


class ArchiveBook:
    """Blocks of papers' words in order, one basis, and an expansion for each interest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def block_numbers(self) -> list[int]:
        """The numbers of all blocks, in order."""
        return list(self._connection.scalars(select(ARCHIVE_BLOCK.c.number).order_by(ARCHIVE_BLOCK.c.number)))

    def block(self, number: int) -> PackedBlock | None:
        """One block."""
        row = self._connection.execute(select(ARCHIVE_BLOCK).where(ARCHIVE_BLOCK.c.number == number)).first()
        if row is None:
            return None
        return PackedBlock(number=number, last_paper_id=row.last_paper_id, papers=row.papers, data=row.data)

    def last_paper_id(self) -> int | None:
        """The id of the newest paper in a block."""
        # by the last row: blocks are long, and all of them would be passed through for a maximum
        newest = select(ARCHIVE_BLOCK.c.last_paper_id).order_by(ARCHIVE_BLOCK.c.number.desc()).limit(1)
        return self._connection.scalar(newest)

    def last_block(self) -> PackedBlock | None:
        """The one that grows."""
        number = self._connection.scalar(select(func.max(ARCHIVE_BLOCK.c.number)))
        return None if number is None else self.block(number)

    def put_blocks(self, blocks: Collection[PackedBlock]) -> None:
        """Add blocks, or put them in the place of those with their numbers."""
        for block in blocks:
            self._connection.execute(delete(ARCHIVE_BLOCK).where(ARCHIVE_BLOCK.c.number == block.number))
            self._connection.execute(
                insert(ARCHIVE_BLOCK).values(
                    number=block.number,
                    last_paper_id=block.last_paper_id,
                    papers=block.papers,
                    data=block.data,
                )
            )

    def clear_blocks(self) -> None:
        """Forget all blocks."""
        self._connection.execute(delete(ARCHIVE_BLOCK))

    def basis(self) -> PackedBasis | None:
        """The basis, if one was made."""
        row = self._connection.execute(select(BASIS.c.version, BASIS.c.papers, BASIS.c.data)).first()
        return PackedBasis(version=row.version, papers=row.papers, data=row.data) if row else None

    def put_basis(self, basis: PackedBasis) -> None:
        """Replace the basis."""
        self._connection.execute(delete(BASIS))
        self._connection.execute(
            insert(BASIS).values(id=1, version=basis.version, papers=basis.papers, data=basis.data)
        )

    def expansions(self, wanted: Collection[tuple[str, Field]]) -> dict[tuple[str, Field], PackedExpansion]:
        """What is kept of the interests `wanted`, by text and field."""
        found = {}
        for part in chunks({text for text, _ in wanted}):
            for row in self._connection.execute(select(EXPANSION).where(EXPANSION.c.text.in_(part))):
                found[row.text, Field(row.field)] = PackedExpansion(
                    papers=row.papers, basis_version=row.basis_version, data=row.data
                )
        return {each: found[each] for each in wanted if each in found}

    def put_expansions(self, learnt: Mapping[tuple[str, Field], PackedExpansion]) -> None:
        """Keep what was learnt, in place of what was known of the same interests."""
        self.forget_expansions(learnt)
        for (text, field), packed in learnt.items():
            self._connection.execute(
                insert(EXPANSION).values(
                    text=text,
                    field=field.value,
                    papers=packed.papers,
                    basis_version=packed.basis_version,
                    data=packed.data,
                )
            )

    def unwanted_expansions(self) -> list[tuple[str, Field]]:
        """Interests that something was learnt about and that no subscriber has any more."""
        # not a correlated EXISTS: nothing is indexed by an interest's text
        wanted = select(INTEREST.c.text, INTEREST.c.field).where(INTEREST.c.within.is_(None))
        kept = tuple_(EXPANSION.c.text, EXPANSION.c.field)
        rows = self._connection.execute(
            select(EXPANSION.c.text, EXPANSION.c.field).where(kept.not_in(wanted))
        )
        return [(text, Field(field)) for text, field in rows]

    def forget_expansions(self, interests: Collection[tuple[str, Field]]) -> None:
        """Forget what was learnt about these interests."""
        for text, field in interests:
            self._connection.execute(
                delete(EXPANSION).where(EXPANSION.c.text == text, EXPANSION.c.field == field.value)
            )
