"""The HTTP server: uvicorn, with bounds on how long and how many connections may stay open."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from digest.config import Listen
from digest.errors import UsageError

#: seconds from the first contact to the last byte: more than a slow network and a busy database need
LONGEST = 45.0
#: open connections; who comes then is hung up on
MOST_CONNECTIONS = 250
_MOST_HEADERS = 16 * 1024
#: seconds for answers that have begun when we are told to stop
_ENDING = 5


def bound(listen: Listen, *, named: str) -> socket.socket:
    """A listening socket; raises `UsageError`, which says by what name the address was given."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise UsageError(
            f"cannot listen at {listen} ({named}): {error.strerror or error}; choose another address or port "
            "by web.listen or --listen, or leave the web out by --no-web"
        ) from error


class Connection(H11Protocol):
    """One connection, hung up on when it takes too long, whatever it waits for."""

    _bell: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn names the transport it really gets
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        self._bell = self.loop.call_later(LONGEST, transport.abort)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        if self._bell is not None:
            self._bell.cancel()
        super().connection_lost(exc)


class Server(uvicorn.Server):
    """uvicorn without its ten looks a second at whether to stop."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - an ASGI application
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                h11_max_incomplete_event_size=_MOST_HEADERS,
                timeout_graceful_shutdown=_ENDING,
            )
        )
        # strangers' mistakes; ours are told by the application
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Wait until told to stop."""
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._stop.wait()

    def stop(self) -> None:
        """Take no more connections and end; may be called from any thread."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
