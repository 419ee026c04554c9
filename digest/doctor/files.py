"""Folders, free space, and files that nobody else should read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from digest.doctor.case import Case, Way
from digest.doctor.findings import Finding, advice, broken, fine, skipped

_MB = 1_000_000
#: below this much free space there is advice, below that much nothing is begun
ENOUGH_BYTES = 200 * _MB
LEAST_BYTES = 20 * _MB
_ENOUGH_FILES = 2_000
#: file systems of other machines: neither locks nor shared memory can be relied on there
_NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "9p", "davfs", "ncpfs")
)
#: what a program shows through FUSE without being a network: the layers of containers, foreign disks
_LOCAL_FUSE = frozenset(("fuseblk", "fuse.fuse-overlayfs", "fuse.lxcfs"))


def check_space(case: Case) -> Iterator[Finding]:
    """Free bytes and files where something is written, once for each file system."""
    for place, names in _by_device(_written(case)).items():
        subject, what_for = "free space", f"for {', '.join(names)}"
        try:
            found = os.statvfs(place)
        except OSError as error:
            yield skipped(subject, f"{place} cannot be asked: {error.strerror}")
            continue
        free = found.f_bavail * found.f_frsize
        remedy = f"free some space on the disk that holds {place}"
        if free < LEAST_BYTES:
            yield broken(subject, f"{free / _MB:,.0f} MB {what_for}: the next run may not end", remedy)
        elif free < ENOUGH_BYTES:
            yield advice(subject, f"only {free / _MB:,.0f} MB {what_for}", remedy)
        # some file systems count no files
        elif found.f_files > 0 and found.f_favail < _ENOUGH_FILES:
            remedy = f"delete files on the disk that holds {place}: their number is limited, not their size"
            yield advice(subject, f"only {found.f_favail:,} more files may be made {what_for}", remedy)
        else:
            yield fine(subject, f"{free / _MB:,.0f} MB {what_for}")


def check_network(case: Case) -> Iterator[Finding]:
    """Whether the database lies on a disk of this machine."""
    try:
        table = case.mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        yield skipped("disk of the database", "this system does not say what it is")
        return
    path = case.settings.database
    kind = file_system(nearest(path), table)
    if kind in _NETWORK or (kind.startswith("fuse") and kind not in _LOCAL_FUSE):
        yield broken(
            "disk of the database",
            f"{path} lies on {kind}: locks and the write-ahead log do not work there, and damage follows",
            "move it to a disk of this machine, and set `database` in config.yaml",
        )
    else:
        yield fine("disk of the database", f"is local ({kind})" if kind else "is local")


def check_folders(case: Case) -> Iterator[Finding]:
    """Whether the folders that a run writes can be written."""
    for name, folder in _written(case).items():
        if name == "database":
            continue  # looked at with the file itself
        place = nearest(folder)
        if not place.is_dir():
            yield broken(
                name, f"{place} is no folder", f"change {name} in config.yaml, or move the file away"
            )
        elif not os.access(place, os.W_OK | os.X_OK):
            remedy = f"give {place} to the user that digest runs as (chown), or change {name} in config.yaml"
            yield broken(name, f"{place} cannot be written by this user", remedy)
        elif folder.exists():
            yield fine(name, f"{folder} can be written")
        else:
            yield fine(name, f"{folder} is not there yet, and can be made")


def check_secrets(case: Case) -> Iterator[Finding]:
    """Whether other users of this machine could read passwords, keys, addresses or mails."""
    places = secret_places(case)
    found = [finding for name, place in places.items() for finding in _exposed(name, place)]
    yield from found
    there = [name for name, place in places.items() if place.exists()]
    if not found and there:
        yield fine("secrets", f"nobody else can read {', '.join(there)}")


def check_owner(case: Case) -> Iterator[Finding]:
    """Whether the user who asks is the one that the database belongs to."""
    path = case.settings.database
    try:
        owner = path.stat().st_uid
    except OSError:
        return
    if owner != os.geteuid():
        name = _user(owner)
        yield advice(
            "owner",
            f"{path} belongs to {name}; what is said here holds for {_user(os.geteuid())}",
            f"run digest always as the same user: sudo -u {name} digest doctor",
        )


def secret_places(case: Case) -> dict[str, Path]:
    """Files and folders with something that nobody else should see, by what they are."""
    mail, database = case.settings.mail, case.settings.database
    places: dict[str, Path | None] = {
        "the database": database,
        "its log": database.with_name(database.name + "-wal"),
        "the mail server's password": mail.smtp.password_file,
        "the DKIM key": mail.dkim.key_file,
        "the second DKIM key": mail.dkim.ed25519_key_file,
        "the mailbox's password": mail.mailbox.imap.password_file,
    }
    return {name: place for name, place in places.items() if place is not None}


def _exposed(name: str, place: Path) -> Iterator[Finding]:
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        remedy = f"give {place} to the user that digest runs as (chown)"
        yield broken("secrets", f"{name}, {place}, cannot be looked at: {error.strerror}", remedy)
        return
    if mode & stat.S_IROTH and not _behind_a_door(place):
        yield broken("secrets", f"every user of this machine can read {name}", f"chmod o-rwx {place}")
    elif mode & stat.S_IWOTH:
        yield broken("secrets", f"every user of this machine can change {name}", f"chmod o-rwx {place}")


def _behind_a_door(place: Path) -> bool:
    """Whether a folder above keeps others out, whatever the mode of the file says."""
    return any(not folder.stat().st_mode & stat.S_IXOTH for folder in place.resolve().parents)


def _written(case: Case) -> dict[str, Path]:
    """The folders that a run writes to, by the setting that names them."""
    settings = case.settings
    found = {"database": settings.database.parent}
    if case.way is Way.FOLDER:
        found["mail.folder"] = settings.mail.folder
    elif settings.mail.maildir is not None:
        found["mail.maildir"] = settings.mail.maildir
    if settings.feeds.enabled:
        found["output.folder"] = settings.output.folder
    return found


def _by_device(folders: dict[str, Path]) -> dict[Path, list[str]]:
    """One folder of each file system, with the names of all that lie on it."""
    found: dict[int, tuple[Path, list[str]]] = {}
    for name, folder in folders.items():
        place = nearest(folder)
        try:
            found.setdefault(place.stat().st_dev, (place, []))[1].append(name)
        except OSError:
            continue
    return dict(found.values())


def nearest(path: Path) -> Path:
    """`path`, or the nearest folder above it that is there."""
    for place in (path, *path.parents):
        try:
            place.stat()
        except FileNotFoundError:
            continue
        except OSError:
            return place
        return place
    return Path("/")


def file_system(path: Path, table: str) -> str:
    """The kind of file system that `path` lies on, by the lines of /proc/mounts; empty where none fits."""
    place = path.resolve()
    best: tuple[int, str] = (-1, "")
    for line in table.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        # blanks and others are written as octal numbers there
        point = Path(parts[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        # the later of two mounts on one place hides the other
        if (place == point or point in place.parents) and len(point.parts) >= best[0]:
            best = (len(point.parts), parts[2])
    return best[1]


def _user(number: int) -> str:
    import pwd  # noqa: PLC0415 - seldom needed

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
