"""What a person sees: tables, plain lines, progress on long work. Everything printed is made safe first."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from digest.text import printable

if TYPE_CHECKING:
    from digest.pipeline import Progress


def say(line: str = "") -> None:
    """One line on standard output."""
    typer.echo(line)


def complain(line: str) -> None:
    """One line on standard error."""
    typer.echo(f"digest: {printable(line)}", err=True)


def someone_watches() -> bool:
    """Whether a person looks at standard output: cron wants silence when all is well."""
    return sys.stdout.isatty()


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, wide: Sequence[str] = ()) -> None:
    """Rows under headings; columns of numbers stand to the right, `wide` ones may wrap."""
    from rich.console import Console  # noqa: PLC0415 - heavy
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    sheet = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        sheet.add_column(
            column,
            justify="right" if numbers else "left",
            no_wrap=column not in wide,
            # a cell cut short says so
            overflow="fold" if column in wide else "ellipsis",
        )
    for row in rows:
        sheet.add_row(*(Text(printable("" if cell is None else str(cell))) for cell in row))
    width = None if someone_watches() else 160
    Console(width=width, highlight=False).print(sheet)


@contextmanager
def progress() -> Iterator[Progress]:
    """Shows on a terminal how far long work has come; silent elsewhere."""
    if not (sys.stderr.isatty() and someone_watches()):
        yield lambda _stage, _done, _total, /: None
        return
    from rich.console import Console  # noqa: PLC0415 - heavy

    with Console(stderr=True).status("") as status:
        yield lambda stage, done, total, /: status.update(f"{stage} {done}/{total}")
