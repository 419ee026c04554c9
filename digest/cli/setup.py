"""`digest init`: a configuration to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.terminal import say
from digest.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made if missing.")] = Path(),
    source: Annotated[
        Path | None,
        typer.Option("--source", metavar="PATH", help="The folder or file to read, instead of DIR/inbox."),
    ] = None,
) -> None:
    """Write a commented config.yaml (never over an existing one)."""
    from digest.config import write_template  # noqa: PLC0415 - heavy

    if source is not None and not source.exists():
        raise UsageError(f"there is no file or folder {source} to read")
    path = write_template(folder, source=source.absolute() if source else None)
    say(f"wrote {path}: it explains every setting, and works as it is")
    if source is None:
        (folder / "inbox").mkdir(exist_ok=True)
        say(f"put dumps of paper listings into {folder / 'inbox'}, then:")
    option = "" if folder == Path() else f" --config {path}"
    say(f'  digest{option} subscribers add you@example.org --interest "diffusion models"')
    say(f"  digest{option} run")
