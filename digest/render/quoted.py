"""Text as it travels: quoted-printable lines (RFC 2045 6.7), joined from fragments encoded before.

Quoted-printable encodes every line by itself. So a fragment that stands on lines of its own is encoded
once, however many mails hold it, and joining bytes gives what encoding the whole would give.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias


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


_SEVERAL = b"\r\n\r\n\r\n"
#: a piece from this length on is cut into lines once, for it is mostly the template's own
_LONG = 64


@lru_cache(maxsize=1_024)
def _quoted_line(line: str) -> bytes:
    """One line encoded; half of those of a mail stand in other mails too."""
    # b2a_qp takes the line end it breaks with from the text's first one, and there is none: LF
    return binascii.b2a_qp(line.encode("utf-8"), istext=True, header=False).replace(b"\n", b"\r\n")


@lru_cache(maxsize=256)
def _cut(piece: str) -> tuple[str, Quoted, str]:
    """The end of a line that `piece` begins with, the whole lines in it, and the beginning of its last."""
    first, _, rest = piece.partition("\n")
    lines, end, last = rest.rpartition("\n")
    return f"{first}\n", Quoted.of(lines + end), last


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a filled template that stands on lines of its own, encoded; it ends with a line end."""

    quoted: Quoted

    @classmethod
    def of(cls, text: str) -> Fragment:
        """`text` with a line end behind it, and one blank line at most between two lines."""
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        return cls(Quoted.of(text if text.endswith("\n") else f"{text}\n"))


#: what a template is filled with, one after another
Pieces: TypeAlias = Iterable[str | Fragment]


def joined(pieces: Pieces) -> str:
    """`pieces` as one text: a fragment begins a line of its own."""
    texts: list[str] = []
    for piece in pieces:
        if type(piece) is Fragment:
            before = next((text for text in reversed(texts) if text), "\n")
            texts += ("" if before.endswith("\n") else "\n", piece.quoted.text)
        else:
            texts.append(piece)  # type: ignore[arg-type]  # told apart by type, which is fast
    return "".join(texts)


def encoded(pieces: Pieces) -> Quoted:
    """What `joined` gives, encoded."""
    done: list[Quoted] = []
    #: of lines that are not encoded yet
    begun: list[str] = []
    for piece in pieces:
        if type(piece) is Fragment:
            if begun:
                text = "".join(begun)
                begun.clear()
                if text:
                    done.append(Quoted.of(text if text.endswith("\n") else f"{text}\n"))
            done.append(piece.quoted)
        elif len(piece) >= _LONG and "\n" in piece:  # type: ignore[arg-type, operator]
            end, lines, last = _cut(piece)  # type: ignore[arg-type]
            begun.append(end)
            done += (Quoted.of("".join(begun)), lines)
            begun = [last] if last else []
        else:
            begun.append(piece)  # type: ignore[arg-type]
    done.append(Quoted.of("".join(begun)))
    return Quoted(b"".join([each.data for each in done]), sum([each.size for each in done]))
