"""A number beside the database that tells a restored copy from the database itself.

It grows with every batch of mails taken in hand: first in the database, then in the file beside it,
before the first of those mails leaves. A database whose number is lower than the one beside it
was restored from a copy, and has forgotten mails that were sent. Where both were restored together
nothing can be noticed; then only the age limit of mails protects (docs/reliability.md).
"""

from __future__ import annotations

from pathlib import Path

from digest import files
from digest.errors import StoreError


def place(database: Path) -> Path:
    """The file beside `database`."""
    return database.with_name(database.name + ".generation")


def noted(database: Path, instance: str) -> int | None:
    """The number beside `database`, `None` where there is none or it is another database's."""
    path = place(database)
    try:
        name, _, number = path.read_text("ascii").strip().partition(" ")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise StoreError(f"cannot read {path}: {error}; it belongs to the database beside it") from error
    if not number.isdecimal():
        raise StoreError(
            f"{path} holds no name and number; delete it if the database was not restored from a copy"
        )
    return int(number) if name == instance else None


def note(database: Path, instance: str, number: int) -> None:
    """Write the number, on disk when this returns."""
    try:
        files.write(place(database), f"{instance} {number}\n".encode("ascii"), mode=0o600)
    except OSError as error:
        raise StoreError(f"cannot write {place(database)}: {error.strerror}; nothing was sent") from error
