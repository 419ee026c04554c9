"""A real DNS server on this machine that answers from a table, by UDP and TCP."""

import socket
import socketserver
import struct
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class Zone:
    """What the server knows: `zone["example.org", "TXT"] = ["v=spf1 -all"]`.

    Names in `silent` get no answer at all, names in `failing` get SERVFAIL.
    """

    def __init__(self):
        self.records, self.silent, self.failing, self.asked = {}, set(), set(), []

    def __setitem__(self, key, records):
        name, kind = key
        self.records[name.lower(), kind] = records

    def reply(self, question):
        asked = question.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        if name in self.failing:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.records.get((name, kind)):
            texts = [_written(kind, record) for record in records]
            reply.answer.append(dns.rrset.from_text(asked.name, 60, dns.rdataclass.IN, kind, *texts))
        elif not any(known == name or known.endswith(f".{name}") for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


def _written(kind, record):
    """A record as zone files write it; a text in pieces of at most 255 bytes."""
    if kind != "TXT":
        return record
    pieces = [record[i : i + 255] for i in range(0, len(record), 255)] or [""]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


class _ByUdp(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        answer = self.server.zone.reply(dns.message.from_wire(data))
        if answer is None:
            return
        if len(answer) > 1232:  # as servers do: the question is asked again by TCP
            short = dns.message.make_response(dns.message.from_wire(data))
            short.flags |= dns.flags.TC
            answer = short.to_wire()
        sock.sendto(answer, self.client_address)


class _ByTcp(socketserver.StreamRequestHandler):
    def handle(self):
        head = self.rfile.read(2)
        if len(head) < 2:
            return
        data = self.rfile.read(struct.unpack("!H", head)[0])
        answer = self.server.zone.reply(dns.message.from_wire(data))
        if answer is not None:
            self.wfile.write(struct.pack("!H", len(answer)) + answer)


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def running(zone):
    """The port of a server that answers from `zone`, the same for UDP and TCP."""
    tcp = _Tcp(("127.0.0.1", 0), _ByTcp)
    port = tcp.server_address[1]
    udp = _Udp(("127.0.0.1", port), _ByUdp)
    servers = (tcp, udp)
    for server in servers:
        server.zone = zone
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield port
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
