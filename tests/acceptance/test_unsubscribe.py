"""From the mail to the end of mails: the real command, a real port, and the links as readers have them."""

import email
import re
import socketserver
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email import policy

import pytest

from digest.tokens import KeyRing, Purpose, sign
from tests.acceptance.serving import PATIENCE, memory_of, serving, wait_until

BASE = "https://digest.example/papers"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def sent(archive, at):
    """A workspace in which two readers were sent a mail with a one-click link."""
    archive.env = {"DIGEST__MAIL__BASE_URL": BASE, "DIGEST__MAIL__FROM_ADDRESS": "digest@digest.example"}
    for name in ("anna", "bert"):
        archive("subscribers", "add", f"{name}@reader.example", "-i", "diffusion models", "--name", name)
    archive("run", now=at(0, 8))
    assert len(archive.mails) == 2
    return archive


def link_in(workspace, name):
    """The link's path in the header, which must be that in the text as well."""
    (path,) = [p for p in workspace.mails if name in p.name]
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (url,) = re.findall(r"<(https://[^>]+)>", mail["List-Unsubscribe"])
    assert url in mail.get_body(("plain",)).get_content()
    assert url.startswith(f"{BASE}/u/")
    return url.removeprefix("https://digest.example")


def status_of(workspace, name):
    query = "SELECT status, status_reason FROM subscriber WHERE name = ?"
    return workspace.rows(query, name)[0]


def dump_of(workspace):
    with closing(sqlite3.connect(workspace.database)) as connection:
        return [line for line in connection.iterdump() if '"run"' not in line]


