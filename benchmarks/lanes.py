"""Handing finished messages over, alone: no database, no signing; into Postfix's `smtp-sink` on loopback.

The reference is Postfix's own `smtp-source`, written in C, with as many sessions and messages of the same
size, in the same run and by turns: with its usual settings, which open a connection for each message,
and with -d, which keeps them. Both share the machine with the sink. The best of the rounds counts.
"""

import asyncio
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

from benchmarks import table
from digest.deliver import Security, SmtpSender, SmtpSettings
from digest.model import Letter, OutcomeKind

ROUNDS = 3
MESSAGES = 2_000
BY, TO = "digest@daily.example", "r@reader.example"


def main():
    if not all(map(shutil.which, ("smtp-sink", "smtp-source"))):
        print("lanes: smtp-sink and smtp-source (Postfix) are not installed")
        return
    with sink() as port:
        for size in (30_000, 50_000):
            for lanes in (1, 4, 16):
                measure(port, size, lanes)


def measure(port, size, lanes):
    jobs = {
        "ours": lambda: asyncio.run(hand_over(port, size, lanes)),
        "source": lambda: source(port, size, lanes),
        "kept": lambda: source(port, size, lanes, "-d"),
    }
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            best[name] = min(best[name], (time.perf_counter() - start) / MESSAGES)
    what = f"hand over {size // 1000} KB, {lanes} connection{'s' * (lanes > 1)}"
    table.faster(what, best["ours"], "smtp-source", best["source"], aim=0.5)
    table.figure("", best["ours"], "smtp-source -d", best["kept"])


@contextmanager
def sink():
    """The port of a running `smtp-sink`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # as root it wants to be somebody else
    command = ["smtp-sink", "-u", "nobody", "-m", "100", f"127.0.0.1:{port}", "100"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def source(port, size, sessions, *more):
    counts = ["-s", str(sessions), "-m", str(MESSAGES), "-l", str(size)]
    subprocess.run(["smtp-source", *more, *counts, "-f", BY, "-t", TO, f"127.0.0.1:{port}"], check=True)


async def hand_over(port, size, lanes):
    head = f"From: {BY}\r\nTo: {TO}\r\nSubject: Papers\r\n\r\n".encode()
    data = head + (b"x" * 74 + b"\r\n") * ((size - len(head)) // 76)
    settings = SmtpSettings(
        host="127.0.0.1", port=port, security=Security.NONE, hello="daily.example", connections=lanes
    )
    sender = SmtpSender(settings)
    letters = (Letter(sender=BY, recipient=TO, data=data, message_id=f"<{n}@x>") for n in range(MESSAGES))
    await asyncio.gather(*(one_lane(sender.lane(), letters) for _ in range(lanes)))


async def one_lane(lane, letters):
    letter = next(letters, None)
    while letter is not None:
        then = next(letters, None)
        outcome = await lane.offer(letter) or await lane.transmit(letter, then)
        if outcome.kind is not OutcomeKind.ACCEPTED:
            raise SystemExit(outcome.detail)
        letter = then
    await lane.close()


if __name__ == "__main__":
    main()
