"""Before many mails are sent again: ask."""

from __future__ import annotations

import sys

import typer

from digest import exits
from digest.cli.terminal import number_of, say, someone_watches
from digest.errors import UsageError

#: more than so many are never touched without `--yes`
MANY = 50


def may_go_on(count: int, what: str, *, yes: bool, ask: bool = True) -> None:
    """Return when `count` mails may be treated as `what` says; end the command when they may not.

    Somebody at a terminal is asked; elsewhere few mails go without a word. Many never do: that is
    more often a mistake in the command than a wish.
    """
    if yes or not count:
        return
    if count > MANY:
        raise UsageError(
            f"{number_of(count, 'mail')} would be {what}: look with --dry-run, and say --yes if that is meant"
        )
    somebody = ask and someone_watches() and sys.stdin and sys.stdin.isatty()
    if somebody and not typer.confirm(f"{number_of(count, 'mail')} will be {what}. Go on?"):
        say("nothing was done")
        raise typer.Exit(exits.DONE)
