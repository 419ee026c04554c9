"""Freeze: composed issues printed, signed and packed, then written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest import tokens
from digest.issue import Draft, cut_since
from digest.model import Issue, Message, Problem, Severity
from digest.pipeline.house import House
from digest.pipeline.printing import print_issue, signed
from digest.store import Frozen, KeptDictionary, NewIssue, PackedIssue, Transaction, packed_issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Some issues, ready to be written."""

    #: as really shown; of those that a copy of this process finished, only the first
    shown: Sequence[Issue]
    packed: Sequence[PackedIssue]
    #: each with the place of its issue
    messages: Sequence[tuple[int, Frozen]]
    #: subscribers whose issue could not be written as a mail
    problems: Sequence[Problem]
    #: `None` where there are none
    composed_at: datetime | None

    def showing(self, most: int) -> Finished:
        """With at most so many issues to show, which take long to hand on."""
        return replace(self, shown=self.shown[:most])

    def only(self, subscriber_ids: set[int]) -> Finished:
        """Without the issues of all other subscribers."""
        kept = [place for place, one in enumerate(self.packed) if one.subscriber_id in subscriber_ids]
        places = {place: new for new, place in enumerate(kept)}
        return Finished(
            shown=[issue for issue in self.shown if issue.subscriber.id in subscriber_ids],
            packed=[self.packed[place] for place in kept],
            messages=[(places[place], frozen) for place, frozen in self.messages if place in places],
            problems=self.problems,
            composed_at=self.composed_at,
        )


def finish(
    composed: Iterable[tuple[Draft, Issue]],
    house: House,
    keys: tokens.KeyRing,
    common: KeptDictionary | None = None,
) -> Finished:
    """Print, sign and pack issues, these with what their mails have in common with others.

    An issue that cannot be written as a mail is a problem in the report. Touches no database.
    """
    problems: list[Problem] = []
    # one thing for all, then the next: what it needs stays in the processor's own memory meanwhile
    printed = list(_printed(composed, house, keys, problems))
    new = [
        NewIssue(issue=issue, cut=cut_since(draft, issue), newest_paper=draft.newest_paper)
        for draft, issue, _ in printed
    ]
    messages = [
        (place, signed(message, house.mail))
        for place, (_, _, message) in enumerate(printed)
        if message is not None
    ]
    frozen = [(place, _frozen(message, new[place].issue, common)) for place, message in messages]
    return Finished(
        shown=[one.issue for one in new],
        packed=packed_issues(new),
        messages=frozen,
        problems=problems,
        composed_at=new[0].issue.composed_at if new else None,
    )


def _printed(
    composed: Iterable[tuple[Draft, Issue]], house: House, keys: tokens.KeyRing, problems: list[Problem]
) -> Iterator[tuple[Draft, Issue, Message | None]]:
    """The issues as really shown, each with its mail where its subscriber reads by mail."""
    for draft, issue in composed:
        try:
            printed = print_issue(issue, house, keys)
        except ValueError as error:
            where = f"subscriber {draft.subscriber.name}"
            problems.append(Problem(where=where, what=str(error), severity=Severity.FATAL))
        else:
            yield draft, printed.issue, printed.message


def _frozen(message: Message, issue: Issue, common: KeptDictionary | None) -> Frozen:
    return Frozen.of(message, subscriber_id=issue.subscriber.id, edition=issue.edition.day, common=common)


def put(transaction: Transaction, finished: Sequence[Finished], house: House) -> None:
    """Write issues, ledger and messages, all composed at one moment."""
    packed: list[PackedIssue] = []
    messages: list[tuple[int, Frozen]] = []
    for some in finished:
        messages += [(len(packed) + place, message) for place, message in some.messages]
        packed += some.packed
    composed_at = next((some.composed_at for some in finished if some.composed_at), None)
    ids = transaction.issues.put_all(packed)
    if messages and composed_at:
        frozen = [(ids[place], message) for place, message in messages]
        transaction.outbox.put_all(frozen, now=composed_at, expire_after=house.mail.expire_after)
