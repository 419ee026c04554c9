"""Our own modules in processes of their own: how they are called, what they are told, and how they answer."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Sequence
from typing import IO, Final

#: what a process needs to start; passwords stand in other variables
_NEEDED: Final = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME")
_NUMBER: Final = struct.Struct(">I")


def command(module: str) -> tuple[str, ...]:
    """What runs `module` with this very Python."""
    return sys.executable, "-P", "-m", module


def environment() -> dict[str, str]:
    """The environment for it: modules are found where this process finds them."""
    needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    return needed | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def send(stream: IO[bytes], parts: Sequence[bytes]) -> None:
    """Write some parts at once; each may be as long as 4 GiB."""
    sizes = [_NUMBER.pack(len(part)) for part in parts]
    stream.write(b"".join((_NUMBER.pack(len(parts)), *sizes, *parts)))
    stream.flush()


def receive(stream: IO[bytes]) -> list[bytes]:
    """What `send` wrote at the other end; raises `EOFError` where that was closed."""
    count = _number(stream)
    sizes = [_number(stream) for _ in range(count)]
    return [_exactly(stream, size) for size in sizes]


def _number(stream: IO[bytes]) -> int:
    (number,) = _NUMBER.unpack(_exactly(stream, _NUMBER.size))
    return int(number)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("the other process ended")
    return data
