"""A real web server on this machine that can be told to misbehave: a source of listings for tests.

It writes bytes itself, so that it can do what no decent library lets one do.
"""

import gzip
import itertools
import socket
import ssl
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

#: seconds between two bytes of a server that is slow on purpose
DRIP = 0.02
_PHRASES = {200: "OK", 304: "Not Modified"}


@dataclass
class Reply:
    """An answer, with levers for everything that can be wrong with one."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    #: the value of Content-Length, where it is not to be true; `None`: not said at all
    length: int | None = -1
    #: sent instead of a status line and headers
    head: bytes | None = None
    #: close after so many bytes of the body
    cut: int | None = None
    #: end by a reset instead of a farewell
    reset: bool = False
    #: "head" or "body": from there on byte by byte, and never done
    slow: str | None = None
    #: the body again and again
    endless: bool = False

    def start(self):
        if self.head is not None:
            return self.head
        length = len(self.body) if self.length == -1 else self.length
        headers = dict(self.headers)
        if length is not None:
            headers["Content-Length"] = length
        lines = [f"HTTP/1.1 {self.status} {_PHRASES.get(self.status, 'So')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def packed(body, **facts):
    """A reply whose body is gzip."""
    headers = {"Content-Encoding": "gzip"} | facts.pop("headers", {})
    return Reply(body=gzip.compress(body, mtime=0), headers=headers, **facts)


@dataclass
class Asked:
    """One request as it came."""

    target: str
    headers: dict
    #: the address of ours that was connected
    address: str


class SourceServer:
    """The running server. `replies` maps targets to replies; several are given one after another."""

    def __init__(self, listener, tls):
        self._listener, self._tls = listener, tls
        self._stop = threading.Event()
        self.port = listener.getsockname()[1]
        self.replies = {}
        self.asked = []

    def url(self, target="/", host="127.0.0.1"):
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{target}"

    def give(self, *replies, target="/"):
        """Answer `target` by these replies in turn, and go on with the last one."""
        self.replies[target] = itertools.chain(replies[:-1], itertools.repeat(replies[-1]))

    def serve(self):
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def stop(self):
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _answer(self, connection):
        with connection:
            connection.settimeout(10)
            try:
                if self._tls:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                self._speak(connection)
            except OSError:
                pass  # the other side went away, as it should from some of us
            finally:
                connection.close()

    def _speak(self, connection):
        lines = _head(connection).decode("latin-1").split("\r\n")
        target = lines[0].split(" ")[1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        self.asked.append(Asked(target, headers, connection.getsockname()[0]))
        reply = next(self.replies[target]) if target in self.replies else Reply(status=404)
        self._drip(connection, reply.start(), slow=reply.slow == "head")
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        self._drip(connection, body, slow=reply.slow == "body")
        while reply.endless and not self._stop.is_set():
            connection.sendall(reply.body)
        if reply.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif not self._tls:
            connection.shutdown(socket.SHUT_RDWR)

    def _drip(self, connection, data, *, slow):
        if not slow:
            connection.sendall(data)
            return
        for place in itertools.count():
            if self._stop.wait(DRIP):
                return
            connection.sendall(data[place : place + 1] or b" ")


def _head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionResetError
        data += piece
    return data.partition(b"\r\n\r\n")[0]


@contextmanager
def running(*, host="127.0.0.1", certificate=None):
    """The server on a free port, ended with the block; with a `trustme` certificate it speaks TLS."""
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(tls)
    listener = socket.create_server((host, 0))
    server = SourceServer(listener, tls)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)
