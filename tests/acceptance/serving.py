"""`digest serve` as a process of its own, and what it answers on its port."""

import http.client
import re
import signal
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60


def wait_until(condition):
    """Wait for something that another process does; how long it takes is not the question here."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass
class Serving:
    """The command while it runs; everything that it prints is gathered."""

    process: object
    printed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    port: int = 0

    def ask(self, method, path, body=None, headers=None):
        """(status, headers, text) of one request."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode()

    @property
    def at_work(self):
        """Whether a run of its is."""
        return len(family_of(self.process.pid)) > 1

    def stop(self):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(workspace, *options, web=True):
    """`digest serve` from the moment at which it listens, on a port that was free, to its end."""
    where = ("--listen", "127.0.0.1:0") if web else ("--no-web",)
    process = workspace.start("serve", *where, *options)
    found = Serving(process)
    ready = threading.Event()

    def read(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))
            if port := re.search(r"http://127\.0\.0\.1:(\d+)/u/", line):
                found.port = int(port[1])
            if found.port or (not web and "serving" in line):
                ready.set()
        ready.set()

    pipes = ((process.stdout, found.printed), (process.stderr, found.complaints))
    threads = [threading.Thread(target=read, args=pipe) for pipe in pipes]
    for thread in threads:
        thread.start()
    try:
        assert ready.wait(PATIENCE)
        yield found
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            for thread in threads:
                thread.join()
            process.stdout.close()
            process.stderr.close()


def memory_of(process_id):
    """(RSS, PSS) of a process and all its children, in bytes."""
    resident = proportional = 0
    for number in family_of(process_id):
        text = Path(f"/proc/{number}/smaps_rollup").read_text()
        facts = dict(re.findall(r"^(\w+): +(\d+) kB$", text, re.MULTILINE))
        resident += int(facts["Rss"]) * 1024
        proportional += int(facts["Pss"]) * 1024
    return resident, proportional


def family_of(process_id):
    """A process and all that it and its own started and that run still."""
    found = [process_id]
    for children in Path(f"/proc/{process_id}/task").glob("*/children"):
        # a thread may end while it is looked at, and what a child started may be gone by its turn
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in children.read_text().split():
                found += family_of(int(child))
    return found
