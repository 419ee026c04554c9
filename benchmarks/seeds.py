"""What the benchmarks work on: the five example dumps, read and known, and a thousand readers."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from digest import rank, sources
from digest.issue import Draft, Memory, compose
from digest.model import (
    Edition,
    Interest,
    Issue,
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


def compose_all(known, subscribers):
    """Rank and compose for everybody; who has no pick gets no issue."""
    background = rank.Background.empty().updated(k.paper for k in known)
    ranker = rank.Ranker(known, background)
    memory = Memory(start=NOW - timedelta(days=1), after_paper=None, share_after=None, carried={}, quiet=None)
    issues = []
    for subscriber in subscribers:
        matches = ranker.matches(Reader(interests=subscriber.interests), line=rank.SEND_LINE)
        draft = Draft(
            subscriber=subscriber,
            edition=Edition(day=NOW.date()),
            now=NOW,
            memory=memory,
            final=False,
            candidates=known,
            sent_before=0,
            selection=rank.select(matches, line=rank.SEND_LINE, limit=subscriber.preferences.limit),
            new_since=NOW,
            newest_paper=known[-1].id,
        )
        composed = compose(draft)
        if isinstance(composed, Issue):
            issues.append(composed)
    return issues
