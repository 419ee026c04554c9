"""What a command wrote, flushed and sent, in order: read from `strace`."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.crash.recorder import MESSAGE_ID
from tests.crash.trial import ROOT

CALLS = (
    "openat,write,writev,pwrite64,ftruncate,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,"
    "link,linkat,unlink,unlinkat,sendto,sendmsg"
)
_HEX = r"(?:\\x[0-9a-f]{2})*"
_WHOLE = re.compile(r"(\d+) +(\w+)\((.*)\) += (.*)")
_BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)\) += (.*)")
_FILE = re.compile(rf"^(\d+)<({_HEX})>")
_TEXT = re.compile(rf'"({_HEX})"')


@dataclass(frozen=True)
class Write:
    """Bytes written to a file; `offset` is `None` where they follow those before."""

    path: str
    data: bytes
    offset: int | None


@dataclass(frozen=True)
class Truncate:
    path: str
    size: int


@dataclass(frozen=True)
class Open:
    """A file is opened that may not have been there, and is emptied where `emptied`."""

    path: str
    emptied: bool


@dataclass(frozen=True)
class Rename:
    path: str
    to: str


@dataclass(frozen=True)
class Unlink:
    path: str


@dataclass(frozen=True)
class Sync:
    """A file, or the names in a folder, are on disk from here on."""

    path: str


@dataclass(frozen=True)
class Sent:
    """The first bytes of a message leave over a connection."""

    connection: str
    message_id: str


@dataclass(frozen=True)
class Said:
    """A line on standard output."""

    text: str


def needs_strace():
    """Skip the test where programs cannot be traced."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be traced here")


def traced(folder, *arguments):
    """Run `digest` in `folder`; its exit code and everything it did, in order."""
    log = folder.parent / "trace"
    options = ["-f", "--seccomp-bpf", "-y", "-xx", "-s", "2000000", "-e", f"trace={CALLS}", "-o", str(log)]
    done = subprocess.run(
        ["strace", *options, sys.executable, "-m", "digest", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    with log.open("rt") as lines:
        events = list(_events(lines))
    log.unlink()
    return done.returncode, events


def _events(lines):
    """What is written or sent counts from its beginning, what is flushed from its end."""
    waiting = {}
    for line in lines:
        if found := _WHOLE.match(line):
            _, call, arguments, result = found.groups()
            yield from _begin(call, arguments)
            yield from _end(call, arguments, result)
        elif found := _BEGUN.match(line):
            thread, call, arguments = found.groups()
            waiting[thread] = call, arguments
            yield from _begin(call, arguments)
        elif (found := _RESUMED.match(line)) and found[1] in waiting:
            call, arguments = waiting.pop(found[1])
            yield from _end(call, arguments, found[3])


def _begin(call, arguments):
    file = _FILE.match(arguments)
    texts = [_bytes(text) for text in _TEXT.findall(arguments)]
    data = b"".join(texts)
    if call in {"sendto", "sendmsg"} and (message := MESSAGE_ID.search(data)):
        yield Sent(_path(file), message[1].decode("ascii"))
    elif call == "pwrite64":
        yield Write(_path(file), data, int(arguments.rpartition(", ")[2]))
    elif call in {"write", "writev"} and file[1] == "1":
        yield Said(data.decode())
    elif call in {"write", "writev"}:
        yield Write(_path(file), data, None)
    elif call == "ftruncate":
        yield Truncate(_path(file), int(arguments.rpartition(", ")[2]))
    elif call in {"rename", "renameat", "renameat2"}:
        yield Rename(texts[0].decode(), texts[1].decode())
    elif call in {"unlink", "unlinkat"}:
        yield Unlink(texts[0].decode())


def _end(call, arguments, result):
    if call in {"fsync", "fdatasync"} and result.startswith("0"):
        yield Sync(_path(_FILE.match(arguments)))
    elif call == "openat" and "O_CREAT" in arguments and (opened := _FILE.match(result)):
        yield Open(_path(opened), "O_TRUNC" in arguments)


def _path(file):
    return os.fsdecode(_bytes(file[2]))


def _bytes(text):
    return bytes.fromhex(text.replace("\\x", ""))
