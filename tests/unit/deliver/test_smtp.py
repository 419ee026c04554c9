import socket
from itertools import product

import pytest

from digest.deliver import Security, SmtpSender
from digest.deliver.smtp.answers import Answer
from digest.deliver.smtp.troubles import LoginRefusedError, RefusedError, SmtpError, explain
from digest.model import OutcomeKind
from tests.unit.deliver.lanes import OneLane
from tests.unit.deliver.mail_server import ACTIONS

SENDER = "digest@daily.example"
READER = "vision@reader.example"
DATA = b"From: digest@daily.example\r\nTo: vision@reader.example\r\nSubject: Papers\r\n\r\nOne line.\r\n"

ACCEPTED, TRANSIENT = OutcomeKind.ACCEPTED, OutcomeKind.TRANSIENT
PERMANENT, UNKNOWN = OutcomeKind.PERMANENT, OutcomeKind.UNKNOWN


@pytest.fixture
def sender_for(server):
    senders = []

    def make(profile="plain", **facts):
        senders.append(OneLane(SmtpSender(server.settings(profile, **facts))))
        return senders[-1]

    yield make
    for sender in senders:
        sender.end()


def send(sender, to=READER, data=DATA, by=SENDER):
    return sender.send(by, to, data, "<1@daily.example>")


# ── handing over ──


def test_an_accepted_message_keeps_the_queue_id_and_its_bytes(server, sender_for):
    outcome = send(sender_for())
    assert outcome.kind is ACCEPTED
    assert outcome.code == 250
    assert outcome.detail.startswith("2.0.0 Ok: queued as Q")
    assert not outcome.connection_lost
    (message,) = server.received()
    assert message["data"] == DATA
    assert message["sender"] == SENDER
    assert message["recipients"] == [READER]


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n",
        b"..\r\n",
        b".hidden\r\n",
        b"first\r\n.\r\nMAIL FROM:<other@reader.example>\r\n",
        b"a\r\n..\r\n...\r\n.",
        b"\r\n\r\n\r\n.\r\n\r\n",
        b"x" * 998 + b"\r\n",
        b"\x1b[31m\x7f\xc3\xa9\xff\r\n",
        b"line\r\n" * 20_000,
    ],
)
def test_every_body_arrives_byte_for_byte(server, sender_for, body):
    data = b"Subject: x\r\n\r\n" + body
    assert send(sender_for(), data=data).kind is ACCEPTED
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    assert [m["data"] for m in server.received()] == [ended]


@pytest.mark.parametrize("data", [b".\r\n", b".a\r\n", b"..\r\n"])
def test_a_dot_at_the_very_start_arrives_too(server, sender_for, data):
    assert send(sender_for(), data=data).kind is ACCEPTED
    assert [m["data"] for m in server.received()] == [data]


