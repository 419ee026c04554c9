"""Asking one address of a real server; what the pipeline makes of answers is tried in its own tests."""

import re
import socket
import threading

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Validators
from digest.sources.fetch import Allowed, Failed, Fetched, Unchanged, WebSettings, ask, user_agent
from digest.sources.fetch.answers import Failure
from digest.text import printable
from tests import source_server
from tests.source_server import Reply, packed

HERE = Allowed.of(["127.0.0.0/8"])
NAMED = Allowed.of(["papers.example", "moved.example"])


def at(*addresses):
    """A resolver for whatever name, that remembers what it was asked."""

    def resolver(host, port):
        resolver.asked.append(host)
        return list(addresses)

    resolver.asked = []
    return resolver


@pytest.fixture(scope="module")
def server():
    with source_server.running() as found:
        yield found


@pytest.fixture(autouse=True)
def forgetful(server):
    server.replies.clear()
    server.asked.clear()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def secure(authority):
    with source_server.running(certificate=authority.issue_cert("papers.example")) as found:
        yield found


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


def get(url, *, allowed=HERE, **choices):
    values = {"user_agent": "digest/test (+ada@papers.example)", "seconds": 20.0, "max_bytes": 50_000}
    settings = WebSettings(**(values | choices.pop("settings", {})))
    return ask(url, settings, allowed=allowed, **choices)


def to(status, location, **facts):
    return Reply(status=status, headers={"Location": location} | facts)


# ── what is sent ──────────────────────────────────────────────────────────────────────────────


def test_a_request_says_who_asks_and_nothing_that_it_need_not(server):
    server.give(Reply(body=b"a"), target="/a?b=c")
    assert get(server.url("/a?b=c#d")).data == b"a"
    (asked,) = server.asked
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "digest/test (+ada@papers.example)",
        "accept": "*/*",
        "accept-encoding": "gzip",
        "connection": "close",
    }


def test_cookies_and_where_we_come_from_are_kept_from_the_next_server(server):
    server.give(to(302, "/next", **{"Set-Cookie": "a=b; Path=/"}))
    server.give(Reply(body=b"a"), target="/next")
    assert isinstance(get(server.url()), Fetched)
    assert not {"cookie", "referer", "authorization"} & server.asked[1].headers.keys()


def test_the_environment_s_proxies_and_passwords_are_none_of_our_business(server, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login ada password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.give(Reply(body=b"a"))
    assert isinstance(get(server.url()), Fetched)
    assert "authorization" not in server.asked[0].headers


def test_validators_are_sent_word_for_word_and_both(server):
    server.give(Reply(status=304))
    known = Validators(url=server.url(), etag='W/"ä, b"', last_modified="some day", reader_version=1)
    assert get(server.url(), validators=known) == Unchanged(url=server.url())
    assert server.asked[0].headers["if-none-match"] == 'W/"ä, b"'
    assert server.asked[0].headers["if-modified-since"] == "some day"


def test_validators_are_sent_to_nobody_else(server):
    server.give(to(302, "/next"))
    server.give(Reply(body=b"a"), target="/next")
    known = Validators(url=server.url("/next"), etag='"a"', reader_version=1)
    get(server.url(), validators=known)
    assert ["if-none-match" in asked.headers for asked in server.asked] == [False, True]
    assert "if-modified-since" not in server.asked[1].headers


def test_unchanged_is_believed_of_nobody_who_was_not_asked(server):
    server.give(Reply(status=304))
    answer = get(server.url())
    assert (answer.kind, answer.status) == (Failure.STATUS, 304)


def test_validators_are_kept_as_they_come_and_none_are_made_up(server):
    server.give(Reply(body=b"a", headers={"ETag": '"ä  b"', "Last-Modified": "never mind"}), Reply(body=b"a"))
    first, second = get(server.url()), get(server.url())
    assert (first.etag, first.last_modified) == ('"ä  b"', "never mind")
    assert (second.etag, second.last_modified) == (None, None)


@pytest.mark.parametrize("etag", [b"\x01\x1b[31m", b"\xff\x80", b"a\r\n folded", b"a \t b", b'""', b"\x7f"])
def test_a_strange_validator_is_sent_back_and_breaks_nothing(server, etag):
    """One that could not be sent again would keep its source failing for ever."""
    head = b"HTTP/1.1 200 OK\r\nETag: " + etag + b"\r\n\r\n"
    server.give(Reply(head=head, body=b"a"), Reply(status=304))
    first = get(server.url())
    known = Validators(url=server.url(), etag=first.etag, reader_version=1)
    assert isinstance(get(server.url(), validators=known), Unchanged)


def test_a_validator_without_measure_is_not_kept(server):
    server.give(Reply(body=b"a", headers={"ETag": f'"{"a" * 5000}"'}))
    assert get(server.url()).etag is None


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        (None, "digest/1.2"),
        ("ada@x.example", "digest/1.2 (+ada@x.example)"),
        ("https://x.example/(a)", "digest/1.2 (+https://x.example/%28a%29)"),
        ("ädä@x.example", "digest/1.2"),
    ],
)
def test_who_asks_is_one_product_with_one_remark(contact, agent):
    assert user_agent("1.2", contact) == agent


