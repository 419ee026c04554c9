"""Papers of the archive that are like another one of it."""

from __future__ import annotations

from digest import rank
from digest.model import KnownPaper, SimilarPaper
from digest.pipeline.statistics import background_for_reading
from digest.store import Transaction


def similar(transaction: Transaction, paper: KnownPaper, limit: int) -> list[SimilarPaper]:
    """The other papers of the archive that are most like `paper`, best first."""
    others = [known for known in transaction.papers.all() if known.id != paper.id]
    return rank.similar(paper.paper, others, background_for_reading(transaction), limit)
