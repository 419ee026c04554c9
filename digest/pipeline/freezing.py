"""Freeze: issues printed, signed, compressed and written, many in one transaction.

Signing and compressing take longer than all the rest and need no Python meanwhile, so they are done by
threads beside the one that renders.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Self

from digest import tokens
from digest.issue import Draft, cut_since
from digest.model import Issue, Message, Problem, Severity
from digest.pipeline.house import House
from digest.pipeline.printing import key_ring, print_issue, signed
from digest.store import Frozen, NewIssue, Transaction

#: issues that are written by one statement
_AT_ONCE = 32
#: messages at most that wait to be signed: each has its bytes in memory
_WAITING = 16
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Froze:
    """What became of some composed issues."""

    #: as really shown
    issues: Sequence[Issue]
    messages: int
    #: subscribers whose issue could not be written as a mail
    problems: Sequence[Problem]


class Freezer:
    """Prints issues and writes them, by the operator's rules; a context that ends its threads."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pool = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), "freeze")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def freeze(self, transaction: Transaction, composed: Iterable[tuple[Draft, Issue]]) -> Iterator[Froze]:
        """Write issues, ledger and messages, some at a time, and say what became of each part.

        An issue that cannot be written as a mail is a problem in the report.
        """
        keys = key_ring(transaction)
        rest = iter(composed)
        while some := list(islice(rest, _AT_ONCE)):
            yield self._freeze(transaction, some, keys)
            some.clear()

    def _freeze(
        self, transaction: Transaction, composed: Iterable[tuple[Draft, Issue]], keys: tokens.KeyRing
    ) -> Froze:
        new: list[NewIssue] = []
        begun: list[tuple[int, Future[Frozen]]] = []
        problems: list[Problem] = []
        for draft, issue in composed:
            try:
                printed = print_issue(issue, self._house, keys)
            except ValueError as error:
                where = f"subscriber {draft.subscriber.name}"
                problems.append(Problem(where=where, what=str(error), severity=Severity.FATAL))
                continue
            if printed.message is not None:
                begun.append((len(new), self._pool.submit(self._finish, printed.message, printed.issue)))
                if len(begun) > _WAITING:
                    begun[-_WAITING][1].result()
            cut = cut_since(draft, printed.issue)
            new.append(NewIssue(issue=printed.issue, cut=cut, newest_paper=draft.newest_paper))
        ids = transaction.issues.put_all(new)
        frozen = [(ids[place], future.result()) for place, future in begun]
        if frozen:
            now, expire_after = new[0].issue.composed_at, self._house.mail.expire_after
            transaction.outbox.put_all(frozen, now=now, expire_after=expire_after)
        return Froze(issues=[one.issue for one in new], messages=len(frozen), problems=problems)

    def _finish(self, message: Message, issue: Issue) -> Frozen:
        finished = signed(message, self._house.mail)
        return Frozen.of(finished, subscriber_id=issue.subscriber.id, edition=issue.edition.day)
