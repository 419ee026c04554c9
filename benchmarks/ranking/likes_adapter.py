"""Learning from likes as a scorer for an evaluation harness: `likes_adapter:build`."""

import random

from digest.model import Paper
from digest.rank.background import Background
from digest.rank.leaning import ordinary_papers
from digest.rank.taste import learn
from digest.rank.termvectors import TermVectors


def build(background, contrast=2000):
    """A scorer by taste alone; what is ordinary is told by that many documents of `background`."""
    statistics, ordinary = statistics_of(background, contrast)

    def score(profiles, candidates):
        vectors = TermVectors.read([paper_of(doc) for doc in candidates], statistics)
        rows = []
        for profile in profiles:
            liked, disliked = ([paper_of(doc) for doc in profile[name]] for name in ("likes", "dislikes"))
            taste = learn(liked, disliked, statistics, ordinary)
            rows.append(taste.strengths(vectors) if taste else [0.0] * len(candidates))
        return rows

    return score


def statistics_of(background, contrast=2000):
    """The statistics of all documents of `background`, and a sample of them as vectors."""
    archive = [paper_of(doc) for doc in background]
    sample = random.Random(1).sample(archive, min(contrast, len(archive)))
    statistics = Background.empty().updated(archive)
    return statistics, ordinary_papers(sample, statistics)


def paper_of(doc):
    """A document of the harness as a paper."""
    return Paper(title=doc.title, abstract=doc.text)
