"""The whole way round with a real Postfix: a mail goes out, is refused behind it, and comes back."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.crash.postfix import Postfix, needs_postfix

pytestmark = needs_postfix

BOUNCES = """\
recipient_delimiter = +
virtual_mailbox_domains = digest.example
virtual_mailbox_base = {folder}
virtual_mailbox_maps = static:post/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""


class Refusing(Postfix):
    """Postfix in front of a server that refuses each recipient; bounces go to a Maildir."""

    more_settings = BOUNCES
    more_services = "virtual unix - n n - - virtual\n"

    def __init__(self, folder, answer):
        super().__init__(Path(folder))
        self.answer = answer
        self.folder.chmod(0o777)

    def sink_options(self):
        return "-f", "RCPT", "-B", self.answer

    def came_back(self):
        """Wait until a bounce lies in the Maildir."""
        deadline = time.monotonic() + 60
        new = self.folder / "post" / "new"
        while not (new.is_dir() and any(new.iterdir())):
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.1)


ANSWERS = {
    "no such user": ("550 5.1.1 User unknown", "bounced (hard bounce 5.1.1)", 0),
    "policy": ("550 5.7.26 Unauthenticated email is not accepted", "active", 3),
    "full": ("552 5.2.2 Mailbox full", "active", 0),
}


@pytest.mark.parametrize(("answer", "status", "code"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_mail_that_is_refused_behind_postfix_comes_back_and_is_heeded(archive, at, answer, status, code):
    with TemporaryDirectory(prefix="postfix-") as name, Refusing(name, answer).running() as postfix:
        archive.configure(
            sources=[],
            ranking={"line": 20},
            mail={
                "from_address": "digest@digest.example",
                "bounce_address": "bounces@digest.example",
                "mailbox": {"maildir": str(postfix.folder / "post")},
                "smtp": {"host": "127.0.0.1", "port": postfix.port},
            },
        )
        archive("subscribers", "add", "r1@reader.example", "-i", "diffusion models")
        (postfix.folder / "post" / "new").mkdir(parents=True)
        for part in ("", "new", "cur", "tmp"):
            folder = postfix.folder / "post" / part
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)
        archive("run", now=at(0))
        postfix.came_back()
        archive("bounce", now=at(0, 9), code=code)

        (row,) = archive.rows("SELECT kind, subscriber_id, delivery_id FROM returned")
        assert row[1:] == (1, 1)
        assert f"status      {status}" in archive("subscribers", "show", "r1@reader.example").stdout
