"""The bytes of a hostile mail → headers, parts and texts, without ever raising.

The standard library's parser is used with a policy that hands header values out as they came: its
newer policies parse them eagerly, and raise on broken Message-IDs, addresses and dates. What the
library still gets wrong is caught in one place each: a mail nested too deep is a mail without parts,
a part that cannot be decoded has no text.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from typing import Any, Final

#: characters of one text that are looked at
TEXT_LIMIT: Final = 16_384
#: characters of one header that are looked at
HEADER_LIMIT: Final = 4_000
#: headers of one name, and parts of one mail
MANY: Final = 200

#: codecs that are no charset of mail, or cost more than linear time
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_TAG = re.compile(r"<[^<>]*>")


class _AsItCame(Compat32):
    """Header values as they stand in the mail, bytes beyond ASCII as surrogates."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the library's signature
        """See `email.policy.Policy`."""
        return value


_POLICY: Final = _AsItCame()


class Part:
    """One part of a mail, or the mail itself."""

    def __init__(self, message: Message[str, str]) -> None:
        self._message = message

    @property
    def type(self) -> str:
        """Such as `text/plain`, in lower case."""
        return str(self._message.get_content_type())

    def header(self, name: str) -> str:
        """The first header of this name on one line, encoded words decoded; empty where there is none."""
        value = self._message.get(name)
        return decoded(value) if value else ""

    def headers(self, name: str) -> list[str]:
        """Every header of this name, likewise."""
        return [decoded(value) for value in (self._message.get_all(name) or ())[:MANY]]

    def parameter(self, name: str) -> str:
        """A parameter of the content type such as `report-type`, in lower case; empty where there is none."""
        try:
            value: Any = self._message.get_param(name)
        except (ValueError, LookupError, AttributeError, TypeError):
            return ""
        return value.strip().lower() if isinstance(value, str) else ""

    def text(self) -> str:
        """The part's text, with tags taken out of HTML; bounded."""
        raw = self._decoded()[: 4 * TEXT_LIMIT]
        text = _in_charset(raw, self._charset())[:TEXT_LIMIT]
        return _TAG.sub(" ", text) if self.type == "text/html" else text

    def block(self) -> str:
        """The part as text whatever its type: header blocks of a report stay header blocks; bounded."""
        raw = self._rebuilt() if self._message.is_multipart() else self._decoded()
        return _in_charset(raw[: 4 * TEXT_LIMIT], "utf-8")[:TEXT_LIMIT]

    def parts(self) -> Iterator[Part]:
        """The part itself and all inside it but those inside of other mails; bounded."""
        waiting, left = [self._message], MANY
        while waiting and left:
            message, left = waiting.pop(0), left - 1
            yield Part(message)
            if message.get_content_maintype() == "multipart":
                waiting[:0] = _inside(message)

    def inner(self) -> Part | None:
        """The mail that a part of type `message/rfc822` holds, or headers that stand as text."""
        if self._message.is_multipart():
            return next((Part(message) for message in _inside(self._message)), None)
        return parse(self._decoded()[: 4 * TEXT_LIMIT])

    def _charset(self) -> str:
        try:
            return str(self._message.get_content_charset("utf-8"))
        except (ValueError, LookupError, AttributeError, TypeError):
            return "utf-8"

    def _decoded(self) -> bytes:
        # without `decode` the library replaces what the stated charset does not hold
        try:
            payload: Any = self._message.get_payload(decode=True)
        except (ValueError, LookupError, AttributeError, TypeError):
            return b""
        return payload if isinstance(payload, bytes) else b""

    def _rebuilt(self) -> bytes:
        """A report's bytes again: the library takes its blocks for mails of their own."""
        lines: list[bytes] = []
        for block in _inside(self._message):
            fields = [f"{name}: {value}" for name, value in block.items()][:MANY]
            lines += [field.encode("utf-8", "surrogateescape") for field in fields]
            lines += [b"", Part(block)._decoded(), b""]  # noqa: SLF001 - a part of our own kind
        encoding = str(self._message.get("content-transfer-encoding", ""))
        return _transferred(b"\n".join(lines)[: 8 * TEXT_LIMIT], encoding.strip().lower())


def parse(data: bytes) -> Part | None:
    """The mail in `data`; `None` where it cannot be taken apart, such as one nested without end."""
    try:
        # a From_ line of mailbox files is no header
        return Part(message_from_bytes(data, policy=_POLICY))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _inside(message: Message[str, str]) -> list[Message[str, str]]:
    inner: Any = message.get_payload()
    return [each for each in inner[:MANY] if isinstance(each, Message)] if isinstance(inner, list) else []


def decoded(value: str) -> str:
    """A header's value on one line, encoded words decoded (RFC 2047) wherever they can be."""
    value = " ".join(value[:HEADER_LIMIT].split())
    if "=?" not in value:
        return _plain(value)
    try:
        found = decode_header(value)
    except (HeaderParseError, ValueError):
        return _plain(value)
    return "".join(
        _in_charset(text, charset or "utf-8") if isinstance(text, bytes) else _plain(text)
        for text, charset in found
    )


def _plain(text: str) -> str:
    return _in_charset(text.encode("utf-8", "surrogateescape"), "utf-8") if not text.isascii() else text


def _in_charset(raw: bytes, charset: str) -> str:
    name = charset.strip().lower().replace("-", "_")
    if name not in _NO_CHARSETS:
        try:
            return raw.decode(charset)
        except UnicodeDecodeError as error:
            if error.start > len(raw) - 8:  # only cut off inside a character
                return raw.decode(charset, "ignore")
        except (LookupError, ValueError):
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _transferred(raw: bytes, encoding: str) -> bytes:
    match encoding:
        case "base64":
            try:
                # as much as is whole: a cut mail ends anywhere
                clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
                return base64.b64decode(clean[: len(clean) // 4 * 4] + _tail(clean))
            except (binascii.Error, ValueError):
                return raw
        case "quoted-printable":
            return quopri.decodestring(raw)
        case _:
            return raw


def _tail(clean: bytes) -> bytes:
    rest = clean[len(clean) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
