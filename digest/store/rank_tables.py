"""The tables of what the ranker knows of the archive beside its statistics, as it packed them."""

from sqlalchemy import Column, Named, Table, TypedColumns

from digest.store.tables import METADATA


class ArchiveBlockColumns(TypedColumns):
    """The words of some papers in the order of their ids; the last block grows until it is full."""

    number: Named[int] = Column(primary_key=True)
    last_paper_id: Named[int]
    papers: Named[int]
    data: Named[bytes]


ARCHIVE_BLOCK = Table("archive_block", METADATA, ArchiveBlockColumns)


class BasisColumns(TypedColumns):
    """The latent subjects, made from so many papers; one row. Each basis has the next version."""

    id: Named[int] = Column(primary_key=True)
    version: Named[int]
    papers: Named[int]
    data: Named[bytes]


BASIS = Table("basis", METADATA, BasisColumns)


class ExpansionColumns(TypedColumns):
    """What so many papers taught about an interest, before the basis with this version (0: none)."""

    text: Named[str] = Column(primary_key=True)
    field: Named[str] = Column(primary_key=True)
    papers: Named[int]
    basis_version: Named[int]
    data: Named[bytes]


EXPANSION = Table("expansion", METADATA, ExpansionColumns)
