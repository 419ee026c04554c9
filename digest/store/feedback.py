"""Feedback of readers, and what was learned from it.

A paper that the archive does not have is kept with the opinion itself, and tied to the archive's once it
comes. Where two papers became one, an opinion of either is one of both; the latest counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from digest.identity import conflict, is_strong, keys
from digest.model import Feedback, Opinion, Paper, PaperKey
from digest.store.chunks import chunks
from digest.store.feedback_tables import FEEDBACK, LEARNED
from digest.store.paper_rows import PAPER_COLUMNS, ROOT, paper_from
from digest.store.tables import PAPER, PAPER_KEY

Named: TypeAlias = Sequence[int | PaperKey]
"""What a paper goes by: the number of a stored one, the keys of any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What some feedback changed, in papers."""

    #: there was no opinion of them
    new: int = 0
    #: there was the other opinion
    changed: int = 0
    #: there was this very opinion
    known: int = 0


class FeedbackBook:
    """Who likes and dislikes which papers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, subscriber_id: int) -> list[Feedback]:
        """A subscriber's opinions, one of each paper, the latest given last."""
        latest: dict[int | str, Any] = {}
        for row in self._rows(subscriber_id):
            place = row.root or f"outside the archive, {row.id}"
            latest.pop(place, None)
            latest[place] = row
        papers = self._papers([row.root for row in latest.values() if row.root])
        return [
            Feedback(
                opinion=Opinion(row.opinion),
                paper=papers[row.root] if row.root else _outside(row),
                paper_id=row.root,
                at=row.at,
                came_from=row.came_from,
            )
            for row in latest.values()
        ]

    def give(
        self,
        subscriber_id: int,
        opinion: Opinion,
        *,
        stored: Collection[int] = (),
        others: Sequence[Paper] = (),
        at: datetime,
        came_from: str,
    ) -> Given:
        """Note an opinion of `stored` papers and of `others`, which the archive does not have."""
        held = _Held(self._rows(subscriber_id))
        counts: Counter[str] = Counter()
        gone: list[int] = []
        rows: list[dict[str, Any]] = []
        for names, text in _subjects(stored, others):
            before = held.about(names)
            outcome = "new" if not before else "known" if before[-1][1] is opinion else "changed"
            counts[outcome] += 1
            if outcome != "known":
                gone += [row_id for row_id, _ in before]
                rows.append(text)
                held.enter(0, names, opinion)
        self._delete(gone)
        facts = {"subscriber_id": subscriber_id, "opinion": opinion.value, "at": at, "came_from": came_from}
        if rows:
            self._connection.execute(insert(FEEDBACK), [facts | row for row in rows])
        return Given(new=counts["new"], changed=counts["changed"], known=counts["known"])

    def take_back(
        self, subscriber_id: int, *, stored: Collection[int] = (), others: Sequence[Paper] = ()
    ) -> int:
        """Forget what a subscriber thinks of these papers; of how many there was an opinion."""
        held = _Held(self._rows(subscriber_id))
        found = [held.about(names) for names, _ in _subjects(stored, others)]
        self._delete([row_id for rows in found for row_id, _ in rows])
        return sum(map(bool, found))

    def adopt(self, subscriber_id: int) -> int:
        """Tie opinions of papers that came into the archive since to these papers; how many there were."""
        outside = [row for row in self._rows(subscriber_id) if row.root is None]
        found = self.stored([row.names for row in outside])
        tied = [{"this": row.id, "paper": i} for row, i in zip(outside, found, strict=True) if i is not None]
        if tied:
            change = update(FEEDBACK).where(FEEDBACK.c.id == bindparam("this"))
            columns: dict[str, Any] = {
                "paper_id": bindparam("paper"),
                "title": None,
                "abstract": None,
                "names": [],
            }
            self._connection.execute(change.values(columns), tied)
        return len(tied)

    def stored(self, named: Sequence[Sequence[PaperKey]]) -> list[int | None]:
        """For each paper, by its keys with the strongest first, the number of the stored one that it is.

        An id decides; a title where one paper alone has it, and no id says otherwise.
        """
        holders = self._holders({key for names in named for key in names})
        own = self._keys_of({root for roots in holders.values() for root in roots})
        return [_the_holder(names, holders, own) for names in named]

    def forget(self, subscriber_id: int) -> None:
        """Delete all of a subscriber's feedback."""
        self._connection.execute(delete(FEEDBACK).where(FEEDBACK.c.subscriber_id == subscriber_id))

    def _rows(self, subscriber_id: int) -> Sequence[Any]:
        """All rows of a subscriber with the number that the paper has now, the latest last."""
        query = (
            select(FEEDBACK, ROOT.label("root"))
            .join_from(FEEDBACK, PAPER, PAPER.c.id == FEEDBACK.c.paper_id, isouter=True)
            .where(FEEDBACK.c.subscriber_id == subscriber_id)
            .order_by(FEEDBACK.c.at, FEEDBACK.c.id)
        )
        return self._connection.execute(query).all()

    def _papers(self, ids: Collection[int]) -> dict[int, Paper]:
        found: dict[int, Paper] = {}
        for part in chunks(ids):
            rows = self._connection.execute(select(PAPER.c.id, *PAPER_COLUMNS).where(PAPER.c.id.in_(part)))
            found.update((row[0], paper_from(row[1:])) for row in rows)
        return found

    def _holders(self, names: Collection[PaperKey]) -> dict[PaperKey, set[int]]:
        found: dict[PaperKey, set[int]] = defaultdict(set)
        query = select(PAPER_KEY.c.key, ROOT).join(PAPER, PAPER.c.id == PAPER_KEY.c.paper_id)
        for part in chunks(names):
            for key, root in self._connection.execute(query.where(PAPER_KEY.c.key.in_(part))):
                found[key].add(root)
        return found

    def _keys_of(self, roots: Collection[int]) -> dict[int, set[PaperKey]]:
        found: dict[int, set[PaperKey]] = defaultdict(set)
        query = select(ROOT, PAPER_KEY.c.key).join(PAPER, PAPER.c.id == PAPER_KEY.c.paper_id)
        for part in chunks(roots):
            members = PAPER.c.id.in_(part) | PAPER.c.merged_into.in_(part)
            for root, key in self._connection.execute(query.where(members)):
                found[root].add(key)
        return found

    def _delete(self, rows: Collection[int]) -> None:
        for part in chunks(rows):
            self._connection.execute(delete(FEEDBACK).where(FEEDBACK.c.id.in_(part)))


