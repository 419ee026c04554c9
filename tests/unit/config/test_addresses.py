import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Listen, ascii_host, parse_address, parse_listen
from digest.config.addresses import (
    parse_base_url,
    parse_host,
    parse_line,
    parse_list_id,
    parse_search_url,
    parse_secure_url,
    parse_url,
)
from digest.errors import UsageError
from digest.text import printable


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("vision@reader.example", "vision@reader.example"),
        (" Vision@Reader.EXAMPLE ", "Vision@reader.example"),
        ("a.b+c/d=e@x-y.example", "a.b+c/d=e@x-y.example"),
        ("digest@localhost", "digest@localhost"),
        ("leser@bücher.example", "leser@bücher.example"),
        ("jürgen@reader.example", "jürgen@reader.example"),
        ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    ],
)
def test_addresses_are_read(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("vision", "the @ is missing"),
        ("@reader.example", "before the @"),
        ("vision@", "after the @"),
        ("a@b@reader.example", '"a@b" before the @'),
        ("Vision <vision@reader.example>", "without a name"),
        ("a@x.example, b@x.example", "write one address"),
        ("a b@x.example", "write one address"),
        ("a\r\nBcc:b@x.example", "control or invisible"),
        ("a\0@x.example", "control or invisible"),
        ("a\u202e@x.example", "control or invisible"),
        ("a\u2028@x.example", "control or invisible"),
        ('"a b"@x.example', "blank"),
        ('"ab"@x.example', "quoted names"),
        (".a@x.example", "dot that is not allowed"),
        ("a..b@x.example", "dot that is not allowed"),
        ("a@[127.0.0.1]", "use a domain"),
        ("a@x..example", "is not valid"),
        ("a@-x.example", "is not valid"),
        ("a@x_y.example", "is not valid"),
        ("a@" + "b" * 64 + ".example", "is not valid"),
        ("a" * 65 + "@x.example", "longer than 64 bytes"),
        ("a@" + ".".join(["b" * 60] * 5), "longer than 254 bytes"),
        ("a@" + ".".join(["ü" * 30] * 8), "longer than 254 bytes"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(text, why):
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert why in str(caught.value)
    assert printable(str(caught.value)) == str(caught.value)


@given(st.one_of(st.text(max_size=40), st.text(alphabet='ab@."<>ü \r\n-', max_size=20)))
def test_any_text_is_an_address_or_is_refused(text):
    with contextlib.suppress(UsageError):
        address = parse_address(text)
        assert address == parse_address(address)
        assert printable(address) == address
        assert address.count("@") == 1
        assert len(address.encode()) <= 254


def test_an_international_host_travels_in_ascii():
    assert ascii_host("Bücher.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text",
    [
        "", "example.org", "ftp://example.org/x", "javascript:alert(1)", "https://", "https:///x",
        "https://me:word@example.org", "https://example.org/a b", "https://example.org/\r\nX: y",
        "https://[::1", "https://example.org:port/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("parse", [parse_url, parse_base_url, parse_secure_url, parse_search_url])
def test_what_is_no_link_is_refused(parse, text):
    with pytest.raises(UsageError):
        parse(text)


def test_links_are_read():
    assert parse_url("https://example.org/ping?x=1") == "https://example.org/ping?x=1"
    assert parse_base_url("http://example.org:8080/digest/") == "http://example.org:8080/digest"
    assert parse_secure_url("https://example.org/") == "https://example.org"
    assert parse_search_url("https://example.org/?q={query}") == "https://example.org/?q={query}"


def test_a_base_has_no_query_and_one_click_needs_https():
    with pytest.raises(UsageError, match="without"):
        parse_base_url("https://example.org/?a=b")
    with pytest.raises(UsageError, match="https://"):
        parse_secure_url("http://example.org")


@pytest.mark.parametrize("text", ["https://example.org/", "https://example.org/{query}?q={query}"])
def test_a_search_link_holds_its_query_once(text):
    with pytest.raises(UsageError, match=r"\{query\} once"):
        parse_search_url(text)


def test_list_ids_have_the_shape_of_a_domain():
    assert parse_list_id("Daily.Digest.Example.org") == "daily.digest.example.org"
    for text in ("", "daily", "daily digest.example", "<daily.example>", "a..b", "x" * 300 + ".example"):
        with pytest.raises(UsageError, match="list id"):
            parse_list_id(text)


def test_hosts_are_names_or_numbers():
    for text in ("localhost", "mail.example.org", "127.0.0.1", "::1", "bücher.example"):
        assert parse_host(text) == text
    for text in ("", "https://mail.example.org", "mail example", "mail/x", "a\nb"):
        with pytest.raises(UsageError, match="host name"):
            parse_host(text)


@pytest.mark.parametrize("text", ["", " ", "a\r\nBcc: b", "a\0b", "x" * 201, "a\u202eb"])
def test_text_for_a_header_stays_on_its_line(text):
    with pytest.raises(UsageError):
        parse_line(text)


@pytest.mark.parametrize(
    ("text", "listen", "written"),
    [
        ("127.0.0.1:8035", Listen("127.0.0.1", 8035), "127.0.0.1:8035"),
        (" localhost:0 ", Listen("localhost", 0), "localhost:0"),
        ("[::1]:65535", Listen("::1", 65535), "[::1]:65535"),
    ],
)
def test_a_place_to_listen_at(text, listen, written):
    assert parse_listen(text) == listen
    assert str(listen) == written
    assert parse_listen(written) == listen


@pytest.mark.parametrize(
    "text",
    [
        *("", "8035", ":8035", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "::1:8035"),
        *("[::1]", "[127.0.0.1]:80", "a b:80", "a:-1", "a:٣", "a\x00:80", "https://a:80"),
    ],
)
def test_what_is_no_place_to_listen_at_is_refused(text):
    with pytest.raises(UsageError):
        parse_listen(text)
