"""Learning from likes as a scorer for an evaluation harness: `likes_adapter:build`.

A profile without likes is scored by its interests, one without interests by its likes, one with both by both.
"""

import random

import numpy as np
from rank_eval_adapter import known_papers

from digest.model import Interest, Paper, Reader
from digest.rank.background import Background
from digest.rank.blend import by_taste, lifted, lowered
from digest.rank.leaning import ordinary_papers
from digest.rank.ranking import scores
from digest.rank.scorer import Scorer
from digest.rank.taste import learn
from digest.rank.termvectors import TermVectors


def build(background, contrast=2000):
    """A scorer for which that many documents of `background` tell what is ordinary."""
    statistics, ordinary = statistics_of(background, contrast)

    def score(profiles, candidates):
        vectors = TermVectors.read([paper_of(doc) for doc in candidates], statistics)
        scorer = Scorer(known_papers(candidates), statistics)
        rows = []
        for profile in profiles:
            liked, disliked = ([paper_of(doc) for doc in profile[name]] for name in ("likes", "dislikes"))
            taste = learn(liked, disliked, statistics, ordinary)
            stated = scores(scorer, Reader(interests=tuple(Interest(text=t) for t in profile["include"])))
            row = np.array([stated.get(number, 0.0) for number in range(len(candidates))])
            rows.append(blended(row, taste, vectors, interested=bool(profile["include"])))
        return rows

    return score


def blended(stated, taste, vectors, *, interested):
    """Points of each paper, and a trace of strength to order those with equal points."""
    if taste is None:
        return stated
    liking, disliking = taste.liking(vectors).tolist(), taste.disliking(vectors).tolist()
    points = [
        lowered(lifted(own, like, taste.growth) if interested else by_taste(like, taste.growth), dislike)
        for own, like, dislike in zip(stated, liking, disliking, strict=True)
    ]
    return np.array(points) + 1e-3 * taste.strengths(vectors)


def statistics_of(background, contrast=2000):
    """The statistics of all documents of `background`, and a sample of them as vectors."""
    archive = [paper_of(doc) for doc in background]
    sample = random.Random(1).sample(archive, min(contrast, len(archive)))
    statistics = Background.empty().updated(archive)
    return statistics, ordinary_papers(sample, statistics)


def paper_of(doc):
    """A document of the harness as a paper."""
    return Paper(title=doc.title, abstract=doc.text)
