"""Freeze: issues printed, finished and written, many in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Final, Self

from digest import deliver, tokens
from digest.issue import Draft, cut_since
from digest.model import Issue, Message, Problem, Severity
from digest.packing import Packed
from digest.pipeline.house import House
from digest.pipeline.printing import key_ring, print_issue
from digest.store import Frozen, NewIssue, Transaction

#: issues that are printed, finished and written together: two such groups are in memory with their bytes
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Froze:
    """What became of some composed issues."""

    #: as really shown
    issues: Sequence[Issue]
    messages: int
    #: subscribers whose issue could not be written as a mail
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Printed issues on their way into the store."""

    new: Sequence[NewIssue]
    #: with the places of their issues
    messages: Sequence[tuple[int, Message]]
    #: what the messages become
    finished: Future[list[Packed]]
    problems: Sequence[Problem]


class Freezer:
    """Prints issues and writes them, by the operator's rules; a context that ends what works beside it."""

    def __init__(self, house: House, *, expected: int) -> None:
        """`expected`: about how many issues there will be."""
        self._house = house
        self._finisher = deliver.Finisher(house.mail.signers, expected=expected)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finisher.close()

    def freeze(self, transaction: Transaction, composed: Iterable[tuple[Draft, Issue]]) -> Iterator[Froze]:
        """Write issues, ledger and messages, some at a time, and say what became of each part.

        An issue that cannot be written as a mail is a problem in the report.
        """
        keys = key_ring(transaction)
        rest = iter(composed)
        before: _Group | None = None
        while some := list(islice(rest, _AT_ONCE)):
            group = self._print(some, keys)
            # one group is finished while the next is printed
            if before is not None:
                yield self._write(transaction, before)
            before = group
        if before is not None:
            yield self._write(transaction, before)

    def _print(self, composed: Iterable[tuple[Draft, Issue]], keys: tokens.KeyRing) -> _Group:
        new: list[NewIssue] = []
        messages: list[tuple[int, Message]] = []
        problems: list[Problem] = []
        for draft, issue in composed:
            try:
                printed = print_issue(issue, self._house, keys)
            except ValueError as error:
                where = f"subscriber {draft.subscriber.name}"
                problems.append(Problem(where=where, what=str(error), severity=Severity.FATAL))
                continue
            if printed.message is not None:
                messages.append((len(new), printed.message))
            cut = cut_since(draft, printed.issue)
            new.append(NewIssue(issue=printed.issue, cut=cut, newest_paper=draft.newest_paper))
        finished = self._finisher.finish([message.data for _, message in messages])
        return _Group(new=new, messages=messages, finished=finished, problems=problems)

    def _write(self, transaction: Transaction, group: _Group) -> Froze:
        ids = transaction.issues.put_all(group.new)
        frozen = [
            (ids[place], _frozen(message, group.new[place].issue, finished))
            for (place, message), finished in zip(group.messages, group.finished.result(), strict=True)
        ]
        if frozen:
            now, expire_after = group.new[0].issue.composed_at, self._house.mail.expire_after
            transaction.outbox.put_all(frozen, now=now, expire_after=expire_after)
        issues = [one.issue for one in group.new]
        return Froze(issues=issues, messages=len(frozen), problems=group.problems)


def _frozen(message: Message, issue: Issue, finished: Packed) -> Frozen:
    return Frozen.of(message, subscriber_id=issue.subscriber.id, edition=issue.edition.day, finished=finished)
