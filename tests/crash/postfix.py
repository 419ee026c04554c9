"""A real Postfix of its own, which relays everything to `smtp-sink`, which keeps each message as a file.

Needs root, as Postfix does; nothing of the machine's own Postfix is touched.
"""

import email
import os
import pwd
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mta.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
relayhost = [127.0.0.1]:{sink}
alias_maps =
"""
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def why_not():
    """Why no Postfix can be started here, or `None`."""
    if os.geteuid() != 0:
        return "Postfix needs root to start"
    missing = [name for name in ("postfix", "smtp-sink") if shutil.which(name, path=_PATH) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
needs_postfix = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


@contextmanager
def running():
    """Postfix and its sink until the end of the block."""
    # not in pytest's folder, which is its owner's alone: Postfix's processes are another user's
    with TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Postfix(folder).running() as found:
            yield found


class Postfix:
    """The running pair; `port` takes mail, `arrived` tells what came out behind it."""

    #: what stands in main.cf and master.cf beside the usual, with the same places to fill
    more_settings = more_services = ""

    def __init__(self, folder):
        self.folder = folder
        self.port, self._sink_port = _free_port(), _free_port()
        self.log = folder / "mail.log"
        self._dumps = folder / "dumps"

    def arrived(self):
        """Every message behind Postfix, parsed."""
        return [email.message_from_bytes(p.read_bytes()) for p in sorted(self._dumps.iterdir())]

    def forget(self):
        """Delete what arrived so far."""
        self.settled()
        for path in self._dumps.iterdir():
            path.unlink()

    def settled(self):
        """Wait until Postfix's queue is empty: what was taken has gone on."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            queues = [self.folder / "spool" / name for name in ("incoming", "active", "deferred", "maildrop")]
            if not any(p.is_file() for queue in queues for p in queue.rglob("*")):
                return
            time.sleep(0.05)
        pytest.fail(f"Postfix keeps messages:\n{self.log.read_text()[-2000:]}")

    @contextmanager
    def running(self):
        self._write()
        sink = subprocess.Popen(
            ["smtp-sink", "-u", "postfix", *self.sink_options(), f"127.0.0.1:{self._sink_port}", "100"],
            env={"PATH": _PATH},
            stderr=subprocess.DEVNULL,
        )
        try:
            self._postfix("start")
            _wait_for(self.port)
            yield self
        finally:
            with suppress(subprocess.CalledProcessError):
                self._postfix("abort")
            sink.terminate()
            sink.wait(20)

    def sink_options(self):
        """What `smtp-sink` does with each message: keep it as a file."""
        return "-d", f"{self._dumps}/%H%M%S."

    def _write(self):
        for name in ("etc", "data", "dumps", "spool"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("data", "dumps"):
            shutil.chown(self.folder / name, "postfix")
        owner = pwd.getpwnam("postfix")
        values = {"folder": self.folder, "port": self.port, "sink": self._sink_port}
        values |= {"uid": owner.pw_uid, "gid": owner.pw_gid}
        (self.folder / "etc" / "main.cf").write_text((MAIN + self.more_settings).format(**values))
        (self.folder / "etc" / "master.cf").write_text((SERVICES + self.more_services).format(**values))

    def _postfix(self, command):
        subprocess.run(
            ["postfix", "-c", str(self.folder / "etc"), command],
            env={"PATH": _PATH},
            check=True,
            capture_output=True,
            timeout=60,
        )


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_for(port):
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            assert time.monotonic() < deadline, "Postfix does not answer"
            time.sleep(0.1)
        else:
            return
