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
Wait = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another run to end.")
]
