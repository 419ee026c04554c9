"""Commands about the keys that sign links: `keys`, `keys rotate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from digest.cli import documents
from digest.cli.globals import open_app
from digest.cli.options import Json, Wait
from digest.cli.terminal import say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.store import KeyVersion


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    group = typer.Typer(help="The keys that sign the links in mails.")
    group.callback(invoke_without_command=True)(keys)
    group.command()(rotate)
    app.add_typer(group, name="keys")


def keys(context: typer.Context, as_json: Json = False) -> None:
    """List the versions of the key that signs links, never the keys themselves."""
    if context.invoked_subcommand is not None:
        return
    app = open_app(context)
    if not app.database.exists():
        _show([], as_json=as_json)
        return
    with app.reading() as transaction:
        _show(transaction.instance.key_versions(), as_json=as_json)


def rotate(context: typer.Context, wait: Wait = 30.0, as_json: Json = False) -> None:
    """Sign new mails' links with a new key; links in old mails stay valid for ever."""
    app = open_app(context)
    with app.writing(wait) as database, database.write() as transaction:
        transaction.instance.add_key(app.now)
        versions = transaction.instance.key_versions()
    _show(versions, as_json=as_json)


def _show(versions: Sequence[KeyVersion], *, as_json: bool) -> None:
    """Every version with what it is for; the last one signs."""
    found: list[dict[str, Any]] = [
        {"version": one.version, "created_at": one.created_at, "signs": one is versions[-1]}
        for one in versions
    ]
    if as_json:
        documents.print_json(found)
    elif not found:
        say("no keys yet; the first run makes one")
    else:
        rows = [
            (key["version"], f"{key['created_at']:%Y-%m-%d %H:%M} UTC", _use(signs=key["signs"]))
            for key in found
        ]
        table(("key", "since", "what for"), rows)


def _use(*, signs: bool) -> str:
    return "signs the links of new mails" if signs else "opens the links of older mails"
