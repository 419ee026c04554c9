"""What the benchmarks work on: the five example dumps, read and known, and a thousand readers."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from digest import rank, sources
from digest.issue import Draft, Memory, compose
from digest.model import (
    Edition,
    Interest,
    Origin,
    Preferences,
    Reader,
    Subscriber,
    SubscriberStatus,
)
from digest.pipeline.rank_files import distinct
from digest.text import fold, words

DUMPS = sorted((Path(__file__).parents[1] / "examples" / "dumps").glob("*.txt"))
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
READERS = 1_000


def listings():
    return [sources.read(p.read_bytes(), name=p.name, latest=date(2026, 11, 20)) for p in DUMPS]


def papers():
    """The 516 papers of the five dumps, all of them new."""
    return distinct(listings(), NOW)


def phrases(known):
    """Two-word phrases of the titles, in a fixed order."""
    found = {}
    for paper in known:
        title = [w for w in (fold(word.text) for word in words(paper.paper.title)) if len(w) > 3]
        found |= dict.fromkeys(f"{a} {b}" for a, b in pairwise(title))
    return list(found)


def readers(known, count=READERS):
    """Subscribers with four phrases each, no two alike; the choice is the same every time."""
    chance, pool = random.Random(516), phrases(known)
    return [
        Subscriber(
            id=number,
            name=f"reader-{number}@reader.example",
            address=f"reader-{number}@reader.example",
            status=SubscriberStatus.ACTIVE,
            preferences=Preferences(),
            interests=tuple(Interest(text=text) for text in chance.sample(pool, 4)),
            feed_token=f"token-{number}",
            origin=Origin.COMMAND,
            created_at=NOW - timedelta(days=30),
        )
        for number in range(1, count + 1)
    ]


def composed(known, subscribers, *, picks):
    """Draft and issue for each of them: their best `picks` papers, some trending, no further titles."""
    ranker = rank.Ranker(known, rank.Background.empty().updated(k.paper for k in known))
    memory = Memory(start=NOW - timedelta(days=1), after_paper=None, share_after=None, carried={}, quiet=None)
    for subscriber in subscribers:
        best = ranker.matches(Reader(interests=subscriber.interests), line=0)[:picks]
        draft = Draft(
            subscriber=replace(
                subscriber, preferences=replace(subscriber.preferences, limit=picks, also_new=0)
            ),
            edition=Edition(day=NOW.date()),
            now=NOW,
            memory=memory,
            final=True,
            candidates=known,
            sent_before=0,
            selection=rank.select(best, line=0, limit=picks),
            new_since=NOW,
            newest_paper=known[-1].id,
        )
        yield draft, compose(draft)
