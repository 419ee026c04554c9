"""Ranking: which papers are for this reader, how much, and why."""

from digest.rank.arithmetic import Arithmetic, HitSum, InterestSum, NearSum, StrengthSum, arithmetic
from digest.rank.background import Background
from digest.rank.points import SEND_LINE
from digest.rank.popularity import by_popularity, popularity_of
from digest.rank.ranking import Ranker, explain, muted, rank, rank_many
from digest.rank.selection import select
from digest.rank.similar import similar
from digest.rank.taste import Taste, learn

__all__ = [
    "SEND_LINE",
    "Arithmetic",
    "Background",
    "HitSum",
    "InterestSum",
    "NearSum",
    "Ranker",
    "StrengthSum",
    "Taste",
    "arithmetic",
    "by_popularity",
    "explain",
    "learn",
    "muted",
    "popularity_of",
    "rank",
    "rank_many",
    "select",
    "similar",
]
