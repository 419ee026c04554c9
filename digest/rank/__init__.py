"""Ranking: which papers are for this reader, how much, and why.

What is here is opened when first asked for: numpy takes a while, and most commands rank nothing.
"""

from typing import TYPE_CHECKING, Final

from digest.later import later

if TYPE_CHECKING:
    from digest.rank.archive.background import Background
    from digest.rank.archive.basis import Basis
    from digest.rank.archive.beginning import beginning
    from digest.rank.archive.blocks import TokenBlock
    from digest.rank.archive.latent import make_basis
    from digest.rank.archive.related import Expansion
    from digest.rank.asked import Asked
    from digest.rank.choice.popularity import by_popularity, popularity_of
    from digest.rank.choice.selection import select
    from digest.rank.choice.similar import similar
    from digest.rank.ranking import Ranker, Standings, explain, muted, rank, rank_many
    from digest.rank.send_line import SEND_LINE
    from digest.rank.sums import Arithmetic, HitSum, InterestSum, NearSum, StrengthSum, arithmetic
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

_LATER: Final = {
    "Arithmetic": "sums",
    "Asked": "asked",
    "BLOCK": "teaching.kept",
    "Background": "archive.background",
    "Basis": "archive.basis",
    "Expansion": "archive.related",
    "HitSum": "sums",
    "InterestSum": "sums",
    "NearSum": "sums",
    "Ranker": "ranking",
    "SEND_LINE": "send_line",
    "Standings": "ranking",
    "StrengthSum": "sums",
    "Taste": "taste.taste",
    "TokenBlock": "archive.blocks",
    "arithmetic": "sums",
    "beginning": "archive.beginning",
    "blocks_of": "teaching.kept",
    "by_popularity": "choice.popularity",
    "explain": "ranking",
    "in_words": "teaching.kept",
    "learn": "taste.taste",
    "make_basis": "archive.latent",
    "muted": "ranking",
    "popularity_of": "choice.popularity",
    "rank": "ranking",
    "rank_many": "ranking",
    "relate": "teaching.kept",
    "select": "choice.selection",
    "similar": "choice.similar",
}

__getattr__ = later(__name__, _LATER)
