"""A mail server, and how it is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Security(StrEnum):
    """How the connection is encrypted."""

    NONE = "none"
    #: begins in clear, is encrypted before the login; a server that does not offer it is refused
    STARTTLS = "starttls"
    #: encrypted from the first byte, usually on port 465
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A mail server and how to use it. Times in seconds; those of a message are RFC 5321 4.5.3.2's."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    #: whether the server's certificate must be genuine; `False` is for a server on one's own machine
    verify: bool = True
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    #: what to call ourselves; `None` is the machine's full name
    hello: str | None = None
    #: how many may be open at once
    connections: int = 4
    #: for each step from connecting to the login
    timeout: float = 60
    #: for the answers to MAIL, RCPT and RSET
    reply_timeout: float = 300
    #: for the answer to DATA
    data_timeout: float = 120
    #: until the server takes the next part of a message
    block_timeout: float = 180
    #: for the answer to the final dot: giving up earlier makes duplicates (RFC 1047)
    final_timeout: float = 600
    #: for a farewell that nothing depends on
    farewell_timeout: float = 5
