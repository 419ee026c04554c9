"""What every answer is like, and what a stranger cannot do."""

import re
import socket
import threading
from contextlib import closing, suppress

import pytest

from digest.errors import RenderError, UsageError
from digest.web import guard, wire
from digest.web.application import MAX_BODY


def raw(house, data, *, patience=60):
    """What the server answers to these bytes."""
    with closing(socket.create_connection((house.site.listen.host, house.site.listen.port))) as link:
        link.settimeout(patience)
        link.sendall(data)
        found = b""
        while part := link.recv(65536):
            found += part
        return found


ALWAYS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "connection": "close",
}
REQUESTS = (("GET", "/u/{token}"), ("POST", "/u/{token}"), ("GET", "/u/none"), ("GET", "/"), ("PUT", "/u/x"))


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_every_answer_is_fenced_in(house, method, path):
    answer = house.ask(method, path.format(token=house.token()))
    assert answer.headers.items() >= ALWAYS.items()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='$", policy)
    assert "server" not in answer.headers
    assert "date" in answer.headers


@pytest.mark.parametrize("path", ["/", "/u", "/u/", "/u/a/b", "/favicon.ico", "/schema", "/U/x", "//u/x"])
def test_there_is_nothing_else(house, path):
    assert [house.ask(method, path).status for method in ("GET", "POST")] == [404, 404]


@pytest.mark.parametrize("host", ["elsewhere.example", "digest.example:99999", "", "[", "a@b"])
def test_the_host_that_is_asked_for_makes_no_difference(house, host):
    usual = house.ask("GET", f"/u/{house.token()}")
    answer = house.ask(
        "GET", f"/u/{house.token()}", headers={"Host": host, "X-Forwarded-Host": "evil.example"}
    )
    assert (answer.status, answer.body) == (200, usual.body)


@pytest.mark.parametrize("prefix", ["", "/papers", "/a/b", "/u"])
def test_the_links_work_whether_or_not_a_web_server_strips_their_path(opened, prefix):
    with opened(mail={"base_url": f"https://digest.example{prefix}/"}) as house:
        paths = [f"/u/{house.token()}", f"{prefix}/u/{house.token()}"]
        assert [house.ask("GET", path).status for path in paths] == [200, 200]
        assert house.ask("GET", f"/elsewhere/u/{house.token()}").status == 404
        assert house.ask("POST", paths[1]).status == 200
        assert house.status_of(1)[0] == "unsubscribed"


def test_a_method_that_is_not_answered_learns_which_are(house):
    answer = house.ask("PUT", f"/u/{house.token()}")
    assert answer.status == 405
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_question_mark_and_what_follows_are_ignored(house):
    assert house.ask("GET", f"/u/{house.token()}?utm_source=scanner&x=%FF").status == 200


