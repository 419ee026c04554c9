"""A number beside the database that tells a restored copy from the database itself.

It grows with every commit that lets mails go or notes what became of them: first in the database, then
in the file beside it, before the first byte of those mails leaves. A database whose number is lower
than the one beside it was restored from a copy, perhaps one made while mails went out, and has
forgotten that they did. Where both were restored together nothing can be noticed; then only the age
limit of mails protects (docs/reliability.md).

The file is never ahead of the database itself. After a power cut it may be behind, by what it was told
since mails were last taken in hand.
"""

from __future__ import annotations

import os
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
        files.write(place(database), _line(instance, number), mode=0o600)
    except OSError as error:
        raise _unwritable(database, error) from error


def note_quickly(database: Path, instance: str, number: int) -> None:
    """Write the number over the one that is there: a crash cannot undo it, a power cut may."""
    try:
        descriptor = os.open(place(database), os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        note(database, instance, number)
        return
    except OSError as error:
        raise _unwritable(database, error) from error
    try:
        # as long as what it replaces, and too short to be cut in two
        os.pwrite(descriptor, _line(instance, number), 0)
    except OSError as error:
        raise _unwritable(database, error) from error
    finally:
        os.close(descriptor)


def _line(instance: str, number: int) -> bytes:
    return f"{instance} {number:020d}\n".encode("ascii")


def _unwritable(database: Path, error: OSError) -> StoreError:
    return StoreError(f"cannot write {place(database)}: {error.strerror}; nothing is sent without it")
