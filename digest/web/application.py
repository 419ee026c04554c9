"""What is answered to whom: the routes, and the page for everything that goes wrong."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from litestar import Litestar, MediaType, Request, Response, post, route
from litestar.enums import HttpMethod
from litestar.exceptions import ClientException, HTTPException, MethodNotAllowedException
from litestar.plugins import PluginProtocol

from digest.errors import DigestError
from digest.frontdesk import FrontDesk
from digest.render import WebPage, WebPages

T = TypeVar("T")

#: a one-click request has some 200 bytes
MAX_BODY = 64 * 1024
#: seconds that a request waits for the database, its turn included
_PATIENCE = 20.0
#: seconds after which a mail provider may try again
RETRY_AFTER = 120
#: what the page's own form says, and no mail program
_FROM_PAGE = b"from=page"


class Clerk:
    """A thread for what may wait for the disk, so that nobody else waits for it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="web")

    async def ask(self, question: Callable[[], T]) -> T:
        """What `question` answers; raises `TimeoutError` when it takes too long."""
        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(loop.run_in_executor(self._pool, question), _PATIENCE)

    def close(self) -> None:
        """Take nothing more on; what has begun ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Clerks:
    """One who reads and one who writes: a page opens at once, whatever is being written."""

    def __init__(self) -> None:
        self.reader = Clerk()
        self.writer = Clerk()

    def close(self) -> None:
        """Take nothing more on."""
        self.reader.close()
        self.writer.close()


class _Bare(Litestar):
    """Litestar without the plugins that it takes by itself: nothing here goes by pydantic or attrs."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        # spares 2.7 MB, for they load two versions of pydantic; a test notices when this has no effect
        return plugins


def application(desk: FrontDesk, pages: WebPages, clerks: Clerks, tell: Callable[[str], None]) -> Litestar:
    """The links of `desk`, answered with `pages`; `tell` hears what went wrong on our side."""

    @route("/u/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD])
    async def ask(request: Request[Any, Any, Any]) -> Response[bytes]:
        token = request.path_params["token"]
        genuine = await clerks.reader.ask(lambda: desk.is_genuine(token))
        return _answer(pages.question) if genuine else _answer(pages.unknown, 404)

    @post("/u/{token:str}", status_code=200)
    async def leave(request: Request[Any, Any, Any]) -> Response[bytes]:
        token = request.path_params["token"]
        reason = "page" if _FROM_PAGE in await request.body() else "one-click"
        now = datetime.now(UTC)
        done = await clerks.writer.ask(lambda: desk.unsubscribe(token, reason=reason, now=now))
        return _answer(pages.goodbye) if done else _answer(pages.unknown, 404)

    def refused(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        if error.status_code == 404:
            return _answer(pages.unknown, 404)
        allow = error.headers if isinstance(error, MethodNotAllowedException) else None
        return _answer(pages.refused, error.status_code, allow)

    def later(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        # a provider that gets a 503 asks again; the reader's wish is not lost
        tell(
            f"an unsubscribe link could not be answered and was put off: {str(error) or 'no answer in time'}"
        )
        return _answer(pages.later, 503, {"Retry-After": str(RETRY_AFTER)})

    def broken(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        tell("this is a bug in the web pages; the request was put off:\n" + "".join(_trace(error)))
        return _answer(pages.later, 500)

    return _Bare(
        [ask, leave],
        exception_handlers={
            Exception: broken,
            HTTPException: refused,
            ClientException: refused,
            DigestError: later,
            TimeoutError: later,
        },
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _answer(page: WebPage, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        page.body,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": page.policy} | (headers or {}),
    )


def _trace(error: Exception) -> list[str]:
    return traceback.format_exception(error)
