"""The connection to a web server: only to an IP address that was checked, only for so long and so much.

A name is resolved once, its answers are judged, and the judged address is the one connected: between
check and connection nobody can give the name another meaning. TLS and the `Host` header keep the name.
Time and size are bounded here, below HTTP, so that nothing a server does above can escape them.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import httpcore

from digest.sources.fetch.answers import Failure, Stopped
from digest.sources.fetch.guard import Allowed, may_connect
from digest.text import clip, printable

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""Name and port → IP addresses as text; raises `OSError` for a name that means nothing."""

#: addresses of one name that are tried
_MOST_ADDRESSES = 6


class Budget:
    """The seconds and bytes that are left for one request, all its redirects included."""

    def __init__(self, *, seconds: float, received: int) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._most = received
        self._left = received

    def seconds(self) -> float:
        """How many are left; raises `Stopped` where none is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.spent()
        return left

    def spent(self) -> Stopped:
        """The finding that the time is over."""
        return Stopped(Failure.UNREACHABLE, f"no complete answer within {self._seconds:g} s")

    def take(self, count: int) -> None:
        """Count bytes that were received; raises `Stopped` where they are too many."""
        self._left -= count
        if self._left < 0:
            raise Stopped(Failure.REFUSED, f"more than {self._most:,} bytes: the answer was not read further")


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses that the system knows for `host`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Connects where `allowed` and the public Internet permit, within `budget`."""

    def __init__(self, allowed: Allowed, budget: Budget, resolver: Resolver) -> None:
        self._allowed = allowed
        self._budget = budget
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget rules
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.NetworkStream:
        """A connection to the first permitted address of `host` that answers; raises `Stopped`."""
        permitted = self._permitted(host, port)
        last: Exception | None = None
        for tried, address in enumerate(permitted):
            share = self._budget.seconds() / (len(permitted) - tried)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Stream(stream, self._budget)
        why = clip(printable(str(last)), 100) or "no answer"
        raise Stopped(Failure.UNREACHABLE, f"cannot be reached: {why}") from last

    def _permitted(self, host: str, port: int) -> list[str]:
        found = self._resolved(host, port)
        permitted = [address for address in found if may_connect(address, host, self._allowed)]
        if permitted:
            return permitted[:_MOST_ADDRESSES]
        if not found:
            raise Stopped(Failure.UNREACHABLE, f"{printable(host)} has no address")
        # what a name means inside our network is not told: problems reach readers
        raise Stopped(
            Failure.REFUSED,
            f"{printable(host)} is no public address: where that is meant, put it into allow_hosts",
        )

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Ask the resolver in a thread of its own: it knows no deadline."""
        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, ValueError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="resolving a name", daemon=True).start()
        try:
            answer = answers.get(timeout=self._budget.seconds())
        except queue.Empty:
            raise self._budget.spent() from None
        if isinstance(answer, Exception):
            raise Stopped(Failure.UNREACHABLE, f"the name {printable(host)} means nothing") from answer
        return answer


class _Stream(httpcore.NetworkStream):
    """A connection that counts what it receives and knows when its time is over."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the budget rules
        with self._in_time() as seconds:
            data = self._stream.read(max_bytes, timeout=seconds)
        self._budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the budget rules
        with self._in_time() as seconds:
            self._stream.write(buffer, timeout=seconds)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the budget rules
    ) -> httpcore.NetworkStream:
        with self._in_time() as seconds:
            secure = self._stream.start_tls(ssl_context, server_hostname, timeout=seconds)
        return _Stream(secure, self._budget)

    @contextmanager
    def _in_time(self) -> Iterator[float]:
        try:
            yield self._budget.seconds()
        except httpcore.TimeoutException:
            raise self._budget.spent() from None

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        return self._stream.get_extra_info(info)
