"""`digest deliveries`, and what `digest status` says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import delivery_documents, documents
from digest.cli.globals import open_app
from digest.cli.options import Json
from digest.cli.papers import parse_day
from digest.cli.terminal import number_of, say, table
from digest.errors import UsageError
from digest.text import printable

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Delivery, DeliveryState
    from digest.store import Chosen, DeliveryEntry, EditionCounts, Transaction

#: rows of one look into the database
_PAGE = 1_000
#: lines that a person reads
_SHOWN = 50
_EDITIONS = 7

Recipients = Annotated[
    list[str] | None,
    typer.Option("--recipient", metavar="ADDRESS", help="Only this one; may be repeated."),
]


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(epilog=_DELIVERIES)(deliveries)


_DELIVERIES = """\b
States: queued, claimed, transmitting, accepted, deferred, refused, in_doubt, suppressed, expired.
\b
Who did not get today's mail, and why:
  digest deliveries --edition latest --state refused --state expired --state in_doubt
What became of one reader's mails:
  digest deliveries --recipient you@example.org
"""


def deliveries(
    context: typer.Context,
    edition: Annotated[
        str | None, typer.Option(metavar="DAY", help="Of one edition, such as 2026-11-22, or: latest.")
    ] = None,
    state: Annotated[
        list[str] | None, typer.Option(metavar="STATE", help="Only these; may be repeated.")
    ] = None,
    recipient: Recipients = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help=f"How many to show: {_SHOWN} where not given, with --json all."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what became of each mail, newest first: who got it, who did not, and what the server said."""
    from digest.store import Chosen  # noqa: PLC0415 - heavy

    app = open_app(context)
    states = tuple(_state(name) for name in state or ())
    with app.reading() as transaction:
        day = transaction.deliveries.latest_edition() if edition == "latest" else parse_day(edition)
        chosen = Chosen(edition=day, states=states, recipients=tuple(recipient or ()))
        editions = transaction.deliveries.per_edition(day)
        count = transaction.deliveries.count(chosen)
    limit = limit or (count if as_json else _SHOWN)
    if as_json:
        head: dict[str, Any] = {
            "editions": [delivery_documents.edition_counts(e) for e in editions],
            "count": count,
        }
        rows = (delivery_documents.delivery_entry(entry) for entry in _entries(app, chosen, limit))
        documents.print_long_json(head, "deliveries", rows)
        return
    if not editions:
        say("no mails yet")
        return
    _show_editions(editions)
    say()
    _show_entries(list(_entries(app, chosen, limit)), count)


def _entries(app: App, chosen: Chosen, limit: int) -> Iterator[DeliveryEntry]:
    """The chosen ones, page by page: each is let go before the next is read."""
    before: int | None = None
    while limit > 0:
        with app.reading() as transaction:
            page = transaction.deliveries.page(chosen, before=before, limit=min(limit, _PAGE))
        yield from page
        if len(page) < min(limit, _PAGE):
            return
        before = page[-1].delivery.id
        limit -= len(page)


def _show_editions(editions: Sequence[EditionCounts]) -> None:
    rows = [(e.edition, e.frozen, in_words(e.counts)) for e in islice(editions, _EDITIONS)]
    table(("edition", "frozen", "what became of them"), rows, wide=("what became of them",))
    if len(editions) > _EDITIONS:
        say(f"and {number_of(len(editions) - _EDITIONS, 'older edition')}: --edition DAY, or --json")


def _show_entries(entries: Sequence[DeliveryEntry], count: int) -> None:
    if not entries:
        say("none of that kind")
        return
    rows = [
        (
            e.delivery.recipient,
            e.delivery.edition,
            spoken(e.delivery.state),
            e.delivery.attempts,
            f"{e.updated_at:%Y-%m-%d %H:%M}",
            _said(e.delivery),
        )
        for e in entries
    ]
    columns = ("recipient", "edition", "state", "attempts", "when (UTC)", "said")
    table(columns, rows, wide=("recipient", "said"))
    if count > len(entries):
        say(f"and {count - len(entries):,} more: --limit, or --json for all")


def _said(delivery: Delivery) -> str:
    """What the server said last, and when the next attempt is where one follows."""
    words = delivery.last_error or delivery.queue_id or ""
    if delivery.state.value == "deferred":
        words = f"next {delivery.next_attempt:%Y-%m-%d %H:%M}: {words}"
    return f"{words} (settled by {delivery.settled_by})" if delivery.settled_by else words


def in_words(counts: dict[DeliveryState, int]) -> str:
    """Such as `12 accepted, 1 in doubt`; empty where there is nothing."""
    return ", ".join(f"{count:,} {spoken(state)}" for state, count in counts.items() if count)


def spoken(state: DeliveryState) -> str:
    """A state as a person says it."""
    return state.value.replace("_", " ")


def _state(name: str) -> DeliveryState:
    from digest.model import DeliveryState  # noqa: PLC0415 - heavy

    try:
        return DeliveryState(name.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        known = ", ".join(state.value for state in DeliveryState)
        raise UsageError(f"--state {name!r} is no state; there are: {known}") from None


# ── in `digest status` ────────────────────────────────────────────────────────────────────────

#: mails in doubt that it names
_DOUBTS = 10


def outbox_status(transaction: Transaction, now: datetime) -> dict[str, Any]:
    """How many mails are in each state and were frozen, what is in doubt, and what must not be."""
    from digest.model import DeliveryState  # noqa: PLC0415 - heavy
    from digest.pipeline import alarms_of  # noqa: PLC0415 - heavy
    from digest.store import Chosen  # noqa: PLC0415 - heavy

    counts = transaction.outbox.counts()
    doubtful = Chosen(states=(DeliveryState.IN_DOUBT,))
    doubts = transaction.deliveries.page(doubtful, limit=_DOUBTS) if counts[DeliveryState.IN_DOUBT] else []
    return {
        "outbox": {state.value: count for state, count in counts.items()},
        "frozen": transaction.outbox.frozen(),
        "in_doubt": [
            {
                **delivery_documents.delivery(e.delivery),
                "since": e.updated_at,
                "last_error": e.delivery.last_error,
            }
            for e in doubts
        ],
        "alarms": alarms_of(transaction, now, whole=True),
    }


def show_outbox(found: dict[str, Any]) -> None:
    """The line that adds up, and below it what somebody has to see to."""
    counts: dict[str, int] = {state: n for state, n in found["outbox"].items() if n}
    words = ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in counts.items())
    frozen = found["frozen"]
    sums = f"{words or 'empty'}; {_added_up(sum(counts.values()), frozen)}" if words or frozen else "empty"
    say(f"outbox         {sums}")
    for doubt in found["in_doubt"]:
        say(f"  in doubt     {printable(doubt['recipient'])}, edition {doubt['edition']}")
    more = counts.get("in_doubt", 0) - len(found["in_doubt"])
    if more > 0:
        say(f"  and {more:,} more: digest deliveries --state in_doubt")
    if found["in_doubt"]:
        say("  digest reconcile --maillog FILE settles doubt; digest settle takes your word")
    for alarm in found["alarms"]:
        say(f"  {printable(alarm)}")


def _added_up(there: int, frozen: int) -> str:
    if there == frozen:
        return f"{frozen:,} frozen, all accounted for"
    odd = f"{frozen - there:,} missing" if there < frozen else f"{there - frozen:,} too many"
    return f"{frozen:,} frozen: {odd}"
