"""Follow mails through the lines of a log, from the moment their queue id is given.

A line with a Message-ID does not say that a mail was taken: Postfix writes it when the header has
come, also of a mail whose end never came. Taken is what the queue manager has seen, or what was tried to be
delivered. Not taken is what the server turned away, or whose connection was lost within its text.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, TypeVar

from digest.maillog.lines import Line, parse, queued

#: mails and connections of strangers that are followed at once
_MOST = 20_000
#: queue ids of one Message-ID: filters pass a mail through a server more than once
_MOST_LIVES = 20
_MESSAGE_ID: Final = re.compile(rb"message-id=(<[^<>\s]{1,500}>)")
_FATE: Final = re.compile(rb"(?:to|from)=<.*?>, .*?\bstatus=([a-z]+)\b[ ,]*(.*)", re.DOTALL)
_QUEUE_MANAGERS: Final = (b"qmgr", b"nqmgr", b"oqmgr")
_DELIVERERS: Final = (b"smtp", b"lmtp", b"local", b"virtual", b"pipe", b"error", b"discard")
_CUT_OFF: Final = (b"lost connection after DATA ", b"timeout after DATA ")
_TURNED_AWAY: Final = (b"reject: ", b"milter-reject: ")
_SET_ASIDE: Final = (b"hold: ", b"milter-hold: ", b"discard: ", b"milter-discard: ")
_TOO_BIG: Final = b"queue file size limit exceeded"
_WORDS = 300

#: a server and one of its queue ids or processes
_Key = tuple[tuple[bytes, bytes], bytes]
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Trace:
    """What a log shows of a mail under one queue id; texts as they stand there."""

    queue_id: str = ""
    #: the stamp of the line with its Message-ID
    begun: bytes = b""
    #: the stamp of the first line that says that the server has it
    taken: bytes | None = None
    #: whether the connection was lost before the end of its text
    cut_off: bool = False
    #: the words with which it was turned away
    turned_away: str | None = None
    #: the words with which the server put it aside by rules of its own, or threw it away
    set_aside: str | None = None
    #: the last attempt to deliver it: such as `sent`, and the words that came with it
    fate: tuple[str, str] | None = None


@dataclass(slots=True)
class _Life:
    """A queue id from its first line on; somebody else's, unless its Message-ID is one of ours."""

    trace: Trace = field(default_factory=Trace)
    message_id: bytes | None = None


class Follower:
    """Finds the wanted mails in lines that come in their order."""

    def __init__(self, wanted: Collection[str], domains: Collection[str]) -> None:
        """`wanted`: Message-IDs. Others in `domains` are gathered in `others`."""
        self._wanted = {message_id.encode("utf-8", "replace") for message_id in wanted}
        self._domains = tuple(f"@{domain}>".encode("utf-8", "replace") for domain in domains)
        self._lives: OrderedDict[_Key, _Life] = OrderedDict()
        #: what each smtpd is receiving
        self._receiving: OrderedDict[_Key, bytes] = OrderedDict()
        self._ours: dict[_Key, _Life] = {}
        self.traces: dict[str, list[Trace]] = {}
        #: Message-IDs in our domains that are not wanted; to be taken away by whoever looks
        self.others: set[str] = set()
        #: the stamps of the first and the last line of a Postfix; likewise
        self.first = self.last = b""

    def read(self, raw: bytes) -> None:
        """Take in one line."""
        line = parse(raw)
        if line is None:
            return
        self.first, self.last = self.first or line.stamp, line.stamp
        found = queued(line.text.removeprefix(b"warning: "))
        if found is None:
            if line.text.startswith(_CUT_OFF):
                self._cut_off(line)
            return
        queue_id, rest = found
        key = (line.server, queue_id)
        if line.program == b"cleanup" and (named := _MESSAGE_ID.match(rest)):
            self._name(key, line, named[1])
        elif rest.startswith((b"client=", b"uid=")):
            self._begin(key, line)
        else:
            self._note(key, line, rest)

    def _begin(self, key: _Key, line: Line) -> None:
        """A queue id is given: whatever had it before has it no longer."""
        self._ours.pop(key, None)
        _keep(self._lives, key, _Life())
        if line.program == b"smtpd":
            _keep(self._receiving, (line.server, line.process), key[1])

    def _cut_off(self, line: Line) -> None:
        queue_id = self._receiving.pop((line.server, line.process), None)
        if queue_id is not None and (life := self._life((line.server, queue_id))):
            life.trace.cut_off = True

    def _name(self, key: _Key, line: Line, message_id: bytes) -> None:
        life = self._life(key)
        if life is None or life.message_id not in (None, message_id):
            self._ours.pop(key, None)
            life = _Life()
        _keep(self._lives, key, life)
        life.message_id = message_id
        if message_id in self._wanted:
            self._follow(key, life, line)
        elif message_id.endswith(self._domains) and len(self.others) < _MOST:
            self.others.add(message_id.decode("utf-8", "replace"))

    def _follow(self, key: _Key, life: _Life, line: Line) -> None:
        traces = self.traces.setdefault((life.message_id or b"").decode("utf-8", "replace"), [])
        if key in self._ours or len(traces) >= _MOST_LIVES:
            return
        life.trace.queue_id = key[1].decode("ascii")
        life.trace.begun = line.stamp
        traces.append(life.trace)
        self._ours[key] = life

    def _note(self, key: _Key, line: Line, rest: bytes) -> None:
        life = self._life(key)
        if life is None:
            return
        trace = life.trace
        if _says_taken(line.program, rest):
            trace.taken = trace.taken or line.stamp
            if fate := _FATE.match(rest):
                trace.fate = _text(fate[1]), _text(fate[2])
        elif rest.startswith(_TURNED_AWAY) or rest == _TOO_BIG:
            trace.turned_away = _text(rest)
        elif rest.startswith(_SET_ASIDE):
            trace.set_aside = _text(rest)

    def _life(self, key: _Key) -> _Life | None:
        return self._ours.get(key) or self._lives.get(key)


def _says_taken(program: bytes, rest: bytes) -> bool:
    if program in _QUEUE_MANAGERS:
        return rest.startswith(b"from=<") or rest == b"removed"
    return program in _DELIVERERS and rest.startswith(b"to=<")


def _keep(kept: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep the newest, and let go of the oldest."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _MOST:
        kept.popitem(last=False)


def _text(raw: bytes) -> str:
    return raw[:_WORDS].decode("utf-8", "replace")