# ── where redirects lead ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ([301], "/1"),
        ([308], "/1"),
        ([302], None),
        ([303], None),
        ([307], None),
        ([301, 308], "/2"),
        ([301, 302], "/1"),
        ([302, 301], None),
        ([308, 307, 301], "/1"),
    ],
)
def test_only_what_moved_for_good_from_the_first_step_on_is_remembered(server, statuses, moved):
    for step, status in enumerate(statuses):
        server.give(to(status, f"/{step + 1}"), target=f"/{step or ''}")
    server.give(Reply(body=b"a"), target=f"/{len(statuses)}")
    answer = get(server.url())
    assert answer.url == server.url(f"/{len(statuses)}")
    assert answer.moved_to == (server.url(moved) if moved else None)


@pytest.mark.parametrize(
    ("location", "arrives"),
    [
        ("/next", "/next"),
        ("next?a=b#c", "/next?a=b"),
        ("?a=b", "/?a=b"),
        ("/a b", "/a%20b"),
        ("/ü", "/%C3%BC"),
        ("//127.0.0.1:{port}/next", "/next"),
        ("HTTP://127.0.0.1:{port}/next", "/next"),
    ],
)
def test_a_redirect_may_be_written_in_every_usual_way(server, location, arrives):
    reply = to(302, location.format(port=server.port).encode().decode("latin-1"))
    server.give(reply)
    server.give(Reply(body=b"a"), target=arrives)
    assert get(server.url()).url == server.url(arrives)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "file:etc/passwd",
        "//",
        "http://",
        "gopher://papers.example/",
        "data:text/plain,a",
        "\\\\papers.example\\a",
        "http://papers.example\\@127.0.0.1/",
        "http://ada:secret@127.0.0.1:{port}/next",
        "//ada@127.0.0.1:{port}/next",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:{port}x/",
        "http://[::1/",
        "http://a.example/" + "a" * 2000,
        "http://\u202egro.elpmaxe/",
    ],
)
def test_a_redirect_that_leads_astray_is_not_followed(server, location):
    server.give(to(302, location.format(port=server.port).encode().decode("latin-1")))
    server.give(Reply(body=b"a"), target="/next")
    answer = get(server.url())
    assert isinstance(answer, Failed)
    assert answer.kind in {Failure.REFUSED, Failure.UNREACHABLE}
    assert "secret" not in repr(answer)
    assert len(server.asked) == 1


def test_a_header_hidden_in_a_redirect_stays_in_the_address(server):
    server.give(to(302, "/next%0d%0aX-Injected:%20yes"))
    server.give(Reply(body=b"a"), target="/next%0d%0aX-Injected:%20yes")
    assert isinstance(get(server.url()), Fetched)
    assert "x-injected" not in server.asked[1].headers


# ── where we connect ──────────────────────────────────────────────────────────────────────────


def test_this_machine_is_refused_where_nobody_listed_it(server):
    server.give(Reply(body=b"a"))
    for host in ("127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"):
        answer = get(server.url(host=host), allowed=Allowed())
        assert isinstance(answer, Failed)
        assert "no public address" in answer.what
    assert server.asked == []


def test_a_name_is_resolved_once_and_what_was_checked_is_connected(server):
    """Otherwise a server of names could give a good answer to the check and a bad one to the connection."""
    with source_server.running(host="127.0.0.2") as other:
        other.give(Reply(body=b"a"))
        answers = iter([["127.0.0.2"], ["127.0.0.1"]])
        answer = get(
            other.url(host="papers.example"),
            allowed=Allowed.of(["127.0.0.2"]),
            resolver=lambda host, port: next(answers),
        )
        assert answer.data == b"a"
        assert other.asked[0].address == "127.0.0.2"
        assert other.asked[0].headers["host"] == f"papers.example:{other.port}"
        assert next(answers) == ["127.0.0.1"]


def test_of_several_addresses_only_permitted_ones_are_connected(server):
    server.give(Reply(body=b"a"))
    resolver = at("10.0.0.1", "fe80::1%lo", "169.254.169.254", "127.0.0.1")
    assert get(server.url(host="papers.example"), resolver=resolver).data == b"a"


