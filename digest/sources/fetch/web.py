"""Ask a web server for one address: bounded, guarded, conditional. Whatever it does is a value.

No cookies, no `Referer`, no proxy or password out of the environment. Redirects are followed here, one
by one, and each is judged like the first address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from digest.model import Validators
from digest.sources.fetch.answers import Answer, Failed, Failure, Fetched, Stopped, Unchanged
from digest.sources.fetch.guard import Allowed, wrong_with_url
from digest.text import clip, printable

if TYPE_CHECKING:
    import httpx

    from digest.sources.fetch.exchange import Exchange, Redirect
    from digest.sources.fetch.wire import Resolver

_PERMANENT: Final = {301, 308}
#: received beside the body: the headers of all redirects together
_HEADERS: Final = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How web servers are asked."""

    #: says who we are and whom to write to
    user_agent: str
    #: for everything, from the name to the last byte, redirects included
    seconds: float = 60.0
    #: of the answer, packed or unpacked
    max_bytes: int = 32 * 1024 * 1024
    max_redirects: int = 5
    #: seconds between two requests to one host
    delay: float = 3.0


def user_agent(version: str, contact: str | None) -> str:
    """Who asks, as web servers are told: the program and whom to write to."""
    if contact is None or not contact.isascii():
        return f"digest/{version}"
    # round brackets would end the remark (RFC 9110, 5.6.5)
    return f"digest/{version} (+{contact.replace('(', '%28').replace(')', '%29')})"


def ask(
    url: str,
    settings: WebSettings,
    *,
    allowed: Allowed,
    validators: Validators | None = None,
    resolver: Resolver | None = None,
) -> Answer:
    """Ask for `url` and follow its redirects; never raises for what a server does.

    `allowed` may be asked though it is not public. `validators` are sent to the address that they
    came from, and to no other. `resolver` stands in for the system's.
    """
    from digest.sources.fetch.exchange import Exchange  # noqa: PLC0415 - heavy
    from digest.sources.fetch.wire import Budget, GuardedBackend, resolve  # noqa: PLC0415 - heavy

    budget = Budget(seconds=settings.seconds, received=settings.max_bytes + _HEADERS)
    backend = GuardedBackend(allowed, budget, resolver or resolve)
    exchange = Exchange(backend, user_agent=settings.user_agent, max_bytes=settings.max_bytes)
    try:
        return _follow(_parsed(url), exchange, validators, settings.max_redirects)
    except Stopped as stopped:
        return Failed(kind=stopped.kind, what=stopped.what, host=exchange.host)


def _follow(url: httpx.URL, exchange: Exchange, validators: Validators | None, most: int) -> Answer:
    moved_to: str | None = None
    permanently = True
    seen: set[httpx.URL] = set()
    while True:
        seen.add(url)
        fitting = validators if validators and validators.url == str(url) else None
        answer = exchange.ask(url, fitting)
        if isinstance(answer, Fetched | Unchanged):
            return replace(answer, moved_to=moved_to)
        if isinstance(answer, Failed):
            return answer
        url = _next(url, answer, seen, most)
        permanently = permanently and answer.status in _PERMANENT
        if permanently:
            moved_to = str(url)


def _next(url: httpx.URL, redirect: Redirect, seen: set[httpx.URL], most: int) -> httpx.URL:
    """Where a redirect leads; raises `Stopped` where we do not follow."""
    after = _parsed(redirect.location, url)
    if url.scheme == "https" and after.scheme != "https":
        raise Stopped(
            Failure.REFUSED, "it redirects from https to http, where anybody could change the answer"
        )
    if after in seen:
        raise Stopped(Failure.REFUSED, "its redirects lead round in a circle")
    if len(seen) > most:
        raise Stopped(Failure.REFUSED, f"more than {most} redirects")
    return after


def _parsed(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """An address, or one as seen from `base`, without its fragment; raises `Stopped` for a bad one."""
    import httpx  # noqa: PLC0415 - heavy

    try:
        url = (base.join(text) if base else httpx.URL(text)).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise Stopped(Failure.REFUSED, f"no address: {clip(printable(str(error)), 100)}") from None
    # what was written is looked at as well as what the library made of it
    wrong = (wrong_with_url(text) if base is None else None) or wrong_with_url(str(url))
    if wrong is None and url.userinfo:
        wrong = wrong_with_url("https://@")
    if wrong:
        raise Stopped(Failure.REFUSED, wrong if base is None else f"it redirects us: {wrong}")
    return url
