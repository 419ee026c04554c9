"""Mail headers as lines: checked first, encoded by RFC 2047 where needed, folded with CR LF.

`email.message.EmailMessage` is not used to write them: it decodes encoded-words that stand in a value
it is given (so that a title holding `=?utf-8?q?…?=` comes to life), loses blanks between the
encoded-words of a name, and encodes URIs longer than a line. The tests read every header back with it.
"""

from __future__ import annotations

import re
import string
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache

from digest.render.links import mail_link

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
#: what a line holds, RFC 5322's 78 with room for a comma
_WIDTH = 76
_LONGEST_URI = 900
#: what the Q encoding leaves alone also in a name (RFC 2047 5.3)
_Q_AS_IS = {c: c for c in string.ascii_letters + string.digits + "!*+-/"} | {" ": "_"}


# most headers of a mail stand in all others of the day as well
@lru_cache(maxsize=256)
def header(name: str, value: str, *, utf8: bool = False) -> bytes:
    """One header line, or several where `value` is folded; raises `ValueError` for anything else.

    This is the last gate: ASCII only unless `utf8`, no line break but before a blank, no line over 998
    octets.
    """
    line = f"{name}: {value}"
    first, *folded = line.split("\r\n")
    for part in (first, *folded):
        said = part.isprintable() and not part.isspace() and part != ""
        if not said or len(part.encode()) > 998:
            raise ValueError(f"{name}: cannot be sent as a header")
    if not (utf8 or line.isascii()) or not all(part[0] == " " for part in folded):
        raise ValueError(f"{name}: cannot be sent as a header")
    return line.encode()


def checked(name: str, text: str) -> str:
    """`text` unchanged; raises `ValueError` naming the header when it holds any control character."""
    if _CONTROL.search(text):
        raise ValueError(f"{name}: holds a line break or another control character")
    return text


# readers with the same first pick have the same subject
@lru_cache(maxsize=256)
def worded(name: str, text: str) -> str:
    """`text` for an unstructured header such as Subject: folded, or in encoded-words where needed."""
    if _plain(checked(name, text)) and len(text) + len(name) + 2 <= _WIDTH:
        return text
    return _encoded(text, len(name) + 2)


@lru_cache(maxsize=256)
def mailbox(name: str, shown: str, address: str) -> str:
    """`shown <address>`, the shown name quoted or encoded; the address alone where there is none."""
    shown = checked(name, shown).strip()
    if not shown:
        return address
    if not _plain(shown) or len(shown) > 60:
        phrase = _encoded(shown, len(name) + 2)
    elif re.fullmatch(r"[A-Za-z0-9 ]+", shown):
        phrase = shown
    else:
        phrase = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    last = phrase.rpartition("\r\n")[2]
    gap = " " if len(name) + len(last) + len(address) + 5 <= _WIDTH else "\r\n "
    return f"{phrase}{gap}<{address}>"


def _plain(text: str) -> bool:
    """Whether `text` can stand in a header as it is, and is read back unchanged."""
    return text.isascii() and "=?" not in text and " ".join(text.split()) == text


def _encoded(text: str, used: int) -> str:
    """`text` as encoded-words of at most 75 characters, none split inside a character (RFC 2047).

    The first line has `used` characters already. Q where most of it stays readable, else B.
    """
    quoted = [_Q_AS_IS.get(c) or "".join([f"={byte:02X}" for byte in c.encode()]) for c in text]
    by_q = 2 * sum(map(str.isascii, text)) >= len(text)
    sizes = [len(q) for q in quoted] if by_q else [len(c.encode()) for c in text]
    words: list[str] = []
    start = 0
    while start < len(text):
        room = min(75, _WIDTH - (1 if words else used)) - len("=?utf-8?q??=")
        end = _fitting(sizes, start, room if by_q else room // 4 * 3)
        body = "".join(quoted[start:end]) if by_q else b64encode(text[start:end].encode()).decode()
        words.append(f"=?utf-8?{'q' if by_q else 'b'}?{body}?=")
        start = end
    return "\r\n ".join(words)


def _fitting(sizes: Sequence[int], start: int, room: int) -> int:
    """The end of the longest run from `start` whose sizes add up to at most `room`; one at least."""
    end = start + 1
    total = sizes[start]
    while end < len(sizes) and total + sizes[end] <= room:
        total += sizes[end]
        end += 1
    return end


def ascii_address(name: str, text: str) -> str:
    """As `address`, but with ASCII alone before the @ too."""
    found = address(name, text)
    if not found.isascii():
        raise ValueError(f"{name}: {text!r} may have ASCII letters only before the @")
    return found


def address(name: str, text: str) -> str:
    """`text` with its domain as A-labels (RFC 5890); raises `ValueError` naming header and reason.

    Before the @ other letters than ASCII may stand (RFC 6531 3.3).
    """
    try:
        return _address(checked(name, text))
    except UnicodeError as error:
        raise ValueError(f"{name}: {text!r} has no domain that mail can be sent to: {error}") from error
    except _NoAddressError as error:
        raise ValueError(f"{name}: {text!r} is not an address that mail can be sent to") from error


class _NoAddressError(ValueError):
    """A text that mail cannot be sent to."""


# the same address stands in several headers
@lru_cache(maxsize=256)
def _address(text: str) -> str:
    local, _, domain = text.strip().rpartition("@")
    domain = (domain if domain.isascii() else domain.encode("idna").decode("ascii")).lower()
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    known = local
    if not local.isascii():
        known = "".join(c if c.isascii() else "x" for c in local if c.isascii() or c.isprintable())
    short = len(known) == len(local) and len(local.encode()) <= 64
    if dots or not short or len(domain) > 253 or not _LOCAL.fullmatch(known) or not _DOMAIN.fullmatch(domain):
        raise _NoAddressError
    return f"{local}@{domain}"


@lru_cache(maxsize=256)
def uri(name: str, text: str) -> str:
    """`text` as `<uri>`, https or mailto; a bare address is taken for the latter. Raises `ValueError`."""
    found = text if checked(name, text).startswith("https://") else mail_link(text)
    if not found or not found.isascii() or len(found) > _LONGEST_URI or re.search(r'[\s<>,"]', found):
        raise ValueError(f"{name}: {text!r} is neither an https nor a mailto URI")
    return f"<{found}>"
