"""Ranking: which papers are for this reader, how much, and why."""

from digest.rank.arithmetic import Arithmetic, arithmetic
from digest.rank.background import Background
from digest.rank.points import SEND_LINE
from digest.rank.ranking import Ranker, explain, muted, rank, rank_many
from digest.rank.selection import select
from digest.rank.similar import similar
from digest.rank.taste import Taste, learn

__all__ = [
    "SEND_LINE",
    "Arithmetic",
    "Background",
    "Ranker",
    "Taste",
    "arithmetic",
    "explain",
    "learn",
    "muted",
    "rank",
    "rank_many",
    "select",
    "similar",
]
