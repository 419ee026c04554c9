"""Commands about issues: `publish`, `preview`, `issues`."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from digest.cli import documents
from digest.cli.globals import open_app
from digest.cli.heap import one_heap
from digest.cli.options import Json, Wait, Whose
from digest.cli.papers import parse_day, show_match
from digest.cli.terminal import complain, number_of, progress, say, table
from digest.text import printable

if TYPE_CHECKING:
    from digest.model import Subscriber
    from digest.pipeline import PublishReport
    from digest.store import PastIssue, Transaction

#: by `SkipReason`
_SKIPPED = {"nothing_new": "nothing new came", "nothing_for_you": "nothing above the line"}


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(publish)
    app.command()(preview)
    app.command()(issues)


def publish(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compose and report; keep nothing.")] = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Compose issues for whoever is due and put their mails into the outbox."""
    one_heap()
    app = open_app(context)
    with progress() as shown, app.rehearsing() if dry_run else app.writing(wait, shown) as where:
        report = app.publish(where, progress=shown)
    if as_json:
        documents.print_json(documents.publish_report(report) | {"dry_run": dry_run})
    else:
        show_publish(report)
        if dry_run:
            say("nothing was kept (--dry-run)")
    raise typer.Exit(report.exit_code)


def show_publish(report: PublishReport) -> None:
    """One line for each issue and each due moment that brought none."""
    rows = []
    for issue in report.issues:
        counts = issue.counts
        words = f"{counts.listed} listed, {counts.shown} shown"
        rows.append((issue.subscriber.name, issue.edition.key, "issue", words))
    for skip in report.skipped:
        words = f"{_SKIPPED[skip.reason]} ({skip.listed} listed)"
        rows.append((skip.subscriber.name, skip.edition.key, "none yet", words))
    if rows:
        table(("subscriber", "edition", "", "papers"), rows)
    more = report.issue_count + report.skipped_count - len(rows)
    if more:
        say(f"… and {more:,} more; `digest issues` shows all")
    for problem in report.problems:
        complain(f"{problem.where}: {problem.what}")
    if report.next_due:
        say(f"{report.not_due_count:,} not due; the next is due {report.next_due:%Y-%m-%d %H:%M} UTC")
    elif not rows:
        say("no subscribers yet; `digest subscribers add` adds one")


def preview(
    context: typer.Context,
    whose: Whose = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write HTML, text and .eml there.")
    ] = None,
) -> None:
    """Show the issue a subscriber would get now, without touching anything."""
    from digest import pipeline  # noqa: PLC0415 - heavy
    from digest.model import Skipped  # noqa: PLC0415

    app = open_app(context)
    with app.reading() as transaction:
        subscriber = pipeline.subscribing.find(transaction, whose)
        house = app.house_of(transaction.instance.get())
        found = pipeline.preview(transaction, house, subscriber, now=app.now)
    if isinstance(found, Skipped):
        say(f"no issue now: {_SKIPPED[found.reason]} ({number_of(found.listed, 'paper')} listed)")
        return
    if found.message is None or found.parts is None:
        if out is not None:
            complain(f"{subscriber.name} reads by feed only: there is no mail to write")
        for number, match in enumerate(found.issue.shown, 1):
            show_match(number, match, app.settings.ranking.line)
        return
    if out is None:
        say(f"Subject: {found.message.subject}\n")
        say(found.parts.text)
        return
    from digest.files import write  # noqa: PLC0415

    parts = {
        "html": found.parts.html.encode(),
        "txt": found.parts.text.encode(),
        "eml": found.message.data,
    }
    name = f"{found.issue.edition.key} {_file_name(subscriber)}"
    for kind, data in parts.items():
        write(out / f"{name}.{kind}", data)
        say(f"wrote {out / f'{name}.{kind}'}")


