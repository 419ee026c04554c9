"""The points of different interests for a thousand papers, beside plain BM25 over the same.

Both begin with the texts: ours reads, counts and compares words in two forms, neighbours, phrases and
what the archive taught; the reference lowers the case, cuts a final s, and adds up postings. What the
archive taught was learnt before, as `digest run` does once for each interest. Interests are words that
stand next to each other in titles of the archive. The material is not part of this repository; without
it nothing is measured.
"""

import json
import math
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

from benchmarks import load, seeds, table
from digest import rank
from digest.model import Interest, KnownPaper, Paper
from digest.rank.scorer import Scorer
from digest.rank.teaching.kept import blocks_of, in_words, relate
from digest.rank.words.tokens import Analyser

ARCHIVE, PAPERS, ROUNDS = 10_000, 1_000, 3
COUNTS = (30, 300, 3_000)


def main():
    if not load.MATERIAL.exists():
        print(f"ranking_points: nothing measured, there is no {load.MATERIAL}")
        return
    papers = [_paper(json.loads(line)) for line in load.lines(ARCHIVE + PAPERS)]
    archive, day = papers[:ARCHIVE], papers[ARCHIVE:]
    known = rank.Background.empty().updated(archive)
    blocks = list(blocks_of(archive, known.analyser))
    known = replace(known, basis=rank.make_basis(blocks, known))
    interests = _interests(archive, max(COUNTS))
    taught = replace(known, expansions=relate(in_words(interests), blocks, known))
    for count in COUNTS:
        _measure(interests[:count], day, taught)


def _measure(interests, day, taught):
    own, theirs = [], []
    # by turns, so that a busy minute of the machine strikes both
    for _ in range(ROUNDS):
        # an analyser of its own: no text was read before
        own.append(_timed(_points, interests, day, replace(taught, analyser=Analyser())))
        theirs.append(_timed(_bm25, [i.text for i in interests], day))
    what = f"points of {len(interests):,} interests x {len(day):,} papers"
    # few interests share the reading of the papers, and many hardly feel it
    if len(interests) > 300:
        table.figure(what, min(own), "plain BM25", min(theirs))
    else:
        table.slower(what, min(own), "plain BM25", min(theirs), aim=3)


def _points(interests, day, taught):
    known = [
        KnownPaper(id=n, paper=paper, keys=(f"title:1:{n}",), first_seen=seeds.NOW)
        for n, paper in enumerate(day)
    ]
    scorer = Scorer(known, taught)
    return [scorer.finding(interest).points for interest in interests]


def _bm25(texts, day, k1=1.2, b=0.75):
    counts = []
    for paper in day:
        count = Counter(_tokens(paper.body))
        for token in _tokens(paper.title):
            count[token] += 2
        counts.append(count)
    holding = Counter(token for count in counts for token in count)
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / len(lengths)
    postings = defaultdict(list)
    for number, (count, length) in enumerate(zip(counts, lengths, strict=True)):
        for token, f in count.items():
            postings[token].append((number, f * (k1 + 1) / (f + k1 * (1 - b + b * length / mean))))
    rows = []
    for text in texts:
        row = [0.0] * len(day)
        for token in _tokens(text):
            rarity = math.log(1 + (len(day) - holding[token] + 0.5) / (holding[token] + 0.5))
            for number, part in postings.get(token, ()):
                row[number] += rarity * part
        rows.append(row)
    return rows


def _tokens(text):
    found = re.findall(r"[a-z0-9]+", text.lower())
    return [t[:-1] if len(t) > 3 and t.endswith("s") and not t.endswith("ss") else t for t in found]


def _interests(archive, count):
    """Neighbours in titles, by how many titles hold them: what people are interested in."""
    pairs = Counter(
        pair for paper in archive for pair in set(pairwise(re.findall(r"[a-z]{3,}", paper.title.lower())))
    )
    texts = [" ".join(pair) for pair, _ in pairs.most_common(count)]
    random.Random(7).shuffle(texts)
    return [Interest(text=text) for text in texts]


def _paper(record):
    return Paper(title=record["title"], abstract=record["abstract"])


def _timed(work, *arguments):
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


if __name__ == "__main__":
    main()
