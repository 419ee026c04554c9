"""Learning from likes as a scorer for an evaluation harness: `likes_adapter:build`."""

import random

from digest.model import Paper
from digest.rank.background import Background
from digest.rank.taste import learn
from digest.rank.termvectors import TermVectors


def build(background, contrast=2000):
    """A scorer by taste alone; the contrast are that many documents of `background`."""
    archive = [_paper(doc) for doc in background]
    statistics = Background.empty().updated(archive)
    sample = random.Random(1).sample(archive, min(contrast, len(archive)))
    ordinary = TermVectors.read(sample, statistics)

    def score(profiles, candidates):
        vectors = TermVectors.read([_paper(doc) for doc in candidates], statistics)
        rows = []
        for profile in profiles:
            liked, disliked = ([_paper(doc) for doc in profile[n]] for n in ("likes", "dislikes"))
            taste = learn(liked, disliked, statistics, ordinary)
            rows.append(taste.strengths(vectors) if taste else [0.0] * len(candidates))
        return rows

    return score


def _paper(doc):
    return Paper(title=doc.title, abstract=doc.text)
