"""The pressroom: issues for many subscribers made and written, some dozens in one transaction.

They are made from a view of the database and written then, so that others can write meanwhile: somebody
who leaves, above all. The first of them are made by this process. Where there are more, copies of it help:
what the first ones needed - papers, rankings, cards - is in their memory already. Either way it comes to
the same. All further mails are packed with what those of the first hundred have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from digest.copies import Copies, processors
from digest.issue import Draft
from digest.model import Issue, Problem, Skipped
from digest.packing import Dictionary, Packed, unpacked
from digest.pipeline.freezing import Finished, finish, put
from digest.pipeline.house import House
from digest.pipeline.ports import Store
from digest.pipeline.printing import key_ring
from digest.store import KeptDictionary, Transaction

#: subscribers in one transaction: all that is made for them is in memory before, and others wait with writing
_BATCH: Final = 40
#: subscribers whose mails teach the others what they have in common, and whose issues no copy helps with
_FIRST: Final = 100
#: subscribers whose issues are made at once, from one view
_SHARE: Final = 20
#: subscribers after which copies pause: while one of them always reads, the database's log only grows
_ROUND: Final = 90 * _BATCH
_MOST_PROCESSES: Final = 8
#: issues that are printed and finished together here, whose bytes are in memory meanwhile
_AT_ONCE: Final = 10

Compose: TypeAlias = Callable[[Transaction, Sequence[int]], Iterable[tuple[Draft, Issue | Skipped]]]
"""Makes drafts for those of some subscribers who are due, and what they come to."""


@dataclass(slots=True, kw_only=True)
class Froze:
    """What became of some subscribers."""

    #: how many they are
    subscribers: int
    #: how many of their issues are wanted
    wanted: int
    #: so many of them, as really shown
    shown: list[Issue] = field(default_factory=list)
    issues: int = 0
    messages: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    #: subscribers whose issue could not be written as a mail
    problems: list[Problem] = field(default_factory=list)

    def add(self, finished: Finished) -> None:
        """These were written."""
        self.shown += finished.shown[: max(self.wanted - len(self.shown), 0)]
        self.issues += len(finished.packed)
        self.messages += len(finished.messages)
        self.problems += finished.problems


class _Skip(NamedTuple):
    """A moment that brought nothing."""

    skipped: Skipped
    period_start: datetime
    newest_paper: int


class _Share(NamedTuple):
    """Some subscribers, for whom one process makes everything."""

    ids: Sequence[int]
    #: how many issues are to come back whole
    wanted: int


class _Made(NamedTuple):
    """What is made for them."""

    #: the newest issue there was when it was begun
    newest_issue: int
    finished: list[Finished]
    skips: list[_Skip]


def publish_all(
    store: Store,
    house: House,
    ids: Sequence[int],
    compose: Compose,
    *,
    wanted: Callable[[], int],
    wrote: Callable[[Froze], None],
) -> None:
    """Compose, finish and write issues for subscribers, in the order of their ids.

    `wanted` says how many issues are still to be shown, `wrote` is told of each transaction.
    """
    room = _Room(store, house, compose, wanted)
    # this process is one of those that work
    count = min(house.processes or _MOST_PROCESSES, processors()) - 1
    first, rest = ids[:_FIRST], ids[_FIRST:]
    mails: list[Packed] = []
    with Copies(room.make, 0) as nobody:
        for froze in room.publish(first, nobody, mails):
            wrote(froze)
    if not rest:
        return
    room = room.with_what_is_common(mails)
    # a hundred of them, scattered over memory, would cost 5 MB: what comes later has to go around them
    mails.clear()
    if count > 0 and not store.let_go():
        count = 0
    with Copies(room.make, min(count, -(-len(rest) // _SHARE))) as copies:
        for some in _parts(rest, _ROUND):
            for froze in room.publish(some, copies):
                wrote(froze)
            store.checkpoint()


def _parts(ids: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), most):
        yield ids[start : start + most]


@dataclass(frozen=True, slots=True)
class _Room:
    """Where it is done."""

    store: Store
    house: House
    compose: Compose
    wanted: Callable[[], int]
    #: what mails are packed with
    common: KeptDictionary | None = None

    def with_what_is_common(self, mails: Sequence[Packed]) -> _Room:
        """The same room, packing mails with what these have in common: that is written before them."""
        found = Dictionary.of(unpacked(mail["data"], mail["sha256"], "a mail") for mail in mails)
        if found is None:
            return self
        with self.store.write() as transaction:
            return replace(self, common=transaction.dictionaries.add(found))

    def make(self, share: _Share) -> _Made:
        """Everything but the writing."""
        skips: list[_Skip] = []
        with self.store.read() as transaction:
            newest = transaction.issues.newest_id()
            finished = list(self._finished(transaction, share.ids, skips))
        return _Made(newest, [some.showing(share.wanted) for some in finished], skips)

    def publish(
        self, ids: Sequence[int], copies: Copies[_Share, _Made], mails: list[Packed] | None = None
    ) -> Iterator[Froze]:
        """Make issues and write them, each batch in one transaction; `mails` is given their bytes."""
        batches = list(_parts(ids, _BATCH))
        wanted = self.wanted()
        shares = (some for batch in batches for some in _parts(batch, _SHARE))
        made = copies.each(_Share(some, wanted) for some in shares)
        for batch in batches:
            froze = Froze(subscribers=len(batch), wanted=wanted)
            answers: list[tuple[Sequence[int], _Made]] = []
            for some in _parts(batch, _SHARE):
                answer = next(made)
                wanted = max(wanted - sum(len(each.shown) for each in answer.finished), 0)
                answers.append((some, answer))
            with self.store.write() as transaction:
                written = self._write(transaction, answers, froze)
            if mails is not None:
                mails += (frozen.packed for finished in written for _, frozen in finished.messages)
            yield froze

    def _write(
        self, transaction: Transaction, answers: Sequence[tuple[Sequence[int], _Made]], froze: Froze
    ) -> list[Finished]:
        """Write what was made for some subscribers; what that was, without those who left."""
        # looked at when it was made: somebody may have left since, and another run may have published
        ids = {number for some, _ in answers for number in some}
        present = transaction.subscribers.still_active(ids)
        for some, made in answers:
            present -= transaction.issues.with_newer(some, made.newest_issue)
        written: list[Finished] = []
        for _, made in answers:
            mine = made.finished
            if present != ids:
                mine = [finished.only(present) for finished in mine]
            # not all at once: what the driver is given takes as much memory again
            put(transaction, mine, self.house)
            for finished in mine:
                froze.add(finished)
            written += mine
        for skip in (skip for _, made in answers for skip in made.skips):
            if skip.skipped.subscriber.id in present:
                transaction.issues.put_skip(
                    skip.skipped, period_start=skip.period_start, newest_paper=skip.newest_paper
                )
                froze.skipped.append(skip.skipped)
        return written

    def _finished(
        self, transaction: Transaction, ids: Sequence[int], skips: list[_Skip]
    ) -> Iterator[Finished]:
        keys = key_ring(transaction)
        composed = _with_something(self.compose(transaction, ids), skips)
        while some := list(islice(composed, _AT_ONCE)):
            yield finish(some, self.house, keys, self.common)


def _with_something(
    composed: Iterable[tuple[Draft, Issue | Skipped]], skips: list[_Skip]
) -> Iterator[tuple[Draft, Issue]]:
    """Those that brought an issue; the others are noted."""
    for draft, found in composed:
        if isinstance(found, Issue):
            yield draft, found
        else:
            skips.append(_Skip(found, draft.memory.start, draft.newest_paper))