@pytest.mark.parametrize("flaw", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n\r\n", b"a\n\rb\r\n", b"a\0b\r\n"])
def test_bytes_that_servers_read_differently_are_not_sent(server, sender_for, flaw):
    outcome = send(sender_for(), data=b"Subject: x\r\n\r\n" + flaw)
    assert outcome.kind is PERMANENT
    assert "the message holds" in outcome.detail
    assert not server.received()


def test_several_messages_share_one_connection(server, sender_for):
    sender = sender_for()
    assert [send(sender, f"r{n}@reader.example").kind for n in range(5)] == [ACCEPTED] * 5
    assert len({m["connection"] for m in server.received()}) == 1
    sender.close()
    assert server.farewells() == 1


@pytest.mark.parametrize("profile", ["hangs up", "says 421"])
def test_a_connection_that_the_server_closed_is_opened_again(server, sender_for, profile):
    sender = sender_for(profile)
    assert [send(sender, f"r{n}@reader.example").kind for n in range(5)] == [ACCEPTED] * 5
    connections = [m["connection"] for m in server.received()]
    assert [connections.count(c) for c in sorted(set(connections))] == [2, 2, 1]


def test_a_closed_sender_opens_a_new_connection(server, sender_for):
    sender = sender_for()
    send(sender)
    sender.close()
    sender.close()
    assert send(sender).kind is ACCEPTED
    assert len({m["connection"] for m in server.received()}) == 2


# ── faults of one message ──

# what the server does at a stage of one message: outcome, code, whether the way out counts as down
FAULTS = {
    ("mail", "451"): (TRANSIENT, 451, False),
    ("mail", "554"): (PERMANENT, 554, False),
    ("mail", "530"): (TRANSIENT, 530, True),
    ("mail", "421"): (TRANSIENT, 421, True),
    ("mail", "drop"): (TRANSIENT, None, True),
    ("mail", "hang"): (TRANSIENT, None, True),
    ("mail", "junk"): (TRANSIENT, None, True),
    ("rcpt", "450"): (TRANSIENT, 450, False),
    ("rcpt", "550"): (PERMANENT, 550, False),
    ("rcpt", "421"): (TRANSIENT, 421, True),
    ("rcpt", "drop"): (TRANSIENT, None, False),
    ("rcpt", "hang"): (TRANSIENT, None, True),
    ("rcpt", "junk"): (TRANSIENT, None, True),
    ("data", "451"): (TRANSIENT, 451, False),
    ("data", "554"): (PERMANENT, 554, False),
    ("data", "250"): (TRANSIENT, None, True),
    ("data", "421"): (TRANSIENT, 421, True),
    ("data", "drop"): (TRANSIENT, None, False),
    ("data", "hang"): (TRANSIENT, None, True),
    ("data", "junk"): (TRANSIENT, None, True),
    ("dot", "452"): (TRANSIENT, 452, False),
    ("dot", "554"): (PERMANENT, 554, False),
    ("dot", "421"): (TRANSIENT, 421, True),
    ("dot", "drop"): (UNKNOWN, None, True),
    ("dot", "hang"): (UNKNOWN, None, True),
    ("dot", "junk"): (UNKNOWN, None, True),
}


@pytest.mark.parametrize(("stage", "action"), list(FAULTS))
def test_a_fault_in_a_message_has_its_defined_end_and_the_next_message_goes(
    server, sender_for, stage, action
):
    patience = 1 if action == "hang" else 20
    sender = sender_for(reply_timeout=patience, data_timeout=patience, final_timeout=patience)
    address = f"{stage}-{action}@reader.example"
    outcome = send(sender, by=address) if stage == "mail" else send(sender, address)
    assert (outcome.kind, outcome.code, outcome.connection_lost) == FAULTS[stage, action]
    assert outcome.detail.isprintable()
    # only what was lost after the final dot may have arrived
    assert len(server.received()) == (outcome.kind is UNKNOWN)
    assert send(sender).kind is ACCEPTED


def test_a_refused_recipient_costs_no_connection(server, sender_for):
    sender = sender_for()
    kinds = [
        send(sender, to).kind for to in (READER, "rcpt-550@reader.example", "dot-452@reader.example", READER)
    ]
    assert kinds == [ACCEPTED, PERMANENT, TRANSIENT, ACCEPTED]
    assert len({m["connection"] for m in server.received()}) == 1


def test_a_message_in_doubt_is_never_sent_again_by_the_sender_itself(server, sender_for):
    sender = sender_for()
    assert send(sender).kind is ACCEPTED
    assert send(sender, "dot-drop@reader.example").kind is UNKNOWN
    assert [m["recipients"][0] for m in server.received()] == [READER, "dot-drop@reader.example"]


def test_a_refusal_is_told_in_the_servers_words(sender_for):
    assert send(sender_for(), "rcpt-550@reader.example").detail == "RCPT: 550 5.3.0 as asked"


def test_a_message_larger_than_the_server_takes_is_refused_before_it_is_sent(sender_for):
    outcome = send(sender_for("small"), data=DATA + b"x\r\n" * 1000)
    assert (outcome.kind, outcome.code) == (PERMANENT, None)
    assert "has 3085 bytes and the server takes at most 1000" in outcome.detail


# ── no connection ──


@pytest.mark.parametrize(("stage", "action"), list(product(("connect", "EHLO", "AUTH"), ACTIONS)))
def test_a_fault_before_the_first_message_defers_everything(server, sender_for, stage, action):
    sender = sender_for(
        f"{stage} {action}",
        username="digest",
        password="open sesame",
        timeout=1 if action == "hang" else 20,
    )
    if (stage, action) == ("EHLO", "554"):
        # an old server: it gets HELO and, having no AUTH then, no login
        assert "does not offer what was asked: AUTH" in send(sender).detail
    outcome = send(sender)
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert outcome.detail.startswith("connecting: 127.0.0.1:")
    assert not server.received()


def test_a_port_where_nobody_listens_is_explained(sender_for):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = send(sender_for(port=port))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert "takes no connections" in outcome.detail


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "\ud800", "", "a\0b"])
def test_a_host_that_is_none_is_a_deferral_and_no_error(sender_for, host):
    outcome = send(sender_for(host=host))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "has no address: Name or service not known"),
        (ConnectionRefusedError(111, "Connection refused"), "takes no connections"),
        (TimeoutError("timed out"), "did not answer in time"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
        (LoginRefusedError(Answer(535, b"5.7.8 \x1b[31mno\r\nreally")), "535 5.7.8 [31mno really"),
        (RefusedError(Answer(554, b"go away")), "is not ready: 554 go away"),
        (SmtpError("the server closed it"), "cannot be used: the server closed it"),
        (ValueError("embedded null byte"), "embedded null byte"),
    ],
)
def test_a_connection_that_failed_is_put_in_words(server, error, words):
    told = explain(error, server.settings(username="digest", password="open sesame"))
    assert words in told
    assert told.isprintable()
    assert "sesame" not in told