def test_a_reader_leaves_by_the_button_and_another_in_one_click(sent):
    anna, bert = link_in(sent, "anna"), link_in(sent, "bert")
    with serving(sent) as serve:
        before = dump_of(sent)
        status, headers, page = serve.ask("GET", anna)
        assert status == 200
        assert headers["referrer-policy"] == "no-referrer"
        assert "<button" in page
        assert dump_of(sent) == before
        assert serve.ask("POST", anna, b"from=page", FORM)[0] == 200
        # a web server in front may strip the path that it shows us under
        assert serve.ask("POST", bert.removeprefix("/papers"), ONE_CLICK, FORM)[0] == 200
        assert serve.ask("POST", bert, ONE_CLICK, FORM)[0] == 200
        assert status_of(sent, "anna") == ("unsubscribed", "page")
        assert status_of(sent, "bert") == ("unsubscribed", "one-click")
        assert serve.stop() == 0
    assert serve.complaints == []
    # neither log nor page tells whose link it was
    assert not re.search(r"anna|bert|@|[A-Za-z0-9_-]{20,}", "\n".join(serve.printed[2:]))
    assert sum("POST /u/… 200" in line for line in serve.printed) == 3


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails, and calls `before_answer` with the recipient before it says that one was taken."""

    daemon_threads = True

    def __init__(self, before_answer):
        self.before_answer = before_answer
        self.accepted = []
        super().__init__(("127.0.0.1", 0), MailHandler)


class MailHandler(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mail.example")
        recipient = None
        while line := self.rfile.readline().decode().strip():
            if line.upper().startswith("RCPT"):
                recipient = re.search("<(.*)>", line)[1]
            if line.upper() == "DATA":
                self.say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.accepted.append(recipient)
                self.server.before_answer(recipient)
            self.say("221 bye" if line.upper() == "QUIT" else "250 ok")

    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")


def test_u07_a_no_in_the_midst_of_sending_is_heard_before_the_next_mail(workspace, dumps):
    # all by the real clock, which `serve` goes by
    names = ["anna", "bert", "cleo"]
    workspace("ingest", *dumps)
    for name in names:
        address = f"{name}@reader.example"
        workspace("subscribers", "add", address, "-i", "diffusion models", "--name", name, "--at", "00:00")
    workspace("publish")
    listening, answers = threading.Event(), []

    def leave(recipient):
        """While the first mail is handed over, everybody else leaves."""
        assert listening.wait(PATIENCE)
        if len(server.accepted) == 1:
            others = [name for name in names if name not in recipient]
            paths = [f"/u/{token_of(workspace, name)}" for name in others]
            answers.extend(serve.ask("POST", path, ONE_CLICK, FORM)[0] for path in paths)

    with MailServer(leave) as server:
        threading.Thread(target=server.serve_forever).start()
        smtp = {"HOST": "127.0.0.1", "PORT": str(server.server_address[1]), "CONNECTIONS": "1"}
        workspace.env = {f"DIGEST__MAIL__SMTP__{key}": value for key, value in smtp.items()}
        with serving(workspace) as serve:
            listening.set()
            wait_until(lambda: not workspace.rows("SELECT 1 FROM delivery WHERE state = 'queued'"))
            wait_until(lambda: not serve.at_work)
        server.shutdown()
    assert answers == [200, 200]
    assert len(server.accepted) == 1
    states = workspace.rows("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state")
    assert states == [("accepted", 1), ("suppressed", 2)]


def token_of(workspace, name):
    keys = KeyRing.of(dict(workspace.rows("SELECT version, key FROM secret")))
    ((number,),) = workspace.rows("SELECT id FROM subscriber WHERE name = ?", name)
    return sign(Purpose.UNSUBSCRIBE, number, keys)


def test_fifty_scanners_change_nothing_while_serve_stays(sent):
    links = [link_in(sent, name) for name in ("anna", "bert")]
    with serving(sent) as serve, ThreadPoolExecutor(50) as pool:
        asked = [(method, links[n % 2]) for n in range(50) for method in ("GET", "HEAD")][:50]
        statuses = list(pool.map(lambda request: serve.ask(*request)[0], asked))
        assert statuses == [200] * 50
        assert [status_of(sent, name) for name in ("anna", "bert")] == [("active", None)] * 2


def test_an_old_link_works_after_the_key_was_rotated_and_new_mails_carry_the_new_key(sent, at):
    old = link_in(sent, "anna")
    before = sent.json("keys")
    assert [(k["version"], k["signs"]) for k in before] == [(1, True)]
    sent("keys", "rotate", now=at(0, 9))
    listed = sent("keys").stdout
    assert "signs the links of new mails" in listed
    assert "opens the links of older mails" in listed
    for (secret,) in sent.rows("SELECT key FROM secret"):
        assert secret.hex() not in listed

    sent("subscribers", "add", "cleo@reader.example", "-i", "diffusion models", "--name", "cleo")
    sent("run", now=at(0, 10))
    new = link_in(sent, "cleo")
    assert new.split("/u/")[1][0] == "A"
    assert new.split("/u/")[1][:2] != old.split("/u/")[1][:2]
    with serving(sent) as serve:
        for link, name in ((old, "anna"), (new, "cleo")):
            assert serve.ask("POST", link, ONE_CLICK, FORM)[0] == 200
            assert status_of(sent, name)[0] == "unsubscribed"


def test_a_port_that_is_taken_ends_serve_with_a_way_out(sent):
    with serving(sent) as serve:
        done = sent("serve", "--listen", f"127.0.0.1:{serve.port}", code=2)
        assert f"cannot listen at 127.0.0.1:{serve.port} (--listen)" in done.stderr
        assert "--no-web" in done.stderr


def test_serve_without_a_web_answers_nothing_and_does_its_runs(sent):
    runs = len(sent.json("status")["runs"])
    with serving(sent, web=False) as serve:
        wait_until(lambda: len(sent.json("status")["runs"]) > runs)
        assert not any("http://" in line for line in serve.printed)
        assert serve.stop() == 0


def test_where_to_listen_comes_from_the_configuration(sent):
    sent.env |= {"DIGEST__WEB__LISTEN": "127.0.0.1:http"}
    done = sent("serve", code=2)
    assert "DIGEST__WEB__LISTEN" in done.stderr
    assert "127.0.0.1:8035" in done.stderr


def test_idle_serve_stays_under_80_mb(sent):
    """After real work, with 500 papers and more, and after links were asked for."""
    (count,) = sent.rows("SELECT count(*) FROM paper")[0]
    assert count > 500
    link = link_in(sent, "anna")
    with serving(sent) as serve:
        wait_until(lambda: len(sent.rows("SELECT 1 FROM run")) == 2)
        wait_until(lambda: not serve.at_work)
        for _ in range(20):
            assert serve.ask("GET", link)[0] == 200
        assert serve.ask("POST", link, ONE_CLICK, FORM)[0] == 200
        resident, proportional = memory_of(serve.process.pid)
        assert proportional <= resident < 80e6
