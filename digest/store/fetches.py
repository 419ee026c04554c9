"""What is remembered of asking web servers: each address of a source, and each host."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from digest.model import FetchOutcome, FetchState, HostState, Validators
from digest.store.tables import FETCH, HOST

#: how long days of a `{day}` address, and hosts, are remembered
_KEPT: Final = timedelta(days=60)
_PLAIN: Final = tuple(
    f.name for f in fields(FetchState) if f.name not in {"outcome", "validators", "listings"}
)


class FetchBook:
    """Addresses and hosts, as they were when last asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_source(self, source: str) -> list[FetchState]:
        """Every address of a source, by its own order."""
        rows = self._connection.execute(select(FETCH).where(FETCH.c.source == source).order_by(FETCH.c.url))
        return [_state(row) for row in rows]

    def keep(self, state: FetchState) -> None:
        """Remember an address in its new state; days long past are forgotten."""
        values = _values(state)
        self._connection.execute(
            insert(FETCH)
            .values(**values)
            .on_conflict_do_update(index_elements=["source", "url"], set_=values)
        )
        if state.day is not None:
            self._connection.execute(
                delete(FETCH).where(FETCH.c.source == state.source, FETCH.c.day < state.day - _KEPT)
            )

    def host(self, host: str) -> HostState | None:
        """A host's state; `None` for one that was never asked."""
        row = self._connection.execute(select(HOST).where(HOST.c.host == host)).first()
        return HostState(host=row.host, asked_at=row.asked_at, not_before=row.not_before) if row else None

    def keep_host(self, state: HostState) -> None:
        """Remember a host in its new state; those not asked for long are forgotten."""
        values = {"host": state.host, "asked_at": state.asked_at, "not_before": state.not_before}
        self._connection.execute(delete(HOST).where(HOST.c.asked_at < state.asked_at - _KEPT))
        self._connection.execute(
            insert(HOST).values(**values).on_conflict_do_update(index_elements=["host"], set_=values)
        )


def _values(state: FetchState) -> dict[str, Any]:
    known = state.validators
    return {name: getattr(state, name) for name in _PLAIN} | {
        "outcome": state.outcome.value,
        "listings": list(state.listings),
        "validated_url": known.url if known else None,
        "etag": known.etag if known else None,
        "last_modified": known.last_modified if known else None,
        "reader_version": known.reader_version if known else None,
    }


def _state(row: Row[Any]) -> FetchState:
    validators = None
    if row.validated_url is not None:
        validators = Validators(
            url=row.validated_url,
            etag=row.etag,
            last_modified=row.last_modified,
            reader_version=row.reader_version,
        )
    return FetchState(
        **{name: getattr(row, name) for name in _PLAIN},
        outcome=FetchOutcome(row.outcome),
        validators=validators,
        listings=tuple(row.listings),
    )
