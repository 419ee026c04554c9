"""The program `digest`: global options, the commands, and what a failure becomes."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from digest import __version__
from digest.cli import (
    bounce,
    deliveries,
    delivery,
    dkim,
    doctor,
    feedback,
    issues,
    keys,
    papers,
    reconcile,
    resend,
    serve,
    setup,
    subscribers,
    why,
)
from digest.cli.globals import Globals, GlobalsAnywhere
from digest.errors import DigestError
from digest.exits import BUG, EXIT_CODES, STOPPED

app = typer.Typer(
    cls=GlobalsAnywhere,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    # a traceback of typer's would show local variables, passwords among them
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
First steps:
  digest init
  digest subscribers add you@example.org --interest "diffusion models" --interest "speech synthesis^2"
  digest run
\b
Without any configuration:
  digest rank --interest "speech synthesis" dump.txt
\b
When mails did not go:
  digest status
  digest deliveries --edition latest
\b
{EXIT_CODES}""",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    config: Annotated[
        str,
        typer.Option(
            "--config", "-c", metavar="FILE", help="The configuration (before or after the command)."
        ),
    ] = "config.yaml",
    now: Annotated[
        str | None,
        typer.Option(
            "--now", metavar="ISO", help="The moment to take for the present one, such as 2026-11-22T07:00Z."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Each reader's own daily list of research papers, by mail and by feed."""
    context.obj = Globals(config=config, now=now)


for room in (
    setup,
    papers,
    subscribers,
    feedback,
    issues,
    why,
    delivery,
    deliveries,
    resend,
    reconcile,
    serve,
    keys,
    dkim,
    bounce,
    doctor,
):
    room.add_to(app)


def main() -> None:
    """Run a command; errors meant for a person end as one message and an exit code."""
    # Nearly all that a command makes stays to its end: searching it for garbage again and again, and
    # once more when leaving, takes a sixth of a short run.
    gc.set_threshold(100_000, 50, 100)
    # pydantic would look through the descriptions of all installed packages for plugins of its own
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        _run()
    finally:
        gc.freeze()


def _run() -> None:
    try:
        app(prog_name="digest")
    except DigestError as error:
        typer.echo(f"digest: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # whoever read our output has gone: nothing is left to say
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("digest: stopped; what was finished is kept", err=True)
        sys.exit(STOPPED)
    except Exception:  # noqa: BLE001 - the last wall: a bug becomes its exit code, with its traceback
        typer.echo("digest: this is a bug; what was finished is kept, the rest was undone:", err=True)
        sys.excepthook(*sys.exc_info())
        sys.exit(BUG)
