"""A mail server's bytes → its answers (RFC 5321 4.2.1). Pure, and bounded whatever the server sends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: bytes of one answer; the longest honest ones list what a server offers, in about one thousand
LONGEST: Final = 16_384

_LINE: Final = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the lines of its text without their codes, parted by LF."""

    code: int
    text: bytes


class AnswerReader:
    """Puts answers together from bytes as they come.

    The lines of an answer should carry one code (RFC 5321 4.2.1); where they differ the last one counts.
    After a `flaw` nothing more is read.
    """

    def __init__(self) -> None:
        #: what came and is no answer, where that happened
        self.flaw: bytes | None = None
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def between_answers(self) -> bool:
        """Whether nothing but whole answers came."""
        return self.flaw is None and not self._rest and not self._lines

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that `data` completes."""
        found: list[Answer] = []
        if self.flaw is not None:
            return found
        rest, start = self._rest + data, 0
        while (end := rest.find(b"\n", start)) >= 0:
            line = rest[start:end].removesuffix(b"\r")
            self._size += end + 1 - start
            start = end + 1
            parts = _LINE.fullmatch(line)
            if parts is None or self._size > LONGEST:
                self.flaw = line
                return found
            self._lines.append(parts[3] or b"")
            if parts[2] != b"-":
                found.append(Answer(int(parts[1]), b"\n".join(self._lines)))
                self._lines, self._size = [], 0
        self._rest = rest[start:]
        if len(self._rest) + self._size > LONGEST:
            self.flaw = self._rest
        return found
