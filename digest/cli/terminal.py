"""What a person sees: tables, plain lines, progress on long work. Everything printed is made safe first."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

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


def number_of(count: int, noun: str) -> str:
    """Such as `1 paper` or `1,204 papers`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def piped_in() -> BinaryIO | None:
    """Standard input as bytes; `None` where a service manager or `<&-` closed it."""
    return sys.stdin.buffer if sys.stdin else None


def someone_watches() -> bool:
    """Whether a person looks at standard output: cron wants silence when all is well."""
    return sys.stdout.isatty()


def width_of_terminal() -> int:
    """How many columns a line may have."""
    return shutil.get_terminal_size().columns


def paint(text: str, *, colour: str | None = None, bold: bool = False) -> str:
    """`text` in a colour where a person looks on and has not asked for none (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not someone_watches():
        return text
    return typer.style(text, fg=colour, bold=bold or None)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, wide: Sequence[str] = ()) -> None:
    """Rows under headings; columns of numbers stand to the right.

    On a terminal `wide` columns wrap, and a cell cut short says so. Elsewhere every row is one line,
    whatever its length.
    """
    numbers = [
        bool(rows) and all(isinstance(row[at], int | float) for row in rows) for at in range(len(columns))
    ]
    cells = [[printable("" if cell is None else str(cell)) for cell in row] for row in rows]
    if someone_watches():
        _draw(columns, cells, numbers, wide)
    else:
        _print(columns, cells, numbers)


def _draw(
    columns: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool], wide: Sequence[str]
) -> None:
    from rich.console import Console  # noqa: PLC0415 - heavy
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    sheet = Table(box=None, pad_edge=False, header_style="bold")
    for column, is_number in zip(columns, numbers, strict=True):
        sheet.add_column(
            column,
            justify="right" if is_number else "left",
            no_wrap=column not in wide,
            overflow="fold" if column in wide else "ellipsis",
        )
    for row in cells:
        sheet.add_row(*map(Text, row))
    Console(highlight=False).print(sheet)


def _print(columns: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool]) -> None:
    """The same in plain lines: rich takes as long to load as all else that a small report needs."""
    lines = [columns, *cells]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        padded = (
            blanks + cell if is_number else cell + blanks
            for cell, width, is_number in zip(line, widths, numbers, strict=True)
            for blanks in (" " * (width - _width(cell)),)
        )
        say("  ".join(padded).rstrip())


def _width(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


@contextmanager
def progress() -> Iterator[Progress]:
    """Shows on a terminal how far long work has come; silent elsewhere."""
    if not (sys.stderr.isatty() and someone_watches()):
        yield lambda _stage, _done, _total, /: None
        return
    from rich.console import Console  # noqa: PLC0415 - heavy
    from rich.live import Live  # noqa: PLC0415 - likewise
    from rich.spinner import Spinner  # noqa: PLC0415 - likewise

    spinner = Spinner("dots", style="status.spinner")
    shown: tuple[str, int] = "", 0
    # refreshed by the work itself: beside another thread a run cannot make copies of itself
    with Live(spinner, console=Console(stderr=True), auto_refresh=False, transient=True) as live:

        def show(stage: str, done: int, total: int, /) -> None:
            nonlocal shown
            # a thousand times at most: some stages have a step for each mail
            part = stage, done * 1_000 // max(total, 1)
            if part != shown:
                shown = part
                spinner.update(text=f"{stage} {done}/{total}")
                live.refresh()

        yield show
