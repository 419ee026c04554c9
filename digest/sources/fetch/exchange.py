"""One request and its answer: what is sent, and what each status and body means (RFC 9110)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpcore

from digest.model import Validators
from digest.sources.fetch.answers import Failed, Failure, Fetched, Stopped, Unchanged
from digest.sources.fetch.inflate import unpacked
from digest.text import clip, printable

if TYPE_CHECKING:
    import httpx

_REDIRECTS: Final = {301, 302, 303, 307, 308}
#: 203 is an answer that a proxy changed
_WITH_CONTENT: Final = {200, 203}
#: longer headers are not kept or followed
_MAX_HEADER: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """The server names another address."""

    status: int
    location: str


class Exchange:
    """Asks for addresses through one guarded backend, a connection for each."""

    def __init__(self, backend: httpcore.NetworkBackend, *, user_agent: str, max_bytes: int) -> None:
        self._backend = backend
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._tls: ssl.SSLContext | None = None
        #: whom we asked last
        self.host = ""

    def ask(self, url: httpx.URL, validators: Validators | None) -> Fetched | Unchanged | Failed | Redirect:
        """The answer for one address; raises `Stopped` where there is none."""
        self.host = url.raw_host.decode("ascii")
        request = httpcore.Request(
            method="GET",
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path or b"/"
            ),
            headers=self._headers(url, validators),
        )
        with (
            _translated(),
            httpcore.ConnectionPool(
                ssl_context=self._context() if url.scheme == "https" else None,
                network_backend=self._backend,
            ) as pool,
        ):
            response = pool.handle_request(request)
            try:
                return self._understood(url, response, conditional=validators is not None)
            finally:
                response.close()

    def _headers(self, url: httpx.URL, validators: Validators | None) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"Host", url.netloc),
            (b"User-Agent", self._user_agent.encode("ascii", "replace")),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"gzip"),
            (b"Connection", b"close"),
        ]
        if validators and validators.etag:
            headers.append((b"If-None-Match", validators.etag.encode("latin-1")))
        if validators and validators.last_modified:
            headers.append((b"If-Modified-Since", validators.last_modified.encode("latin-1")))
        return headers

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = _trusting()
        return self._tls

    def _understood(
        self, url: httpx.URL, response: httpcore.Response, *, conditional: bool
    ) -> Fetched | Unchanged | Failed | Redirect:
        headers = {name.lower(): value.decode("latin-1") for name, value in reversed(response.headers)}
        status = response.status
        if status in _WITH_CONTENT:
            return Fetched(
                data=self._body(response, headers),
                url=str(url),
                etag=_kept(headers.get(b"etag")),
                last_modified=_kept(headers.get(b"last-modified")),
                content_type=_kept(headers.get(b"content-type")),
            )
        if status == 304 and conditional:
            return Unchanged(url=str(url))
        if status in _REDIRECTS and b"location" in headers:
            return Redirect(status=status, location=_location(headers[b"location"]))
        return Failed(
            kind=Failure.STATUS,
            what=_MEANINGS.get(status, f"it answered {status}, which brings nothing"),
            host=self.host,
            status=status,
            retry_after=_kept(headers.get(b"retry-after")),
        )

    def _body(self, response: httpcore.Response, headers: dict[bytes, str]) -> bytes:
        announced = headers.get(b"content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._max_bytes:
            what = (
                f"it announces {clip(announced, 20)} bytes, more than the {self._max_bytes:,} that are read"
            )
            raise Stopped(Failure.REFUSED, what)
        data = unpacked(
            response.iter_stream(), headers.get(b"content-encoding", ""), max_bytes=self._max_bytes
        )
        if not data:
            raise Stopped(Failure.BROKEN, "the answer is empty")
        return data


_MEANINGS: Final = {
    401: "it wants a password (401)",
    403: "it does not let us in (403)",
    404: "there is no such page (404)",
    410: "the page is gone for good (410): take the source out of config.yaml",
    429: "we asked too often (429)",
    503: "the server is busy (503)",
}


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the libraries raise about a server into `Stopped`."""
    try:
        yield
    except httpcore.ConnectError as error:
        raise Stopped(Failure.UNREACHABLE, f"no secure connection: {_words(error)}") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
        raise Stopped(Failure.BROKEN, f"the answer broke off or is no HTTP: {_words(error)}") from error


def _words(error: Exception) -> str:
    return clip(printable(str(error)), 160) or type(error).__name__


def _kept(value: str | None) -> str | None:
    return value if value and len(value) <= _MAX_HEADER else None


def _location(value: str) -> str:
    """The address in a `Location`; some servers write UTF-8 into it."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def _trusting() -> ssl.SSLContext:
    """Trusts what this machine trusts; where it has no list of its own, the usual authorities."""
    context = ssl.create_default_context()
    ours = ssl.get_default_verify_paths()
    if not any(path and Path(path).exists() for path in (ours.cafile, ours.capath)):
        import certifi  # noqa: PLC0415 - seldom needed

        context.load_verify_locations(certifi.where())
    return context
