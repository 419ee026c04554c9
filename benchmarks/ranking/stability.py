"""Does the ranker stand on one lucky number? Its figures when each weight is 30 % less or more.

Needs the evaluation harness on PYTHONPATH beside this checkout (see docs/ranking.md):

    python stability.py [--tasks cacm,csfcube]

Then the same from the other side: of a small grid of weights the best on all collections but one, and
what that does on the one left out. Topics are a sample; all settings see the same ones.
"""

import argparse
import copy
import itertools
import random
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import fields, replace

import metrics
import numpy as np
from acceptance import ROWS
from likes_adapter import ordinary_of
from rank_eval_adapter import knowledge_of, known_papers, paper_of, reader_of

from digest.rank import findings, interests
from digest.rank.account import scores
from digest.rank.asked import asked
from digest.rank.scorer import Scorer
from digest.rank.taste import blend, leaning
from digest.rank.taste.taste import learn as learn_taste
from digest.rank.teaching.expansion import learn
from digest.rank.weights import WEIGHTS

STEPS = (0.7, 1.3)
MOST_TOPICS = 100
#: an archive as large as that of the daily tasks is read once: the same papers teach under all settings
MOST_TO_LEARN_ANEW = 10_000
#: these add up to 1
PARTS = ("exact_word", "word", "pair", "close_pair", "exact_phrase", "phrase")
#: these change what is learnt from the archive, for they choose the papers that teach
LEXICAL = ("half", *PARTS, "single_word")
RELATED = ("related", "latent", "usual_lift")
#: these count without latent subjects only
ALONE = ("related_alone", "usual_lift_alone")
#: the chief constants that stand elsewhere
CONSTANTS = ((findings, "_MOST_LIFT"), (interests, "_ORDINARY_REACH"), (interests, "_RARE_REACH"))
TASTE = ((blend, "_SUBJECT_SHARE"), (leaning, "_NEIGHBOURS_WEIGHT"), (blend, "_PULL"), (blend, "_LINE"))
GRID = tuple(itertools.product((0.2, 0.3, 0.45), (0.25, 0.4, 0.6)))


class Collection:
    """A sample of one row's topics, its papers read once for all settings."""

    def __init__(self, row):
        self.row = row
        self.task = row.load()
        if len(self.task.topics) > MOST_TOPICS:
            self.task.topics = random.Random(1).sample(self.task.topics, MOST_TOPICS)
        self.known, self._blocks, _ = knowledge_of(self.task.background)
        self._papers = known_papers(self.task.docs)
        self._readers = [reader_of(topic.profile) for topic in self.task.topics]
        self._ordinary = ordinary_of(self.task.background, self.known) if self.has_likes else None
        self._taught = {}
        self._scorer = Scorer(self._papers, self.known)
        for topic in self.task.topics[: self.has_likes]:
            self._taste(self._scorer, topic.profile)  # reads the papers as taste sees them

    @property
    def has_likes(self):
        return any(topic.profile["likes"] for topic in self.task.topics)

    def figures(self, weights=WEIGHTS, *, subjects=True, reading=""):
        """The row's figures; `reading` names a setting under which other papers teach."""
        known = self.known if subjects else replace(self.known, basis=None)
        expansions = self._expansions(known, weights, (reading, subjects))
        scorer = self._weighing(replace(known, expansions=expansions), weights)
        tastes = [self._taste(scorer, topic.profile) for topic in self.task.topics]
        rows = [scores(scorer, *each) for each in zip(self._readers, tastes, strict=True)]
        found = metrics.evaluate(self.task, np.asarray(rows))
        return {figure: found[figure] for figure in self.row.figures}

    def _weighing(self, known, weights):
        """A scorer of the same papers, which are not read again."""
        scorer, arrays = copy.copy(self._scorer), copy.copy(self._scorer.arrays)
        vars(arrays).update(_background=known, _weights=weights)
        if known.basis is None:
            vars(arrays).pop("latent", None)
        vars(scorer).update(arrays=arrays, _background=known, _findings={}, _names={}, _reasons={})
        return scorer

    def _expansions(self, known, weights, key):
        if len(self.task.background) > MOST_TO_LEARN_ANEW:
            key = ("", key[1])
        if key not in self._taught:
            wanted = [asked(i) for reader in self._readers for i in reader.interests if i.weight > 0]
            taught = learn(wanted, self._blocks, known, known.basis, weights)
            if key[0]:
                return taught
            self._taught[key] = taught
        return self._taught[key]

    def _taste(self, scorer, profile):
        liked, disliked = ([paper_of(doc) for doc in profile[name]] for name in ("likes", "dislikes"))
        taste = learn_taste(liked, disliked, self.known, self._ordinary) if liked or disliked else None
        return scorer.tasting(taste) if taste else None


