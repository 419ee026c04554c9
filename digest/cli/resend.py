"""Commands that decide about mails: `resend`, `settle`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import delivery_documents, documents
from digest.cli.asking import may_go_on
from digest.cli.deliveries import Recipients, in_words, spoken
from digest.cli.globals import open_app
from digest.cli.options import DryRun, Json, Wait, Yes
from digest.cli.papers import parse_day
from digest.cli.terminal import number_of, say, table
from digest.errors import NotFoundError, UsageError
from digest.text import printable

if TYPE_CHECKING:
    from digest.app import App
    from digest.pipeline import settling

#: lines that a person reads
_SHOWN = 50


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(epilog=_RESEND)(resend)
    app.command(epilog=_SETTLE)(settle)


_RESEND = """\b
Never to those who have it, never to those who left, never with another text: each reader gets the very
mail that was made for them, under its own Message-ID.
\b
After a long outage of the mail server:
  digest resend --missing latest --dry-run
  digest resend --missing latest
To one reader whose mailbox was full:
  digest resend --missing 2026-11-22 --recipient you@example.org
"""


def resend(
    context: typer.Context,
    missing: Annotated[str, typer.Option(metavar="DAY", help="The edition, such as 2026-11-22, or: latest.")],
    recipient: Recipients = None,
    in_doubt: Annotated[
        bool,
        typer.Option(
            "--in-doubt", help="Those in doubt too: they may get it twice. Better: digest reconcile."
        ),
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> None:
    """Send an edition's mails again to those whom it did not reach: refused, expired, suppressed.

    The mails go into the outbox and leave with the next `digest deliver` or `digest run`.
    """
    app = open_app(context)
    day = _edition(app, missing)
    wanted = tuple(recipient or ())
    with app.rehearsing() as rehearsal:
        report = app.resend(rehearsal, day, recipients=wanted, in_doubt=in_doubt)
    if not as_json:
        _show_resend(report, in_doubt=in_doubt)
    if not dry_run and report.again:
        may_go_on(len(report.again), "sent again", yes=yes, ask=not as_json)
        with app.writing(wait) as database:
            report = app.resend(database, day, recipients=wanted, in_doubt=in_doubt)
    if as_json:
        documents.print_json(delivery_documents.resend_report(report) | {"dry_run": dry_run})
    elif dry_run:
        say("nothing was changed (--dry-run)")
    elif report.again:
        say(f"{number_of(len(report.again), 'mail')} in the outbox again: digest deliver sends now")


def _edition(app: App, text: str) -> date:
    day: date | None
    if text == "latest":
        with app.reading() as transaction:
            day = transaction.deliveries.latest_edition()
    else:
        day = parse_day(text)
    if day is None:
        raise NotFoundError("there are no mails yet")
    return day


def _show_resend(report: settling.ResendReport, *, in_doubt: bool) -> None:
    say(f"edition {report.edition}: {in_words(report.counts)}")
    rows = [(d.recipient, spoken(d.state), "again", d.last_error) for d in report.again]
    rows += [(o.delivery.recipient, spoken(o.delivery.state), "not again", o.why) for o in report.left_out]
    _show_some(("recipient", "state", "", "because"), rows)
    if not report.again:
        say("nobody is to get it again")
    doubtful = sum(count for state, count in report.counts.items() if state.value == "in_doubt")
    if doubtful and not in_doubt:
        say(f"{number_of(doubtful, 'mail')} in doubt: digest reconcile, or digest settle")


def _show_some(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if rows:
        table(columns, rows[:_SHOWN], wide=columns[-1:])
    if len(rows) > _SHOWN:
        say(f"and {len(rows) - _SHOWN:,} more: --json shows all")


# ── settling ──────────────────────────────────────────────────────────────────────────────────

_SETTLE = """\b
A mail is in doubt when its answer was lost. Where the mail server's log is at hand, digest reconcile
finds out; this is for what you know otherwise:
  digest settle 2026-11-22 --arrived --recipient you@example.org
  digest settle 2026-11-22 --not-arrived
After a database was restored from a copy, everything it would send is in doubt:
  digest settle --all --not-arrived --dry-run
"""


def settle(
    context: typer.Context,
    edition: Annotated[
        str | None, typer.Argument(metavar="EDITION", help="Such as 2026-11-22, or: latest.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Mails in doubt of every edition.")] = False,
    arrived: Annotated[bool, typer.Option("--arrived", help="They arrived: they count as accepted.")] = False,
    not_arrived: Annotated[
        bool,
        typer.Option("--not-arrived", help="They did not: they are sent again, unless too old to be news."),
    ] = False,
    recipient: Recipients = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> None:
    """Say whether mails in doubt arrived."""
    if arrived == not_arrived:
        raise UsageError("say either --arrived or --not-arrived")
    if (edition is None) != everything:
        raise UsageError("say which edition, such as 2026-11-22, or --all")
    app = open_app(context)
    day = None if edition is None else _edition(app, edition)
    wanted = tuple(recipient or ())
    with app.rehearsing() as rehearsal:
        report = app.settle(rehearsal, day, arrived=arrived, recipients=wanted)
    if not as_json:
        _show_settle(report)
    if not dry_run and report.settled:
        what = "taken for arrived" if arrived else "taken for not arrived, and sent again"
        may_go_on(len(report.settled), what, yes=yes, ask=not as_json)
    if not dry_run:
        with app.writing(wait) as database:
            report = app.settle(database, day, arrived=arrived, recipients=wanted)
    if as_json:
        documents.print_json(delivery_documents.settle_report(report) | {"dry_run": dry_run})
        return
    say(_summary(report) + ("; nothing was changed (--dry-run)" if dry_run else ""))


def _show_settle(report: settling.SettleReport) -> None:
    rows = [(d.recipient, d.edition, spoken(s.state), s.last_error or "") for d, s in report.settled]
    _show_some(("recipient", "edition", "now", "because"), rows)


def _summary(report: settling.SettleReport) -> str:
    from digest.model import DeliveryState  # noqa: PLC0415 - heavy

    if not report.settled:
        return "nothing was in doubt"
    counts = {
        "accepted": report.count(DeliveryState.ACCEPTED),
        "to be sent again": report.again,
        "too old to be news (digest resend --missing sends them all the same)": report.count(
            DeliveryState.EXPIRED
        ),
    }
    return printable(", ".join(f"{count} {words}" for words, count in counts.items() if count))
