"""The tables of docs/ranking.md: the ranker beside word counting, BM25 and an SVM on likes.

Needs the evaluation harness on PYTHONPATH beside this checkout (see docs/ranking.md):

    python tables.py [--tasks cacm,csfcube] [--keep FILE]

`--keep` writes every figure to a file as it is measured, and measures nothing twice that stands there.
"""

import argparse
import json
from pathlib import Path

import baselines
import likes_adapter
import metrics
import numpy as np
from acceptance import COLLECTIONS, DAYS, LIKES, ROWS
from bootstrap import paired

from digest.rank.weights import WEIGHTS

OURS, DEFAULT = "digest [subjects]", "digest"
#: who is measured; each is build(background) → score(profiles, candidates)
SCORERS = {
    "word counting": baselines.keyword_count,
    "BM25": baselines.bm25,
    "SVM": baselines.sanity_svm,
    DEFAULT: lambda background: likes_adapter.build(background, latent_subjects=False),
    OURS: likes_adapter.build,
}
REFERENCE = "reference F1"
#: fewer topics tell hardly any difference from chance
ENOUGH_TOPICS = 30


def main():
    options = argparse.ArgumentParser(description="Measure all columns of all rows.")
    options.add_argument("--tasks", help="only these, with commas between")
    options.add_argument("--keep", type=Path, help="where the figures are kept")
    chosen = options.parse_args()
    wanted = chosen.tasks.split(",") if chosen.tasks else [row.task for row in ROWS]
    kept = json.loads(chosen.keep.read_text()) if chosen.keep and chosen.keep.exists() else {}
    for row in ROWS:
        if row.task in wanted:
            kept[row.name] = measured(row, kept.get(row.name, {}))
            if chosen.keep:
                chosen.keep.write_text(json.dumps(kept))
    print(f"weights: {WEIGHTS}\n")
    for rows in (COLLECTIONS, DAYS, LIKES):
        there = [row for row in rows if row.task in wanted]
        if there:
            print_figures(there, kept)
            print_margins(there, kept)


def measured(row, before):
    """Column → mean figures of the row, and each of them topic by topic; those of `before` as they are."""
    task = row.load()
    profiles = [topic.profile for topic in task.topics]
    found = dict(before)
    for name, build in SCORERS.items():
        if name not in found and speaks(name, profiles):
            scores = np.asarray(build(task.background)(profiles, task.docs))
            whole, topics = metrics.evaluate(task, scores), metrics.evaluate(task, scores, per_topic=True)
            found[name] = {
                "topics": len(task.topics),
                "means": {figure: whole[figure] for figure in row.figures},
                "each": {figure: [t.get(figure) for t in topics] for figure in row.figures},
            }
    return found


def speaks(name, profiles):
    """Whether a scorer has anything to go by: an SVM wants likes, words want interests."""
    if name == "SVM":
        return any(profile["likes"] for profile in profiles)
    return name in {OURS, DEFAULT} or any(profile["include"] for profile in profiles)


def print_figures(rows, kept):
    """One line for each scorer, one column for each row and figure."""
    heads = [(row, figure) for row in rows for figure in row.figures]
    print("| |" + "".join(f" {row.name} {figure} |" for row, figure in heads))
    print("|---|" + "---|" * len(heads))
    for name in SCORERS:
        if any(name in kept[row.name] for row in rows):
            cells = [kept[row.name].get(name, {}).get("means", {}).get(figure) for row, figure in heads]
            print_line(name, cells)
    print_line(REFERENCE, [row.reference.get(figure) for row, figure in heads])
    print_line("must", [row.figures[figure] for row, figure in heads])
    print()


def print_line(name, cells):
    print(f"| {name} |" + "".join(f" {'' if cell is None else short(cell)} |" for cell in cells))


def print_margins(rows, kept):
    """How much better than each baseline, and whether it may be chance."""
    print("| task | figure | against | margin [subjects] | margin, default |\n|---|---|---|---|---|")
    for row in rows:
        found = kept[row.name]
        for figure in row.figures:
            if any(value is not None for value in found[OURS]["each"][figure]):
                for other in rivals(found, figure):
                    cells = (margin(found, figure, name, other) for name in (OURS, DEFAULT))
                    print(f"| {row.name} | {figure} | {other} | {' | '.join(cells)} |")
    print()


def rivals(found, figure):
    """BM25, the SVM, and word counting where nobody of these is better."""
    able = [name for name in ("BM25", "SVM", "word counting") if name in found]
    best = max(able, key=lambda name: found[name]["means"][figure])
    return [name for name in able if name != "word counting" or name == best]


def margin(found, figure, name, other):
    """`+.064 (+.052 to +.076)`; in words where chance may be the reason."""
    if found[name]["topics"] < ENOUGH_TOPICS:
        difference = found[name]["means"][figure] - found[other]["means"][figure]
        return f"{signed(difference)}, {found[name]['topics']} topics tell nothing"
    each = (found[n]["each"][figure] for n in (name, other))
    difference = paired(*([np.nan if value is None else value for value in values] for values in each))
    interval = f"{signed(difference.low)} to {signed(difference.high)}"
    remark = "" if difference.is_significant else ", not significant"
    return f"{signed(difference.mean)} ({interval}){remark}"


def short(value):
    """`.534`."""
    return f"{value:.3f}".removeprefix("0")


def signed(value):
    """`+.012`, `−.003`."""
    return f"{'−' if value < 0 else '+'}{short(abs(value))}"


if __name__ == "__main__":
    main()
