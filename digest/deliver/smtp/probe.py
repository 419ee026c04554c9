"""Ask a mail server what it is and what it offers, without giving it any mail; for `digest doctor`.

The way is that of a delivery, by the same steps: name, connection, greeting, encryption, login. Each is
noted, so that a failure says how far all was well.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from digest.deliver.replies import spoken
from digest.deliver.smtp.link import Link, connected
from digest.deliver.smtp.session import Opening, size_limit, trust
from digest.deliver.smtp.settings import Security, SmtpSettings
from digest.deliver.smtp.troubles import explain


class ProbeStep(StrEnum):
    """The steps on the way to a mail server, in their order."""

    NAME = "name"
    CONNECT = "connect"
    HELLO = "hello"
    ENCRYPT = "encrypt"
    LOGIN = "login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was seen of a mail server, as far as the way led."""

    #: the step that failed; `None` when all of them went well
    failed: ProbeStep | None = None
    #: server and reason, without any secret
    trouble: str = ""
    addresses: tuple[str, ...] = ()
    greeting: str = ""
    #: keyword in capitals → its parameters, as EHLO told them at last
    offers: Mapping[str, str] = field(default_factory=dict)
    #: whether encryption was offered in clear
    offers_tls: bool = False
    #: such as `TLSv1.3`; `None` in clear
    tls: str | None = None
    #: when its certificate ends; `None` where none was checked
    certificate_ends: datetime | None = None
    logged_in: bool = False

    @property
    def size_limit(self) -> int | None:
        """The most bytes that a message may have, where the server names a limit."""
        return size_limit(self.offers)


def probe_server(settings: SmtpSettings) -> Probe:
    """Go all the way with the server and say goodbye; never raises for what a server does."""
    return asyncio.run(_Walk(settings).walk())


class _Walk:
    """What was seen up to now, and the step that comes next."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._seen = Probe()
        self._step = ProbeStep.NAME

    async def walk(self) -> Probe:
        try:
            await self._name()
            async with self._connection() as link:
                await self._converse(link)
        except (OSError, ValueError) as error:
            if isinstance(error, ssl.SSLError):
                # where all is encrypted from the first byte, connecting is where that fails
                self._step = ProbeStep.ENCRYPT
            return replace(self._seen, failed=self._step, trouble=explain(error, self._settings))
        return self._seen

    async def _name(self) -> None:
        host, port = self._settings.host, self._settings.port
        async with asyncio.timeout(self._settings.timeout):
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        self._note(addresses=tuple(dict.fromkeys(str(place[4][0]) for place in found)))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Link]:
        self._step = ProbeStep.CONNECT
        settings = self._settings
        first = trust(verify=settings.verify) if settings.security is Security.TLS else None
        link = await connected(settings.host, settings.port, seconds=settings.timeout, context=first)
        try:
            yield link
            with contextlib.suppress(OSError):
                link.send(b"QUIT\r\n", 1)
                await link.answer(settings.farewell_timeout)
        finally:
            link.abort()

    async def _converse(self, link: Link) -> None:
        settings, opening = self._settings, Opening(link, self._settings)
        greeting = await opening.greeting()
        self._note(greeting=spoken(greeting.text), **_encryption(link))
        self._step = ProbeStep.HELLO
        offers = await opening.hello()
        self._note(offers=_safe(offers), offers_tls="STARTTLS" in offers)
        self._step = ProbeStep.ENCRYPT
        if settings.security is Security.STARTTLS:
            await opening.encrypt(offers, trust(verify=settings.verify))
            self._note(**_encryption(link))
            offers = await opening.hello()
            self._note(offers=_safe(offers))
        self._step = ProbeStep.LOGIN
        if settings.username is not None:
            await opening.log_in(offers, settings.username, settings.password or "")
            self._note(logged_in=True)

    def _note(self, **facts: Any) -> None:  # noqa: ANN401 - fields of many types
        self._seen = replace(self._seen, **facts)


def _safe(offers: Mapping[str, str]) -> dict[str, str]:
    return {spoken(name): spoken(value) for name, value in offers.items()}


def _encryption(link: Link) -> dict[str, Any]:
    tls = link.tls
    if tls is None:
        return {}
    ends = (tls.getpeercert() or {}).get("notAfter")
    at = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
    return {"tls": tls.version(), "certificate_ends": at}
