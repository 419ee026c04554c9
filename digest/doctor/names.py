"""Ask the DNS, with an end to it: every question has seconds, and all of them together have."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dns.resolver

#: for one question and for all of them, in seconds
QUESTION = 4.0
ALL = 25.0


class Reply(StrEnum):
    """How a question ended."""

    FOUND = "found"
    #: the name is there, and has no record of this kind
    NO_RECORD = "no record"
    NO_NAME = "no such name"
    #: no answer came, or one that says nothing: neither yes nor no
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one kind that a name has, in plain text: TXT whole, MX as `10 mx.example`."""

    reply: Reply
    records: tuple[str, ...] = ()
    #: why it failed
    why: str = ""


class Names:
    """One examination's questions; the library is loaded with the first of them.

    `nameservers` and `port` stand for those of /etc/resolv.conf.
    """

    def __init__(
        self,
        nameservers: Sequence[str] | None = None,
        port: int = 53,
        *,
        question: float = QUESTION,
        all_seconds: float = ALL,
    ) -> None:
        self._nameservers = nameservers
        self._port = port
        self._question = question
        self._all = all_seconds
        self._resolver: dns.resolver.Resolver | None = None
        self._known: dict[tuple[str, str], Answer] = {}
        #: questions that got neither yes nor no, those of libraries too
        self.unanswered = 0

    def ask(self, name: str, kind: str) -> Answer:
        """The records of `kind` that `name` has; never raises, and asks nothing twice."""
        if (name, kind) not in self._known:
            self._known[name, kind] = self._ask(name, kind)
        return self._known[name, kind]

    def _ask(self, name: str, kind: str) -> Answer:
        import dns.exception  # noqa: PLC0415 - heavy
        import dns.resolver  # noqa: PLC0415 - heavy

        try:
            found = self.resolver().resolve(name, kind, search=False)
        except dns.resolver.NXDOMAIN:
            return Answer(Reply.NO_NAME)
        except dns.resolver.NoAnswer:
            return Answer(Reply.NO_RECORD)
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            return Answer(Reply.FAILED, why=_why(error))
        records = tuple(_text(record, kind) for record in found)
        return Answer(Reply.FOUND, records)

    @property
    def troubles(self) -> list[str]:
        """Why questions got neither yes nor no, each reason once."""
        return list(dict.fromkeys(a.why for a in self._known.values() if a.reply is Reply.FAILED))

    def pointers(self, address: str) -> Answer:
        """The names that an IP address leads back to (PTR)."""
        import dns.reversename  # noqa: PLC0415 - heavy

        found = self.ask(dns.reversename.from_address(address).to_text(), "PTR")
        return Answer(found.reply, tuple(name.rstrip(".").lower() for name in found.records), found.why)

    def addresses(self, name: str) -> Answer:
        """The IPv4 and IPv6 addresses of a host."""
        four, six = self.ask(name, "A"), self.ask(name, "AAAA")
        if records := four.records + six.records:
            return Answer(Reply.FOUND, records)
        return four if four.reply is Reply.FAILED else six

    def resolver(self) -> dns.resolver.Resolver:
        """The resolver behind all questions, for libraries that ask by themselves.

        Raises `dns.resolver.NoResolverConfiguration` where this machine names no server.
        """
        if self._resolver is None:
            self._resolver = self._made()
        return self._resolver

    def _made(self) -> dns.resolver.Resolver:
        import dns.exception  # noqa: PLC0415 - heavy
        import dns.resolver  # noqa: PLC0415 - heavy

        names, end = self, time.monotonic() + self._all

        class Patient(dns.resolver.Resolver):
            """Gives each question what is left of the time for all."""

            def resolve(self, *args: Any, **options: Any) -> dns.resolver.Answer:  # noqa: ANN401 - handed on
                left = end - time.monotonic()
                options["lifetime"] = min(left, options.get("lifetime") or self.lifetime)
                try:
                    if left <= 0:
                        raise dns.resolver.LifetimeTimeout(timeout=0.0, errors=[])  # type: ignore[no-untyped-call]
                    return super().resolve(*args, **options)
                except (dns.exception.Timeout, dns.resolver.NoNameservers):
                    names.unanswered += 1
                    raise

        made = Patient(configure=self._nameservers is None)
        if self._nameservers is not None:
            made.nameservers = list(self._nameservers)
            made.port = self._port
        made.timeout, made.lifetime = min(1.5, self._question), self._question
        return made


def _text(record: Any, kind: str) -> str:  # noqa: ANN401 - a class of its own for each kind
    if kind == "TXT":
        # the strings of one record are one text, without blanks between them (RFC 7208 3.3, RFC 6376 3.6.2.2)
        return b"".join(record.strings).decode("utf-8", "replace")
    return str(record.to_text())


def _why(error: Exception) -> str:
    import dns.exception  # noqa: PLC0415 - heavy
    import dns.resolver  # noqa: PLC0415 - heavy

    match error:
        case dns.resolver.NoResolverConfiguration():
            return "this machine names no DNS server"
        case dns.exception.Timeout():
            return "the DNS did not answer in time"
        case dns.resolver.NoNameservers():
            return "the DNS servers could not answer"
        case _:
            return str(error) or type(error).__name__
