"""`digest bounce`: read what came back, from the mailbox, a pipe or files."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from digest.cli import documents
from digest.cli.globals import open_app
from digest.cli.options import Json, Wait
from digest.cli.terminal import complain, number_of, piped_in, progress, say, table
from digest.errors import DigestError, UsageError
from digest.exits import DONE, TRY_AGAIN
from digest.text import clip, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.app import App
    from digest.pipeline import ReturnedMail, ReturnReport, Store
    from digest.ports import Mailbox

_PIPE = "-"


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(bounce)


def bounce(
    context: typer.Context,
    mails: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MAIL]...", help="Files, or - for standard input; else the mailbox."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ADDRESS", help="Whom the mail was delivered to, from its envelope."),
    ] = None,
    many: Annotated[
        bool, typer.Option("--many", help="Remove readers however many bounces say so at once.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what each mail would do; nothing is kept or moved.")
    ] = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Read what came back: bounces, complaints, mails that ask to leave.

    Without MAIL the configured mailbox (mail.mailbox), as every run does before it sends. With -
    one mail from a pipe: then any trouble ends with 75, so that the mail server keeps the mail.
    """
    names = mails or []
    if _PIPE in names and len(names) > 1:
        raise UsageError("- stands alone: one mail comes from a pipe")
    if names == [_PIPE]:
        raise typer.Exit(_piped(context, to, many=many, dry_run=dry_run, as_json=as_json))
    app = open_app(context)
    box = _files(names, to)
    if box is None and to is not None:
        raise UsageError("--to says whom one mail was for; it goes with - or with files")
    with progress() as shown, _store(app, wait, dry_run=dry_run) as where:
        if box is None and app.mailbox() is None:
            raise UsageError(
                f"{app.config_path} names no mailbox: set mail.mailbox.maildir or mail.mailbox.imap.host, "
                "or give files, or - for a pipe"
            )
        report = app.read_mailbox(where, box=box, many=many, progress=shown)
    _show(report, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(report.exit_code)


@contextmanager
def _store(app: App, wait: float, *, dry_run: bool) -> Iterator[Store]:
    if dry_run:
        with app.rehearsing() as rehearsal:
            yield rehearsal
    else:
        with app.writing(wait) as database:
            yield database


def _files(names: list[str], to: str | None) -> Mailbox | None:
    from digest.mailbox import FilesMailbox  # noqa: PLC0415 - heavy
    from digest.returns import LONGEST  # noqa: PLC0415 - heavy

    return FilesMailbox([Path(name) for name in names], longest=LONGEST, envelope=to) if names else None


def _piped(context: typer.Context, to: str | None, *, many: bool, dry_run: bool, as_json: bool) -> int:
    """The exit code for a mail from a pipe: done, or 75 (EX_TEMPFAIL) for whatever went wrong.

    A mail server takes any other code as a refusal, and throws away a bounce that is refused.
    """
    from digest.mailbox import PipedMailbox  # noqa: PLC0415 - heavy
    from digest.returns import LONGEST  # noqa: PLC0415 - heavy

    try:
        app = open_app(context)
        keep = app.settings.mail.bounces.folder
        box = PipedMailbox(piped_in(), keep=keep, longest=LONGEST, envelope=to)
        with _without_lock(app, dry_run=dry_run) as where:
            report = app.read_mailbox(where, box=box, many=many)
    except DigestError as error:
        complain(str(error))
        return TRY_AGAIN
    except Exception:  # noqa: BLE001 - a bug must not lose a mail either; its traceback is in the mail server's log
        complain("this is a bug; the mail stays with the mail server")
        sys.excepthook(*sys.exc_info())
        return TRY_AGAIN
    _show(report, dry_run=dry_run, as_json=as_json)
    return TRY_AGAIN if report.problem or report.held else DONE


@contextmanager
def _without_lock(app: App, *, dry_run: bool) -> Iterator[Store]:
    """A run may hold the lock for long, and its mails need no wait: one transaction does what a mail asks."""
    if dry_run or not app.database.is_ready():
        with _store(app, 30.0, dry_run=dry_run) as where:
            yield where
    else:
        yield app.database


def _show(report: ReturnReport, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        documents.print_json(documents.return_report(report) | {"dry_run": dry_run})
        return
    if dry_run and report.mails:
        rows = [(m.place, m.kind.value, m.recipient, _effect(m), clip(m.detail, 120)) for m in report.mails]
        table(("mail", "kind", "about", "does", "says"), rows, wide=("mail", "about", "does", "says"))
    show_returned(report, dry_run=dry_run)


def show_returned(report: ReturnReport, *, dry_run: bool = False) -> None:
    """What came back in numbers, who was removed and why, and what the operator should know."""
    counts = ", ".join(f"{number} {kind.value.replace('_', ' ')}" for kind, number in report.counts.items())
    say(f"{number_of(len(report.mails), 'returned mail')}" + (f": {counts}" if counts else ""))
    for mail in report.removed:
        verb = "would be" if dry_run else "is"
        say(printable(f"{mail.recipient} {verb} {mail.became}: {mail.why}; {mail.detail}"))
    left = sum(mail.for_a_person for mail in report.mails)
    if left:
        say(f"{number_of(left, 'mail')} for you to read")
    if report.more:
        say("there may be more: the next reading goes on")
    for line in report.problem_lines:
        complain(line)


def _effect(mail: ReturnedMail) -> str:
    if mail.became is not None:
        return f"{mail.became}: {mail.why}"
    return mail.why
