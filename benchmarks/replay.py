"""An archive of daily listings shown to `digest.health` again, day by day, with trouble put in by chance.

The archive has working days only, and not all of them; a day it lacks is a day on which nobody looked.
Between its days stand weekends, on which a site shows Friday's listing again, or an empty one.
"""

import hashlib
import io
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from digest.health import HISTORY, judge
from digest.model import Capture, Health

DAY = timedelta(days=1)
GOOD, HALF, REPEATED, EMPTY = "good", "half", "repeated", "empty"
UNREADABLE, WEEKEND = "unreadable", "weekend"
CUT_OFF, WITH_HOLES = f"{HALF}, cut off", f"{HALF}, with holes"
#: what the days of the archive come to; weekends stand between them
LISTED = (GOOD, CUT_OFF, WITH_HOLES, REPEATED, EMPTY, UNREADABLE)
NAMES = {
    CUT_OFF: {Health.PARTIAL},
    WITH_HOLES: {Health.PARTIAL},
    REPEATED: {Health.STALE},
    EMPTY: {Health.QUIET},
    UNREADABLE: {Health.BROKEN},
    WEEKEND: {Health.OK, Health.QUIET},
    GOOD: {Health.OK},
}
ALARMS = {Health.PARTIAL, Health.STALE, Health.BROKEN}


#: looked at once when the day is over, and three times while the page fills up; a half list is then the
#: last look's
ONCE = ((20, 1.0),)
THRICE = ((8, 0.4), (14, 0.75), (20, 1.0))


def archive(path):
    """Each day of the archive: paper id → upvotes."""
    import zstandard

    days = defaultdict(dict)
    with path.open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            row = json.loads(line)
            days[date.fromisoformat(row["date"])][row["id"]] = row["upvotes"]
    return dict(sorted(days.items()))


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is put in: the share of days for each kind, and how half lists come about."""

    half: float = 0.05
    repeated: float = 0.05
    empty: float = 0.05
    unreadable: float = 0.05
    #: of half lists: cut off below, in the site's order by upvotes; the others have holes anywhere
    cut_off: float = 0.5
    #: hours of the looks, UTC; of a page that fills up, each look shows so much
    looks: tuple[tuple[int, float], ...] = ONCE


@dataclass
class Tally:
    """What became of the days: (kind, named) → how often."""

    named: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)

    def put(self, kind, verdict, day):
        self.named[kind, verdict.health] += 1
        self.examples.setdefault((kind, verdict.health), []).append((day, verdict.what))

    def count(self, kind):
        return sum(n for (k, _), n in self.named.items() if k == kind)

    def right(self, kind):
        """The share of days of this kind that are named right; `kind` may be several."""
        kinds = {kind} if isinstance(kind, str) else set(kind)
        right = sum(n for (k, h), n in self.named.items() if k in kinds and h in NAMES[k])
        total = sum(n for (k, _), n in self.named.items() if k in kinds)
        return right / total if total else 1.0

    def alarms(self, kind):
        return sum(n for (k, h), n in self.named.items() if k == kind and h in ALARMS)


def replay(days, *, seed, trouble):
    """Show every day from the first to the last; what each was named at its last look."""
    chance, tally = random.Random(seed), Tally()
    shown, history = {}, []
    first, last = min(days), max(days)
    for day in (first + n * DAY for n in range((last - first).days + 1)):
        if day in days:
            kind, pages = _fate(chance, days[day], shown, trouble)
        elif day.weekday() >= 5 and shown:
            kind, pages = WEEKEND, _weekend(chance, shown, trouble)
        else:
            continue
        for (hour, _), page in zip(trouble.looks, pages, strict=True):
            verdict = _look(day, hour, page, history)
        tally.put(kind, verdict, day)
        shown = next((p for p in reversed(pages) if p), shown)
    return tally


def _fate(chance, papers, shown, trouble):
    """What a listing day comes to, and what each look of it shows; `None` is unreadable."""
    count = len(trouble.looks)
    kinds = (HALF, REPEATED, EMPTY, UNREADABLE)
    shares = [trouble.half, trouble.repeated, trouble.empty, trouble.unreadable]
    (kind,) = chance.choices((*kinds, GOOD), (*shares, 1 - sum(shares)))
    if kind == UNREADABLE:
        return kind, [None] * count
    if kind == EMPTY:
        return kind, [{}] * count
    if kind == REPEATED and shown:
        return kind, [shown] * count
    order = chance.sample(sorted(papers), len(papers))
    pages = [_part(papers, order, share) for _, share in trouble.looks]
    if kind != HALF or len(papers) < 2:
        return GOOD, pages
    cut = chance.random() < trouble.cut_off
    left = max(1, round(len(papers) * (1 - chance.uniform(0.3, 0.6))))
    order = sorted(papers, key=papers.get, reverse=True) if cut else chance.sample(sorted(papers), left)
    pages[-1] = _part(papers, order[:left], 1.0)
    return CUT_OFF if cut else WITH_HOLES, pages


def _part(papers, order, share):
    return {i: papers[i] for i in order[: max(1, round(len(order) * share))]}


def _weekend(chance, shown, trouble):
    page = shown if chance.random() < 0.7 else {}
    return [page] * len(trouble.looks)


def _look(day, hour, page, history):
    """Judge one look and remember it, as the pipeline does."""
    moment = datetime.combine(day, time(hour), UTC)
    capture = _capture(day, moment, page)
    while history and history[0][0].since <= moment - HISTORY:
        history.pop(0)
    if page:
        seen = set().union(*(ids for c, ids in history[-24:] if c.day == day))
        capture = replace(capture, missing=len(seen - set(page)))
    verdict = judge(capture, [c for c, _ in history])
    history.append((capture, set(page or ())))
    return verdict


def _capture(day, moment, page):
    if page is None:
        return Capture(source="s", day=day, since=moment, until=moment, unreadable="HTTP status 500")
    ids = sorted(page)
    return Capture(
        source="s",
        day=day,
        since=moment,
        until=moment,
        papers=len(ids),
        digest=hashlib.sha256(" ".join(ids).encode()).hexdigest() if ids else "",
        tail=_tail(page.values()),
    )


def _tail(upvotes):
    lowest = sorted(upvotes)[: max(1, round(len(upvotes) / 5))]
    return sum(lowest) / len(lowest) if lowest else None
