"""What a reading of returned mails found and did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from digest import exits
from digest.model import ReturnKind, SubscriberStatus

#: so many blocks are named in the lines that cron sends
_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedMail:
    """One mail that came back, or one refusal, and what it did."""

    #: where it lies
    place: str
    kind: ReturnKind
    #: the subscriber's address where it is proven whom it is about, else what it says itself
    recipient: str | None
    status: str | None = None
    detail: str = ""
    #: whether a signed proof says whom it is about; without one it does nothing
    proven: bool = False
    #: the subscriber's new status, where it changed
    became: SubscriberStatus | None = None
    #: why the status changed, or why not
    why: str = ""
    #: it was counted before
    again: bool = False
    #: it would have removed somebody together with too many others
    held: bool = False

    @property
    def for_a_person(self) -> bool:
        """Whether it stays in the mailbox for a person to read."""
        unproven_wish = self.kind is ReturnKind.UNSUBSCRIBE and not self.proven
        return self.kind is ReturnKind.UNKNOWN or unproven_wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReport:
    """What came back, and what it did."""

    mails: tuple[ReturnedMail, ...] = ()
    #: why the mailbox could not be read, or not to its end
    problem: str | None = None
    #: whether there may be more mails than were read
    more: bool = False

    @property
    def counts(self) -> Counter[ReturnKind]:
        """How many mails of each kind came, those counted before left out."""
        return Counter(m.kind for m in self.mails if not m.again)

    @property
    def removed(self) -> list[ReturnedMail]:
        """Those that ended somebody's mails."""
        return [m for m in self.mails if m.became is not None]

    @property
    def held(self) -> list[ReturnedMail]:
        """Those that wait for the operator, because too many readers would go at once."""
        return [m for m in self.mails if m.held]

    @property
    def problem_lines(self) -> list[str]:
        """One line for each thing that the operator should know."""
        lines = [self.problem] if self.problem else []
        if self.held:
            lines.append(held_line(len(self.held)))
        blocks = {
            (m.recipient, m.detail): m for m in self.mails if m.kind is ReturnKind.BLOCK and not m.again
        }
        named = list(blocks.values())
        lines += [block_line(m) for m in named[:_NAMED]]
        if len(named) > _NAMED:
            lines.append(f"and {len(named) - _NAMED:,} more mails were refused for what they are")
        return lines

    @property
    def exit_code(self) -> int:
        """See `digest.exits`: mails that did not arrive for our fault, or a mailbox that nobody reads."""
        return exits.DELIVERY if self.problem_lines else exits.DONE


def held_line(count: int) -> str:
    """What is said of bounces that would remove too many at once."""
    return (
        f"{count:,} bounces would remove readers, too many at once: nothing of it was done; is something "
        "wrong with the mail server or its name server? See `digest bounce --dry-run`; "
        "`digest bounce --many` does it"
    )


def block_line(mail: ReturnedMail) -> str:
    """What is said of a mail that was refused for what it is."""
    who = mail.recipient or "somebody"
    return f"{who}: refused for what it is or where it comes from, nobody is removed: {mail.detail}"