def test_the_log_has_a_line_for_each_request_and_says_of_whom_it_was_never(house):
    token = house.token()
    house.ask("GET", f"/u/{token}?who=reader1@reader.example")
    house.ask("POST", f"/u/{token}")
    house.ask("GET", "/reader1@reader.example%0Aforged%20line")
    house.ask("BREW", "/u/x")
    assert _eventually(lambda: len(house.log) == 4)  # a line is written after its answer
    shown = [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  ", "", line) for line in house.log]
    assert shown == ["GET /u/… 200", "POST /u/… 200", "GET elsewhere 404", "other /u/… 405"]


def test_a_large_body_is_refused_unread(house):
    head = f"POST /u/{house.token()} HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n"
    assert raw(house, head.encode()).startswith(b"HTTP/1.1 413 ")
    assert house.status_of(1)[0] == "active"


def test_a_body_that_grows_too_large_is_refused(house):
    head = f"POST /u/{house.token()} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (MAX_BODY + 1, b"x" * (MAX_BODY + 1))
    assert raw(house, head.encode() + chunk).startswith(b"HTTP/1.1 413 ")
    assert house.status_of(1)[0] == "active"


MALFORMED = {
    "no HTTP": b"EHLO mail.example\r\n\r\n",
    "a line too long": b"GET /u/" + b"A" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "headers too long": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"A" * 40_000 + b"\r\n\r\n",
    "two lengths": b"POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "no number": b"POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "bare bytes": b"GET /u/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_is_answered_as_such(house, data):
    assert raw(house, data)[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 404"}
    assert house.ask("GET", f"/u/{house.token()}").status == 200


@pytest.mark.parametrize(
    "begun", [b"", b"GET /u/x HT", b"POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"]
)
def test_a_client_that_never_finishes_is_hung_up_on(opened, monkeypatch, begun):
    monkeypatch.setattr(wire, "LONGEST", 0.3)
    with opened() as house:
        with suppress(ConnectionResetError):
            assert raw(house, begun) == b""
        assert house.told == []


def test_too_many_connections_are_hung_up_on_and_the_others_served(opened, monkeypatch):
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 5)
    with opened() as house:
        where = (house.site.listen.host, house.site.listen.port)
        idle = [socket.create_connection(where) for _ in range(5)]
        with pytest.raises(OSError):  # noqa: PT011 - reset or closed, as the system likes
            house.ask("GET", f"/u/{house.token()}")
        idle.pop().close()
        assert _eventually(lambda: house.ask("GET", f"/u/{house.token()}").status == 200)
        for link in idle:
            link.close()


def _eventually(question):
    for _ in range(100):
        try:
            if question():
                return True
        except OSError:
            pass
        threading.Event().wait(0.02)
    return False


def test_too_many_requests_at_once_are_put_off(opened, monkeypatch):
    monkeypatch.setattr(guard, "MOST_AT_ONCE", 0)
    with opened() as house:
        answer = house.leave(house.token())
        assert (answer.status, answer.headers["retry-after"]) == (503, "120")
        assert "try again" in answer.text
        assert house.status_of(1)[0] == "active"


def test_a_bug_is_told_with_its_place_and_answered_without(opened, monkeypatch):
    with opened() as house:
        monkeypatch.setattr(house.desk, "is_genuine", lambda token: 1 / 0)
        answer = house.ask("GET", f"/u/{house.token()}")
        assert answer.status == 500
        assert "ZeroDivisionError" not in answer.text
        (told,) = house.told
        assert "ZeroDivisionError" in told
        assert house.token() not in told


def test_a_port_that_is_taken_is_named_with_a_way_out(house):
    from digest.web import Site

    with pytest.raises(UsageError, match=r"cannot listen at 127\.0\.0\.1:\d+ \(--listen\).*--no-web"):
        Site(house.desk, house.site.listen, named="--listen", log=print, tell=print)


def test_a_broken_template_is_told_before_anything_is_answered(opened, tmp_path):
    (tmp_path / "mine/web").mkdir(parents=True)
    (tmp_path / "mine/web/goodbye.html.j2").write_text("line\n{{ nobody }}")
    with pytest.raises(RenderError, match=r"goodbye\.html\.j2:2"), opened(templates="mine"):
        pass


def test_the_operators_templates_are_used(opened, tmp_path):
    (tmp_path / "mine/web").mkdir(parents=True)
    (tmp_path / "mine/web/question.html.j2").write_text("<style>p{}</style><p>Leave {{ title }}?")
    with opened(templates="mine", mail={"title": "A & B"}) as house:
        answer = house.ask("GET", f"/u/{house.token()}")
        assert answer.text == "<style>p{}</style><p>Leave A &amp; B?"
        assert "You are unsubscribed" in house.leave(house.token()).text


def test_stopping_closes_the_door_and_leaves_nothing_behind(opened):
    with opened() as house:
        where = (house.site.listen.host, house.site.listen.port)
        idle = socket.create_connection(where)
        assert _eventually(lambda: len(house.site._server.server_state.connections) == 1)
        house.site.stop()
        assert house.site.failed is False
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)
    assert [thread.name for thread in threading.enumerate() if thread.name == "web"] == []
