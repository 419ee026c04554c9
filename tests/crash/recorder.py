"""A mail server that writes down what it took the moment it took it, and may be told to kill.

It takes a message at the final dot, waits, and then answers: what a crash in between makes of a
message is what the trials are about. It speaks SMTP with PIPELINING and nothing more. It runs in a
thread of the process that watches, and lives through every kill.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from threading import Thread

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Taken:
    """One message, as it came over the wire."""

    message_id: str
    recipient: str
    sha256: str


class Recorder:
    """The server on a port of its own; `taken` grows with every final dot."""

    def __init__(self, *, wait=0.002):
        self._usual_wait = wait
        self.begin()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def begin(self):
        """Forget what was taken before, and what was to happen then."""
        self.taken = []
        #: seconds between taking a message and the answer
        self.wait = self._usual_wait
        #: called with the number of the reply just before and just after it is sent
        self.before_reply = self.after_reply = lambda number: None
        #: called with the number of a message as soon as it is taken, before the answer
        self.after_taking = lambda number: None
        #: from this message on none is answered any more
        self.silent_from = None
        #: whether nobody is greeted
        self.mute = False
        #: called when somebody connects
        self.on_connecting = lambda: None
        #: what went wrong in a call
        self.failures = []
        self._replies = 0

    def close(self):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self):
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader, writer):
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # it was killed
        finally:
            writer.close()

    async def _converse(self, reader, writer):
        self._call(self.on_connecting)
        if self.mute:
            await reader.read()
            return
        await self._reply(writer, "220 recorder.example ESMTP")
        recipient = ""
        while line := await reader.readline():
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    await self._reply(writer, "250-recorder.example\r\n250-PIPELINING\r\n250 8BITMIME")
                case "RCPT":
                    recipient = rest.partition("<")[2].partition(">")[0]
                    await self._reply(writer, "250 2.1.5 ok")
                case "DATA":
                    await self._reply(writer, "354 go on")
                    data = await reader.readuntil(b"\r\n.\r\n")
                    number = self._take(recipient, data[:-3])
                    self._call(self.after_taking, number)
                    if self.silent_from is not None and number >= self.silent_from:
                        await reader.read()  # until the other side has had enough
                        return
                    await asyncio.sleep(self.wait)
                    await self._reply(writer, f"250 2.0.0 queued as R{number}")
                case "QUIT":
                    await self._reply(writer, "221 2.0.0 bye")
                    return
                case _:
                    await self._reply(writer, "250 2.0.0 ok")

    def _take(self, recipient, stuffed):
        data = re.sub(rb"^\.", b"", stuffed, flags=re.MULTILINE)
        found = MESSAGE_ID.search(data)
        self.taken.append(
            Taken(
                message_id=found[1].decode("ascii"),
                recipient=recipient,
                sha256=hashlib.sha256(data).hexdigest(),
            )
        )
        return len(self.taken)

    async def _reply(self, writer, text):
        self._replies += 1
        number = self._replies
        self._call(self.before_reply, number)
        writer.write(text.encode("ascii") + b"\r\n")
        await writer.drain()
        self._call(self.after_reply, number)

    def _call(self, what, *number):
        try:
            what(*number)
        except Exception as error:  # noqa: BLE001 - it would only cut the connection here
            self.failures.append(error)
