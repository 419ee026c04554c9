"""Do likes alone send what is liked, and nothing else? Counts reader-days that reach the line.

Needs the evaluation harness on PYTHONPATH beside this checkout (see docs/ranking.md):

    python taste_line.py [--default]

Readers of other subjects like papers that are relevant to one question of another collection; whatever a
day of machine learning papers sends them is wrong.
"""

import argparse
import random

import numpy as np
import tasks
from likes_adapter import ordinary_of
from rank_eval_adapter import knowledge_of, paper_of, scorer_of

from digest.rank.send_line import SEND_LINE
from digest.rank.taste.taste import learn

#: aerodynamics, library science, and computing and control of half a century ago
OTHERS = ("cranfield", "cisi", "kp-inspec", "cacm")
#: so many likes make a reader of one of them
FEWEST, MOST = 10, 20
#: the points whose cost and gain are shown; the line is one of them
STEPS = (30.0, 40.0, SEND_LINE, 60.0, 70.0, 80.0)


def main():
    options = argparse.ArgumentParser()
    options.add_argument(
        "--default", action="store_true", help="without latent subjects, as in a small archive"
    )
    chosen = options.parse_args()
    task = tasks.get("daily:hf-submitters")
    known, blocks, weights = knowledge_of(task.background, latent_subjects=not chosen.default)
    ordinary = ordinary_of(task.background, known)
    scorer = scorer_of(task.docs, [], known, blocks, weights)

    def tasted(liked):
        """Points of every paper for a reader who likes these and stated nothing."""
        tasting = scorer.tasting(learn(liked, (), known, ordinary))
        return tasting.scores(np.zeros(len(task.docs)), interested=False)

    print("|readers|" + "".join(f"≥ {step:.0f}|" for step in STEPS) + "of|")
    for name in OTHERS:
        rows = [tasted(liked) for liked in readers_of(name)]
        show(f"{name}, {len(rows)} readers: days", best_of_days(rows, [doc.date for doc in task.docs]))
    rows = [tasted([paper_of(doc) for doc in topic.profile["likes"]]) for topic in task.topics]
    at = {doc.id: number for number, doc in enumerate(task.docs)}
    relevant = [row[[at[doc] for doc in topic.rel]] for row, topic in zip(rows, task.topics, strict=True)]
    show(f"submitters, {len(rows)} readers: relevant papers", np.concatenate(relevant))
    show("their days", best_of_days(rows, [doc.date for doc in task.docs]))


def readers_of(name):
    """Lists of papers that are relevant to one question of a collection."""
    task = tasks.classic(name, "dev")
    docs = {doc.id: doc for doc in task.docs}
    for topic in task.topics:
        liked = sorted(doc for doc in topic.rel if doc in docs)
        if len(liked) >= FEWEST:
            random.Random(topic.id).shuffle(liked)
            yield [paper_of(docs[doc]) for doc in liked[:MOST]]


def best_of_days(rows, dates):
    """The most points of each reader on each day."""
    day = np.unique(dates, return_inverse=True)[1]
    best = np.zeros((len(rows), day.max() + 1))
    for own, row in zip(best, rows, strict=True):
        np.maximum.at(own, day, row)
    return best.ravel()


def show(name, points):
    """One row of the table: how many reach each step."""
    shares = "".join(f"{(points >= step).mean():.1%}|" for step in STEPS)
    print(f"|{name}|{shares}{len(points):,}|", flush=True)


if __name__ == "__main__":
    main()
