"""A folder of an IMAP server (RFC 3501): flags tell what was looked at, nothing is moved or deleted.

What was understood is marked as seen and with the keyword `DigestDone`; what was not stays unseen,
with the keyword `DigestLooked`, and is not read here a second time. A server that keeps no keywords
of one's own gets the flags that all keep: seen, and flagged for what a person has to read.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from digest.errors import MailboxError
from digest.model import Incoming
from digest.text import clip, printable

DONE: Final = "DigestDone"
LOOKED: Final = "DigestLooked"

_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_FAILURES: Final = (imaplib.IMAP4.error, OSError, ValueError)


class ImapSecurity(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Which folder of which server is read."""

    host: str
    port: int
    security: ImapSecurity
    #: whether the server's certificate must be good
    verify: bool = True
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    #: seconds for each answer
    timeout: float = 60.0


class ImapMailbox:
    """One folder; the connection opens with the first look."""

    def __init__(self, settings: ImapSettings, *, since: date, longest: int, look_only: bool = False) -> None:
        """Mails that came before `since` are left alone; of each other `longest` bytes are looked at."""
        self._settings = settings
        self._since = since
        self._longest = longest
        self._look_only = look_only
        self._client: imaplib.IMAP4 | None = None
        self._keywords = False

    def mails(self) -> Iterator[Incoming]:
        """See `ports.Mailbox`."""
        client = self._opened()
        for uid in self._new(client):
            found = self._read(client, uid)
            if found is not None:
                yield found

    def put_away(self, mail: Incoming, *, understood: bool) -> None:
        """See `ports.Mailbox`."""
        client = self._opened()
        if understood:
            flags = f"\\Seen {DONE}" if self._keywords else "\\Seen"
        else:
            flags = LOOKED if self._keywords else "\\Flagged"
        uid = mail.place.rpartition(" ")[2]
        self._asked("mark a mail", lambda: client.uid("STORE", uid, "+FLAGS.SILENT", f"({flags})"))

    def close(self) -> None:
        """See `ports.Mailbox`."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_FAILURES):
                client.logout()
            # a logout that nobody answers leaves the socket open
            with contextlib.suppress(*_FAILURES):
                client.shutdown()

    # ── the conversation ──────────────────────────────────────────────────────────────────────

    def _opened(self) -> imaplib.IMAP4:
        if self._client is None:
            try:
                self._client = self._connect()
                self._log_in(self._client)
                self._select(self._client)
            except _FAILURES as error:
                self.close()
                raise MailboxError(self._trouble("open", error)) from error
            except MailboxError:
                self.close()
                raise
        return self._client

    def _connect(self) -> imaplib.IMAP4:
        settings = self._settings
        if settings.security is ImapSecurity.TLS:
            context = _context(verify=settings.verify)
            return imaplib.IMAP4_SSL(
                settings.host, settings.port, ssl_context=context, timeout=settings.timeout
            )
        client = imaplib.IMAP4(settings.host, settings.port, timeout=settings.timeout)
        if settings.security is ImapSecurity.STARTTLS:
            try:
                client.starttls(_context(verify=settings.verify))
            except _FAILURES:
                with contextlib.suppress(*_FAILURES):
                    client.shutdown()
                raise
        return client

    def _log_in(self, client: imaplib.IMAP4) -> None:
        name, password = self._settings.username, self._settings.password
        if "AUTH=PLAIN" in client.capabilities:
            # takes letters beyond ASCII, which LOGIN does not
            client.authenticate("PLAIN", lambda _: f"\0{name}\0{password}".encode())
        else:
            client.login(name, password)

    def _select(self, client: imaplib.IMAP4) -> None:
        folder = self._settings.folder.replace("\\", "\\\\").replace('"', '\\"')
        kind, answer = client.select(f'"{folder}"', readonly=self._look_only)
        if kind != "OK":
            raise MailboxError(f"{self._where}: there is no such folder: {_spoken(answer)}")
        _, allowed = client.response("PERMANENTFLAGS")
        flags = b" ".join(part for part in allowed if isinstance(part, bytes))
        self._keywords = b"\\*" in flags or (DONE.encode() in flags and LOOKED.encode() in flags)

    def _new(self, client: imaplib.IMAP4) -> list[str]:
        day = f"{self._since.day:02}-{_MONTHS[self._since.month - 1]}-{self._since.year}"
        fresh = f"UNKEYWORD {DONE} UNKEYWORD {LOOKED}" if self._keywords else "UNSEEN UNFLAGGED"
        answer = self._asked("search", lambda: client.uid("SEARCH", f"(UNDELETED SINCE {day} {fresh})"))
        uids = b" ".join(part for part in answer if isinstance(part, bytes)).split()
        return sorted((uid.decode("ascii") for uid in uids if uid.isdigit()), key=int)

    def _read(self, client: imaplib.IMAP4, uid: str) -> Incoming | None:
        wanted = f"(RFC822.SIZE BODY.PEEK[]<0.{self._longest}>)"
        answer = self._asked("fetch", lambda: client.uid("FETCH", uid, wanted))
        pair = next((part for part in answer if isinstance(part, tuple)), None)
        if pair is None:
            return None  # deleted by somebody in the meantime
        told = _SIZE.search(b" ".join(part if isinstance(part, bytes) else part[0] for part in answer))
        head = bytes(pair[1])[: self._longest]
        return Incoming(place=f"mail {uid}", head=head, size=int(told[1]) if told else len(head))

    def _asked(self, what: str, ask: Callable[[], tuple[str, list[Any]]]) -> list[Any]:
        try:
            kind, answer = ask()
        except _FAILURES as error:
            raise MailboxError(self._trouble(what, error)) from error
        if kind != "OK":
            raise MailboxError(f"{self._where}: it refused to {what}: {_spoken(answer)}")
        return answer

    # ── words ─────────────────────────────────────────────────────────────────────────────────

    @property
    def _where(self) -> str:
        return f"the mailbox {self._settings.folder} at {self._settings.host}:{self._settings.port}"

    def _trouble(self, what: str, error: Exception) -> str:
        said = clip(printable(str(error)), 300) or type(error).__name__
        advice = "check mail.mailbox.imap: host, port, security, username and password"
        return f"{self._where}: cannot {what}: {said}; {advice}"


def _context(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _spoken(answer: Sequence[object]) -> str:
    words = b" ".join(part for part in answer if isinstance(part, bytes)).decode("utf-8", "replace")
    return clip(printable(words), 300)
