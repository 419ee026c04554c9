"""Freeze: issues printed, signed, compressed and written, many in one transaction.

Signing and compressing take longer than all the rest and need no Python meanwhile, so they are done by
threads beside the one that renders.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from digest.issue import Draft, cut_since
from digest.model import Issue, Message, Problem, Severity
from digest.pipeline.house import House
from digest.pipeline.printing import key_ring, print_issue, signed
from digest.store import Frozen, NewIssue, Transaction

#: messages that wait to be signed: each has its bytes in memory
_WAITING = 32
_MOST_THREADS = 4


@dataclass(slots=True, kw_only=True)
class FreezeReport:
    """What became of composed issues."""

    #: as really shown
    issues: list[Issue] = field(default_factory=list)
    messages: int = 0
    #: subscribers whose issue could not be written as a mail
    problems: list[Problem] = field(default_factory=list)


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

    def freeze(self, transaction: Transaction, composed: Iterable[tuple[Draft, Issue]]) -> FreezeReport:
        """Write issues, ledger and messages. One that cannot be written as a mail is a problem in the report."""
        keys = key_ring(transaction)
        report = FreezeReport()
        new: list[NewIssue] = []
        begun: list[tuple[int, Future[Frozen]]] = []
        waiting: deque[Future[Frozen]] = deque()
        for draft, issue in composed:
            try:
                printed = print_issue(issue, self._house, keys)
            except ValueError as error:
                where = f"subscriber {draft.subscriber.name}"
                report.problems.append(Problem(where=where, what=str(error), severity=Severity.FATAL))
                continue
            if printed.message is not None:
                future = self._pool.submit(self._finish, printed.message, printed.issue)
                begun.append((len(new), future))
                waiting.append(future)
            new.append(
                NewIssue(
                    issue=printed.issue,
                    cut=cut_since(draft, printed.issue),
                    newest_paper=draft.newest_paper,
                )
            )
            if len(waiting) > _WAITING:
                waiting.popleft().result()
        ids = transaction.issues.put_all(new)
        report.issues = [one.issue for one in new]
        report.messages = len(begun)
        if begun:
            transaction.outbox.put_all(
                [(ids[place], future.result()) for place, future in begun],
                now=new[0].issue.composed_at,
                expire_after=self._house.mail.expire_after,
            )
        return report

    def _finish(self, message: Message, issue: Issue) -> Frozen:
        finished = signed(message, self._house.mail)
        return Frozen.of(finished, subscriber_id=issue.subscriber.id, edition=issue.edition.day)
