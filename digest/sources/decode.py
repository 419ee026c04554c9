"""Bytes to text: UTF-8, or UTF-16 with a byte order mark; anything else is named, not guessed."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import replace

from digest.sources.shape import Wire

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: C0 controls that no text needs; tabulator, line feed, form feed and carriage return are fine
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
#: text may hold a few escapes; UTF-16 without its mark holds a NUL in every other place
_MOST = 0.3


def decode(data: bytes, headers: Mapping[str, str] | None = None) -> Wire:
    """`data` with its text and its answer's headers; a character cut by the end is dropped and noted."""
    wire = Wire(data=data, text="", headers=headers or {})
    codec = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError as error:
        return replace(wire, flaw=f"not text: byte {error.start} is not {_spoken(codec)}")
    plain = data if codec == "utf-8-sig" else text.encode()
    size = len(plain) - plain.count(b"\r")  # CR LF and LF are to give the same answer
    if len(plain) - len(plain.translate(None, _CONTROLS)) > _MOST * size:
        return replace(wire, flaw="not text: mostly control bytes")
    return replace(wire, text=text, cut=bool(decoder.getstate()[0]))


def _spoken(codec: str) -> str:
    return "UTF-16" if codec == "utf-16" else "UTF-8"
