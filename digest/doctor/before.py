"""The quick look before a run: what would make it fail halfway is told before anything is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.doctor.case import Way, way_of
from digest.doctor.files import LEAST_BYTES, nearest
from digest.doctor.findings import Finding, broken
from digest.store import active_recipients

if TYPE_CHECKING:
    from digest.config import Settings

#: what an edition takes for each mail beside its bytes: rows of issue, ledger and delivery, and the log
_ROWS = 20_000
#: compressed, where no mail is kept yet
_MAIL = 20_000


def before_run(settings: Settings) -> list[Finding]:
    """What is broken and would stop a run or a delivery; some milliseconds, no network, no change.

    Passwords and keys were read with the configuration, or it would not be here.
    """
    return [
        *_database(settings),
        *_way_out(settings),
        *_space(settings),
    ]


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database
    for place in (path if path.exists() else nearest(path.parent), nearest(path.parent)):
        if not os.access(place, os.W_OK):
            remedy = "run digest as the user that it belongs to, or give it to this user (chown)"
            yield broken("database", f"{place} cannot be written by this user", remedy)
            return


def _way_out(settings: Settings) -> Iterator[Finding]:
    """The way out, where it is on this machine. Without the output's folder mails go out all the same."""
    mail, way = settings.mail, way_of(settings)
    if mail.sendmail is not None and not os.access(mail.sendmail, os.X_OK):
        remedy = "install a mail server with its sendmail program, or correct mail.sendmail"
        yield broken(way.value, f"there is no program {mail.sendmail} that this user may run", remedy)
    folder = {Way.FOLDER: mail.folder, Way.MAILDIR: mail.maildir}.get(way)
    place = nearest(folder) if folder is not None else None
    if place is not None and not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
        remedy = f"give {place} to the user that digest runs as (chown), or change {way.value} in config.yaml"
        yield broken(way.value, f"{place} cannot be written by this user", remedy)


def _space(settings: Settings) -> Iterator[Finding]:
    """Whether the disk of the database holds one more edition for everybody, and its log."""
    place = nearest(settings.database.parent)
    try:
        found = os.statvfs(place)
    except OSError:
        return
    free = found.f_bavail * found.f_frsize
    if free > 100 * LEAST_BYTES:
        return  # more than any edition, and nobody need be counted
    recipients, mail_bytes = active_recipients(settings.database)
    # once in the log and once in the database
    wanted = LEAST_BYTES + 2 * recipients * ((mail_bytes or _MAIL) + _ROWS)
    if free < wanted:
        yield broken(
            "disk",
            f"{free / 1_000_000:,.0f} MB are free on the disk of {place}, and an edition for {recipients:,} "
            f"readers may take {wanted / 1_000_000:,.0f} MB",
            "free some space",
        )
