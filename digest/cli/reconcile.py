"""`digest reconcile`: doubt settled by the mail server's log."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from digest import exits
from digest.cli import delivery_documents, documents
from digest.cli.asking import may_go_on
from digest.cli.globals import open_app
from digest.cli.options import DryRun, Json, Wait, Yes
from digest.cli.terminal import complain, number_of, piped_in, say, table
from digest.errors import UsageError

if TYPE_CHECKING:
    from datetime import tzinfo

    from digest.pipeline import reconciling


_SHOWN = 50


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(epilog=_EPILOG)(reconcile)


_EPILOG = """\b
  digest reconcile --maillog /var/log/mail.log*
  journalctl -o short-iso -u 'postfix*' --since yesterday | digest reconcile --maillog -
\b
Accepted: the log shows the mail in the server's queue, under its Message-ID.
Sent again: the log shows that the server did not get it whole or turned it away; or it is not in the
log, which shows other mails of digest's, from 5 minutes before the mail was begun to 30 after, without
a gap. A log that ends too early proves nothing: try again later. Where nothing else is mailed, any
mail makes Postfix write a line, such as that of digest doctor --send.
\b
Logs of Postfix are understood, in the traditional form of syslog, with ISO moments, and as RFC 5424; packed
by gzip, bzip2, xz or zstd or plain, in any order. Logs of other servers are not.
"""


def reconcile(
    context: typer.Context,
    maillog: Annotated[
        list[Path],
        typer.Option(
            "--maillog", metavar="FILE", help="A log of Postfix; - is standard input; may be repeated."
        ),
    ],
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="More of them: --maillog /var/log/mail.log*"),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option("--tz", metavar="ZONE", help="Of a log without time zones (default: this machine's)."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Settle mails in doubt by the log of the mail server (Postfix): taken, or not taken and sent again.

    Exit code 3 when some stay in doubt.
    """
    from digest.maillog import open_log  # noqa: PLC0415 - heavy

    app = open_app(context)
    clock = _zone(zone)
    with ExitStack() as stack:
        logs = []
        for path in dict.fromkeys([*maillog, *(more or ())]):
            logs.append(open_log(path, piped_in()))
            stack.callback(logs[-1].close)
        consulted = app.consult(logs, clock)
    with app.rehearsing() as rehearsal:
        report = app.reconcile(rehearsal, consulted)
    if not as_json:
        _show(report)
    if not dry_run:
        may_go_on(report.again, "sent again", yes=yes, ask=not as_json)
        with app.writing(wait) as database:
            report = app.reconcile(database, consulted)
    if as_json:
        documents.print_json(delivery_documents.reconcile_report(report) | {"dry_run": dry_run})
    else:
        say(_summary(report) + ("; nothing was changed (--dry-run)" if dry_run else ""))
    raise typer.Exit(exits.DELIVERY if report.unclear else exits.DONE)


def _zone(name: str | None) -> tzinfo | None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - rarely asked for

    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"--tz {name!r} is no time zone; write it like Europe/Berlin") from error


def _show(report: reconciling.ReconcileReport) -> None:
    for problem in report.problems:
        complain(problem)
    rows = [(m.delivery.recipient, m.delivery.edition, _now(m), m.why) for m in report.mails]
    if rows:
        table(("recipient", "edition", "now", "because"), _first(rows), wide=("because",))
    if len(rows) > _SHOWN:
        say(f"and {len(rows) - _SHOWN:,} more: --json shows all")


def _first(rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    """What stays in doubt before the rest: that is what somebody has to see to."""
    return sorted(rows, key=lambda row: row[2] != _DOUBT)[:_SHOWN]


_DOUBT = "in doubt"


def _now(mail: reconciling.Reconciled) -> str:
    state = mail.step.state if mail.step else mail.delivery.state
    words = state.value.replace("_", " ")
    return f"{words}, and came back" if mail.returned else words


def _summary(report: reconciling.ReconcileReport) -> str:
    if not report.mails:
        return "nothing is in doubt"
    counts = {
        "accepted": report.taken,
        "to be sent again": report.again,
        "not taken and too old to be news (digest resend --missing sends them all the same)": report.expired,
        "still in doubt": report.unclear,
    }
    said = ", ".join(f"{count:,} {words}" for words, count in counts.items() if count)
    return f"{number_of(report.lines, 'line')} read: {said}"