class _Held:
    """One subscriber's opinions by the names of the papers."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._found: dict[int | PaperKey, list[tuple[int, int, Opinion, Named]]] = defaultdict(list)
        self._count = 0
        for row in rows:
            self.enter(row.id, [row.root] if row.root else row.names, Opinion(row.opinion))

    def enter(self, row_id: int, names: Named, opinion: Opinion) -> None:
        """Note a later opinion."""
        self._count += 1
        for name in names:
            self._found[name].append((self._count, row_id, opinion, names))

    def about(self, names: Named) -> list[tuple[int, Opinion]]:
        """Rows about the paper that goes by one of these names, the latest last."""
        found = {
            count: (row_id, opinion)
            for name in names
            for count, row_id, opinion, theirs in self._found.get(name, ())
            if not _differ(names, theirs)
        }
        return [found[count] for count in sorted(found)]


def _differ(left: Named, right: Named) -> bool:
    """Whether the ids say that these are two papers, though they share a title."""
    return conflict([n for n in left if isinstance(n, str)], [n for n in right if isinstance(n, str)])


def _subjects(stored: Collection[int], others: Sequence[Paper]) -> Iterator[tuple[Named, dict[str, Any]]]:
    """Each paper's names, and what is kept of it with an opinion."""
    for paper_id in stored:
        yield [paper_id], {"paper_id": paper_id, "title": None, "abstract": None, "names": []}
    for paper in others:
        names = list(keys(paper))
        text = {"title": paper.title, "abstract": paper.abstract}
        yield names, {"paper_id": None, **text, "names": names}


def _outside(row: Any) -> Paper:  # noqa: ANN401 - a row of the feedback table
    ids = dict(key.split(":", 1) for key in row.names if is_strong(key))
    return Paper(
        title=row.title or "", abstract=row.abstract or "", arxiv_id=ids.get("arxiv"), doi=ids.get("doi")
    )


def _the_holder(
    names: Sequence[PaperKey], holders: dict[PaperKey, set[int]], own: dict[int, set[PaperKey]]
) -> int | None:
    for key in names:
        roots = [root for root in holders.get(key, ()) if is_strong(key) or not conflict(names, own[root])]
        if len(roots) == 1:
            return roots[0]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned for one subscriber, as the ranker packed it."""

    data: bytes
    #: of the model that packed it
    version: int
    likes: int
    dislikes: int
    learned_at: datetime


class LearnedBook:
    """What was learned from feedback: one packed model for each subscriber who gave any."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, subscriber_id: int) -> Learned | None:
        """What was learned for one subscriber."""
        row = self._connection.execute(
            select(LEARNED).where(LEARNED.c.subscriber_id == subscriber_id)
        ).first()
        if row is None:
            return None
        return Learned(
            data=row.data,
            version=row.version,
            likes=row.likes,
            dislikes=row.dislikes,
            learned_at=row.learned_at,
        )

    def packed(self, subscriber_ids: Collection[int]) -> dict[int, bytes]:
        """The packed models of those of these subscribers who have one: one query for ten thousand."""
        found: dict[int, bytes] = {}
        for part in chunks(subscriber_ids):
            rows = self._connection.execute(
                select(LEARNED.c.subscriber_id, LEARNED.c.data).where(LEARNED.c.subscriber_id.in_(part))
            )
            found.update((subscriber_id, data) for subscriber_id, data in rows)
        return found

    def of_other_versions(self, version: int) -> list[int]:
        """Subscribers whose model another version packed."""
        query = select(LEARNED.c.subscriber_id).where(LEARNED.c.version != version)
        return list(self._connection.scalars(query.order_by(LEARNED.c.subscriber_id)))

    def put(self, subscriber_id: int, learned: Learned | None) -> None:
        """Replace what was learned for a subscriber; `None` leaves nothing."""
        self._connection.execute(delete(LEARNED).where(LEARNED.c.subscriber_id == subscriber_id))
        if learned is not None:
            self._connection.execute(
                insert(LEARNED).values(
                    subscriber_id=subscriber_id,
                    data=learned.data,
                    version=learned.version,
                    likes=learned.likes,
                    dislikes=learned.dislikes,
                    learned_at=learned.learned_at,
                )
            )
