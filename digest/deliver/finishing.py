"""Finish messages: sign and pack them, in a process of its own where there are many.

An RSA signature takes about as long as all the rest of a mail, and Python's lock is held meanwhile: no
thread can do it beside other work.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Final, cast

from digest import apart
from digest.packing import Packed, packed

if TYPE_CHECKING:
    from digest.deliver.dkim import Signer, SigningKey

#: fewer messages than this are done before a process has started
_FEW: Final = 200


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
        self._thread: ThreadPoolExecutor | None = None
        if signers and expected >= _FEW and _processors() > 1:
            # writes to the process and waits for its answers
            self._thread = ThreadPoolExecutor(1, "finish")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> int | None:
        """The number of the process beside this one, once there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process; what it has in hand is given up."""
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.kill()  # it holds nothing that is not known here
            self._process.communicate()

    def finish(self, messages: Sequence[bytes]) -> Future[list[Packed]]:
        """The same messages finished, in their order."""
        if self._thread is not None:
            return self._thread.submit(self._apart, messages)
        done: Future[list[Packed]] = Future()
        done.set_result(self._here(messages))
        return done

    def _here(self, messages: Sequence[bytes]) -> list[Packed]:
        return [finished(data, self._signers) for data in messages]

    def _apart(self, messages: Sequence[bytes]) -> list[Packed]:
        """By the other process; where that has ended, it is done without."""
        try:
            process = self._process or self._start()
            apart.send(cast(IO[bytes], process.stdin), messages)
            answer = apart.receive(cast(IO[bytes], process.stdout))
        except (OSError, EOFError):
            return self._here(messages)
        return [
            Packed(data=data, sha256=sha256.decode("ascii"))
            for data, sha256 in zip(answer[::2], answer[1::2], strict=True)
        ]

    def _start(self) -> subprocess.Popen[bytes]:
        # known before it is told anything: one that dies at once is not started again
        process = self._process = subprocess.Popen(  # noqa: S603 - a module of ours
            apart.command("digest.deliver.finishing_worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # whatever it trips over is tried here again
            env=apart.environment(),
        )
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
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - heavy

    pem = signer.key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return json.dumps([signer.domain, signer.selector, pem.decode("ascii")]).encode()


def _read(written: bytes) -> Signer:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - heavy

    from digest.deliver.dkim import Signer  # noqa: PLC0415 - heavy

    domain, selector, pem = json.loads(written)
    key = load_pem_private_key(pem.encode(), password=None)
    return Signer(domain=domain, selector=selector, key=cast("SigningKey", key))


def _processors() -> int:
    """How many this process may use: on some systems nobody tells, and there it is how many there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
