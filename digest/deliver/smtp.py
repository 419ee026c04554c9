"""Hand messages to a mail server over one kept connection."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from digest.deliver.connect import SmtpSettings, connect, explain, timed_out, trust
from digest.deliver.envelope import EnvelopeAddress, envelope_address
from digest.deliver.replies import Phase, broken, expected, judge, spoken
from digest.model import Outcome, OutcomeKind

#: seconds for a farewell that nothing depends on
_FAREWELL_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """One message with its envelope."""

    sender: EnvelopeAddress
    recipient: EnvelopeAddress
    data: bytes

    @property
    def needs_smtputf8(self) -> bool:
        return self.sender.needs_smtputf8 or self.recipient.needs_smtputf8

    @property
    def stuffed(self) -> bytes:
        """The message as DATA carries it: dots doubled, the final dot at the end (RFC 5321 4.5.2)."""
        body = self.data.replace(b"\r\n.", b"\r\n..")
        if body.startswith(b"."):
            body = b"." + body
        return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


class SmtpSender:
    """A `Sender` over SMTP: one connection, opened when first needed and kept between messages.

    Every attempt ends with an outcome that says how far it came: a message is `UNKNOWN` only from
    its first byte to the answer to the final dot. `connection_lost` means that the server cannot be
    used at all for now; a connection that broke over one recipient alone does not count. Not for
    use by several threads.
    """

    repeatable = False

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._context: ssl.SSLContext | None = None
        self._client: smtplib.SMTP | None = None

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:  # noqa: ARG002
        """Hand over one message, byte for byte; see `digest.ports.Sender`."""
        if flaw := _line_flaw(data):
            return _refuse(flaw)
        try:
            letter = _Letter(
                sender=envelope_address(sender), recipient=envelope_address(recipient), data=data
            )
        except ValueError as error:
            return _refuse(str(error))
        kept = self._client is not None
        phase, outcome = self._attempt(letter)
        if kept and phase is Phase.MAIL and outcome.connection_lost:
            # Servers close idle connections; nothing of this message was on it yet.
            _, outcome = self._attempt(letter)
        return outcome

    def close(self) -> None:
        """Say goodbye and let go of the connection; never raises, may be called again."""
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(OSError):
            if client.sock is not None:
                client.sock.settimeout(_FAREWELL_TIMEOUT)
            client.quit()
        _drop(client)

    def _attempt(self, letter: _Letter) -> tuple[Phase, Outcome]:
        try:
            client = self._client or self._connect()
        except (OSError, ValueError) as error:
            return Phase.CONNECT, broken(Phase.CONNECT, explain(error, self._settings))
        phase, outcome = self._converse(client, letter)
        if client.sock is None or outcome.connection_lost or not _reset(client, outcome):
            _drop(client)
            self._client = None
        return phase, outcome

    def _connect(self) -> smtplib.SMTP:
        if self._context is None:
            self._context = trust(verify=self._settings.verify)
        self._client = connect(self._settings, self._context)
        return self._client

    def _converse(self, client: smtplib.SMTP, letter: _Letter) -> tuple[Phase, Outcome]:
        """One message's transaction, and the phase in which it ended."""
        if letter.needs_smtputf8 and not client.has_extn("smtputf8"):
            return Phase.MAIL, _refuse("the name before the @ is not ASCII and the server offers no SMTPUTF8")
        client.command_encoding = "utf-8" if letter.needs_smtputf8 else "ascii"
        phase = Phase.MAIL
        try:
            _wait_at_most(client, self._settings.reply_timeout)
            for phase, command, arguments in _commands(client, letter):
                code, text = client.docmd(command, arguments)
                if not expected(phase, code):
                    return phase, judge(phase, code, text)
            phase = Phase.END
            _wait_at_most(client, self._settings.final_timeout)
            client.send(letter.stuffed)
            code, text = client.getreply()
        except OSError as error:
            return phase, _broken_off(phase, error)
        return phase, judge(phase, code, text)


def _commands(client: smtplib.SMTP, letter: _Letter) -> Iterator[tuple[Phase, str, str]]:
    options = f" SIZE={len(letter.data)}" if client.has_extn("size") else ""
    options += " SMTPUTF8" if letter.needs_smtputf8 else ""
    yield Phase.MAIL, "MAIL", f"FROM:<{letter.sender.text}>{options}"
    yield Phase.RCPT, "RCPT", f"TO:<{letter.recipient.text}>"
    yield Phase.DATA, "DATA", ""


def _line_flaw(data: bytes) -> str | None:
    """A bare CR or LF lets servers disagree where a message ends; NUL is not allowed at all."""
    if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
        return "the message holds a line that does not end in CR LF"
    return "the message holds a NUL byte" if b"\0" in data else None


def _refuse(why: str) -> Outcome:
    return Outcome(kind=OutcomeKind.PERMANENT, detail=why)


def _broken_off(phase: Phase, error: OSError) -> Outcome:
    if timed_out(error):
        return broken(phase, "no answer in time")
    said = spoken(str(error))
    # Over RCPT or DATA one message alone may be the cause; the next one tries a new connection.
    return broken(phase, f"the connection broke ({said})", way_out_down=phase is Phase.MAIL)


def _reset(client: smtplib.SMTP, outcome: Outcome) -> bool:
    """Make the connection ready for the next message; whether that succeeded."""
    if outcome.kind is OutcomeKind.ACCEPTED:
        return True
    try:
        code, _ = client.rset()
    except OSError:
        return False
    return code == 250


def _wait_at_most(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _drop(client: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError):
        client.close()