def main():
    options = argparse.ArgumentParser(description="Measure the neighbours of each weight.")
    options.add_argument("--tasks", help="only these, with commas between")
    chosen = options.parse_args()
    wanted = chosen.tasks.split(",") if chosen.tasks else [row.task for row in ROWS]
    moved, grid = defaultdict(dict), defaultdict(dict)
    for row in ROWS:
        if row.task in wanted:
            collection = Collection(row)
            own = collection.figures()
            alone = collection.figures(subjects=False)
            for setting, found, base in neighbours(collection, own, alone):
                moved[setting][row.name] = {f: found[f] - base[f] for f in row.figures}
            if any(reader.interests for reader in (reader_of(t.profile) for t in collection.task.topics)):
                for related, latent in GRID:
                    weights = replace(WEIGHTS, related=related, latent=latent)
                    grid[related, latent][row.name] = mean(collection.figures(weights))
            print(f"{row.name}: {len(collection.task.topics)} topics, {shown(own)}", flush=True)
    print_moved(moved)
    print_left_out(grid)


def neighbours(collection, own, alone):
    """Every setting by its name, its figures, and those it is compared to."""
    stated = any(topic.profile["include"] for topic in collection.task.topics)
    for step in STEPS:
        for name in (*LEXICAL, *RELATED, *ALONE) if stated else ():
            reading = f"{name} x {step}"
            subjects = name not in ALONE
            kept = reading if name in LEXICAL else ""
            found = collection.figures(changed(name, step), subjects=subjects, reading=kept)
            yield reading, found, own if subjects else alone
        constants = (*(CONSTANTS if stated else ()), *(TASTE if collection.has_likes else ()))
        for module, name in constants:
            reading = f"{name.removeprefix('_').lower()} x {step}"
            with constant(module, name, getattr(module, name) * step):
                kept = reading if module is interests else ""
                yield reading, collection.figures(reading=kept), own


def changed(name, step):
    """The weights with one of them so many times as great, and the parts of 1 adding up to 1 again."""
    value = getattr(WEIGHTS, name)
    if name == "single_word":
        exact = value[0] * step
        return replace(WEIGHTS, single_word=(exact, 1 - exact))
    weights = replace(WEIGHTS, **{name: value * step})
    if name not in PARTS:
        return weights
    whole = sum(getattr(weights, part) for part in PARTS)
    return replace(weights, **{part: getattr(weights, part) / whole for part in PARTS})


@contextmanager
def constant(module, name, value):
    """A module's constant with another value for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def print_moved(moved):
    """For each setting the figures that fall and rise most."""
    print("\n| setting | mean | falls most | rises most |\n|---|---|---|---|")
    for setting, rows in moved.items():
        every = [(delta, f"{row} {f}") for row, found in rows.items() for f, delta in found.items()]
        least, most = min(every), max(every)
        average = sum(delta for delta, _ in every) / len(every)
        print(f"| {setting} | {average:+.4f} | {least[0]:+.3f} {least[1]} | {most[0]:+.3f} {most[1]} |")
    missing = {field.name for field in fields(WEIGHTS)} - {*LEXICAL, *RELATED, *ALONE}
    if missing:
        raise SystemExit(f"weights that nobody moved: {sorted(missing)}")


def print_left_out(grid):
    """The best setting on all collections but one, and the mean of that one's figures with it."""
    print("\n| left out | chosen by the others: related, latent | with it | as it is | best for itself |")
    print("|---|---|---|---|---|")
    as_it_is = WEIGHTS.related, WEIGHTS.latent
    for left in grid[as_it_is] if len(grid[as_it_is]) > 1 else ():
        others = {s: mean({n: v for n, v in rows.items() if n != left}) for s, rows in grid.items()}
        best = max(others, key=others.get)
        own = max(grid, key=lambda setting: grid[setting][left])
        cells = [
            f"{best[0]}, {best[1]}",
            f"{grid[best][left]:.4f}",
            f"{grid[as_it_is][left]:.4f}",
            f"{grid[own][left]:.4f} ({own[0]}, {own[1]})",
        ]
        print(f"| {left} | " + " | ".join(cells) + " |")


def mean(values):
    return sum(values.values()) / len(values)


def shown(found):
    return ", ".join(f"{figure} {value:.3f}" for figure, value in found.items())


if __name__ == "__main__":
    main()
