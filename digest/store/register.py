"""The stored papers that some records may be: by a shared key, or by a shared block."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from digest.identity import Register
from digest.model import PaperKey
from digest.store.chunks import chunks
from digest.store.paper_rows import ATTESTED_COLUMNS, ROOT, attested_from
from digest.store.tables import PAPER, PAPER_BLOCK, PAPER_KEY

# made once, with one parameter for a whole list: statements of a thousand parameters cost more than SQLite
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
_HOLDERS = (
    select(ROOT, PAPER_KEY.c.key)
    .join(PAPER_KEY, PAPER_KEY.c.paper_id == PAPER.c.id)
    .where(PAPER_KEY.c.key.in_(_THESE))
)
_SHARING = (
    select(PAPER_BLOCK.c.block, ROOT)
    .join(PAPER, PAPER.c.id == PAPER_BLOCK.c.paper_id)
    .where(PAPER_BLOCK.c.block.in_(_THESE), PAPER_BLOCK.c.paper_id >= bindparam("since_id"))
)
_MEMBERS = select(PAPER.c.id, ROOT).where(PAPER.c.merged_into.in_(_THESE))
_KEYS = select(PAPER_KEY.c.paper_id, PAPER_KEY.c.key).where(PAPER_KEY.c.paper_id.in_(_THESE))
_PAPERS = select(PAPER.c.id, *ATTESTED_COLUMNS).where(PAPER.c.id.in_(_THESE))


class StoredRegister(Register):
    """Stored papers, those absorbed by others under the id that stands for them."""

    def __init__(self, connection: Connection, next_id: int) -> None:
        super().__init__(next_id)
        self._connection = connection
        #: papers all of whose keys are noted
        self._complete: set[int] = set()
        self._first_new = next_id

    def load(self, records: Sequence[Sequence[PaperKey]]) -> None:
        """Enter the papers that hold a key of these records; with all their keys where that may matter."""
        for part in chunks({key for names in records for key in names}):
            for root, key in self._connection.execute(_HOLDERS, {"these": part}).all():
                self.hold(root, key)
        self.fetch(self.keys)
        undecided = [key for names in records if self.only_holder(names) is None for key in names]
        self.complete({i for key in undecided for i in self.holders.get(key, ())})

    def load_near(self, blocks: Collection[str], since_id: int) -> None:
        """Learn which papers, none older than the one with `since_id`, share one of `blocks`."""
        found: set[int] = set()
        for part in chunks(blocks):
            for block, root in self._connection.execute(
                _SHARING, {"these": part, "since_id": since_id}
            ).all():
                self.share(root, block)
                found.add(root)
        self.complete(found)

    def complete(self, numbers: Collection[int]) -> None:
        """Note all keys of these papers. A paper of this transaction's own making is complete by itself."""
        roots = {i for i in numbers if i not in self._complete and i < self._first_new}
        self._complete |= roots
        root_of = {root: root for root in roots}
        for part in chunks(roots):
            members = self._connection.execute(_MEMBERS, {"these": part})
            root_of.update((member, root) for member, root in members)
        for part in chunks(root_of):
            for paper_id, key in self._connection.execute(_KEYS, {"these": part}).all():
                self.hold(root_of[paper_id], key)

    def fetch(self, numbers: Collection[int]) -> None:
        """Enter those of these papers that are not here yet."""
        for part in chunks([i for i in numbers if i not in self.papers]):
            for row in self._connection.execute(_PAPERS, {"these": part}).all():
                self.enter(row[0], attested_from(row[1:]))
