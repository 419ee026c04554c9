"""The published DKIM keys are those that sign (A01, A02)."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization

from digest import deliver
from digest.doctor import dkim

NAME = "s2026._domainkey.list.example"


@pytest.fixture(scope="session")
def key():
    return deliver.make_key(2048)


@pytest.fixture(scope="session")
def other():
    return deliver.make_key(2048)


@pytest.fixture
def look(port, case_of, key):
    """`look(key=...)`: the findings with this key configured."""

    def _look(key=key, **mail):
        signer = deliver.Signer(domain="list.example", selector="s2026", key=key)
        case = case_of(mail={"from_address": "papers@list.example"} | mail, signers=(signer,))
        return list(dkim.check_dkim(case))

    return _look


def test_the_key_that_signs_is_fine_in_either_spelling(zone, look, key):
    for form in (serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1):
        p = base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()
        zone[NAME, "TXT"] = [f"v=DKIM1; k=rsa; p={p[:80]} {p[80:]}"]
        (found,) = look()
        assert (found.verdict, found.rule) == ("fine", "A01")


def test_an_ed25519_key_is_compared_too(zone, look):
    key, other = deliver.make_key(None), deliver.make_key(None)
    zone[NAME, "TXT"] = [deliver.record(key)]

    (found,) = look(key)
    assert (found.verdict, found.rule) == ("fine", "A02")
    assert look(other)[0].verdict == "broken"


def test_without_a_record_the_remedy_is_one_that_works(zone, look, key):
    (found,) = look()
    assert found.verdict == "broken"
    assert deliver.record(key)[:60] in found.remedy
    assert "digest dkim show" in found.remedy

    zone[NAME, "TXT"] = [deliver.record(key)]
    (found,) = look()
    assert found.verdict == "fine"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r.partition("p=")[0] + "p=", "revoked"),
        (lambda r: r.replace("k=rsa", "k=ed25519"), "another kind"),
        (lambda r: r.replace("k=rsa", "k=rsa; h=sha1"), "sha256"),
        (lambda r: r.replace("k=rsa", "k=rsa; s=tlsrpt"), "not for mail"),
        (lambda r: r[:-7], "cut or mistyped"),
        (lambda r: r[:-8], "another key"),
        # an end of the key that is none
        (lambda r: r.partition("p=")[0] + "p=" + r[-20:], "another key"),
        (lambda r: r.replace("v=DKIM1", "v=DKIM2"), "no DKIM record"),
        (lambda _: "hello", "no DKIM record"),
    ],
)
def test_a_record_by_which_no_signature_can_be_checked_is_broken(zone, look, key, *, change, words):
    zone[NAME, "TXT"] = [change(deliver.record(key))]
    (found,) = look()

    assert found.verdict == "broken"
    assert words in found.what


def test_the_record_of_another_key_is_broken(zone, look, other):
    zone[NAME, "TXT"] = [deliver.record(other)]
    (found,) = look()

    assert found.verdict == "broken"
    assert "another key" in found.what


def test_two_records_are_broken_and_a_test_is_advice(zone, look, key):
    zone[NAME, "TXT"] = [deliver.record(key), deliver.record(key) + ";"]
    assert look()[0].verdict == "broken"

    zone[NAME, "TXT"] = [deliver.record(key).replace("k=rsa", "k=rsa; t=y:s")]
    (found,) = look()
    assert found.verdict == "advice"
    assert "t=y" in found.what


def test_a_short_key_is_advice_whatever_is_published(zone, look):
    short = deliver.make_key(1024)
    zone[NAME, "TXT"] = [deliver.record(short)]
    one, two = look(short)

    assert (one.verdict, two.verdict) == ("advice", "fine")
    assert "1024 bits" in one.what


def test_a_silent_dns_is_no_missing_record(zone, look):
    zone.silent.add(NAME)

    assert look()[0].verdict == "skipped"


def test_without_a_key_there_is_advice_and_more_of_it_with_the_one_click_link(case_of):
    ours = {"from_address": "papers@list.example"}
    (plain,) = dkim.check_dkim(case_of(mail=ours))
    (link,) = dkim.check_dkim(case_of(mail=ours | {"base_url": "https://list.example"}))

    assert (plain.verdict, plain.rule) == (link.verdict, "A01") == ("advice", "A01")
    assert link.rule == "U03"
