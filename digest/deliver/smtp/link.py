"""One connection to a mail server: bytes out, answers in, nothing waited for without end."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from typing import Final, cast

from digest.deliver.smtp.answers import Answer, AnswerReader
from digest.deliver.smtp.troubles import NotSmtpError, SmtpError, UnaskedError

#: bytes written at once; the next ones wait until the server has taken these
_BLOCK: Final = 131_072
#: bytes not yet taken by the system beyond which we wait
_HIGH_WATER: Final = 65_536


class Link(asyncio.Protocol):
    """A connection that knows how many answers it is owed: one that comes unasked ends it.

    So nothing that a server said too early, or that somebody else slipped in before the encryption
    began, is ever taken for the answer to a later command. One task uses it at a time. What ended the
    connection is raised (`OSError`) once the answers before it are read.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport  # from `connection_made` on
        self._reader = AnswerReader()
        self._answers: deque[Answer] = deque()
        self._owed = 1  # the greeting
        self._error: OSError | None = None
        self._full = False
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._lost = self._loop.create_future()

    # ── what the lane does ────────────────────────────────────────────────────────────────────

    @property
    def usable(self) -> bool:
        """Whether another command may be sent."""
        return self._error is None

    @property
    def owed(self) -> int:
        """How many answers are still to be read."""
        return self._owed + len(self._answers)

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on."""
        return self.tls is not None

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The encryption, where there is one."""
        found: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        return found

    @property
    def ends(self) -> tuple[str, str]:
        """The addresses of this end and of the other."""
        found = ("sockname", "peername")
        here, there = (self._transport.get_extra_info(name) or ("",) for name in found)
        return str(here[0]), str(there[0])

    def send(self, data: bytes | memoryview, answers: int) -> None:
        """Send commands that so many answers are to follow."""
        if self._error is not None:
            raise self._error
        self._owed += answers
        self._transport.write(data)

    async def pour(self, data: bytes, answers: int, seconds: float) -> None:
        """Send a long text, waiting for a slow server at most `seconds` for each part of it.

        The answers are expected only once all is sent: one that comes earlier came unasked.
        """
        rest = memoryview(data)
        while len(rest) > _BLOCK:
            self.send(rest[:_BLOCK], 0)
            rest = rest[_BLOCK:]
            while self._full:
                await self._change(seconds)
        self.send(rest, answers)

    async def answer(self, seconds: float) -> Answer:
        """The next answer; raises `TimeoutError` when none is whole in time."""
        while not self._answers:
            await self._change(seconds)
        return self._answers.popleft()

    async def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Turn TLS on; whatever was said in clear and not read ends the connection (RFC 3207 4.2)."""
        if self._error is not None:
            raise self._error
        if self._answers or not self._reader.between_answers:
            raise NotSmtpError(b"something was slipped in before the encryption began")
        transport = await self._loop.start_tls(self._transport, self, context, server_hostname=host)
        if transport is None:
            raise SmtpError("the connection was closed")
        self._take(transport)

    async def close(self) -> None:
        """Close in good order; the caller limits the time."""
        self._transport.close()
        await asyncio.shield(self._lost)

    def abort(self) -> None:
        """Close at once."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._transport.abort()
        self._end(SmtpError("the connection was closed"))

    # ── what the event loop calls ─────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._take(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        for answer in self._reader.feed(data):
            if not self._owed:
                self._end(UnaskedError(answer))
                self._transport.abort()
                return
            self._owed -= 1
            self._answers.append(answer)
        if self._reader.flaw is not None:
            self._end(NotSmtpError(self._reader.flaw))
            self._transport.abort()
        elif self._answers:
            self._wake()

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._full = True

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._full = False
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        gone = exc if isinstance(exc, OSError) else SmtpError("the server closed it")
        self._full = False
        self._end(gone)
        if not self._lost.done():
            self._lost.set_result(None)

    # ── waiting ───────────────────────────────────────────────────────────────────────────────

    def _take(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(_HIGH_WATER)

    async def _change(self, seconds: float) -> None:
        """Wait until something happened; raises what ended the connection."""
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        self._set_alarm(self._loop.time() + seconds)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_alarm(self, deadline: float) -> None:
        # An alarm that rings too early is set anew then: cheaper than one for every answer.
        self._deadline = deadline
        if self._alarm is not None and self._alarm.when() > deadline:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None:
            self._alarm = self._loop.call_at(deadline, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() < self._deadline:
            self._set_alarm(self._deadline)
        else:
            self._waiter.set_exception(TimeoutError("no answer in time"))

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, error: OSError) -> None:
        if self._error is None:
            self._error = error
        self._wake()


async def connected(host: str, port: int, *, seconds: float, context: ssl.SSLContext | None = None) -> Link:
    """A connection to the first address of `host` that takes one within `seconds`.

    `context` encrypts from the first byte. Raises `OSError`, or `ValueError` for what is no host name.
    """
    if not host:
        raise ValueError("there is no host name")
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        places = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    trouble: OSError = SmtpError("there is no address")
    for family, _, _, _, (address, *_) in places:
        try:
            async with asyncio.timeout(seconds):
                _, link = await loop.create_connection(
                    Link,
                    str(address),
                    port,
                    family=family,
                    ssl=context,
                    server_hostname=host if context is not None else None,
                )
        except ssl.SSLError:
            raise
        except OSError as error:
            trouble = error
        else:
            return link
    raise trouble
