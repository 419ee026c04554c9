"""Dictionaries that messages are packed with, beside the messages."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, not_, select

from digest.errors import StoreError
from digest.packing import Dictionary, unpacked
from digest.store.delivery_tables import DICTIONARY, MESSAGE
from digest.store.prepared import Prepared
from digest.store.together import list_of, listed


class KeptDictionary(NamedTuple):
    """A dictionary, and the number by which messages name it."""

    id: int
    dictionary: Dictionary


class DictionaryBook:
    """All that there are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, dictionary: Dictionary) -> KeptDictionary:
        """Keep one; once this is committed, messages may be packed with it."""
        row = insert(DICTIONARY).values(dictionary.packed()).returning(DICTIONARY.c.id)
        return KeptDictionary(self._connection.execute(row).scalar_one(), dictionary)

    def find(self, ids: Collection[int]) -> dict[int, Dictionary | StoreError]:
        """Those with these numbers; an error in the place of one that is lost or damaged."""
        if not ids:
            return {}
        found: dict[int, Dictionary | StoreError] = {
            number: StoreError(f"the dictionary {number} that they were packed with is lost")
            for number in ids
        }
        for row in _FIND.run(self._connection, (list_of(ids),)):
            try:
                found[row.id] = _opened(row.data, row.sha256, f"the dictionary {row.id}")
            except StoreError as error:
                found[row.id] = error
        return found

    def drop_unused(self) -> int:
        """Let go of those that no message is packed with any more; how many.

        The newest stays: a run may be about to pack with it. So no number is given twice either.
        """
        used = select(MESSAGE.c.delivery_id).where(MESSAGE.c.dictionary_id == DICTIONARY.c.id).exists()
        newest = select(func.max(DICTIONARY.c.id)).scalar_subquery()
        unused = delete(DICTIONARY).where(DICTIONARY.c.id < newest, not_(used))
        return self._connection.execute(unused).rowcount


_FIND: Final = Prepared(
    select(DICTIONARY.c.id, DICTIONARY.c.data, DICTIONARY.c.sha256).where(DICTIONARY.c.id.in_(listed())),
    "list",
)


@lru_cache(maxsize=3)
def _opened(data: bytes, sha256: str, name: str) -> Dictionary:
    """The dictionary of these bytes; asked for with every hundred messages, and nearly always the same."""
    return Dictionary(unpacked(data, sha256, name))
