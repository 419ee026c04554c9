"""Open a connection to a mail server, ready for messages; and say in words why that failed."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from digest.deliver.replies import spoken


class Security(StrEnum):
    """How the connection is encrypted."""

    NONE = "none"
    #: begins in clear, is encrypted before the login; a server that does not offer it is refused
    STARTTLS = "starttls"
    #: encrypted from the first byte, usually on port 465
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A mail server and how to use it. Times in seconds."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    #: whether the server's certificate must be genuine; `False` is for a server on one's own machine
    verify: bool = True
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    #: what to call ourselves; `None` is the machine's full name
    hello: str | None = None
    #: for each step from connecting to the login
    timeout: float = 60
    #: for the answers to MAIL, RCPT and DATA (RFC 5321 4.5.3.2)
    reply_timeout: float = 300
    #: for the answer to the final dot: giving up earlier makes duplicates (RFC 1047)
    final_timeout: float = 600


def connect(settings: SmtpSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection that is greeted, encrypted and logged in as the settings want it.

    Raises `OSError` (which `smtplib`'s errors are) or `ValueError`; `explain` puts them in words.
    """
    client = _dial(settings, context)
    try:
        client.ehlo_or_helo_if_needed()
        if settings.security is Security.STARTTLS:
            client.starttls(context=context)
            client.ehlo()
        if settings.username is not None:
            client.login(settings.username, settings.password or "")
    except BaseException:
        client.close()
        raise
    return client


def trust(*, verify: bool) -> ssl.SSLContext:
    """The rules for certificates: those of the system, or none at all."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def explain(error: OSError | ValueError, settings: SmtpSettings) -> str:
    """Why no connection came about and what to do, on one line, without any secret."""
    match error:
        case smtplib.SMTPAuthenticationError():
            why = f"refused the login of {settings.username}: {_said(error)} (check user name and password)"
        case smtplib.SMTPNotSupportedError():
            why = f"does not offer what was asked: {spoken(str(error))} (check security and user name)"
        case smtplib.SMTPResponseException():
            why = f"is not ready: {_said(error)}"
        case ssl.SSLCertVerificationError():
            why = f"has no genuine certificate: {error.verify_message} (check the host name)"
        case ssl.SSLError():
            why = f"speaks no TLS here: {error.reason or spoken(str(error))} (check port and security)"
        case UnicodeError():
            why = "cannot be used: host, user name or password hold characters other than ASCII"
        case socket.gaierror():
            why = f"has no address: {error.strerror} (check the host name and the network)"
        case ConnectionRefusedError():
            why = "takes no connections (check host and port, and whether the server runs)"
        case _ if timed_out(error):
            why = "did not answer in time"
        case _:
            why = f"cannot be used: {spoken(str(error))}"
    return f"{settings.host}:{settings.port} {why}"


def timed_out(error: BaseException) -> bool:
    """Whether an error is a timeout; `smtplib` shows those as disconnections."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _dial(settings: SmtpSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    host, port, hello, timeout = settings.host, settings.port, settings.hello, settings.timeout
    if settings.security is Security.TLS:
        return smtplib.SMTP_SSL(host, port, hello, timeout=timeout, context=context)
    return smtplib.SMTP(host, port, hello, timeout=timeout)


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {spoken(error.smtp_error)}"
