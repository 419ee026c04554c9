"""A connection made ready for messages: greeted, encrypted and logged in as the settings want it."""

from __future__ import annotations

import asyncio
import base64
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Final

from digest.deliver.smtp.answers import Answer
from digest.deliver.smtp.link import Link, connected
from digest.deliver.smtp.settings import Security, SmtpSettings
from digest.deliver.smtp.troubles import LackingError, LoginRefusedError, RefusedError

_NAME: Final = re.compile(r"[A-Za-z0-9.-]{1,255}", re.ASCII)
_KEYWORD: Final = re.compile(r"([A-Z0-9][A-Z0-9-]*)[ =]?(.*)", re.ASCII)
#: RFC 4954: this mechanism is not known, or is too weak here; another one may be taken
_ANOTHER_WAY: Final = frozenset({504, 534})


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A connection ready for messages, and what its server offers."""

    link: Link
    #: keyword in capitals → its parameters
    offers: Mapping[str, str]

    @property
    def pipelining(self) -> bool:
        """Whether commands may go together (RFC 2920)."""
        return "PIPELINING" in self.offers

    @property
    def size_limit(self) -> int | None:
        """The most bytes that a message may have, where the server names a limit (RFC 1870)."""
        return size_limit(self.offers)


async def open_session(settings: SmtpSettings, context: ssl.SSLContext | None) -> Session:
    """A new session. Raises `OSError` or `ValueError`; `explain` puts them in words.

    What the server offered in clear is forgotten once the connection is encrypted (RFC 3207 4.2).
    """
    first = context if settings.security is Security.TLS else None
    link = await connected(settings.host, settings.port, seconds=settings.timeout, context=first)
    try:
        opening = Opening(link, settings)
        await opening.greeting()
        offers = await opening.hello()
        if settings.security is Security.STARTTLS and context is not None:
            await opening.encrypt(offers, context)
            offers = await opening.hello()
        if settings.username is not None:
            await opening.log_in(offers, settings.username, settings.password or "")
    except BaseException:
        link.abort()
        raise
    return Session(link=link, offers=offers)


def trust(*, verify: bool) -> ssl.SSLContext:
    """The rules for certificates: those of the system, or none at all."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def offered(text: bytes) -> dict[str, str]:
    """What an answer to EHLO offers, the line with the server's name left out; odd lines are ignored."""
    offers: dict[str, str] = {}
    for line in text.split(b"\n")[1:]:
        if found := _KEYWORD.fullmatch(line.decode("ascii", "replace").strip().upper()):
            # "AUTH=LOGIN" is an old spelling beside "AUTH LOGIN"
            before = offers.get(found[1])
            offers[found[1]] = f"{before} {found[2]}" if before else found[2]
    return offers


def size_limit(offers: Mapping[str, str]) -> int | None:
    """The limit that an offer of SIZE names; 0 stands for none."""
    said = offers.get("SIZE", "")
    return (int(said) or None) if said.isdecimal() and len(said) < 20 else None


class Opening:
    """The steps from a new connection to the login."""

    def __init__(self, link: Link, settings: SmtpSettings) -> None:
        self._link = link
        self._settings = settings
        self._name: str | None = None

    async def greeting(self) -> Answer:
        """What the server says first."""
        return _good(await self._link.answer(self._settings.timeout))

    async def hello(self) -> Mapping[str, str]:
        """What the server offers; an old one, that knows HELO only, offers nothing (RFC 5321 3.2)."""
        if self._name is None:
            self._name = self._settings.hello or await self._own_name()
        answer = await self._ask(b"EHLO " + self._name.encode("ascii"))
        if answer.code < 500:
            return offered(_good(answer).text)
        _good(await self._ask(b"HELO " + self._name.encode("ascii")))
        return {}

    async def encrypt(self, offers: Mapping[str, str], context: ssl.SSLContext) -> None:
        """Turn TLS on."""
        if "STARTTLS" not in offers:
            raise LackingError("does not offer what was asked: STARTTLS (check port and security)")
        _good(await self._ask(b"STARTTLS"))
        async with asyncio.timeout(self._settings.timeout):
            await self._link.encrypt(context, self._settings.host)

    async def log_in(self, offers: Mapping[str, str], username: str, password: str) -> None:
        """Say who we are, never readable to others."""
        here, there = self._link.ends
        if not self._link.encrypted and not is_this_machine(here, there):
            raise LackingError("would be given the password readable to all (check security)")
        ways = [way for way in ("PLAIN", "LOGIN") if way in offers.get("AUTH", "").split()]
        if not ways:
            raise LackingError(
                "does not offer what was asked: AUTH PLAIN or LOGIN (check user name and security)"
            )
        user, word = username.encode(), password.encode()
        if b"\0" in user + word:
            raise ValueError("the user name or password holds a NUL")
        for way in ways:
            answer = await (self._plain(user, word) if way == "PLAIN" else self._login(user, word))
            if answer.code == 235:
                return
            if answer.code not in _ANOTHER_WAY or way == ways[-1]:
                raise LoginRefusedError(answer)

    async def _plain(self, user: bytes, word: bytes) -> Answer:
        return await self._ask(b"AUTH PLAIN " + base64.b64encode(b"\0%b\0%b" % (user, word)))

    async def _login(self, user: bytes, word: bytes) -> Answer:
        answer = await self._ask(b"AUTH LOGIN")
        for asked in (user, word):
            if answer.code != 334:
                break
            answer = await self._ask(base64.b64encode(asked))
        return answer

    async def _ask(self, command: bytes) -> Answer:
        self._link.send(command + b"\r\n", 1)
        return await self._link.answer(self._settings.timeout)

    async def _own_name(self) -> str:
        """The machine's full name, or its address where it has none (RFC 5321 4.1.3)."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                name = await asyncio.to_thread(_full_name)
        except TimeoutError:
            name = ""
        if "." in name and _NAME.fullmatch(name):
            return name
        address = self._link.ends[0].partition("%")[0] or "127.0.0.1"
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


@cache
def _full_name() -> str:
    return socket.getfqdn()


def is_this_machine(here: str, there: str) -> bool:
    """Whether the two ends of a connection are on one machine."""
    try:
        address = ip_address(there.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback) or here == there


def _good(answer: Answer) -> Answer:
    if not 200 <= answer.code < 300:
        raise RefusedError(answer)
    return answer
