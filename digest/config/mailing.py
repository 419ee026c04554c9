"""The section `mail`: who the mails come from, and how they leave."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, SecretStr

from digest.config.kinds import (
    Address,
    BounceAddress,
    Domain,
    Host,
    Line,
    ListId,
    Location,
    Pace,
    SecureUrl,
    Selector,
    Switch,
    between,
    one_of,
    whole,
)
from digest.config.part import DAY, SECOND, Part
from digest.config.signing import KeyKind
from digest.model import InDoubt


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


_PORTS: Final = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


def _usual_port(data: dict[str, Any]) -> int:
    return _PORTS[data["security"]]


class SmtpSettings(Part):
    """The mail server that takes the mails; none until `host` is set."""

    host: Host | None = None
    security: Annotated[Security, one_of(Security)] = Security.NONE
    port: Annotated[int, whole(1, 65535)] = Field(default_factory=_usual_port)
    username: Line | None = None
    #: its first line is the password
    password_file: Location | None = None
    #: from the environment or `password_file`, never from YAML
    password: SecretStr | None = None
    #: whether the server's certificate must be good
    verify: Switch = True
    #: how many are open at once
    connections: Annotated[int, whole(1, 50)] = 4
    timeout: Annotated[timedelta, between(SECOND, timedelta(minutes=15))] = timedelta(seconds=60)

    @property
    def lacks_password(self) -> bool:
        """Whether a password is needed before anything is sent.

        No mistake in itself: where only the service's environment holds it, `digest status` in a
        shell works without.
        """
        return self.username is not None and self.password is None


class DkimSettings(Part):
    """What mails are signed with when they are published; not at all until `key_file` is set."""

    #: an RSA key in PEM form
    key_file: Location | None = None
    #: the name that its other half has in the DNS
    selector: Selector = "digest"
    #: the domain of `from_address` where not given
    domain: Domain | None = None
    #: a second signature, beside the first one only
    ed25519_key_file: Location | None = None
    ed25519_selector: Selector = "digest-ed25519"

    @property
    def keys(self) -> tuple[tuple[str, Path, KeyKind, str], ...]:
        """Each key that is given: under which name here, in which file, of which kind, by which selector."""
        both = (
            ("key_file", self.key_file, KeyKind.RSA, self.selector),
            ("ed25519_key_file", self.ed25519_key_file, KeyKind.ED25519, self.ed25519_selector),
        )
        return tuple((name, path, kind, selector) for name, path, kind, selector in both if path)


class BounceSettings(Part):
    """What mails that come back do to a reader."""

    #: so many days with a hard bounce remove a reader
    hard: Annotated[int, whole(1, 30)] = 1
    #: so many days with a soft one, without a mail that arrived in between
    soft_days: Annotated[int, whole(1, 60)] = 5
    #: what `digest bounce -` did not understand is kept here for a person
    folder: Location = Path("returned")


_IMAP_PORTS: Final = {Security.NONE: 143, Security.STARTTLS: 143, Security.TLS: 993}


def _usual_imap_port(data: dict[str, Any]) -> int:
    return _IMAP_PORTS[data["security"]]


class ImapSettings(Part):
    """The IMAP server that keeps the mailbox; none until `host` is set."""

    host: Host | None = None
    security: Annotated[Security, one_of(Security)] = Security.TLS
    port: Annotated[int, whole(1, 65535)] = Field(default_factory=_usual_imap_port)
    username: Line | None = None
    #: its first line is the password
    password_file: Location | None = None
    #: from the environment or `password_file`, never from YAML
    password: SecretStr | None = None
    folder: Line = "INBOX"
    #: whether the server's certificate must be good
    verify: Switch = True
    timeout: Annotated[timedelta, between(SECOND, timedelta(minutes=15))] = timedelta(seconds=60)

    @property
    def lacks(self) -> str | None:
        """What is missing before the mailbox can be read: no mistake in itself, as with `smtp`."""
        if self.username is None:
            return "mail.mailbox.imap.username is missing"
        if self.password is None:
            return (
                "the password of mail.mailbox.imap is missing: set DIGEST__MAIL__MAILBOX__IMAP__PASSWORD or "
                "mail.mailbox.imap.password_file"
            )
        return None


class MailboxSettings(Part):
    """The mailbox that mails come back to; none is read until one is named."""

    #: on this machine, read by nobody else
    maildir: Location | None = None
    imap: ImapSettings = ImapSettings()


def _from_address(data: dict[str, Any]) -> str:
    return str(data["from_address"])


class MailSettings(Part):
    """Who the mails come from and how they leave."""

    from_address: Address = "digest@localhost"
    from_name: Line = "digest"
    #: the digest's name, in subjects, pages and feeds
    title: Line = "digest"
    list_id: ListId = "daily.digest.localhost"
    #: where mails that ask to unsubscribe go; the sender's address where not given
    unsubscribe_address: Address = Field(default_factory=_from_address)
    #: where bounces go, a tag for each reader put before the @; to `from_address` where not given
    bounce_address: BounceAddress | None = None
    #: where `digest serve` answers
    base_url: SecureUrl | None = None
    #: `.eml` files go here until `smtp.host`, `sendmail` or `maildir` is set
    folder: Location = Path("mail")
    #: a program that takes mails as Sendmail does
    sendmail: Location | None = None
    #: a mailbox of this machine that gets every mail
    maildir: Location | None = None
    #: how fast mails may go; without it as fast as can be
    rate: Pace | None = None
    #: the same for recipients at one domain; `*` stands for each of the others
    domain_rates: dict[str, Pace] = Field(default_factory=dict)
    #: a mail not handed over by then is given up
    expire_after: Annotated[timedelta, between(timedelta(minutes=10), 7 * DAY)] = timedelta(hours=24)
    #: what becomes of a mail whose answer was lost
    in_doubt: Annotated[InDoubt, one_of(InDoubt)] = InDoubt.HOLD
    #: how long the bytes of a mail are kept after it was accepted or given up
    keep: Annotated[timedelta, between(timedelta(0), 3650 * DAY)] = 30 * DAY
    dkim: DkimSettings = DkimSettings()
    smtp: SmtpSettings = SmtpSettings()
    bounces: BounceSettings = BounceSettings()
    mailbox: MailboxSettings = MailboxSettings()
