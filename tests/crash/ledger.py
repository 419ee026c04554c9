"""What a database says of its messages, and what must hold at every moment, whatever went wrong before."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass

STATES = {
    "queued",
    "claimed",
    "transmitting",
    "accepted",
    "deferred",
    "refused",
    "in_doubt",
    "suppressed",
    "expired",
}
#: states in which a message will still be sent
OPEN = {"queued", "claimed", "deferred"}
#: where a message may be that the server took
BEGUN = {"transmitting", "in_doubt", "accepted"}
_MESSAGES = (
    "SELECT d.message_id, d.recipient, d.state, m.sha256"
    " FROM delivery d LEFT JOIN message m ON m.delivery_id = d.id ORDER BY d.id"
)
#: what a sound database never has a row for
_NEVER = {
    "an edition's states do not add up to its frozen messages": (
        "SELECT r.edition FROM recipients r WHERE frozen !="
        " (SELECT count(*) FROM delivery d WHERE d.edition = r.edition)"
    ),
    "an edition was never counted": (
        "SELECT edition FROM delivery WHERE edition NOT IN (SELECT edition FROM recipients)"
    ),
    "somebody has two deliveries of one edition": (
        "SELECT subscriber_id FROM delivery GROUP BY subscriber_id, edition HAVING count(*) > 1"
    ),
    "somebody has two issues of one edition": (
        "SELECT subscriber_id FROM issue GROUP BY subscriber_id, edition HAVING count(*) > 1"
    ),
    "a message has no bytes": ("SELECT id FROM delivery WHERE id NOT IN (SELECT delivery_id FROM message)"),
    "a message has no issue": "SELECT id FROM delivery WHERE issue_id NOT IN (SELECT id FROM issue)",
    "an issue has no papers": (
        "SELECT id FROM issue WHERE skipped IS NULL AND id NOT IN (SELECT issue_id FROM ledger)"
    ),
    "somebody gets a paper twice": (
        "SELECT paper_id FROM ledger GROUP BY subscriber_id, paper_id HAVING count(*) > 1"
    ),
    "in no worker's hands": "SELECT id FROM delivery WHERE state = 'claimed' AND worker IS NULL",
}


@dataclass(frozen=True)
class Ledger:
    """The messages of one database file."""

    #: Message-ID → state
    states: dict
    #: Message-ID → SHA-256 of the frozen bytes
    digests: dict
    #: Message-ID → address
    recipients: dict
    #: what is wrong with the file itself, in words
    unsound: tuple

    @classmethod
    def of(cls, path):
        """The ledger of a file that no process writes to at this moment."""
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute(_MESSAGES).fetchall()
            unsound = [words for words, query in _NEVER.items() if connection.execute(query).fetchall()]
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                unsound.append("the database is damaged")
            if connection.execute("PRAGMA foreign_key_check").fetchall():
                unsound.append("a row belongs to one that is not there")
        return cls(
            states={message_id: state for message_id, _, state, _ in rows},
            digests={message_id: sha256 for message_id, _, _, sha256 in rows},
            recipients={message_id: recipient for message_id, recipient, _, _ in rows},
            unsound=tuple(unsound),
        )

    @property
    def counts(self):
        """State → number of messages, those with any."""
        return dict(Counter(self.states.values()))

    def in_state(self, *states):
        return {m for m, state in self.states.items() if state in states}

    def wrong(self, taken=(), *, twice=False):
        """What must never be, in words, held against what a server took; empty when all is well.

        `twice`: whether a message in doubt may be sent again, as `mail.in_doubt: resend` wants it.
        """
        times = Counter(one.message_id for one in taken)
        begun = self.in_state(*BEGUN, *({"deferred", "claimed"} if twice else ()))
        rules = {
            f"states that nobody knows: {self.counts}": set(self.counts) <= STATES,
            "accepted, but the server never had it": self.in_state("accepted") <= times.keys(),
            "the server had something that may still be sent, or was given up": times.keys() <= begun,
            "other bytes arrived than were frozen": all(
                one.sha256 == self.digests.get(one.message_id) for one in taken
            ),
            "somebody else's mail arrived": all(
                one.recipient == self.recipients.get(one.message_id) for one in taken
            ),
            f"{duplicates(taken)} duplicates": twice or not duplicates(taken),
        }
        return (*self.unsound, *(words for words, holds in rules.items() if not holds))


def duplicates(taken):
    """How many messages were taken beyond the first of each."""
    return sum(n - 1 for n in Counter(one.message_id for one in taken).values())


def conserved(folder, taken=(), *, twice=False):
    """The ledger of `folder`, which must be in order: the law that every fault leaves in force."""
    ledger = Ledger.of(folder / "digest.db")
    assert ledger.wrong(taken, twice=twice) == (), ledger.counts
    return ledger
