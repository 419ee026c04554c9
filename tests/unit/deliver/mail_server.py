"""Start the recorder as its own process and read what it accepted."""

import base64
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from digest.deliver import Security, SmtpSettings

#: what the recorder is asked to do instead of answering as it should
ACTIONS = ("421", "451", "554", "drop", "hang", "junk")


class MailServer:
    """The running recorder; `received` tells of what came since the last `forget`."""

    def __init__(self, ports, record):
        self._ports, self._record, self._seen = ports, record, 0

    def settings(self, profile="plain", **facts):
        values = {
            "host": "127.0.0.1",
            "port": self._ports[profile],
            "security": Security.NONE,
            "hello": "daily.example",
            "timeout": 20,
            "reply_timeout": 20,
            "data_timeout": 20,
            "block_timeout": 20,
            "final_timeout": 20,
        }
        return SmtpSettings(**(values | facts))

    def lines(self):
        text = self._record.read_text("utf-8") if self._record.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def forget(self):
        self._seen = len(self.lines())

    def received(self):
        found = [line for line in self.lines()[self._seen :] if "data" in line]
        return [line | {"data": base64.b64decode(line["data"])} for line in found]

    def farewells(self):
        return sum("quit" in line for line in self.lines()[self._seen :])


@contextmanager
def running(profiles, folder):
    """The recorder with one port for each profile, ended with the block."""
    record = Path(folder) / "record.jsonl"
    script = Path(__file__).with_name("recorder.py")
    command = [sys.executable, "-W", "ignore", str(script), json.dumps(profiles), str(record)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield MailServer(json.loads(process.stdout.readline()), record)
        finally:
            process.terminate()
            process.wait(20)
