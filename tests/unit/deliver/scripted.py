"""A mail server that says exactly what a test tells it to, in the event loop of the test itself.

A script is a coroutine that gets a `Peer`. Each connection runs the next script; the last one runs again.
"""

import asyncio
import socket
from contextlib import asynccontextmanager

from digest.deliver import Security, SmtpSender, SmtpSettings
from digest.model import Letter

DATA = b"Subject: Papers\r\n\r\nOne line.\r\n"


def letter(number=1, data=DATA, **facts):
    values = {
        "sender": "digest@daily.example",
        "recipient": f"r{number}@reader.example",
        "data": data,
        "message_id": f"<{number}@daily.example>",
    }
    return Letter(**(values | facts))


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        #: every command and message line that came
        self.heard = []

    async def line(self):
        found = (await self.reader.readline()).decode().rstrip("\r\n")
        self.heard.append(found)
        return found

    async def hear(self, *beginnings):
        """The next lines, which begin so."""
        for beginning in beginnings:
            found = await self.line()
            assert found.startswith(beginning), f"{found!r} where {beginning!r} was expected"

    async def message(self):
        """A message up to its final dot, dots undone."""
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise ConnectionResetError
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def say(self, *lines):
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())

    async def greet(self, *offers):
        """From the greeting to what is offered."""
        self.say("220 mail.example ESMTP")
        await self.hear("EHLO ")
        lines = ["mail.example", *offers]
        self.say(*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}")

    async def take(self, *, ready=True):
        """One whole message in the usual way; the message."""
        if ready:
            await self.hear("MAIL ")
            self.say("250 2.1.0 Ok")
            await self.hear("RCPT ")
            self.say("250 2.1.5 Ok")
        await self.hear("DATA")
        self.say("354 go on")
        found = await self.message()
        self.say("250 2.0.0 queued as Q1")
        return found

    async def bye(self):
        await self.hear("QUIT")
        self.say("221 bye")

    async def silence(self):
        """Whether nothing more comes while the client waits for us."""
        try:
            async with asyncio.timeout(0.05):
                return not await self.reader.read(1)
        except TimeoutError:
            return True

    async def gone(self):
        """Wait until the client closes: the end of the script."""
        while await self.reader.read(65536):
            pass
        raise ConnectionResetError


class Stage:
    """A running server, and a lane towards it."""

    def __init__(self, scripts):
        self._scripts = list(scripts)
        self.peers = []
        self._tasks = []
        self._wrong = []
        self.lane = None

    async def serve(self, reader, writer):
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        peer = Peer(reader, writer)
        self.peers.append(peer)
        self._tasks.append(asyncio.current_task())
        try:
            await script(peer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except AssertionError as error:
            self._wrong.append(error)
        finally:
            writer.close()

    async def finish(self):
        """End of the scene: what a script found wrong is raised here."""
        if self.lane is not None:
            await self.lane.close()
        await self.played()

    async def played(self):
        """Wait until every script is at its end."""
        for task in self._tasks:
            if not task.done():
                _, late = await asyncio.wait([task], timeout=5)
                assert not late, f"the script still waits; it heard {[p.heard for p in self.peers]}"
        for error in self._wrong:
            raise error


@asynccontextmanager
async def playing(*scripts, **facts):
    """A `Stage` on which the scripts are played, ended with the block."""
    stage = Stage(scripts)
    listening = socket.create_server(("127.0.0.1", 0))
    # little is on the way at any time, so that whoever writes much has to wait for us
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    server = await asyncio.start_server(stage.serve, sock=listening)
    settings = {
        "host": "127.0.0.1",
        "port": server.sockets[0].getsockname()[1],
        "security": Security.NONE,
        "hello": "daily.example",
    }
    times = ("timeout", "reply_timeout", "data_timeout", "block_timeout", "final_timeout", "farewell_timeout")
    sender = SmtpSender(SmtpSettings(**(settings | dict.fromkeys(times, 20) | facts)))
    stage.lane = sender.lane()
    try:
        yield stage
        await stage.finish()
    finally:
        await stage.lane.close()
        server.close()