def test_the_next_address_is_tried_where_one_does_not_answer(server):
    server.give(Reply(body=b"a"))
    assert get(server.url(host="papers.example"), resolver=at("127.0.0.2", "127.0.0.1")).data == b"a"


def test_every_step_of_a_redirect_is_resolved_and_checked(server):
    server.give(to(302, server.url("/next", host="moved.example")))
    server.give(Reply(body=b"a"), target="/next")
    resolver = at("127.0.0.1")
    assert get(server.url(host="papers.example"), allowed=NAMED, resolver=resolver).data == b"a"
    assert resolver.asked == ["papers.example", "moved.example"]
    answer = get(server.url(host="papers.example"), allowed=Allowed.of(["papers.example"]), resolver=resolver)
    assert (answer.kind, answer.host) == (Failure.REFUSED, "moved.example")
    assert len(server.asked) == 3


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_means_nothing_is_unreachable(server, error):
    def resolver(host, port):
        raise error

    answer = get(server.url(host="papers.example"), resolver=resolver)
    assert (answer.kind, answer.host) == (Failure.UNREACHABLE, "papers.example")
    assert get(server.url(host="papers.example"), resolver=at()).kind is Failure.UNREACHABLE


def test_nobody_at_the_door_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = get(f"http://127.0.0.1:{port}/")
    assert answer.kind is Failure.UNREACHABLE
    assert "cannot be reached" in answer.what


def test_a_server_of_names_that_takes_its_time_is_given_up_with_the_rest(server):
    done = threading.Event()

    def resolver(host, port):
        done.wait(20)
        resolver.answered = True
        return ["127.0.0.1"]

    resolver.answered = False

    try:
        answer = get(server.url(host="slow.example"), resolver=resolver, settings={"seconds": 0.2})
        assert not resolver.answered
    finally:
        done.set()
    assert (answer.kind, answer.what) == (Failure.UNREACHABLE, "no complete answer within 0.2 s")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "http://ada:secret@x/", "http://", "x"])
def test_what_is_no_address_is_refused_before_anybody_is_asked(url):
    resolver = at("127.0.0.1")
    answer = get(url, resolver=resolver)
    assert (answer.kind, resolver.asked) == (Failure.REFUSED, [])
    assert "secret" not in repr(answer)


# ── caps ──────────────────────────────────────────────────────────────────────────────────────


def test_time_is_counted_over_all_redirects(server):
    """Each step would be in time for itself."""
    steps = 40
    for step in range(steps):
        slow = Reply(status=302, headers={"Location": f"/{step + 1}"}, slow="head")
        server.give(slow, target=f"/{step or ''}")
    answer = get(server.url(), settings={"seconds": 0.6, "max_redirects": steps})
    assert answer.what == "no complete answer within 0.6 s"


def test_redirects_are_followed_five_times_and_not_six(server):
    for step in range(7):
        server.give(to(302, f"/{step + 1}"), target=f"/{step or ''}")
    server.give(Reply(body=b"a"), target="/5")
    assert get(server.url()).data == b"a"
    server.give(to(302, "/6"), target="/5")
    server.give(Reply(body=b"a"), target="/6")
    assert get(server.url()).what == "more than 5 redirects"


def test_an_answer_of_just_the_cap_is_read(server):
    for reply in (Reply(body=b"a" * 50_000), Reply(body=b"a" * 50_000, length=None), packed(b"a" * 50_000)):
        server.give(reply)
        assert len(get(server.url()).data) == 50_000
    for reply in (Reply(body=b"a" * 50_001, length=None), packed(b"a" * 50_001)):
        server.give(reply)
        assert get(server.url()).kind is Failure.REFUSED


def chunked(*chunks, end=b"0\r\n\r\n"):
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end
    return Reply(body=body, headers={"Transfer-Encoding": "chunked"}, length=None)


def test_chunks_are_joined_and_a_missing_end_is_noticed(server):
    server.give(chunked(b"a", b"bc"))
    assert get(server.url()).data == b"abc"
    server.give(chunked(b"a", b"bc", end=b""))
    assert get(server.url()).kind is Failure.BROKEN


