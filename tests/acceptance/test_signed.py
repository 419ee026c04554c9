"""Five days of signed mails: dkimpy verifies every one, and no letter of one can be changed (U03, A01, A02).

And what a spam filter thinks of them.
"""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import tokens
from digest.pipeline.printing import key_ring
from digest.render import Templates
from tests.acceptance.mailbox import Newsroom
from tests.keys import dns, ed25519_key, record, rsa_key, with_ed25519, write

FIRST = datetime(2026, 11, 16, 7, 5, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]
LIST = (b"List-Unsubscribe", b"List-Unsubscribe-Post")
READERS = [
    {"address": "vision@reader.example", "interests": ["diffusion models", "image segmentation"], "limit": 3},
    {"address": "speech@reader.example", "interests": ["speech synthesis^2", "music"], "limit": 20},
    {"address": "leser@bücher.example", "interests": ["language models", "human feedback"]},
    # nothing is ever for this one: the mail of a quiet day
    {"address": "nobody@reader.example", "interests": ["numismatics"], "empty": "say"},
]
RECORDS = {
    "digest._domainkey.digest.example": record(rsa_key()),
    "digest-ed25519._domainkey.digest.example": record(ed25519_key()),
}


def newsroom(folder, dumps, **options):
    """A newsroom after five days, nothing of which was sent."""
    folder.mkdir()
    write(folder / "rsa.pem", rsa_key())
    write(folder / "ed25519.pem", ed25519_key())
    mail = {
        "from_address": "digest@digest.example",
        "from_name": "Täglicher Überblick",
        "title": "Paper digest",
        "list_id": "daily.digest.example",
        "base_url": "https://go.digest.example",
        "bounce_address": "bounces@digest.example",
        "dkim": {"key_file": "rsa.pem", "ed25519_key_file": "ed25519.pem"},
    }
    room = Newsroom(
        folder,
        sources=[{"name": "dumps", "path": "inbox", "settle": "0s"}],
        ranking={"line": 50},
        schedule={"wait_until": "0s"},
        subscribers=READERS,
        mail=mail,
    )
    templates = Templates(**options)
    for now, dump in zip(DAYS, dumps, strict=True):
        room.lay(dump)
        app = room.app(now)
        app.templates = templates
        with app.writing(wait=0) as database:
            app.ingest(database)
            assert app.publish(database).problems == ()
        app.database.close()
    return room


@pytest.fixture(scope="module")
def room(dumps, tmp_path_factory):
    return newsroom(tmp_path_factory.mktemp("signed") / "room", dumps)


@pytest.fixture(scope="module")
def frozen(room):
    """Delivery and bytes of every mail."""
    return list(room.frozen(DAYS[-1]).values())


@pytest.fixture(scope="module")
def mails(frozen):
    return [data for _, data in frozen]


def verified(data, number=0):
    with with_ed25519():
        try:
            return dkim.DKIM(data).verify(number, dnsfunc=dns(RECORDS))
        except dkim.DKIMException:
            return False


def test_every_mail_of_five_days_is_verified_by_another_implementation(mails):
    assert len(mails) >= 15
    for data in mails:
        assert verified(data, 0)
        assert verified(data, 1)


def test_the_signature_says_what_it_should(mails):
    for data in mails:
        first, second = message_from_bytes(data).get_all("DKIM-Signature")
        for signature, kind in ((first, "rsa-sha256"), (second, "ed25519-sha256")):
            tags = dict(re.findall(r"(\w+)=([^;]*)", re.sub(r"\s+", "", signature)))
            assert (tags["a"], tags["c"], tags["d"]) == (kind, "relaxed/simple", "digest.example")
            assert tags.keys() == {"v", "a", "c", "d", "s", "h", "bh", "b"}
            signed = tags["h"].split(":")
            assert signed.count("from") == 2
            assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "cfbl-address"} <= set(signed)
            assert {"to", "subject", "date", "message-id", "mime-version", "content-type"} <= set(signed)


