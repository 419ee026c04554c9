"""What the ranker knows of 25,000 papers: its memory, keeping it up to date, and ranking before it.

Everything is read from and written to a database, as the commands do. The reference of ranking is plain
BM25: the same words, document frequencies of the same archive in a dictionary that is there already, and
nothing else. The material is not part of this repository; without it nothing is measured.
"""

import math
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import load, seeds, table
from digest import rank
from digest.model import Interest, Reader
from digest.pipeline.counting import count_papers
from digest.pipeline.statistics import background, background_for_reading
from digest.rank.words.tokens import Analyser

ROOT = Path(__file__).resolve().parents[1]
MANY, DAY, SHOWN = 25_000, 80, 50
ROUNDS = 5
READER = tuple(
    Interest(text=text)
    for text in ("diffusion models", "speech synthesis", "RAG", "graph neural networks", "CLIP", "unlearning")
)


def main():
    if not load.MATERIAL.exists():
        print(f"background: nothing measured, there is no {load.MATERIAL}")
        return
    if sys.argv[1:]:
        step, path = sys.argv[1:]
        {"times": measure, "memory": memory}[step](Path(path))
        return
    with tempfile.TemporaryDirectory() as folder:
        # each by itself: a child's peak of memory begins with the size of its parent
        for step in ("times", "memory"):
            again = [sys.executable, "-m", "benchmarks.background", step, f"{folder}/background.db"]
            subprocess.run(again, cwd=ROOT, check=True)


def measure(path):
    database = load.prepared(path)
    lines = load.lines(MANY + DAY)
    load.ingest(database, b"".join(lines[:MANY]))
    counting = timed(count_papers, database)
    whole = counting + timed(background, database, ())
    learning = timed(background, database, READER)
    load.ingest(database, b"".join(lines[MANY:]), "day.jsonl")
    database.close()
    update = statistics.median(updated(path, number) for number in range(ROUNDS))
    database = load.prepared(path)
    background(database, READER)
    table.share(f"update by {DAY} papers, of counting {MANY:,} anew", update / counting, most=0.01)
    table.figure("  the update", update, "counting anew", counting)
    if has_basis(database):
        table.share("  of counting and subjects anew", update / whole, most=0.01)
        table.figure("  finding subjects anew", whole - counting, "counting anew", counting)
    table.figure(f"  learning {len(READER)} interests", learning, "counting anew", counting)
    one_reader(database)
    database.close()


def updated(path, number):
    """How long a copy of the database takes to take in the papers that wait in it."""
    database = load.prepared(shutil.copy(path, path.with_name(f"copy-{number}.db")))
    taken = timed(background, database, READER)
    database.close()
    return taken


def has_basis(database):
    with database.read() as transaction:
        return transaction.archive.basis() is not None


def one_reader(database):
    """The newest papers of the archive for one reader, beside plain BM25."""
    with database.read() as transaction:
        known = transaction.papers.all()[-SHOWN:]
        counts = background_for_reading(transaction)
    frequencies = dict(counts.frequencies)
    cold, warm, plain = [], [], []
    # by turns, so that a busy minute of the machine strikes all
    for _ in range(ROUNDS):
        plain.append(timed(bm25, known, counts, frequencies))
        cold.append(timed(read_and_rank, database, known))
        with database.read() as transaction:
            before = background_for_reading(transaction, READER)
        warm.append(timed(ranked, known, before))
    what = f"one reader x {SHOWN} papers"
    table.slower(f"{what}, background in memory", min(warm), "plain BM25", min(plain), aim=3)
    table.slower("the same, background from the store", min(cold), "plain BM25", min(plain), aim=3)


def read_and_rank(database, known):
    with database.read() as transaction:
        ranked(known, background_for_reading(transaction, READER))


def ranked(known, before):
    return rank.rank(known, Reader(interests=READER), before, seeds.NOW, 20)


def bm25(known, counts, frequencies, k1=1.2, b=0.75):
    """The best 20 by the sum of all interests' words."""
    read = Analyser().read
    usual = counts.title_length + counts.abstract_length
    texts = [read(f"{each.paper.title}. {each.paper.body}").stems for each in known]
    wanted = [read(interest.text).stems for interest in READER]
    rarity = {
        stem: math.log(1 + (counts.papers - n + 0.5) / (n + 0.5))
        for stem, n in ((s, frequencies.get(s, 0)) for stems in wanted for s in stems)
    }
    scores = []
    for number, stems in enumerate(texts):
        found, length = Counter(stems), k1 * (1 - b + b * len(stems) / usual)
        score = sum(
            rarity[stem] * found[stem] * (k1 + 1) / (found[stem] + length) for each in wanted for stem in each
        )
        scores.append((-score, number))
    return sorted(scores)[:20]


def memory(path):
    """What peaks with the background: loading it, learning another interest from it, and ranking by it."""
    database = load.prepared(path)
    known = seeds.papers()
    ranked(known, rank.Background.empty().updated(each.paper for each in known))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    ranked(known, background(database, (*READER, Interest(text="vision transformers"))))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    database.close()
    table.memory(f"a background of {MANY:,} papers in use adds", used, "the process without", before, aim=150)


def timed(work, *arguments):
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
