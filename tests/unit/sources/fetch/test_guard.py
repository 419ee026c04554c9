import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.fetch.guard import Allowed, host_of, may_connect, shown_url, wrong_with_url

NOBODY = Allowed()
PUBLIC = ["8.8.8.8", "192.31.196.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2620:4f:8000::1"]
#: one address for each range that leads somewhere else than the Internet
INSIDE = {
    "this machine": ["127.0.0.1", "127.255.255.254", "::1"],
    "no address": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fdff::1"],
    "behind a provider's NAT": ["100.64.0.1", "100.127.255.255"],
    "the secrets of a cloud machine": ["169.254.169.254", "fd00:ec2::254"],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0", "fe80::1%1"],
    "site-local": ["fec0::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "4000::1", "::8.8.8.8"],
    "documentation and benchmarks": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1"],
    "more documentation": ["3fff::1"],
    "protocol assignments": ["192.0.0.8", "192.0.0.170", "2001:2::1", "2001:10::1"],
    "segment routing": ["5f00::1"],
    "discarded": ["100::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8"],
    "compatible": ["::127.0.0.1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"],
    "6to4": ["2002:7f00:1::", "2002:808:808::1", "192.88.99.1"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "no address at all": ["", "localhost", "127.1", "0x7f000001", "2130706433", "127.0.0.1 ", "8.8.8.8/32"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_what_the_internet_routes_may_be_asked(address):
    assert may_connect(address, "x.example", NOBODY)


@pytest.mark.parametrize("address", [a for some in INSIDE.values() for a in some])
def test_what_leads_elsewhere_may_not(address):
    assert not may_connect(address, "x.example", NOBODY)


def test_a_network_on_the_list_may_be_asked_under_any_name():
    allowed = Allowed.of(["192.168.1.0/24", "fd00::/8", "127.0.0.1"])
    for address in ("192.168.1.7", "fd12::1", "127.0.0.1"):
        assert may_connect(address, "whatever.example", allowed)
    for address in ("192.168.2.7", "fe80::1", "127.0.0.2", "::ffff:192.168.1.7"):
        assert not may_connect(address, "whatever.example", allowed)


def test_a_name_on_the_list_may_lead_home_and_nowhere_worse():
    allowed = Allowed.of(["NAS.home.lan"])
    for address in ("192.168.1.7", "127.0.0.1", "::1", "fd12::1", "100.64.0.1", "8.8.8.8"):
        assert may_connect(address, "nas.home.lan", allowed)
        assert may_connect(address, "NAS.HOME.LAN.", allowed)
    for address in ("169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1"):
        assert not may_connect(address, "nas.home.lan", allowed)
    assert not may_connect("192.168.1.7", "other.home.lan", allowed)
    assert not may_connect("192.168.1.7", "x.nas.home.lan", allowed)


def test_a_zone_is_never_asked_even_where_its_network_is_listed():
    assert not may_connect("fe80::1%eth0", "x", Allowed.of(["fe80::/10"]))


@given(st.ip_addresses())
def test_an_address_that_is_let_through_is_one_of_the_internet(address):
    if may_connect(str(address), "x.example", NOBODY):
        assert address.is_global
        assert not any((address.is_multicast, address.is_private, address.is_reserved))


@given(st.text())
def test_no_text_upsets_the_guard(text):
    may_connect(text, text, NOBODY)
    wrong_with_url(text)
    shown_url(text)
    host_of(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example",
        "HTTPS://x.example:8443/a?b=c@d",
        "http://[2606:4700::1]:80/",
        "http://bücher.example/",
    ],
)
def test_an_ordinary_address_is_in_order(url):
    assert wrong_with_url(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "only http:// and https://"),
        ("FILE:/etc/passwd", "not FILE:"),
        ("/etc/passwd", "only http:// and https://"),
        ("ftp://x.example/", "not ftp:"),
        ("gopher://x.example:25/", "not gopher:"),
        ("javascript:alert(1)", "not javascript:"),
        ("http:/etc/passwd", "only http:// and https://"),
        ("http:x.example", "only http:// and https://"),
        ("http://", "no host"),
        ("http:///etc/passwd", "no host"),
        ("http://:80/", "no host"),
        ("http://ada:secret@x.example/", "a name or password"),
        ("http://@x.example/", "a name or password"),
        ("http://x.example\\@127.0.0.1/", "a backslash"),
        ("http:\\\\x.example", "a backslash"),
        ("http://x.example/a b", "a blank"),
        ("http://x.example/\r\nHost: y", "control"),
        ("http://x.example/\x00", "control"),
        ("http://x.example/\u202egpj", "control"),
        ("http://x.example/" + "a" * 2000, "longer than 2,000"),
        ("", "only http:// and https://"),
    ],
)
def test_any_other_address_is_refused_with_its_reason_and_without_its_password(url, why):
    told = wrong_with_url(url)
    assert why in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://x.example/papers.json?token=secret#secret", "https://x.example/papers.json?…"),
        ("https://ada:secret@x.example:81/a", "https://x.example:81/a"),
        ("https://a@secret@x.example/a@b", "https://x.example/a@b"),
        ("HTTP://x.example", "http://x.example"),
        ("secret@/etc/passwd?secret", "/etc/passwd"),
        ("https://x.example/\x1b[31m\u202e", "https://x.example/ [31m"),
    ],
)
def test_what_may_be_secret_is_not_shown(url, seen):
    assert shown_url(url) == seen


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://X.Example:80/a", "x.example"),
        ("http://[2606:4700::1]:80/", "2606:4700::1"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("nonsense", ""),
    ],
)
def test_a_host_is_one_however_it_is_written(url, host):
    assert host_of(url) == host