# ── login ──


def test_a_login_is_used(server, sender_for):
    assert send(sender_for("users", username="digest", password="open sesame")).kind is ACCEPTED
    assert [m["login"] for m in server.received()] == [True]


@pytest.mark.parametrize("password", ["wrong", None, "paßwort", ""])
def test_a_wrong_password_burns_no_message_and_is_not_shown(sender_for, password):
    outcome = send(sender_for("users", username="digest", password=password))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert "password" in outcome.detail
    assert not password or password not in outcome.detail


def test_settings_never_show_the_password(server):
    settings = server.settings(username="digest", password="open sesame")
    assert "sesame" not in repr(settings)
    assert "sesame" not in str(settings)


# ── encryption ──


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_an_encrypted_connection_carries_messages(server, sender_for, security):
    sender = sender_for(security.value, host="localhost", security=security)
    assert [send(sender).kind, send(sender).kind] == [ACCEPTED, ACCEPTED]
    large = DATA + b".line\r\n" * 300_000
    assert send(sender, data=large).kind is ACCEPTED
    assert [m["encrypted"] for m in server.received()] == [True, True, True]
    assert server.received()[2]["data"] == large
    sender.close()
    assert server.farewells() == 1


@pytest.mark.usefixtures("trusted")
def test_a_login_follows_the_encryption(server, sender_for):
    sender = sender_for(
        "starttls", host="localhost", security=Security.STARTTLS, username="digest", password="open sesame"
    )
    assert send(sender).kind is ACCEPTED
    assert [(m["encrypted"], m["login"]) for m in server.received()] == [(True, True)]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_is_not_genuine_stops_everything(server, sender_for, security):
    outcome = send(sender_for(security.value, host="localhost", security=security))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert "no genuine certificate" in outcome.detail
    assert not server.received()


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_stops_everything(sender_for):
    outcome = send(sender_for("tls", host="127.0.0.1", security=Security.TLS))
    assert "no genuine certificate" in outcome.detail


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_checking_can_be_switched_off_for_ones_own_machine(server, sender_for, security):
    assert send(sender_for(security.value, security=security, verify=False)).kind is ACCEPTED
    assert [m["encrypted"] for m in server.received()] == [True]


def test_a_server_without_starttls_gets_no_message_in_clear(server, sender_for):
    outcome = send(sender_for("plain", security=Security.STARTTLS))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert "STARTTLS" in outcome.detail
    assert not server.received()


def test_tls_towards_a_server_that_speaks_none_is_explained(sender_for):
    outcome = send(sender_for("plain", security=Security.TLS))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert "speaks no TLS" in outcome.detail


@pytest.mark.parametrize("action", ACTIONS)
def test_a_fault_at_starttls_defers_everything(server, sender_for, action):
    patience = 1 if action == "hang" else 20
    outcome = send(sender_for(f"STARTTLS {action}", security=Security.STARTTLS, timeout=patience))
    assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
    assert not server.received()


# ── addresses ──


def test_an_international_domain_travels_as_its_a_label(server, sender_for):
    assert send(sender_for(), "vision@bücher.example").kind is ACCEPTED
    assert server.received()[0]["recipients"] == ["vision@xn--bcher-kva.example"]


def test_a_name_beyond_ascii_needs_a_server_that_offers_smtputf8(server, sender_for):
    assert send(sender_for("utf8"), "größe@bücher.example").kind is ACCEPTED
    (message,) = server.received()
    assert message["recipients"] == ["größe@xn--bcher-kva.example"]
    assert "SMTPUTF8" in message["options"]


def test_without_smtputf8_that_recipient_alone_fails_with_the_reason(sender_for):
    sender = sender_for()
    outcome = send(sender, "größe@reader.example")
    assert (outcome.kind, outcome.connection_lost) == (PERMANENT, False)
    assert "SMTPUTF8" in outcome.detail
    assert send(sender).kind is ACCEPTED


def test_an_address_cannot_bring_a_second_command(server, sender_for):
    sender = sender_for()
    for hostile in (
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "a@b.example> NOTIFY=NEVER",
        "a\nb@c.example",
        "<a@b.example>",
    ):
        assert send(sender, hostile).kind is PERMANENT
        assert send(sender, by=hostile).kind is PERMANENT
    assert not server.received()
