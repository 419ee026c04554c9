"""The signer, with dkimpy as judge."""

import re

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver import Signer, sign
from tests.keys import dns, ed25519_key, record, rsa_key, with_ed25519

MAIL = (
    b"From: =?utf-8?q?T=C3=A4glich?= <digest@digest.example>\r\n"
    b"To: vision@reader.example\r\n"
    b"Subject: =?utf-8?q?3_for_you_=C2=B7?=\r\n =?utf-8?q?_A_Study?=\r\n"
    b"Message-ID: <1@digest.example>\r\n"
    b"List-Unsubscribe: <https://go.digest.example/u/t>,\r\n <mailto:leave@digest.example>\r\n"
    b"\r\n"
    b"One=20\r\n\r\nTwo\r\n"
)
RSA = Signer(domain="digest.example", selector="rsa", key=rsa_key(1024))
ED25519 = Signer(domain="digest.example", selector="ed.2026", key=ed25519_key())
DNS = dns(
    {
        "rsa._domainkey.digest.example": record(rsa_key(1024)),
        "ed.2026._domainkey.digest.example": record(ed25519_key()),
    }
)


def verified(data, number=0):
    with with_ed25519():
        return dkim.DKIM(data).verify(number, dnsfunc=DNS)


def test_nothing_is_signed_without_a_key():
    assert sign(MAIL, ()) is MAIL


def test_a_signature_is_put_before_a_mail_that_stays_as_it_is():
    signed = sign(MAIL, [RSA])
    assert signed.endswith(b"\r\n" + MAIL)
    assert signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;\r\n")
    assert verified(signed)


def test_two_keys_sign_apart():
    signed = sign(MAIL, [RSA, ED25519])
    assert verified(signed, 0)
    assert verified(signed, 1)
    kinds = re.findall(rb"a=([a-z0-9-]+);", signed)
    assert kinds == [b"rsa-sha256", b"ed25519-sha256"]


def test_no_line_is_longer_than_76_characters():
    long = Signer(domain="a.digest.example", selector="s", key=rsa_key(2048))
    head = sign(MAIL, [long, ED25519]).partition(b"From:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76
    assert all(line.startswith((b"DKIM-Signature:", b" ")) for line in head.strip().split(b"\r\n"))


def test_a_key_of_another_domain_signs_for_that():
    other = Signer(domain="mail.else.example", selector="s", key=rsa_key(1024))
    records = {"s._domainkey.mail.else.example": record(rsa_key(1024))}
    assert dkim.DKIM(sign(MAIL, [other])).verify(dnsfunc=dns(records))


def test_another_key_verifies_nothing():
    other = Signer(domain="digest.example", selector="rsa", key=rsa_key(1024, number=2))
    assert not verified(sign(MAIL, [other]))


@pytest.mark.parametrize(
    "data", [b"", b"Subject: x\r\n\r\nbody\r\n", b"From a@b\r\n\r\n", b"no headers at all"]
)
def test_what_has_no_from_cannot_be_signed(data):
    with pytest.raises(ValueError, match="without From"):
        sign(data, [RSA])


def test_the_secret_is_in_no_description():
    assert "key" not in repr(RSA)
    assert "rsa" in repr(RSA)


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"\r\n\r\n", b"a", b"a\r\n\r\n\r\n", b"\r\n.\r\n", b" \t \r\n"]
)
def test_every_end_of_a_body_is_verified(body):
    assert verified(sign(MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body, [RSA]))


def test_an_address_in_other_letters_is_signed_as_it_stands():
    mail = MAIL.replace(b"vision@", "müller@".encode())
    signed = sign(mail, [RSA])
    assert verified(signed)
    assert not verified(signed.replace("müller".encode(), "möller".encode()))


@pytest.mark.parametrize("name", [b"from", b"FROM", b"To", b"x-new"])
def test_headers_that_are_there_twice_are_signed_as_often(name):
    signed = sign(name + b": one@digest.example\r\n" + MAIL, [RSA])
    assert verified(signed) or name.lower() == b"from"  # dkimpy refuses two of From for good
    if name == b"To":
        assert not verified(signed.replace(b"one@", b"two@"))


values = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=60).map(str.encode)
folds = st.sampled_from([b"", b"\r\n ", b"\r\n\t", b"\r\n  \t "])


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"Subject", b"X-Other", b"List-Id", b"to", b"Date", b"MIME-Version"]),
            values,
            folds,
            values,
        ),
        max_size=6,
    ),
    body=st.binary(max_size=200).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"\r\n")),
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_mail_holds_both_agree(headers, body):
    # a line that only looks empty ends no header, and dkimpy reads it otherwise
    lines = [n + b": a" + v.strip() + (f if w.strip() else b"") + w.strip() for n, v, f, w in headers]
    mail = b"\r\n".join([b"From: a@digest.example", *lines]) + b"\r\n\r\n" + body
    assert verified(sign(mail, [RSA]))