def test_two_lengths_that_differ_are_no_answer(server):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
    server.give(Reply(head=head, body=b"ab"))
    assert get(server.url()).kind is Failure.BROKEN


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"\xb2", b"9" * 400, b""])
def test_a_length_that_is_no_number_is_no_answer(server, length):
    server.give(Reply(head=b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n", body=b"ab"))
    assert isinstance(get(server.url()), Failed)


@pytest.mark.parametrize(
    "status", [100, 101, 199, 201, 204, 205, 206, 300, 305, 400, 401, 403, 418, 502, 599, 999]
)
def test_every_other_status_brings_nothing_and_says_so(server, status):
    server.give(
        Reply(status=status, body=b"a" if status >= 200 else b"", length=-1 if status >= 200 else None)
    )
    assert isinstance(get(server.url(), settings={"seconds": 5.0}), Failed)


def test_interim_answers_are_passed_over(server):
    server.give(Reply(head=b"HTTP/1.1 103 Hints\r\n\r\n" * 3 + b"HTTP/1.1 200 OK\r\n\r\n", body=b"a"))
    assert get(server.url()).data == b"a"


def test_interim_answers_without_end_are_too_much(server):
    server.give(Reply(head=b"", body=b"HTTP/1.1 103 Hints\r\n\r\n" * 100, endless=True))
    assert get(server.url()).kind is Failure.REFUSED


# ── TLS ───────────────────────────────────────────────────────────────────────────────────────


def test_a_good_certificate_is_for_the_name_and_not_for_the_address(secure, trusted):
    secure.give(Reply(body=b"a"))
    answer = get(secure.url(host="papers.example"), resolver=at("127.0.0.1"))
    assert answer.data == b"a"
    wrong = get(secure.url(host="other.example"), resolver=at("127.0.0.1"))
    assert wrong.kind is Failure.UNREACHABLE
    assert "certificate" in wrong.what
    assert "certificate" in get(secure.url()).what


def test_a_certificate_of_an_unknown_authority_is_refused(secure):
    secure.give(Reply(body=b"a"))
    answer = get(secure.url(host="papers.example"), resolver=at("127.0.0.1"))
    assert answer.kind is Failure.UNREACHABLE
    assert "certificate" in answer.what


def test_a_redirect_never_leads_from_https_to_http(secure, server, trusted):
    secure.give(to(301, server.url()))
    server.give(Reply(body=b"a"))
    answer = get(secure.url(host="papers.example"), resolver=at("127.0.0.1"))
    assert answer.kind is Failure.REFUSED
    assert "from https to http" in answer.what
    assert server.asked == []


def test_a_redirect_may_lead_from_http_to_https(secure, server, trusted):
    server.give(to(301, secure.url(host="papers.example")))
    secure.give(Reply(body=b"a"))
    answer = get(server.url(host="papers.example"), resolver=at("127.0.0.1"))
    assert answer.moved_to == secure.url(host="papers.example")


def test_a_server_that_never_finishes_its_handshake_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer = get(f"https://127.0.0.1:{listener.getsockname()[1]}/", settings={"seconds": 0.2})
    assert answer.what == "no complete answer within 0.2 s"


def test_a_server_that_speaks_no_tls_is_unreachable(server):
    answer = get(f"https://127.0.0.1:{server.port}/", settings={"seconds": 0.5})
    assert answer.kind in {Failure.UNREACHABLE, Failure.BROKEN}


# ── whatever comes ────────────────────────────────────────────────────────────────────────────

LINE = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.0 200",
        b"HTTP/1.1 302 So",
        b"HTTP/1.1 304 So",
        b"Location: /",
        b"Location: \xff\xfe",
        b"Content-Length: 3",
        b"Content-Encoding: gzip",
        b"Transfer-Encoding: chunked",
        b"Retry-After: \xb2",
        b"",
        b"3\r\nabc\r\n0\r\n",
    ]
)
ANSWER = st.lists(LINE | st.binary(max_size=20), max_size=12).map(b"\r\n".join)


@given(head=ANSWER)
def test_whatever_bytes_a_server_sends_the_answer_is_a_value(server, head):
    server.give(Reply(head=head))
    answer = get(server.url(), settings={"seconds": 5.0, "max_redirects": 2})
    assert isinstance(answer, Fetched | Failed)
    if isinstance(answer, Failed):
        assert answer.what == printable(answer.what)
        assert len(answer.what) < 300


@given(location=st.text(alphabet="htps:/\\@.[]%#?0127ax\t\r\n\u202e\xe9", max_size=30))
def test_wherever_a_redirect_leads_nobody_but_the_listed_server_is_connected(server, location):
    asked = []

    def resolver(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    server.give(to(302, re.sub(r"[\r\n]", "", location).encode().decode("latin-1")))
    answer = get(server.url(host="papers.example"), allowed=NAMED, resolver=resolver)
    assert isinstance(answer, Failed | Fetched)
    others = set(asked) - {"papers.example"}
    assert not others or (isinstance(answer, Failed) and answer.host in others)
