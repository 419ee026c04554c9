"""The link by which readers leave: reachable by https, answered by our own web, and safe to look at."""

from __future__ import annotations

import http.client
import secrets
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from digest import tokens
from digest.doctor.case import Case
from digest.doctor.findings import Finding, advice, broken, fine
from digest.doctor.way_out import SOON
from digest.text import clip, printable

#: seconds for each answer
PATIENCE = 10.0
#: of a page; ours has a few kilobytes
_MOST_BYTES = 65_536
_SUBJECT = "link"
_RULE = "U01"
_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One answer of the web server."""

    status: int
    location: str | None
    date: datetime | None
    certificate_ends: datetime | None
    #: whether it has the headers of `digest serve` (web/guard.py), which web servers in front hand on
    is_ours: bool


def check_link(case: Case) -> Iterator[Finding]:
    """Look at the link of a reader who does not exist, as a mail program would (U01, U04, U05)."""
    base = case.settings.mail.base_url
    if base is None:
        return
    url = f"{base.rstrip('/')}/u/{made_up_token()}"
    place = urlsplit(base).netloc
    try:
        looked, headed = visit("GET", url), visit("HEAD", url)
    except (OSError, ValueError, http.client.HTTPException) as error:
        yield broken(
            _SUBJECT,
            f"{place} cannot be reached: {_why(error)}",
            "let the public reach `digest serve` by https at mail.base_url; until then readers cannot leave",
            rule=_RULE,
        )
        return
    yield from _judged(place, looked, headed)
    yield from _certificate(place, looked, case)
    if looked.date is not None and abs(looked.date - case.now) > _SLACK:
        here, there = f"{case.now:%Y-%m-%d %H:%M}", f"{looked.date:%Y-%m-%d %H:%M}"
        what = f"{place} says that it is {there} UTC, this machine {here}"
        yield advice("clock of the web", what, "set the clock that is wrong")


def _judged(place: str, looked: Visit, headed: Visit) -> Iterator[Finding]:
    remedy = f"look where {place} sends /u/: it has to be `digest serve`"
    if looked.location is not None or 300 <= looked.status < 400:
        what = f"{place} sends /u/ on to {looked.location}: a redirect loses the wish to leave"
        yield broken(_SUBJECT, what, "answer /u/ without a redirect (RFC 8058 3.1)", rule="U04")
    elif 200 <= looked.status < 300:
        what = f"{place} answers {looked.status} for a reader who does not exist: that is not digest"
        yield broken(_SUBJECT, what, remedy, rule=_RULE)
    elif looked.status >= 500 or looked.status in {401, 403, 407, 429}:
        yield broken(_SUBJECT, f"{place} answers {looked.status}", remedy, rule=_RULE)
    elif not looked.is_ours:
        what = f"{place} answers {looked.status}, but by another program than digest"
        yield broken(_SUBJECT, what, remedy, rule=_RULE)
    elif headed.status >= 500 or headed.status == 405:
        what = f"{place} answers HEAD with {headed.status}: scanners of mail take the link for broken"
        yield advice(_SUBJECT, what, "let HEAD through to `digest serve`", rule="U05")
    else:
        yield fine(_SUBJECT, f"{place} answers, and turns a made-up link away ({looked.status})", rule=_RULE)


def _certificate(place: str, looked: Visit, case: Case) -> Iterator[Finding]:
    ends = looked.certificate_ends
    if ends is None:
        return
    if ends - case.now < SOON:
        what = f"that of {place} ends on {ends:%Y-%m-%d}"
        yield advice(
            "certificate", what, "renew it; after that day no mail program follows the link", rule=_RULE
        )
    else:
        yield fine("certificate", f"that of {place} is good until {ends:%Y-%m-%d}", rule=_RULE)


def made_up_token() -> str:
    """A token of the right form that no secret of ours has signed."""
    ring = tokens.KeyRing(secrets={1: secrets.token_bytes(32)}, current=1)
    return tokens.sign(tokens.Purpose.UNSUBSCRIBE, 1, ring)


def visit(method: str, url: str) -> Visit:
    """Ask for one page and follow nothing; raises `OSError`, `HTTPException` or `ValueError`."""
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port or 443, timeout=PATIENCE, context=ssl.create_default_context()
    )
    try:
        connection.connect()
        sock = connection.sock
        certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
        connection.request(method, parts.path, headers={"User-Agent": "digest doctor", "Connection": "close"})
        answer = connection.getresponse()
        answer.read(_MOST_BYTES)
        location = answer.getheader("Location")
        return Visit(
            status=answer.status,
            location=None if location is None else clip(printable(location), 200),
            date=_date(answer.getheader("Date")),
            certificate_ends=_ends(certificate),
            is_ours=answer.getheader("Referrer-Policy") == "no-referrer"
            and "noindex" in answer.getheader("X-Robots-Tag", ""),
        )
    finally:
        connection.close()


def _ends(certificate: object) -> datetime | None:
    ends = certificate.get("notAfter") if isinstance(certificate, dict) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None


def _why(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not genuine: {error.verify_message}"
        case ssl.SSLError():
            return f"it speaks no TLS there: {error.reason or error}"
        case socket.gaierror():
            return f"it has no address: {error.strerror}"
        case ConnectionRefusedError():
            return "it takes no connections"
        case TimeoutError():
            return "it did not answer in time"
        case _:
            return str(error) or type(error).__name__
