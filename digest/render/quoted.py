"""Text as it travels: quoted-printable lines (RFC 2045 6.7), joined from fragments encoded before.

Quoted-printable encodes every line by itself. So a part that stands on lines of its own is encoded
once, however many mails hold it, and joining bytes gives what encoding the whole would give.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

_SEVERAL = b"\r\n\r\n\r\n"
#: a piece from this length on is cut into lines once, for it is mostly the template's own
_LONG = 64


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text in UTF-8 as quoted-printable, its lines ending in CR LF."""

    data: bytes
    #: of the text itself, in bytes of UTF-8
    size: int

    @classmethod
    def of(cls, text: str) -> Quoted:
        """`text`, whose line ends may be of any kind, encoded."""
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
        return cls(b"\r\n".join(map(_quoted_line, text.split("\n"))), size)

    @property
    def text(self) -> str:
        """What was encoded, its lines ending in LF."""
        return binascii.a2b_qp(self.data).decode("utf-8").replace("\r\n", "\n")

    def tidied(self) -> Quoted:
        """The same with one blank line where several stand, none at both ends, and a line end behind."""
        tidy = self.data
        while _SEVERAL in tidy:
            tidy = tidy.replace(_SEVERAL, b"\r\n\r\n")
        tidy = tidy.strip(b"\r\n") + b"\r\n"
        # every line end that went or came was one LF
        return Quoted(tidy, self.size - (len(self.data) - len(tidy)) // 2)


@lru_cache(maxsize=1_024)
def _quoted_line(line: str) -> bytes:
    """One line encoded; half of those of a mail stand in other mails too."""
    # b2a_qp takes the line end it breaks with from the text's first one, and there is none: LF
    return binascii.b2a_qp(line.encode("utf-8"), istext=True, header=False).replace(b"\n", b"\r\n")


@lru_cache(maxsize=128)
def _run(text: str) -> Quoted:
    """Some lines encoded; between fragments many are a template's own."""
    return Quoted.of(text)


@lru_cache(maxsize=256)
def _cut(piece: str) -> tuple[str, Quoted, str]:
    """The end of a line that `piece` begins with, the whole lines in it, and the beginning of its last."""
    first, _, rest = piece.partition("\n")
    lines, end, last = rest.rpartition("\n")
    return f"{first}\n", Quoted.of(lines + end), last


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a filled template that stands on lines of its own, encoded; it ends with a line end."""

    #: whole lines, those of fragments inside being the very same bytes
    lines: tuple[bytes, ...]
    #: of the text, in bytes of UTF-8
    size: int
    #: bytes that are not those of a fragment inside
    own: int

    @property
    def text(self) -> str:
        """What was encoded."""
        return Quoted(b"".join(self.lines), self.size).text


#: what a template is filled with, one after another
Pieces: TypeAlias = Iterable[str | Fragment]


def joined(pieces: Pieces) -> str:
    """`pieces` as one text: a fragment begins a line of its own."""
    texts: list[str] = []
    for piece in pieces:
        if type(piece) is Fragment:
            before = next((text for text in reversed(texts) if text), "\n")
            texts += ("" if before.endswith("\n") else "\n", piece.text)
        else:
            texts.append(piece)  # type: ignore[arg-type]  # told apart by type, which is fast
    return "".join(texts)


def encoded(pieces: Pieces) -> Quoted:
    """What `joined` gives, encoded."""
    lines, size, _ = _lines(pieces)
    return Quoted(b"".join(lines), size)


def fragment(pieces: Pieces) -> Fragment:
    """The same as a fragment, a line end put behind it where there is none."""
    lines, size, own = _lines([*pieces, _END])
    return Fragment(tuple(filter(None, lines)), size, own)


#: an empty fragment, before which a line ends
_END = Fragment((), 0, 0)


def _lines(pieces: Pieces) -> tuple[list[bytes], int, int]:
    """`pieces` in encoded runs of whole lines but for the last, the size of their text, and what is own."""
    done: list[bytes] = []
    size = own = 0
    #: of lines that are not encoded yet
    begun: list[str] = []
    for piece in pieces:
        if type(piece) is Fragment:
            if begun:
                text = begun[0] if len(begun) == 1 else "".join(begun)
                begun.clear()
                if text:
                    run = _run(text if text.endswith("\n") else f"{text}\n")
                    done.append(run.data)
                    size += run.size
                    own += len(run.data)
            done += piece.lines
            size += piece.size
        elif len(piece) >= _LONG and "\n" in piece:  # type: ignore[arg-type, operator]
            end, lines, last = _cut(piece)
            begun.append(end)
            run = _run("".join(begun))
            done += (run.data, lines.data)
            size += run.size + lines.size
            own += len(run.data)
            begun = [last] if last else []
        else:
            begun.append(piece)  # type: ignore[arg-type]
    run = Quoted.of("".join(begun))
    done.append(run.data)
    return done, size + run.size, own + len(run.data)