def test_bounces_and_complaints_come_back_with_the_readers_tag(room, frozen):
    ring = room.ask(DAYS[-1], key_ring)
    for delivery, data in frozen:
        assert delivery.sender.startswith("bounces+")
        assert tokens.bounced_subscriber(delivery.sender, ring) == delivery.subscriber_id
        mail = message_from_bytes(data)
        assert mail["CFBL-Address"] == f"{delivery.sender}; report=arf"
        assert mail["Return-Path"] is None
    assert len({delivery.sender for delivery, _ in frozen}) == len(READERS)


def test_mails_from_fragments_are_those_that_are_filled_anew(mails, dumps, tmp_path):
    other = newsroom(tmp_path / "room", dumps, keep=False)
    assert [data for _, data in other.frozen(DAYS[-1]).values()] == mails


# ── whatever is changed ───────────────────────────────────────────────────────────────────────


def places(data, name):
    """Where letters and digits of a header's value stand."""
    head = data.index(b"\r\n\r\n")
    (found,) = re.finditer(rb"^%s:(.*(?:\r\n[ \t].*)*)" % name, data[:head], re.MULTILINE | re.IGNORECASE)
    return [at for at in range(found.start(1), found.end(1)) if chr(data[at]).isalnum()]


def changed(data, at, to=None):
    other = to or (b"x" if data[at : at + 1] != b"x" else b"y")
    return data[:at] + other + data[at + 1 :]


@pytest.mark.parametrize("name", [b"From", b"Subject", *LIST])
def test_no_letter_or_digit_of_these_headers_can_be_changed(mails, name):
    data = mails[0]
    found = places(data, name)
    assert len(found) > 10
    assert [at for at in found if verified(changed(data, at))] == []


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_letter_or_digit_of_the_body_can_be_changed(mails, data):
    mail = mails[data.draw(st.integers(0, len(mails) - 1))]
    start = mail.index(b"\r\n\r\n") + 4
    at = data.draw(st.integers(start, len(mail) - 1).filter(lambda at: chr(mail[at]).isalnum()))
    other = data.draw(st.sampled_from(b"abcXYZ019").filter(lambda c: c != mail[at]))
    assert not verified(changed(mail, at, bytes([other])))


@pytest.mark.parametrize(
    "header",
    [
        b"From: somebody@else.example",
        b"Subject: Something else",
        b"To: somebody@else.example",
        b"Reply-To: somebody@else.example",
        b"Content-Type: text/html",
        b"List-Unsubscribe: <https://else.example/>",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ],
)
def test_no_second_header_can_be_put_above_the_signed_one(mails, header):
    data = mails[0]
    assert not verified(header + b"\r\n" + data)
    end = data.index(b"\r\nFrom:") + 2
    assert not verified(data[:end] + header + b"\r\n" + data[end:])


def test_what_relays_do_to_headers_breaks_nothing(mails):
    data = mails[0]
    assert verified(b"Received: from a by b; Mon, 16 Nov 2026 07:05:00 +0000\r\n" + data)
    # relaxed: the case of names and how lines are folded are nobody's letters
    folded = data.replace(b"\r\nList-Unsubscribe: <", b"\r\nLIST-unsubscribe:\r\n   <", 1)
    assert folded != data
    assert verified(folded)
    assert verified(data + b"\r\n")
    assert not verified(data + b"a\r\n")


# ── a spam filter ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(
    shutil.which("spamassassin") is None, reason="needs spamassassin (apt install spamassassin)"
)
def test_a_spam_filter_has_nothing_against_any_of_them(mails, tmp_path):
    box = tmp_path / "mbox"
    box.write_bytes(
        b"".join(
            b"From digest@digest.example Mon Nov 16 07:05:00 2026\n"
            + re.sub(rb"(?m)^From ", b">From ", data.replace(b"\r\n", b"\n"))
            + b"\n"
            for data in mails
        )
    )
    done = subprocess.run(
        ["spamassassin", "--local", "--mbox", str(box)], capture_output=True, check=True, timeout=600
    )
    scores = [
        (float(score), tests)
        for score, tests in re.findall(
            rb"^X-Spam-Status: \w+, score=(-?[\d.]+).*?tests=(.*?)autolearn",
            done.stdout,
            re.MULTILINE | re.DOTALL,
        )
    ]
    assert len(scores) == len(mails)
    assert [(score, tests) for score, tests in scores if score > 0] == []
