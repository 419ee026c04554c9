"""The database: whole, current, writable, and alone with its owner."""

from __future__ import annotations

import os
from collections.abc import Iterator

from digest.doctor.case import GMAIL, OUTLOOK, Case
from digest.doctor.findings import Finding, advice, broken, fine, skipped

_MANY = 5_000
_RESTORE = "restore a backup (docs/operating.md, Backups); keep this file, and send nothing before"


def check_file(case: Case) -> Iterator[Finding]:
    """Whether there is a database that this digest can use."""
    facts = case.facts
    if facts.size is None:
        yield fine("file", f"{facts.path} is not there yet: the first command that writes makes it")
    elif facts.trouble:
        yield broken("file", f"{facts.path} cannot be read: {facts.trouble}", _remedy(facts.trouble))
    elif not facts.size or facts.revision is None:
        yield fine("file", f"{facts.path} is empty: the first command that writes fills it")
    elif facts.is_current:
        yield fine("file", f"{facts.path}, {_size(facts.size)}, schema {facts.revision}")
    elif facts.revision > facts.newest_revision:
        yield broken(
            "file",
            f"is at schema {facts.revision}, this digest knows up to {facts.newest_revision}",
            "install the newer digest: there is no way back",
        )
    else:
        yield advice(
            "file",
            f"is at schema {facts.revision}; the next run brings it to {facts.newest_revision}",
            "make a backup before (docs/operating.md, Upgrading)",
        )


def check_integrity(case: Case) -> Iterator[Finding]:
    """Whether the file is damaged, and whether its rows fit together."""
    facts = case.facts
    if not facts.size or facts.trouble:
        return
    if facts.restored:
        yield advice(
            "age",
            "is older than what was sent from it: it was restored from a copy",
            "the next delivery puts what waits in doubt; see docs/operating.md, Backups",
        )
    if facts.damage:
        yield broken("integrity", f"is damaged: {'; '.join(facts.damage)}", _RESTORE)
    elif facts.loose:
        yield broken("integrity", f"rows point to rows that are gone: {', '.join(facts.loose)}", _RESTORE)
    elif facts.checked:
        yield fine("integrity", "no damage found, all rows fit together")
    else:
        yield skipped("integrity", "the check took too long; `digest doctor --thorough` lets it finish")


def check_mode(case: Case) -> Iterator[Finding]:
    """Whether it can be written, and survives a power cut."""
    facts = case.facts
    if facts.trouble:
        return
    if facts.revision is not None and not facts.wal:
        yield advice(
            "journal",
            "is not in WAL mode: somebody changed it, or it was copied by another program",
            "nothing, if the next run changes it back; else look who opens the file",
        )
    yield from check_writable(case)


def check_writable(case: Case) -> Iterator[Finding]:
    """Whether this user may write the database, and the two files that SQLite puts beside it."""
    path = case.facts.path
    folder = path.parent
    if case.facts.size is None:
        nearest = next((f for f in (folder, *folder.parents) if f.exists()), folder)
        if not os.access(nearest, os.W_OK | os.X_OK):
            yield broken("writing", f"{nearest} cannot be written by this user", _owner(case))
        else:
            yield fine("writing", "this user may make it")
        return
    for place in (path, folder):
        if not os.access(place, os.W_OK):
            yield broken("writing", f"{place} cannot be written by this user", _owner(case))
            return
    yield fine("writing", "this user may write it")


def check_readers(case: Case) -> Iterator[Finding]:
    """How many read by mail, and at which big providers."""
    audience = case.facts.audience
    if audience is None:
        return
    if not audience.recipients:
        remedy = 'digest subscribers add ADDRESS --interest "PHRASE"'
        yield advice("readers", "nobody is to get mails yet", remedy)
        return
    yield fine("readers", f"{audience.recipients:,} by mail")
    for name, domains in (("Gmail", GMAIL), ("Outlook", OUTLOOK)):
        count = sum(audience.at_domains.get(domain, 0) for domain in domains)
        if count >= _MANY:
            yield advice(
                "readers",
                f"{count:,} of them at {name}: from {_MANY:,} mails a day on one is a bulk sender there",
                "keep SPF, DKIM, DMARC and the one-click link in order, and complaints below 0.1 %",
                rule="A06",
            )


def _remedy(trouble: str) -> str:
    if "locked" in trouble:
        return "another program holds it; look again when that has ended"
    if "no digest database" in trouble:
        return "change `database` in config.yaml; this file is another program's"
    if "denied" in trouble:
        return "run digest as the user that the file belongs to"
    return _RESTORE


def _owner(case: Case) -> str:
    try:
        owner = case.facts.path.owner()
    except (OSError, KeyError):
        owner = "the user that digest runs as"
    return f"run digest as {owner}, or give the file and its folder to this user (chown)"


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"
