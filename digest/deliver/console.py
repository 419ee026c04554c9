"""Print messages for a person to read."""

from __future__ import annotations

import email
import email.errors
from email.header import decode_header, make_header
from email.message import Message
from typing import TextIO

from digest.model import Outcome, OutcomeKind
from digest.text import printable

_RULE = "─" * 72


class ConsoleSender:
    """A `Sender` that prints the headers and the plain text part of each message.

    Nothing in a message can act on the terminal: controls and escapes are taken out line by line.
    It is not repeatable, since a message printed twice is there twice.
    """

    repeatable = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:  # noqa: ARG002 - the protocol has it
        """Print one message; see `digest.ports.Sender`."""
        shown = "\n".join((_RULE, *_lines(data), _RULE, ""))
        # a terminal without UTF-8 shows a question mark rather than nothing at all
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(shown.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError) as error:
            why = f"cannot print: {error}"
            return Outcome(kind=OutcomeKind.TRANSIENT, detail=why, connection_lost=True)
        return Outcome(kind=OutcomeKind.ACCEPTED, detail=f"printed for {printable(recipient)}")

    def close(self) -> None:
        """Nothing is held open; the stream belongs to the caller."""


def _lines(data: bytes) -> list[str]:
    message = email.message_from_bytes(data)
    headers = [f"{printable(name)}: {printable(_decoded(str(value)))}" for name, value in message.items()]
    return [*headers, "", *(_shown(line) for line in _text(message).splitlines())]


def _shown(line: str) -> str:
    """One line without anything that acts, its indentation kept."""
    return " " * (len(line) - len(line.lstrip(" "))) + printable(line)


def _decoded(value: str) -> str:
    """A header's words; as they stand where their encoding is broken."""
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, email.errors.MessageError):
        return value


def _text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return _with_charset(content, part.get_content_charset("utf-8"))
    return "(no plain text part)"


def _with_charset(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
