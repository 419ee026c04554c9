"""What a mail server shows of itself, against a real one, and every step at which the way may end."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from digest.deliver import ProbeStep, Security, probe_server
from tests.unit.deliver.mail_server import ACTIONS, running

USERS = {"digest": "open sesame"}
LOGIN = {"username": "digest", "password": "open sesame"}
SOON = timedelta(days=5)


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def server(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("probed")
    chain = {}
    for name, facts in {"good": {}, "soon": {"not_after": datetime.now(UTC) + SOON}}.items():
        issued = authority.issue_cert("localhost", **facts)
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        chain[name] = {"certificate": str(certificate), "key": str(key)}
    profiles = {
        "plain": {},
        "utf8": {"smtputf8": True},
        "small": {"size": 100_000},
        "unlimited": {"size": 0},
        "users": {"users": USERS},
        "starttls": {"tls": "starttls", "users": USERS} | chain["good"],
        "tls": {"tls": "tls"} | chain["good"],
        "soon": {"tls": "tls"} | chain["soon"],
    }
    for stage in ("connect", "EHLO", "AUTH"):
        for action in ACTIONS:
            profiles[f"{stage} {action}"] = {"faults": {stage: action}, "users": USERS}
    for action in ACTIONS:
        profiles[f"STARTTLS {action}"] = {"tls": "starttls", "faults": {"STARTTLS": action}} | chain["good"]
    with running(profiles, folder) as started:
        yield started


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """The test's authority is one of this machine's."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def look(server, profile, **facts):
    return probe_server(server.settings(profile, **({"host": "localhost", "timeout": 5} | facts)))


def test_a_plain_server_is_described_and_left_politely_without_any_mail(server):
    server.forget()
    seen = look(server, "plain")

    assert (seen.failed, seen.trouble, seen.logged_in, seen.tls) == (None, "", False, None)
    assert "recorder.example" in seen.greeting
    assert seen.addresses
    assert {"SIZE", "8BITMIME"} <= seen.offers.keys()
    assert seen.size_limit == 33_554_432
    assert "SMTPUTF8" not in seen.offers
    assert server.received() == []
    assert server.farewells() == 1


def test_offers_are_those_of_the_server(server):
    assert "SMTPUTF8" in look(server, "utf8").offers
    assert look(server, "small").size_limit == 100_000
    assert look(server, "unlimited").size_limit is None


@pytest.mark.usefixtures("trusted")
def test_encryption_and_login_are_gone_through(server):
    seen = look(server, "starttls", security=Security.STARTTLS, **LOGIN)

    assert (seen.failed, seen.offers_tls, seen.logged_in) == (None, True, True)
    assert seen.tls.startswith("TLS")
    assert seen.certificate_ends > datetime.now(UTC)
    # what is offered only after the encryption counts
    assert "AUTH" in seen.offers


@pytest.mark.usefixtures("trusted")
def test_the_end_of_the_certificate_is_told(server):
    seen = look(server, "soon", security=Security.TLS)

    assert seen.failed is None
    assert timedelta(0) < seen.certificate_ends - datetime.now(UTC) <= SOON
    assert "recorder.example" in seen.greeting


def test_without_trust_a_certificate_is_refused_or_not_looked_at(server):
    refused = look(server, "tls", security=Security.TLS)
    assert refused.failed is ProbeStep.ENCRYPT
    assert "no genuine certificate" in refused.trouble

    seen = look(server, "tls", security=Security.TLS, verify=False)
    assert (seen.failed, seen.certificate_ends) == (None, None)
    assert seen.tls


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_name_is_refused(server):
    seen = look(server, "starttls", security=Security.STARTTLS, host="127.0.0.1")

    assert seen.failed is ProbeStep.ENCRYPT
    assert "no genuine certificate" in seen.trouble
    # as far as the way led, all is known
    assert seen.offers_tls


def test_a_wrong_password_is_never_repeated(server):
    seen = look(server, "users", username="digest", password="open barley")

    assert seen.failed is ProbeStep.LOGIN
    assert "535" in seen.trouble
    assert "barley" not in repr(seen)


def test_where_nobody_listens_and_where_there_is_no_name(server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        seen = look(server, "plain", host="127.0.0.1", port=taken.getsockname()[1])
    assert seen.failed is ProbeStep.CONNECT
    assert "takes no connections" in seen.trouble

    seen = look(server, "plain", host="nobody.invalid")
    assert seen.failed is ProbeStep.NAME
    assert "no address" in seen.trouble


def test_encryption_that_is_not_offered_and_a_port_that_speaks_none(server):
    seen = look(server, "plain", security=Security.STARTTLS)
    assert seen.failed is ProbeStep.ENCRYPT

    seen = look(server, "plain", security=Security.TLS)
    assert seen.failed is ProbeStep.ENCRYPT
    assert "no TLS" in seen.trouble


FAULTS = {
    "connect": (ProbeStep.CONNECT, {}),
    "EHLO": (ProbeStep.HELLO, {}),
    "STARTTLS": (ProbeStep.ENCRYPT, {"security": Security.STARTTLS}),
    "AUTH": (ProbeStep.LOGIN, LOGIN),
}
#: where EHLO is refused for good, HELO is said, and the server takes that
CELLS = [(stage, action) for stage in FAULTS for action in ACTIONS if (stage, action) != ("EHLO", "554")]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("stage", "action"), CELLS)
def test_whatever_a_server_does_at_a_step_it_is_described(server, stage, action):
    step, facts = FAULTS[stage]
    seen = look(server, f"{stage} {action}", timeout=1, **facts)

    assert seen.failed is step
    assert seen.trouble
    assert seen.trouble.isprintable()


def test_an_old_server_that_knows_no_ehlo_offers_nothing(server):
    seen = look(server, "EHLO 554", timeout=1)

    assert (seen.failed, seen.offers) == (None, {})
