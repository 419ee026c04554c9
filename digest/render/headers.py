"""Mail headers as ASCII lines: checked first, encoded by `email.header`, folded with CR LF.

`email.message.EmailMessage` is not used to write them, for it decodes encoded-words that stand in a
value it is given (so a title holding `=?utf-8?q?=0D=0A…?=` would come to life), loses blanks between
the encoded-words of a name, and encodes URIs that are longer than a line.
"""

from __future__ import annotations

import re
from email.header import Header

from digest.render.links import mail_link

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
#: what a line holds, RFC 5322's 78 with room for a comma
_WIDTH = 76
_LONGEST_URI = 900


def header(name: str, value: str) -> bytes:
    """One header line, or several where `value` is folded; raises `ValueError` for anything else.

    This is the last gate: ASCII only, no line break but before a blank, no line over 998 octets.
    """
    line = f"{name}: {value}"
    for part in line.split("\r\n"):
        if not part.strip() or len(part) > 998 or not part.isascii() or not part.isprintable():
            raise ValueError(f"{name}: cannot be sent as a header")
    if re.search(r"\r\n(?! )", line):
        raise ValueError(f"{name}: cannot be sent as a header")
    return line.encode("ascii")


def checked(name: str, text: str) -> str:
    """`text` unchanged; raises `ValueError` naming the header when it holds any control character."""
    if _CONTROL.search(text):
        raise ValueError(f"{name}: holds a line break or another control character")
    return text


def worded(name: str, text: str) -> str:
    """`text` for an unstructured header such as Subject: folded, in encoded-words where needed (RFC 2047)."""
    text = checked(name, text)
    plain = text.isascii() and "=?" not in text and all(len(word) < 60 for word in text.split())
    # the legacy class counts characters, never splits one, and takes the shorter of Q and B
    charset = "us-ascii" if plain and " ".join(text.split()) == text else "utf-8"
    return Header(text, charset, maxlinelen=_WIDTH - 1, header_name=name).encode(linesep="\r\n")


def mailbox(name: str, shown: str, address: str) -> str:
    """`shown <address>`, the shown name quoted or encoded; the address alone where there is none."""
    shown = checked(name, shown).strip()
    if not shown:
        return address
    if shown.isascii() and "=?" not in shown and len(shown) <= 60:
        escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
        phrase = shown if re.fullmatch(r"[A-Za-z0-9 ]+", shown) else f'"{escaped}"'
    else:
        phrase = Header(shown, "utf-8", maxlinelen=_WIDTH - 1, header_name=name).encode(linesep="\r\n")
    last = phrase.rpartition("\r\n")[2]
    gap = " " if len(name) + len(last) + len(address) + 5 <= _WIDTH else "\r\n "
    return f"{phrase}{gap}<{address}>"


def ascii_address(name: str, address: str) -> str:
    """`address` with its domain as A-labels (RFC 5890); raises `ValueError` naming header and reason."""
    local, _, domain = checked(name, address).strip().rpartition("@")
    if not local.isascii():
        raise ValueError(f"{name}: {address!r} needs SMTPUTF8, which is not supported")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"{name}: {address!r} has no domain that mail can be sent to: {error}") from error
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    if dots or len(domain) > 253 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError(f"{name}: {address!r} is not an address that mail can be sent to")
    return f"{local}@{domain}"


def uri(name: str, text: str) -> str:
    """`text` as `<uri>`, https or mailto; a bare address is taken for the latter. Raises `ValueError`."""
    found = checked(name, text) if text.startswith("https://") else mail_link(text)
    if not found or not found.isascii() or len(found) > _LONGEST_URI or re.search(r'[\s<>,"]', found):
        raise ValueError(f"{name}: {text!r} is neither an https nor a mailto URI")
    return f"<{found}>"
