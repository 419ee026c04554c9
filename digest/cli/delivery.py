"""Commands that work through everything: `deliver`, `run`, `status`."""

from __future__ import annotations

import sys
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from digest import exits
from digest.cli import documents
from digest.cli.bounce import show_returned
from digest.cli.deliveries import outbox_status, show_outbox
from digest.cli.globals import open_app
from digest.cli.heap import one_heap
from digest.cli.issues import show_publish
from digest.cli.options import Json, Wait
from digest.cli.papers import show_ingest
from digest.cli.terminal import complain, number_of, progress, say, someone_watches, table
from digest.stopping import heeding_signals
from digest.text import printable

if TYPE_CHECKING:
    from digest.app import App, RunReport
    from digest.pipeline import DeliverReport
    from digest.store import Transaction


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(deliver)
    app.command()(run)
    app.command()(status)


def deliver(
    context: typer.Context,
    console: Annotated[
        bool, typer.Option("--console", help="Print the mails instead of sending them; they count as sent.")
    ] = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Send what is in the outbox: by SMTP, or into a folder until mail.smtp.host is set."""
    from digest.examining import working  # noqa: PLC0415 - heavy

    one_heap()
    app = open_app(context)
    with heeding_signals() as stop, progress() as shown, working(app, wait, shown) as where:
        # who asked to leave since is sent nothing more
        returned = app.read_mailbox(where, progress=shown)
        report = app.deliver(where, console=sys.stdout if console else None, stop=stop, progress=shown)
    if as_json:
        document = documents.deliver_report(report)
        documents.print_json(document | {"returned": documents.return_report(returned)})
    else:
        if returned.mails or returned.problem:
            show_returned(returned)
        show_deliver(report)
    raise typer.Exit(report.exit_code or returned.exit_code)


def show_deliver(report: DeliverReport) -> None:
    """How many messages went, and each one that did not."""
    from digest.model import DeliveryState  # noqa: PLC0415 - heavy

    sent = report.count(DeliveryState.ACCEPTED)
    say(f"{sent} sent" if report.counts else "nothing to send")
    if report.paced_until:
        say(f"the rest waits for mail.rate: the next from {report.paced_until:%H:%M} UTC on")
    for line in report.problem_lines:
        complain(line)


def run(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do it all and undo it: no file is written, nothing is sent.")
    ] = False,
    wait: Annotated[
        float,
        typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another run to end."),
    ] = 0.0,
    as_json: Json = False,
) -> NoReturn:
    """Everything at once: ingest the sources, publish, write feeds and pages, deliver.

    Made for cron: without a terminal it prints nothing when all is well, and one line for each problem.
    """
    from digest.examining import working  # noqa: PLC0415 - heavy

    one_heap()
    app = open_app(context)
    if dry_run:
        with app.rehearsing() as rehearsal, progress() as shown:
            report = app.run(rehearsal, rehearse=True, progress=shown)
    else:
        with heeding_signals() as stop, progress() as shown, working(app, wait, shown) as database:
            report = app.run(database, rehearse=False, stop=stop, progress=shown)
            trouble = app.close_run(database, report, finished=datetime.now(UTC))
        for line in trouble:
            complain(line)
    show_run(report, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(report.exit_code)


def show_run(report: RunReport, *, dry_run: bool, as_json: bool) -> None:
    """The whole report where somebody watches or asks for JSON; else the problems alone."""
    if as_json:
        documents.print_json(documents.run_report(report) | {"dry_run": dry_run})
    elif someone_watches() or dry_run:
        if report.returned and (report.returned.mails or report.returned.problem):
            show_returned(report.returned)
        show_ingest(report.ingest)
        show_publish(report.publish)
        if report.output and report.output.problem:
            complain(report.output.problem)
        elif report.output:
            say(f"{report.output.written} of {report.output.files} feed and page files changed")
        if report.deliver:
            show_deliver(report.deliver)
        if dry_run:
            say(f"would send {number_of(report.publish.messages, 'mail')}; nothing was kept (--dry-run)")
    else:
        for line in report.problem_lines():
            complain(line)


def status(
    context: typer.Context,
    check: Annotated[
        bool,
        typer.Option("--check", help="End with 3 where mails are in doubt or do not add up: for a monitor."),
    ] = False,
    as_json: Json = False,
) -> NoReturn:
    """Show papers, subscribers, issues, outbox, sources and the last runs."""
    app = open_app(context)
    found = _status(app)
    if as_json:
        documents.print_json(found)
    else:
        _show_status(app, found)
    wrong = found["alarms"] or found["in_doubt"]
    raise typer.Exit(exits.DELIVERY if check and wrong else exits.DONE)


def _show_status(app: App, found: dict[str, Any]) -> None:
    say(f"configuration  {app.config_path}: in order")
    say(f"database       {found['database']}" + ("" if app.database.exists() else " (not there yet)"))
    say(f"papers         {found['papers']}")
    people = ", ".join(f"{count} {name}" for name, count in found["subscribers"].items())
    say(f"subscribers    {people or 'none yet'}")
    say(f"issues         {found['issues']}, quiet days {found['quiet_days']}")
    show_outbox(found)
    if found["sources"]:
        say()
        rows = [_source_row(s) for s in found["sources"]]
        table(("source", "listings", "last read well", "newest day", "state"), rows, wide=("state",))
    if found["fetches"]:
        say()
        rows = [_fetch_row(f, app.now) for f in found["fetches"]]
        table(("source", "address", "asked next", "because"), rows, wide=("because",))
    if found["runs"]:
        say()
        table(
            ("run", "exit code", "what"),
            [(_moment(r["started_at"]), r["exit_code"], _words(r["report"])) for r in found["runs"]],
        )


def _status(app: App) -> dict[str, Any]:
    with app.reading() as transaction:
        issues, quiet = transaction.issues.count()
        return {
            "database": app.settings.database,
            "papers": transaction.papers.count(),
            "subscribers": transaction.subscribers.count_by_status(),
            "issues": issues,
            "quiet_days": quiet,
            **outbox_status(transaction, app.now),
            "sources": _sources(transaction),
            "fetches": [
                {f.name: getattr(one, f.name) for f in fields(one)} for one in app.outlook(transaction)
            ],
            "runs": [
                {
                    "command": r.command,
                    "started_at": r.started_at,
                    "exit_code": r.exit_code,
                    "report": r.report,
                }
                for r in transaction.runs.latest(5)
            ],
        }


def _sources(transaction: Transaction) -> list[dict[str, Any]]:
    """Each source with the verdict of its last look; `problem` says what is wrong, if anything is."""
    from digest.health import ALARMING  # noqa: PLC0415 - heavy
    from digest.store import SourceState  # noqa: PLC0415 - heavy

    read = {state.source: state for state in transaction.listings.per_source()}
    verdicts = transaction.captures.latest()
    found = []
    for name in sorted(read.keys() | verdicts.keys()):
        state = read.get(name) or SourceState(source=name)
        row = {f.name: getattr(state, f.name) for f in fields(state)} | {"what": state.problem}
        if verdict := verdicts.get(name):
            wrong = verdict.what if verdict.health in ALARMING else None
            row |= {"health": verdict.health, "problem": wrong, "what": verdict.what}
        found.append(row)
    return found


def _source_row(state: dict[str, Any]) -> tuple[object, ...]:
    good = _moment(state["last_good"]) if state["last_good"] else "never"
    words = f"{state['health']}: {state['what']}" if state["what"] else state["health"]
    return state["source"], state["listings"], good, state["newest_day"] or "", words


def _fetch_row(fetch: dict[str, Any], now: datetime) -> tuple[object, ...]:
    at = _moment(fetch["next"]) if fetch["next"] > now else "at the next run"
    moved = f"; moved to {fetch['moved_to']}: change it in config.yaml" if fetch["moved_to"] else ""
    return fetch["source"], fetch["url"], at, printable(fetch["why"] + moved)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _words(report: dict[str, Any]) -> str:
    return printable(", ".join(f"{value} {name}" for name, value in report.items()))
