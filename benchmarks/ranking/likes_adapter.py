"""Learning from likes as a scorer for an evaluation harness: `likes_adapter:build`.

A profile without likes is scored by its interests, one without interests by its likes, one with both by
both. Settings as for `rank_eval_adapter:build`.
"""

import random

from rank_eval_adapter import knowledge_of, paper_of, reader_of, scorer_of

from digest.rank.account import scores
from digest.rank.taste.leaning import ordinary_papers
from digest.rank.taste.taste import learn


def build(background, contrast=2000, seed=1, **settings):
    """A scorer for which that many documents of `background` tell what is ordinary."""
    known, blocks, weights = knowledge_of(background, **settings)
    ordinary = ordinary_of(background, known, contrast, seed)

    def score(profiles, candidates):
        readers = [reader_of(profile) for profile in profiles]
        scorer = scorer_of(candidates, [i for r in readers for i in r.interests], known, blocks, weights)
        rows = []
        for profile, reader in zip(profiles, readers, strict=True):
            liked, disliked = ([paper_of(doc) for doc in profile[name]] for name in ("likes", "dislikes"))
            taste = learn(liked, disliked, known, ordinary)
            rows.append(scores(scorer, reader, scorer.tasting(taste) if taste else None))
        return rows

    return score


def ordinary_of(background, known, contrast=2000, seed=1):
    """A sample of the documents of `background` as vectors."""
    sample = random.Random(seed).sample(background, min(contrast, len(background)))
    return ordinary_papers([paper_of(doc) for doc in sample], known)
