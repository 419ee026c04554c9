"""Records known by all that they say: which are stored, and of which paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, delete, select

from digest.model import Repeat
from digest.store.bulk import insert_all
from digest.store.chunks import chunks
from digest.store.tables import RECORD, SIGHTING


class RecordBook:
    """Fingerprints of stored records. A fingerprint is never forgotten, and means its paper's whole group."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, fingerprints: Collection[bytes], day: date) -> set[bytes]:
        """Those that a listing of `day` or later said; what an older one said may be outdated by now."""
        found: set[bytes] = set()
        for part in chunks(fingerprints):
            query = select(RECORD.c.fingerprint).where(RECORD.c.fingerprint.in_(part), RECORD.c.day >= day)
            found.update(self._connection.scalars(query))
        return found

    def keep(self, papers: Mapping[bytes, int], day: date) -> None:
        """Remember that these records are those papers, as a listing of `day` says."""
        for part in chunks(papers):
            self._connection.execute(delete(RECORD).where(RECORD.c.fingerprint.in_(part)))
        insert_all(self._connection, RECORD, [(mark, paper_id, day) for mark, paper_id in papers.items()])

    def sight(self, repeats: Sequence[Repeat], listing_id: int) -> None:
        """Note where these records stand in a listing; raises `KeyError` for one that is not stored."""
        papers = self._papers(repeat.fingerprint for repeat in repeats)
        rows = [(listing_id, repeat.position, papers[repeat.fingerprint]) for repeat in repeats]
        insert_all(self._connection, SIGHTING, rows, twice=True)

    def _papers(self, fingerprints: Iterable[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        for part in chunks(list(fingerprints)):
            query = select(RECORD.c.fingerprint, RECORD.c.paper_id).where(RECORD.c.fingerprint.in_(part))
            found.update((mark, paper_id) for mark, paper_id in self._connection.execute(query))
        return found
