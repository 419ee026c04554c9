"""Around everything: limits, headers that every answer has, and one line of log for each request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from digest.render import WebPage
from digest.web.application import RETRY_AFTER

#: requests at the same time
MOST_AT_ONCE = 100
_KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_ALWAYS: Final = (
    (b"cache-control", b"no-store"),
    # every connection serves one request: nobody can send one into a connection that is just closing
    (b"connection", b"close"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex, nofollow"),
)


class Guard:
    """The application, with its doors watched."""

    def __init__(self, app: ASGIApp, *, prefix: str, busy: WebPage, log: Callable[[str], None]) -> None:
        """`prefix` is the path that a web server in front may or may not leave before our own."""
        self._app = app
        self._prefix = prefix
        self._busy = busy
        self._log = log
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != ScopeType.HTTP:
            return
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_ALWAYS, _date()]
            await send(message)

        self._strip(scope)
        self._at_once += 1
        try:
            answering = self._app if self._at_once <= MOST_AT_ONCE else self._turn_away
            await answering(scope, receive, sending)
        finally:
            self._at_once -= 1
            self._log(_line(scope, status))

    def _strip(self, scope: Any) -> None:  # noqa: ANN401 - a scope is a plain dict that may be changed
        path: str = scope["path"]
        if self._prefix and path.startswith(f"{self._prefix}/u/"):
            scope["path"] = path[len(self._prefix) :]

    async def _turn_away(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(self._busy.body)).encode()),
            (b"content-security-policy", self._busy.policy.encode()),
            (b"retry-after", str(RETRY_AFTER).encode()),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": self._busy.body, "more_body": False})


def _date() -> tuple[bytes, bytes]:
    return b"date", format_datetime(datetime.now(UTC), usegmt=True).encode("ascii")


def _line(scope: Any, status: int) -> str:  # noqa: ANN401 - as above
    """A request without anything that tells whose it was: no token, no address, no words of a stranger."""
    method = scope["method"] if scope["method"] in _KNOWN_METHODS else "other"
    place = "/u/…" if scope["path"].startswith("/u/") else "elsewhere"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {method} {place} {status}"
