"""Do likes alone send what is liked, and nothing else? Counts reader-days that reach the line.

Needs the evaluation harness on PYTHONPATH beside this checkout (see docs/ranking.md):

    python taste_line.py

Readers of other subjects like papers that are relevant to one question of another collection; whatever a
day of machine learning papers sends them is wrong.
"""

import random
from collections import Counter

import numpy as np
import tasks
from likes_adapter import paper_of, statistics_of

from digest.rank.blend import by_taste
from digest.rank.points import SEND_LINE
from digest.rank.taste import learn
from digest.rank.termvectors import TermVectors

#: aerodynamics, library science, and computing and control of half a century ago
OTHERS = ("cranfield", "cisi", "kp-inspec", "cacm")
#: so many likes make a reader of one of them
FEWEST, MOST = 10, 20
#: the strengths whose cost and gain are shown
STEPS = tuple(np.arange(0.3, 1.05, 0.1).round(2).tolist())


def main():
    task = tasks.get("daily:hf-submitters")
    statistics, ordinary = statistics_of(task.background)
    days = TermVectors.read([paper_of(doc) for doc in task.docs], statistics)
    dates = np.unique([doc.date for doc in task.docs], return_inverse=True)[1]
    print(f"{'readers':16s}{'strength: ' + ' '.join(f'>={step:4.2f}' for step in STEPS):70s} points")
    for name in OTHERS:
        tastes = [learn(liked, (), statistics, ordinary) for liked in readers_of(name)]
        report(f"{name} ({len(tastes)})", tastes, days, dates)
    tastes = [learn([paper_of(d) for d in t.profile["likes"]], (), statistics, ordinary) for t in task.topics]
    at = {doc.id: number for number, doc in enumerate(task.docs)}
    relevant = [np.array([at[doc] for doc in topic.rel]) for topic in task.topics]
    report_relevant(f"submitters ({len(tastes)})", tastes, days, relevant)


def readers_of(name):
    """Lists of papers that are relevant to one question of a collection."""
    task = tasks.classic(name, "dev")
    docs = {doc.id: doc for doc in task.docs}
    for topic in task.topics:
        liked = sorted(doc for doc in topic.rel if doc in docs)
        if len(liked) >= FEWEST:
            random.Random(topic.id).shuffle(liked)
            yield [paper_of(docs[doc]) for doc in liked[:MOST]]


def report(name, tastes, vectors, dates):
    """Of all days, on how many a paper reaches each strength, and the line."""
    sent = Counter()
    total = 0
    for taste in tastes:
        liking = taste.liking(vectors)
        best = np.full(dates.max() + 1, -np.inf)
        np.maximum.at(best, dates, liking)
        total += len(best)
        sent.update({step: int((best >= step).sum()) for step in STEPS})
        sent["line"] += sum(by_taste(each, taste.growth) >= SEND_LINE for each in best.tolist())
    show(name, sent, total)


def report_relevant(name, tastes, vectors, relevant):
    """Of all relevant papers, how many reach each strength, and the line."""
    sent = Counter()
    for taste, rows in zip(tastes, relevant, strict=True):
        liking = taste.liking(vectors)[rows]
        sent.update({step: int((liking >= step).sum()) for step in STEPS})
        sent["line"] += sum(by_taste(each, taste.growth) >= SEND_LINE for each in liking.tolist())
    show(name, sent, sum(map(len, relevant)))


def show(name, sent, total):
    """One row of the table."""
    shares = " ".join(f"{sent[step] / total:6.1%}" for step in STEPS)
    print(f"{name:16s}{'':10s}{shares:60s} {sent['line'] / total:.1%} of {total}", flush=True)


if __name__ == "__main__":
    main()
