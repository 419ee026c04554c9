"""Options that every command takes, before or after its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from digest.errors import StoppedError, UsageError

if TYPE_CHECKING:
    from digest.app import App

_TAKING_A_VALUE = ("--config", "-c", "--now")
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


class GlobalsAnywhere(TyperGroup):
    """Moves global options to the front, wherever they stand before a `--`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own context
        """See `click.Group.parse_args`."""
        return super().parse_args(ctx, hoisted(args))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own context, and a command's own answer
        """See `click.Group.invoke`; what is told to stop says so, where typer would end in silence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as told:
            raise StoppedError("stopped; what was finished is kept") from told


def hoisted(args: list[str]) -> list[str]:
    """`args` with the global options first, in their order."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(args)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        if word in _TAKING_A_VALUE and waiting:
            front += [word, waiting.pop(0)]
        elif word.startswith(tuple(f"{name}=" for name in _TAKING_A_VALUE if name.startswith("--"))):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Globals:
    """The values of the global options."""

    config: str
    now: str | None


def now_of(context: typer.Context) -> datetime:
    """The command's moment: `--now`, or the clock's."""
    given = context.find_object(Globals)
    if given is None or given.now is None:
        return datetime.now(UTC)
    return parse_now(given.now)


def parse_now(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is UTC, and a day alone means its first moment."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = _NO_MOMENT
    # the calendar ends at both sides, and a week before or after must still be in it
    if not 1970 <= moment.year < 9000:
        raise UsageError(f"--now {text!r} is no moment; write it like 2026-11-22T07:00Z")
    return moment


def config_path(context: typer.Context) -> Path:
    """Where the configuration is."""
    given = context.find_object(Globals)
    return Path(given.config if given else "config.yaml")


def open_app(context: typer.Context) -> App:
    """The app that the configuration describes; its database is closed when the command is done."""
    from digest.app import App  # noqa: PLC0415 - heavy

    app = App.open(config_path(context), now=now_of(context), environ=os.environ)
    # the last one to close the database tidies up the files beside it
    context.call_on_close(app.database.close)
    return app
