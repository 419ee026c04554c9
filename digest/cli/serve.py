"""`digest serve`: stay, start runs, and answer links."""

from __future__ import annotations

import gc
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.globals import config_path
from digest.cli.terminal import complain, say
from digest.exits import BUG

if TYPE_CHECKING:
    from digest.frontdesk import FrontDesk
    from digest.web import Site


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="ADDRESS:PORT", help="Where to answer links; web.listen else."),
    ] = None,
    no_web: Annotated[
        bool, typer.Option("--no-web", help="Answer nothing, and only look for something to do.")
    ] = False,
) -> None:
    """Stay: do `run` whenever there is something to do, and answer unsubscribe links.

    Looks once a minute and at each new file; the database says who is due. Stop with Ctrl-C or SIGTERM.
    """
    from digest.frontdesk import FrontDesk  # noqa: PLC0415 - heavy
    from digest.scheduler import serve as stay  # noqa: PLC0415 - heavy

    desk = FrontDesk.open(config_path(context))
    context.call_on_close(desk.close)
    site = None if no_web else _site(desk, listen)
    say(f"serving {desk.config_path}: one look a minute, until stopped")
    if site is not None:
        say(f"unsubscribe links are answered at http://{site.listen}/u/")
    _settle_down()
    with site or nullcontext():
        stay(desk, tell=_tell, stopping=site.stop if site else _nothing)
    if site is not None and site.failed:
        raise typer.Exit(BUG)


def _site(desk: FrontDesk, listen: str | None) -> Site:
    from digest.config import parse_listen  # noqa: PLC0415 - heavy
    from digest.web import Site  # noqa: PLC0415 - heavy

    where = desk.settings.web.listen if listen is None else parse_listen(listen)
    named = "web.listen" if listen is None else "--listen"
    return Site(desk, where, named=named, log=say, tell=_tell)


def _settle_down() -> None:
    """Garbage is looked for often, as a program that stays should: a short command does it hardly ever."""
    gc.collect()
    gc.freeze()  # what is loaded by now stays
    gc.set_threshold(700, 10, 10)


def _tell(trouble: str) -> None:
    for line in trouble.splitlines():
        complain(line)


def _nothing() -> None:
    pass
