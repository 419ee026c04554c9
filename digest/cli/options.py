"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
ThePaper = Annotated[
    str, typer.Argument(metavar="PAPER", help="A key, arXiv id, DOI, link, number, or part of the title.")
]
Whose = Annotated[
    str | None,
    typer.Argument(metavar="ADDRESS", help="Address or name; not needed where there is one."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask, however many there are.")]
Wait = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another run to end.")
]
