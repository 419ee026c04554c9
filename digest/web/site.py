"""The web as `digest serve` runs it: in a thread, beside the scheduler."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Self

from digest.config import Listen
from digest.frontdesk import FrontDesk
from digest.web.application import Clerks, application
from digest.web.guard import Guard
from digest.web.wire import Server, bound


class Site:
    """Listens from the moment it is made, and answers while it is entered."""

    def __init__(
        self,
        desk: FrontDesk,
        listen: Listen,
        *,
        named: str,
        log: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        """`named` says where the address comes from; `log` gets a line for each request, `tell` troubles.

        Raises `UsageError` when the address is taken, `RenderError` when a template is broken.
        """
        pages = desk.pages()
        self._tell = tell
        self._clerks = Clerks()
        app = application(desk, pages, self._clerks, tell)
        self._server = Server(Guard(app, prefix=desk.prefix, busy=pages.later, log=log))
        self._socket = bound(listen, named=named)
        self._thread = Thread(target=self._answer, name="web", daemon=True)
        self._stopping = False

    @property
    def listen(self) -> Listen:
        """Where it listens, with the real port."""
        host, port = self._socket.getsockname()[:2]
        return Listen(host, port)

    @property
    def failed(self) -> bool:
        """Whether it ended without being told to."""
        return not self._stopping and not self._thread.is_alive()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Take no more requests; those that have begun are answered. Returns at once."""
        self._stopping = True
        self._server.stop()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join()
        self._clerks.close()
        self._socket.close()

    def _answer(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except Exception as error:  # noqa: BLE001 - told, and the whole program ends
            self._tell(f"the web pages have stopped: {error!r}")
        if not self._stopping:
            os.kill(os.getpid(), signal.SIGTERM)
