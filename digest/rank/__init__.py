"""Ranking: which papers are for this reader, how much, and why."""

from digest.rank.archive.background import Background
from digest.rank.archive.basis import Basis
from digest.rank.archive.beginning import beginning
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.latent import make_basis
from digest.rank.archive.related import Expansion
from digest.rank.arithmetic import Arithmetic, HitSum, InterestSum, NearSum, StrengthSum, arithmetic
from digest.rank.asked import Asked
from digest.rank.choice.popularity import by_popularity, popularity_of
from digest.rank.choice.selection import select
from digest.rank.choice.similar import similar
from digest.rank.points import SEND_LINE
from digest.rank.ranking import Ranker, Standings, explain, muted, rank, rank_many
from digest.rank.taste.taste import Taste, learn
from digest.rank.teaching.kept import BLOCK, blocks_of, in_words, relate

__all__ = [
    "BLOCK",
    "SEND_LINE",
    "Arithmetic",
    "Asked",
    "Background",
    "Basis",
    "Expansion",
    "HitSum",
    "InterestSum",
    "NearSum",
    "Ranker",
    "Standings",
    "StrengthSum",
    "Taste",
    "TokenBlock",
    "arithmetic",
    "beginning",
    "blocks_of",
    "by_popularity",
    "explain",
    "in_words",
    "learn",
    "make_basis",
    "muted",
    "popularity_of",
    "rank",
    "rank_many",
    "relate",
    "select",
    "similar",
]
