"""`digest init`: a configuration to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.terminal import say


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made if missing.")] = Path(),
) -> None:
    """Write a commented config.yaml (never over an existing one)."""
    from digest.config import write_template  # noqa: PLC0415 - heavy

    path = write_template(folder)
    (folder / "inbox").mkdir(exist_ok=True)
    option = "" if folder == Path() else f" --config {path}"
    say(f"wrote {path}: it explains every setting, and works as it is")
    say(f"put dumps of paper listings into {folder / 'inbox'}, then:")
    say(f'  digest{option} subscribers add you@example.org --interest "diffusion models"')
    say(f"  digest{option} run")
