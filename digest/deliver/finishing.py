"""Finish messages: sign and pack them, in processes of their own where there are many.

An RSA signature takes about as long as all the rest of a mail, and Python's lock is held meanwhile: no
thread can do it beside other work.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Final, cast

from digest import apart
from digest.packing import Packed, packed

if TYPE_CHECKING:
    from digest.deliver.dkim import Signer, SigningKey

#: fewer messages than this are done before a process has started
_FEW: Final = 200
#: whoever renders keeps no more than these busy
_MOST_PROCESSES: Final = 2


def finished(data: bytes, signers: Sequence[Signer]) -> Packed:
    """The bytes of one message, signed by every key there is, as they are kept."""
    if signers:
        from digest.deliver.dkim import sign  # noqa: PLC0415 - heavy, and many operators do not sign

        data = sign(data, signers)
    return packed(data)


class Finisher:
    """Finishes messages, where it can beside other work, until it is closed."""

    def __init__(self, signers: Sequence[Signer], *, expected: int) -> None:
        """`expected`: about how many messages there will be."""
        self._signers = tuple(signers)
        processors = _processors()
        worth_it = bool(signers) and expected >= _FEW and processors > 1
        self._threads: ThreadPoolExecutor | None = None
        if worth_it:
            self._threads = ThreadPoolExecutor(min(processors, _MOST_PROCESSES), "finish")
        #: each thread has a process of its own
        self._mine = threading.local()
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def processes(self) -> list[int]:
        """The numbers of those that were started."""
        return [process.pid for process in self._processes]

    def close(self) -> None:
        """End the processes; what they have in hand is given up."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.kill()  # it holds nothing that is not known here
            process.communicate()

    def finish(self, messages: Sequence[bytes]) -> Future[list[Packed]]:
        """The same messages finished, in their order."""
        if self._threads is not None:
            return self._threads.submit(self._apart, messages)
        done: Future[list[Packed]] = Future()
        done.set_result(self._here(messages))
        return done

    def _here(self, messages: Sequence[bytes]) -> list[Packed]:
        return [finished(data, self._signers) for data in messages]

    def _apart(self, messages: Sequence[bytes]) -> list[Packed]:
        """By the process of this thread; where that has ended, it is done without."""
        try:
            process = self._process()
            apart.send(cast(IO[bytes], process.stdin), messages)
            answer = apart.receive(cast(IO[bytes], process.stdout))
        except (OSError, EOFError):
            return self._here(messages)
        return [
            Packed(data=data, sha256=sha256.decode("ascii"))
            for data, sha256 in zip(answer[::2], answer[1::2], strict=True)
        ]

    def _process(self) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] | None = getattr(self._mine, "process", None)
        if process is None:
            process = self._mine.process = subprocess.Popen(  # noqa: S603 - a module of ours
                apart.command("digest.deliver.finishing_worker"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # whatever it trips over is tried here again
                env=apart.environment(),
            )
            self._processes.append(process)
            apart.send(cast(IO[bytes], process.stdin), list(map(_written, self._signers)))
        return process


def work(orders: IO[bytes], answers: IO[bytes]) -> None:
    """What the other process does until there are no more orders."""
    try:
        signers = list(map(_read, apart.receive(orders)))
        while True:
            done = [finished(data, signers) for data in apart.receive(orders)]
            apart.send(answers, [part for one in done for part in (one["data"], one["sha256"].encode())])
    except (EOFError, BrokenPipeError):
        return


def _written(signer: Signer) -> bytes:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - likewise

    pem = signer.key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return json.dumps([signer.domain, signer.selector, pem.decode("ascii")]).encode()


def _read(written: bytes) -> Signer:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - likewise

    from digest.deliver.dkim import Signer  # noqa: PLC0415 - likewise

    domain, selector, pem = json.loads(written)
    key = load_pem_private_key(pem.encode(), password=None)
    return Signer(domain=domain, selector=selector, key=cast("SigningKey", key))


def _processors() -> int:
    """How many this process may use: on some systems nobody tells, and there it is how many there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