def issues(
    context: typer.Context,
    whose: Whose = None,
    day: Annotated[str | None, typer.Option(metavar="DAY", help="The edition, such as 2026-11-22.")] = None,
    as_json: Json = False,
) -> None:
    """Show past issues; with ADDRESS and --day, the one issue exactly as it was sent."""
    from digest.pipeline import subscribing  # noqa: PLC0415 - heavy

    app = open_app(context)
    edition = parse_day(day)
    with app.reading() as transaction:
        subscriber = subscribing.find(transaction, whose) if whose else None
        past = transaction.issues.past(subscriber_id=subscriber.id if subscriber else None, edition=edition)
        names = {s.id: s.name for s in transaction.subscribers.all()}
        if as_json:
            documents.print_json([_issue_document(transaction, p, names) for p in past])
            return
        if subscriber and edition and past and past[0].skipped is None:
            _show_as_sent(transaction, past[0])
            return
        rows = [_issue_row(transaction, p, names) for p in past]
    if rows:
        table(("edition", "subscriber", "listed", "shown", "", "subject"), rows, wide=("subject",))
    quiet = sum(p.skipped is not None for p in past)
    say(
        f"{number_of(len(past) - quiet, 'issue')}, {number_of(quiet, 'quiet day')}"
        if past
        else "no issues yet"
    )


def _issue_row(transaction: Transaction, past: PastIssue, names: dict[int, str]) -> tuple[object, ...]:
    delivery = transaction.outbox.of_issue(past.id)
    state = _SKIPPED[past.skipped] if past.skipped else (delivery.state.value if delivery else "feed")
    shown = past.counts.shown if past.counts else 0
    subject = transaction.outbox.subject(delivery.id) if delivery else ""
    return past.edition, names[past.subscriber_id], past.listed, shown, state, subject


def _issue_document(transaction: Transaction, past: PastIssue, names: dict[int, str]) -> dict[str, Any]:
    """An issue as a document, with the mail exactly as it was sent."""
    delivery = transaction.outbox.of_issue(past.id)
    document: dict[str, Any] = {
        "subscriber": names[past.subscriber_id],
        "edition": past.edition,
        "composed_at": past.composed_at,
        "skipped": past.skipped,
        "listed": past.listed,
        "counts": {f.name: getattr(past.counts, f.name) for f in fields(past.counts)}
        if past.counts
        else None,
        "papers": [
            {"section": line.section, **documents.match(line.match)}
            for line in transaction.issues.sent_by(past.id)
        ],
        "delivery": None,
    }
    if delivery:
        document["delivery"] = {
            "state": delivery.state,
            "message_id": delivery.message_id,
            "recipient": delivery.recipient,
            "attempts": delivery.attempts,
            "last_error": delivery.last_error,
        }
        # what was let go is gone: its papers stand above
        dropped = transaction.outbox.dropped_at(delivery.id)
        document["delivery"]["bytes_dropped_at"] = dropped
        data = b"" if dropped else transaction.outbox.data(delivery.id)
        document["as_sent"] = None if dropped else data.decode("utf-8", "replace")
    return document


def _show_as_sent(transaction: Transaction, past: PastIssue) -> None:
    """The text part of the frozen mail, or where there is none any more its papers with their reasons."""
    delivery = transaction.outbox.of_issue(past.id)
    dropped = transaction.outbox.dropped_at(delivery.id) if delivery else None
    if delivery is None or dropped:
        if dropped:
            say(f"the bytes of this mail were let go on {dropped:%Y-%m-%d} (mail.keep); its papers were:")
        for number, line in enumerate(transaction.issues.sent_by(past.id), 1):
            show_match(number, line.match, 0)
        return
    from email import message_from_bytes, policy  # noqa: PLC0415 - heavy

    mail = message_from_bytes(transaction.outbox.data(delivery.id), policy=policy.default)
    for header in ("Date", "From", "To", "Subject", "Message-ID"):
        say(f"{header}: {printable(str(mail[header]))}")
    body = mail.get_body(("plain",))
    say("\n" + (body.get_content() if body else ""))


def _file_name(subscriber: Subscriber) -> str:
    return "".join(c if c.isalnum() or c in "@.-_" else "_" for c in subscriber.name)
