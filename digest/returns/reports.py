"""The machine-readable part of a report: blocks of fields (RFC 3464, RFC 5965, RFC 6533)."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

#: field names in lower case → values on one line; the first of a name counts
Fields: TypeAlias = dict[str, str]

_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:[ \t]*(.*)")
#: RFC 6533 writes a character as its number
_NUMBERED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_ANGLED = re.compile(r"<([^<>]*)>")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
_CODE = re.compile(r"(?<![\d.#])([245]\d\d)(?=[ \-:])")
_MANY: Final = 100


def blocks(text: str) -> list[Fields]:
    """The blocks of fields in `text`, split at empty lines and at each further recipient."""
    found: list[Fields] = [{}]
    name = ""
    for line in text.splitlines()[:2_000]:
        if not line.strip():
            name = ""
            if found[-1]:
                found.append({})
            continue
        if line[0] in " \t" and name:
            found[-1][name] = f"{found[-1][name]} {line.strip()}"
            continue
        field = _FIELD.fullmatch(line.rstrip())
        if field is None:
            continue
        name = field[1].lower()
        if name == "final-recipient" and name in found[-1]:
            found.append({})
        if name in found[-1]:
            name = ""
        else:
            found[-1][name] = field[2].strip()
    return [block for block in found if block][:_MANY]


def address_in(value: str) -> str | None:
    """The address in `rfc822; somebody@host`, with or without angle brackets; `None` if there is none."""
    kind, semicolon, rest = value.partition(";")
    text = rest if semicolon else kind
    if angled := _ANGLED.search(text):
        text = angled[1]
    text = _NUMBERED.sub(_character, text.strip().strip('"'))
    return text if "@" in text.strip("@") and not re.search(r"\s", text) and len(text) <= 320 else None


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""


def status_in(text: str) -> str | None:
    """The first enhanced status code in `text`."""
    found = _STATUS.search(text)
    return found[0] if found else None


def code_in(text: str) -> int | None:
    """The first SMTP reply code of class 4 or 5 in `text`."""
    found = next((c for c in _CODE.findall(text) if c[0] != "2"), None)
    return int(found) if found else None
