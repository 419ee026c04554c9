"""Does the send line mean the same for every interest? Counts topic-days that send.

Needs the evaluation harness on PYTHONPATH beside this checkout (see docs/ranking.md):

    python send_line.py [--default] [--verbose]

A topic-day is one interest on one day's papers; it sends when a paper reaches the line.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import tasks
from rank_eval_adapter import knowledge_of, scorer_of

from digest.model import Interest, Reader
from digest.rank import SEND_LINE
from digest.rank.account import scores
from digest.rank.words.tokens import Analyser

#: subjects that no listing of machine learning papers is about
OFF_TOPIC = (Path(__file__).parent / "off_topic.txt").read_text().splitlines()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--verbose", action="store_true", help="name the off-topic interests that send")
    options.add_argument(
        "--default", action="store_true", help="without latent subjects, as in a small archive"
    )
    chosen = options.parse_args()
    task = tasks.get("daily:hf-aikeywords")
    known = knowledge_of(task.background, latent_subjects=not chosen.default)
    texts = [topic.profile["include"][0] for topic in task.topics]
    scorer = scorer_of(task.docs, [Interest(text=text) for text in [*texts, *OFF_TOPIC]], *known)
    days = {}
    for number, doc in enumerate(task.docs):
        days.setdefault(doc.date, set()).add(number)
    report_topics(task, scorer, days)
    report_off_topic(scorer, days, chosen.verbose)


def report_topics(task, scorer, days):
    """Of the days with a relevant paper, and of the others, how many send; by words of the interest."""
    at = {doc.id: number for number, doc in enumerate(task.docs)}
    total, sent = Counter(), Counter()
    for topic in task.topics:
        above = reached(scorer, topic.profile["include"][0])
        relevant = {at[doc] for doc in topic.rel}
        words = min(len(Analyser().read(topic.profile["include"][0])), 4)
        for members in days.values():
            kind = bool(members & relevant)
            for group in (words, 0):
                total[group, kind] += 1
                sent[group, kind] += bool(members & above)
    for group in sorted({group for group, _ in total}):
        name = f"{group} words" + (" or more" if group == 4 else "") if group else "all"
        with_one, without = (rate(sent[group, kind], total[group, kind]) for kind in (True, False))
        print(f"{name:16s} with a relevant paper: {with_one:22s} without: {without}")


def report_off_topic(scorer, days, verbose):
    """How many topic-days of interests with nothing relevant send all the same."""
    wrong = Counter()
    for text in OFF_TOPIC:
        above = reached(scorer, text)
        wrong[text] += sum(bool(members & above) for members in days.values())
    print(f"off topic: {rate(sum(wrong.values()), len(OFF_TOPIC) * len(days))} of {len(OFF_TOPIC)} interests")
    if verbose:
        for text, count in wrong.most_common():
            if count:
                print(f"  {count:3d} {text}: {scorer.papers[min(reached(scorer, text))].paper.title}")


def rate(part, whole):
    """Such as `3/12 = 25.00%`."""
    return f"{part}/{whole} = {part / whole:.2%}"


def reached(scorer, text):
    """Numbers of the papers that one interest lifts to the line."""
    reader = Reader(interests=(Interest(text=text),))
    return set(np.flatnonzero(scores(scorer, reader) >= SEND_LINE).tolist())


if __name__ == "__main__":
    main()
