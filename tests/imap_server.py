"""A small IMAP server over real sockets: enough of RFC 3501 to read a folder and set flags.

Its words are strict: what it does not know it answers with BAD, so that a client that asks for more
than it should is seen.
"""

import asyncio
import re
import ssl
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import date


@dataclass
class Stored:
    """One mail of the folder."""

    uid: int
    data: bytes
    flags: set[str] = field(default_factory=set)
    came: date = date(2026, 11, 20)


@dataclass
class ImapServer:
    """One folder, one user; levers for what can go wrong."""

    mails: list[Stored] = field(default_factory=list)
    folder: str = "INBOX"
    user: tuple[str, str] = ("digest", "pässword")
    #: whether clients may set keywords of their own
    keywords: bool = True
    #: offered to clients; AUTH=PLAIN where not taken away
    capabilities: str = "IMAP4rev1 AUTH=PLAIN"
    context: ssl.SSLContext | None = None
    starttls: bool = False
    #: commands after which the connection is cut, and those that are refused
    cut_at: str | None = None
    refuse: str | None = None
    seen: list[str] = field(default_factory=list)

    def add(self, data, *, flags=(), came=date(2026, 11, 20)):
        self.mails.append(Stored(len(self.mails) * 3 + 1, data.replace(b"\n", b"\r\n"), set(flags), came))

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        def run():
            asyncio.set_event_loop(self._loop)
            tls = None if self.starttls else self.context
            self._server = self._loop.run_until_complete(
                asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
            )
            self.port = self._server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_):
        async def end():
            self._server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    # ── the conversation ──────────────────────────────────────────────────────────────────────

    async def _serve(self, reader, writer):
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader, writer):
        writer.write(b"* OK ready\r\n")
        self._selected = self._read_only = False
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            command = rest.partition(" ")[0].upper()
            name = rest.upper().partition("(")[0].strip() if command == "UID" else command
            self.seen.append(re.sub(r"(LOGIN \S+) .*", r"\1 ***", rest))
            if self.cut_at and name.startswith(self.cut_at):
                return
            if self.refuse and name.startswith(self.refuse):
                writer.write(f"{tag} NO not today\r\n".encode())
                continue
            if command == "AUTHENTICATE":
                writer.write(b"+ \r\n")
                rest = "AUTHENTICATE " + (await reader.readline()).decode().strip()
            for answer in self._answers(command, rest):
                writer.write(answer if isinstance(answer, bytes) else answer.encode() + b"\r\n")
            writer.write(f"{tag} {self._ending}\r\n".encode())
            await writer.drain()
            if command == "STARTTLS" and self.starttls:
                await writer.start_tls(self.context)
            if command == "LOGOUT":
                return

    def _answers(self, command, rest):
        self._ending = "OK done"
        match command:
            case "CAPABILITY":
                yield f"* CAPABILITY {self.capabilities}"
            case "STARTTLS" | "NOOP":
                pass
            case "LOGOUT":
                yield "* BYE"
            case "LOGIN":
                name, word = re.fullmatch(r'LOGIN (\S+) "(.*)"', rest).groups()
                self._check((name.strip('"'), word))
            case "AUTHENTICATE":
                self._check(tuple(b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]))
            case "SELECT" | "EXAMINE":
                yield from self._select(command, rest)
            case "UID" if self._selected:
                yield from self._uid(rest.partition(" ")[2])
            case _:
                self._ending = "BAD what?"

    def _check(self, given):
        if given != self.user:
            self._ending = "NO wrong name or password"

    def _select(self, command, rest):
        self._read_only = command == "EXAMINE"
        if rest.partition(" ")[2] != f'"{self.folder}"':
            self._ending = "NO no such folder"
            return
        self._selected = True
        yield f"* {len(self.mails)} EXISTS"
        more = " \\*" if self.keywords else ""
        yield f"* OK [PERMANENTFLAGS (\\Seen \\Flagged{more})] flags"
        yield "* OK [UIDVALIDITY 7] x"

    def _uid(self, rest):
        command, _, rest = rest.partition(" ")
        match command.upper():
            case "SEARCH":
                yield "* SEARCH " + " ".join(
                    str(m.uid) for m in self.mails if self._matches(m, rest.strip("()"))
                )
            case "FETCH":
                uid, _, items = rest.partition(" ")
                limit = int(re.fullmatch(r"\(RFC822\.SIZE BODY\.PEEK\[\]<0\.(\d+)>\)", items)[1])
                for number, mail in enumerate(self.mails, 1):
                    if mail.uid == int(uid):
                        part = mail.data[:limit]
                        size = f"RFC822.SIZE {len(mail.data)}"
                        head = f"* {number} FETCH (UID {uid} {size} BODY[]<0> {{{len(part)}}}\r\n"
                        yield head.encode() + part + b")\r\n"
            case "STORE":
                uid, how, flags = re.fullmatch(r"(\d+) (\S+) \((.*)\)", rest).groups()
                if self._read_only or how != "+FLAGS.SILENT":
                    self._ending = "NO read-only"
                    return
                for mail in self.mails:
                    if mail.uid == int(uid):
                        kept = {f for f in flags.split() if f.startswith("\\") or self.keywords}
                        mail.flags |= kept
            case _:
                self._ending = "BAD what?"

    def _matches(self, mail, keys):
        words = keys.split()
        while words:
            match words.pop(0):
                case "UNDELETED":
                    good = "\\Deleted" not in mail.flags
                case "UNSEEN":
                    good = "\\Seen" not in mail.flags
                case "UNFLAGGED":
                    good = "\\Flagged" not in mail.flags
                case "UNKEYWORD":
                    good = words.pop(0) not in mail.flags
                case "SINCE":
                    day, month, year = words.pop(0).split("-")
                    months = [
                        "Jan",
                        "Feb",
                        "Mar",
                        "Apr",
                        "May",
                        "Jun",
                        "Jul",
                        "Aug",
                        "Sep",
                        "Oct",
                        "Nov",
                        "Dec",
                    ]
                    good = mail.came >= date(int(year), months.index(month) + 1, int(day))
                case other:
                    raise AssertionError(f"asked for {other}")
            if not good:
                return False
        return True
