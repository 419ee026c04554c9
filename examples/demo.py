"""The demo behind `make run`: five days of real listings become mails, feeds and pages in `out/demo`.

A mail server of its own, on this machine only, receives the mails and writes each as `.eml`, HTML
and text. Nothing leaves the machine, and nothing is needed but this checkout. Run again, it sends
nothing twice.
"""

from __future__ import annotations

import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from rich.console import Console
from rich.table import Table

from digest.app import App
from digest.files import write_if_changed
from digest.model import DeliveryState

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "demo.yaml"
#: each dump is read on a day of its own, from Monday on
FIRST_MORNING = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)


class Mailbox:
    """Receives mails and lays each into a folder in three forms."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one message."""
        data = cast("bytes", envelope.content)
        mail = message_from_bytes(data, _class=EmailMessage, policy=policy.default)
        moment = mail["Date"].datetime
        name = f"{moment:%Y-%m-%d} {envelope.rcpt_tos[0].partition('@')[0]}"
        parts = {"txt": mail.get_body(("plain",)), "html": mail.get_body(("html",))}
        write_if_changed(self.folder / f"{name}.eml", data)
        for kind, part in parts.items():
            write_if_changed(self.folder / f"{name}.{kind}", part.get_content().encode() if part else b"")
        return "250 kept"


def main() -> int:
    """Five days, one after another; then what was made and how to go on."""
    console = Console(highlight=False)
    app = App.open(CONFIG, now=FIRST_MORNING, environ=os.environ)
    mailbox = Mailbox(app.settings.mail.folder)
    port = _free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        days, sent = _five_days(port, console)
    finally:
        server.stop()
    console.print(days)
    if not sent:
        console.print(
            "\nAll of this was sent before: nothing is sent twice. [bold]rm -r out/demo[/bold] begins anew."
        )
    _tell_what_is_next(console, app, mailbox)
    return 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _five_days(port: int, console: Console) -> tuple[Table, int]:
    environ = os.environ | {"DIGEST__MAIL__SMTP__HOST": "127.0.0.1", "DIGEST__MAIL__SMTP__PORT": str(port)}
    table = Table(box=None, header_style="bold")
    for column in ("day", "listed", "new", "shown", "mails"):
        table.add_column(column, justify="left" if column == "day" else "right")
    mails = 0
    for number, dump in enumerate(sorted((HERE / "dumps").glob("*.txt"))):
        morning = FIRST_MORNING + timedelta(days=number)
        app = App.open(CONFIG, now=morning, environ=environ)
        with console.status(f"{morning:%A}: reading {dump.name}"), app.writing() as database:
            read = app.ingest(database, [dump])
            published = app.publish(database)
            app.write_output(database)
            sent = app.deliver(database)
        mails += sent.count(DeliveryState.ACCEPTED)
        for line in sent.problem_lines:
            console.print(line, style="red", markup=False)
        table.add_row(
            f"{morning:%a %d %b}",
            str(sum(len(file.listing.records) for file in read.files)),
            str(read.new),
            str(sum(len(issue.shown) for issue in published.issues)),
            str(sent.count(DeliveryState.ACCEPTED)),
        )
    return table, mails


def _tell_what_is_next(console: Console, app: App, mailbox: Mailbox) -> None:
    out = _near(app.settings.output.folder)
    newest = sorted(mailbox.folder.glob("*.html"))
    program = _near(Path(sys.executable).with_name("digest"))
    mail = f"  {_near(newest[-1])}  a mail as its reader sees it (.txt and .eml beside it)" if newest else ""
    lines = (
        "",
        "[bold]Look at[/bold]",
        f"  {out}/index.html  the newest listing as a page",
        mail,
        f"  {out}/feeds/  RSS, Atom and JSON feeds: public, and one for each reader by feed",
        "",
        "[bold]Make it yours[/bold]",
        f"  {program} init mine --source examples/dumps",
        f"  {program} -c mine/config.yaml subscribers add you@example.org -i 'diffusion models' -i robotics",
        f"  {program} -c mine/config.yaml run",
        "  Mails are files in mine/mail until mail.smtp.host is set in mine/config.yaml.",
    )
    for line in lines:
        console.print(line, soft_wrap=True)


def _near(path: Path) -> Path:
    """`path` as seen from the working directory where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
