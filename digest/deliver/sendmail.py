"""Hand messages to a program that takes them as Sendmail does: Postfix, Exim, msmtp and others bring one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from digest.deliver.envelope import EnvelopeAddress, envelope_address
from digest.deliver.lines import line_flaw, with_lf
from digest.deliver.replies import refused, spoken
from digest.model import Outcome, OutcomeKind

#: exit codes (sysexits.h) that speak of this message or its recipient
_DATA_ERROR, _NO_USER, _NO_HOST, _TRY_AGAIN = 65, 67, 68, 75
#: bytes of what the program says that are read
_HEARD: Final = 4_000
_NAMES: Final = {
    64: "usage",
    _DATA_ERROR: "data format error",
    66: "no input",
    _NO_USER: "no such user",
    _NO_HOST: "no such host",
    69: "service unavailable",
    70: "internal error",
    71: "system error",
    72: "a system file is missing",
    73: "cannot create",
    74: "input or output error",
    _TRY_AGAIN: "temporary failure",
    76: "protocol error",
    77: "permission denied",
    78: "configuration error",
}


class SendmailSender:
    """A `Taker` that runs `sendmail -i -odb -f SENDER -- RECIPIENT` for each message, without a shell.

    The program gets the message with LF at the ends of its lines, as such programs expect. `-odb` asks
    for the queue alone: Sendmail itself would try to deliver at once, and answer "temporary failure" for
    a message that it keeps. What a program did that was killed or took too long, nobody knows.
    """

    repeatable = False

    def __init__(self, program: Path, *, timeout: float = 600) -> None:
        """`timeout`: seconds that the program has for one message."""
        self._program = program
        self._timeout = timeout

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:  # noqa: ARG002 - the protocol has it
        """Hand over one message; see `Taker`."""
        if flaw := line_flaw(data):
            return refused(flaw)
        try:
            by, to = _argument(envelope_address(sender)), _argument(envelope_address(recipient))
        except ValueError as error:
            return refused(str(error))
        return self._run([os.fsencode(self._program), b"-i", b"-odb", b"-f", by, b"--", to], with_lf(data))

    def close(self) -> None:
        """Nothing is held open."""

    def _run(self, command: list[bytes], data: bytes) -> Outcome:
        # a file and no pipe: what the program leaves running behind it may keep that open
        with tempfile.TemporaryFile() as said:
            try:
                # a session of its own: Ctrl-C at a terminal ends us, and lets it finish this message
                process = subprocess.Popen(  # noqa: S603 - the operator's program, and addresses that are checked
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=True,
                )
            except OSError as error:
                why = f"cannot run {self._program}: {error.strerror} (check mail.sendmail)"
                return Outcome(kind=OutcomeKind.TRANSIENT, detail=why, connection_lost=True)
            with process:
                try:
                    process.communicate(data, self._timeout)
                except subprocess.TimeoutExpired:
                    _kill(process)
                    return _unknown(f"{self._program} did not end in {self._timeout:g} seconds")
                except BaseException:
                    _kill(process)
                    raise
            said.seek(0)
            return self._judge(process.returncode, said.read(_HEARD))

    def _judge(self, code: int, said: bytes) -> Outcome:
        if code == 0:
            return Outcome(kind=OutcomeKind.ACCEPTED, detail=f"taken by {self._program}")
        if code < 0:
            return _unknown(f"{self._program} was ended by signal {-code}")
        words = spoken(said) or _NAMES.get(code, "it said nothing")
        detail = f"{self._program} ended with {code}: {words}"
        if code in {_DATA_ERROR, _NO_USER, _NO_HOST}:
            return Outcome(kind=OutcomeKind.PERMANENT, detail=detail, at_recipient=code != _DATA_ERROR)
        # all the others speak of the program: every message would fail likewise
        return Outcome(kind=OutcomeKind.TRANSIENT, detail=detail, connection_lost=code != _TRY_AGAIN)


def _argument(address: EnvelopeAddress) -> bytes:
    if address.text.startswith("-"):
        raise ValueError("the address begins with a hyphen, which programs take for an option")
    return address.text.encode()


def _unknown(why: str) -> Outcome:
    return Outcome(kind=OutcomeKind.UNKNOWN, detail=why, connection_lost=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
