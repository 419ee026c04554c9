"""The unsubscribe link, at a real web server with real certificates (U01, U04, U05)."""

import http.client
import http.server
import sqlite3
import ssl
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from digest import config, store, tokens
from digest.doctor import link
from digest.frontdesk import FrontDesk
from digest.web import Site
from tests.outbox import put_person

#: what every answer of `digest serve` has
OURS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers as its server's `answers` say, by method: status and headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer()

    def do_HEAD(self):
        self.answer()

    def answer(self):
        self.server.asked.append((self.command, self.path))
        status, headers = self.server.answers.get(self.command, (404, {}))
        self.send_response_only(status)
        for name, value in ({"Content-Length": "0"} | OURS | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def serving(issued):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.answers, server.asked, server.daemon_threads = {}, [], True
    server.handle_error = lambda *_: None  # a client that does not trust us hangs up
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def days():
    return 60


@pytest.fixture
def web(authority, now, days):
    issued = authority.issue_cert("localhost", not_after=datetime.now(UTC) + timedelta(days=days))
    with serving(issued) as server:
        yield server


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def look(web, case_of):
    def _look(host="localhost"):
        url = f"https://{host}:{web.server_address[1]}"
        case = case_of(at=datetime.now(UTC), mail={"from_address": "p@list.example", "base_url": url})
        return {f.subject: f for f in link.check_link(case)}

    return _look


@pytest.mark.usefixtures("trusted")
def test_a_made_up_link_that_is_turned_away_is_fine_and_nothing_is_followed(web, look):
    found = look()

    assert found["link"].verdict == "fine"
    assert found["certificate"].verdict == "fine"
    methods = [method for method, _ in web.asked]
    assert methods == ["GET", "HEAD"]
    (path,) = {path for _, path in web.asked}
    assert path.startswith("/u/")


def test_the_made_up_token_is_of_the_right_form_and_nobodys():
    token = link.made_up_token()
    ring = tokens.KeyRing(secrets={1: b"k" * 32}, current=1)

    assert len(token) == len(tokens.sign(tokens.Purpose.UNSUBSCRIBE, 1, ring))
    assert tokens.verify(token, tokens.Purpose.UNSUBSCRIBE, ring) is None
    assert link.made_up_token() != token


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("answers", "verdict", "words", "rule"),
    [
        ({"GET": (301, {"Location": "https://www.list.example/u/\x1b[31m"})}, "broken", "redirect", "U04"),
        ({"GET": (200, {})}, "broken", "that is not digest", "U01"),
        ({"GET": (502, {})}, "broken", "502", "U01"),
        ({"GET": (403, {})}, "broken", "403", "U01"),
        ({"GET": (404, {"Referrer-Policy": "origin"})}, "broken", "another program", "U01"),
        ({"HEAD": (405, {})}, "advice", "HEAD", "U05"),
        ({"GET": (400, {}), "HEAD": (400, {})}, "fine", "400", "U01"),
        ({"GET": (410, {}), "HEAD": (410, {})}, "fine", "410", "U01"),
    ],
)
def test_each_other_answer_is_judged(web, look, *, answers, verdict, words, rule):
    web.answers = answers
    found = look()["link"]

    assert (found.verdict, found.rule) == (verdict, rule)
    assert words in found.what
    assert found.what.isprintable()


@pytest.mark.usefixtures("trusted")
def test_a_web_that_lives_in_another_time_is_told(web, look):
    web.answers = {"GET": (404, {"Date": "Mon, 01 Jun 2020 00:00:00 GMT"})}

    assert "2020-06-01" in look()["clock of the web"].what


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("date", ["never", "Mon, 99 Foo 2020 00:00:00 GMT", "", "x" * 3000])
def test_a_date_that_is_none_is_ignored(web, look, date):
    web.answers = {"GET": (404, {"Date": date})}

    assert look().keys() == {"link", "certificate"}


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("days", [5])
def test_a_certificate_near_its_end_is_advice(look):
    assert look()["certificate"].verdict == "advice"


def test_a_certificate_that_nobody_trusts_is_broken(look):
    found = look()["link"]

    assert found.verdict == "broken"
    assert "not genuine" in found.what


@pytest.mark.usefixtures("trusted")
def test_one_for_another_name_is_broken_too(look):
    assert "not genuine" in look("127.0.0.1")["link"].what


@pytest.mark.usefixtures("trusted")
def test_where_nobody_listens_it_is_broken(web, look):
    web.shutdown()
    web.server_close()
    found = look()["link"]

    assert found.verdict == "broken"
    assert "takes no connections" in found.what


@pytest.mark.usefixtures("trusted")
def test_a_server_that_only_says_rubbish_or_nothing_is_broken(web, look, monkeypatch):
    monkeypatch.setattr(Pages, "answer", lambda self: self.wfile.write(b"\x00rubbish\r\n\r\n"))
    assert look()["link"].verdict == "broken"

    monkeypatch.setattr(link, "PATIENCE", 0.3)
    monkeypatch.setattr(Pages, "answer", lambda self: threading.Event().wait(5))
    assert "did not answer in time" in look()["link"].what


def test_without_a_link_nobody_is_asked(case_of):
    assert list(link.check_link(case_of())) == []


# ── `digest serve` itself, behind a server that encrypts ──────────────────────────────────────


class Behind(Pages):
    """Hands every request on, as web servers in front do, and its answer back."""

    def answer(self):
        with closing(http.client.HTTPConnection(*self.server.behind, timeout=20)) as connection:
            connection.request(self.command, self.path, headers=dict(self.headers))
            answer = connection.getresponse()
            body = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)


@pytest.fixture
def serve(settings_of, tmp_path, now):
    """`digest serve`'s web on a port of its own, with a database of one reader."""
    settings = settings_of()
    shelf = store.Database(settings.database)
    shelf.prepare()
    with shelf.write() as transaction:
        transaction.instance.create(now)
        put_person(transaction, 1)
    shelf.close()
    desk = FrontDesk(settings, config_path=tmp_path / "config.yaml")
    with Site(desk, config.Listen("127.0.0.1", 0), named="here", log=print, tell=print) as site:
        yield site.listen
    desk.close()


@pytest.mark.usefixtures("trusted")
def test_digest_serve_is_known_by_its_answers_and_nobody_leaves_by_being_looked_at(
    web, look, serve, tmp_path
):
    web.RequestHandlerClass, web.behind = Behind, (serve.host, serve.port)
    with closing(sqlite3.connect(tmp_path / "digest.db")) as connection:
        before = list(connection.iterdump())
        found = look()
        assert list(connection.iterdump()) == before

    assert {name: f.verdict.value for name, f in found.items()} == {"link": "fine", "certificate": "fine"}
    assert "(404)" in found["link"].what
