"""What is examined: the settings and where they stand, the database's facts, the world's answers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from digest.doctor.names import Names

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.deliver import Signer
    from digest.ports import Mailbox
    from digest.store import Facts

#: big mailbox providers that count the mails of a domain, by what they own (rule A06)
GMAIL = ("gmail.com", "googlemail.com")
OUTLOOK = ("outlook.com", "hotmail.com", "live.com", "msn.com")
COUNTED_DOMAINS = (*GMAIL, *OUTLOOK)
#: how far back mails and complaints are counted (rule A07)
LATELY = timedelta(days=30)
#: public addresses towards which a machine's own one is asked for; nothing is sent to them
_OUTSIDE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def own_addresses() -> list[IPv4Address | IPv6Address]:
    """The addresses from which this machine would speak to the outside; no packet leaves."""
    found = []
    for family, outside in _OUTSIDE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as door:
                door.connect((outside, 9))
                found.append(ip_address(door.getsockname()[0]))
        except OSError:
            continue  # no route of this kind
    return found


class Way(StrEnum):
    """How mails leave, by the setting that says so."""

    SERVER = "mail.smtp.host"
    SENDMAIL = "mail.sendmail"
    MAILDIR = "mail.maildir"
    FOLDER = "mail.folder"

    @property
    def reaches_readers(self) -> bool:
        """Whether mails leave this machine by it."""
        return self in {Way.SERVER, Way.SENDMAIL}


def way_of(settings: Settings) -> Way:
    """How mails leave; one of them at most is set."""
    mail = settings.mail
    if mail.sendmail is not None:
        return Way.SENDMAIL
    if mail.maildir is not None:
        return Way.MAILDIR
    return Way.FOLDER if mail.smtp.host is None else Way.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One installation at one moment. Nothing in it is changed by an examination."""

    settings: Settings
    config_path: Path
    now: datetime
    facts: Facts
    #: what mails are signed with
    signers: tuple[Signer, ...] = ()
    #: where mails that come back are read, for looking only; raises `MailboxError`
    mailbox: Callable[[], Mailbox | None] = lambda: None
    names: Names = field(default_factory=Names)
    #: Linux's table of mounted file systems
    mounts: Path = Path("/proc/mounts")
    #: where this machine speaks from
    own_addresses: Callable[[], list[IPv4Address | IPv6Address]] = own_addresses

    @property
    def way(self) -> Way:
        """How mails leave."""
        return way_of(self.settings)

    @property
    def relay_is_here(self) -> bool:
        """Whether this machine's own mail server sends, so that the world may see this machine's address."""
        host = self.settings.mail.smtp.host
        return self.way is Way.SENDMAIL or (host is not None and is_this_machine(host))

    @property
    def from_domain(self) -> str:
        """The domain that readers see."""
        return domain_of(self.settings.mail.from_address)

    @property
    def bounce_address(self) -> str:
        """Where bounces go: the envelope's sender."""
        mail = self.settings.mail
        return mail.bounce_address or mail.from_address

    @property
    def has_own_domain(self) -> bool:
        """Whether mails come from a domain that the world could know."""
        return is_public(self.from_domain)


def domain_of(address: str) -> str:
    """An address's domain in ASCII."""
    domain = address.rpartition("@")[2].lower()
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def is_public(domain: str) -> bool:
    """Whether a domain could be known outside: no bare host name, nothing below `localhost`."""
    return "." in domain and domain.rpartition(".")[2] not in {"localhost", "local", "localdomain", "lan"}


def is_public_address(address: IPv4Address | IPv6Address) -> bool:
    """Whether the world could see mails come from there."""
    return address.is_global


def is_this_machine(host: str) -> bool:
    """Whether a host name or address means this machine, going by its looks."""
    bare = host.strip("[]").lower().rstrip(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False
