"""Keys that mails are signed with, and the address that bounces go to, as the configuration names them."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import PrivateFormat

from digest.config import KeyKind, load, read_key
from digest.config.addresses import parse_bounce_address, parse_domain, parse_selector
from digest.errors import ConfigError, UsageError
from digest.tokens import KeyRing, bounce_address
from tests.keys import ed25519_key, pem, rsa_key, write

SIGNED = "mail:\n  dkim:\n    key_file: key.pem\n"
BOTH = SIGNED + "    ed25519_key_file: other.pem\n"


@pytest.fixture
def told(tmp_path):
    """The mistakes of a configuration, without the folder they lie in."""

    def mistakes(text, **environ):
        (tmp_path / "config.yaml").write_text(text)
        with pytest.raises(ConfigError) as caught:
            load(tmp_path / "config.yaml", environ)
        return [problem.replace(f"{tmp_path}/", "") for problem in caught.value.problems]

    return mistakes


def loaded(tmp_path, text):
    (tmp_path / "config.yaml").write_text(text)
    return load(tmp_path / "config.yaml", {})


def test_without_a_key_nothing_is_signed(tmp_path):
    dkim = loaded(tmp_path, "").mail.dkim
    assert dkim.keys == ()
    assert (dkim.selector, dkim.ed25519_selector) == ("digest", "digest-ed25519")


def test_both_keys_are_known_with_their_selectors(tmp_path):
    write(tmp_path / "key.pem", rsa_key())
    write(tmp_path / "other.pem", ed25519_key())
    dkim = loaded(tmp_path, BOTH + "    selector: Mail2026\n    domain: Bücher.example\n").mail.dkim
    assert [(kind, selector) for _, _, kind, selector in dkim.keys] == [
        (KeyKind.RSA, "mail2026"),
        (KeyKind.ED25519, "digest-ed25519"),
    ]
    assert dkim.domain == "bücher.example"
    assert [path.name for _, path, _, _ in dkim.keys] == ["key.pem", "other.pem"]


@pytest.mark.parametrize(
    "key",
    [
        pem(rsa_key()),
        pem(rsa_key(), PrivateFormat.TraditionalOpenSSL),
        pem(rsa_key(1024)),
        b"words before\n" + pem(rsa_key()),
    ],
)
def test_keys_as_programs_write_them_are_read(tmp_path, key):
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "key.pem").chmod(0o600)
    assert read_key(tmp_path / "key.pem", KeyKind.RSA).key_size in {1024, 2048}


BROKEN = {
    "nothing there": (None, 0o600, "there is no file key.pem; `digest dkim new` makes one"),
    "no key": (b"-----BEGIN NOTHING-----", 0o600, "key.pem holds no private key in PEM form"),
    "empty": (b"", 0o600, "key.pem holds no private key"),
    "bytes": (b"\xff\x00" * 100, 0o600, "key.pem holds no private key"),
    "half": (pem(rsa_key())[:800], 0o600, "key.pem holds no private key"),
    "another kind": (
        pem(ed25519_key()),
        0o600,
        "the key in key.pem is of another kind; an RSA key is needed",
    ),
    "a third kind": (
        pem(ec.generate_private_key(ec.SECP256R1())),
        0o600,
        "the key in key.pem is of another kind",
    ),
    "too long": (pem(rsa_key(5120)), 0o600, "the key in key.pem has 5120 bits; receivers take 1024 to 4096"),
    "locked": (pem(rsa_key(), password=b"word"), 0o600, "the key in key.pem is locked by a passphrase"),
    "open to all": (pem(rsa_key()), 0o644, "others may read or change it (mode 0644): chmod 600 key.pem"),
    "open to the group's pen": (pem(rsa_key()), 0o660, "others may read or change it (mode 0660)"),
}


@pytest.mark.parametrize(("data", "mode", "words"), BROKEN.values(), ids=BROKEN)
def test_a_key_that_cannot_be_used_is_a_mistake_with_its_place(told, tmp_path, data, mode, words):
    if data is not None:
        (tmp_path / "key.pem").write_bytes(data)
        (tmp_path / "key.pem").chmod(mode)
    (mistake,) = told(SIGNED)
    assert mistake.startswith("mail.dkim.key_file, line 3: ")
    assert words in mistake


def test_a_group_may_read_a_key(tmp_path):
    write(tmp_path / "key.pem", rsa_key(), mode=0o640)
    assert read_key(tmp_path / "key.pem", KeyKind.RSA)


def test_a_folder_is_no_key(told, tmp_path):
    (tmp_path / "key.pem").mkdir()
    assert "cannot read key.pem" in told(SIGNED)[0]


def test_every_mistake_is_told_at_once(told, tmp_path):
    write(tmp_path / "other.pem", rsa_key())
    found = told(BOTH + "feeds:\n  days: 0\n")
    assert [mistake.partition(",")[0] for mistake in found] == [
        "mail.dkim.key_file",
        "mail.dkim.ed25519_key_file",
        "feeds.days",
    ]
    assert "an Ed25519 key is needed here" in found[1]


def test_an_ed25519_key_never_signs_alone_nor_under_the_same_name(told, tmp_path):
    write(tmp_path / "key.pem", rsa_key())
    write(tmp_path / "other.pem", ed25519_key())
    (alone,) = told("mail:\n  dkim:\n    ed25519_key_file: other.pem\n")
    assert "key_file with an RSA key is missing" in alone
    (same,) = told(BOTH + "    ed25519_selector: digest\n")
    assert same.startswith("mail.dkim.ed25519_selector, line 5: ")


def test_keys_need_not_be_there_for_a_command_that_makes_them(tmp_path):
    (tmp_path / "config.yaml").write_text(SIGNED)
    settings = load(tmp_path / "config.yaml", {}, keys=False)
    assert settings.mail.dkim.key_file == tmp_path / "key.pem"


@pytest.mark.parametrize(("text", "selector"), [("digest", "digest"), (" A-1.b2 ", "a-1.b2")])
def test_a_selector_is_labels_of_a_domain(text, selector):
    assert parse_selector(text) == selector


@pytest.mark.parametrize("text", ["", ".", "a..b", "a b", "a_b", "-a", "ü", "a;b=c", "a" * 65, "a\r\nb"])
def test_anything_else_is_no_selector(text):
    with pytest.raises(UsageError, match="is not a selector"):
        parse_selector(text)


@pytest.mark.parametrize("text", ["", "a b", "x@y.example", "[127.0.0.1]", "a..b", "a\x00b", "-a.example"])
def test_what_is_no_domain_is_refused(text):
    with pytest.raises(UsageError, match="is not a domain"):
        parse_domain(text)


@pytest.mark.parametrize(
    "text", ["bounces@digest.example", "b" * 23 + "@digest.example", "a+b@bücher.example"]
)
def test_a_bounce_address_has_room_for_the_longest_tag(text):
    ring = KeyRing(secrets={255: bytes(32)}, current=255)
    local = bounce_address(parse_bounce_address(text), (1 << 63) - 1, ring).rpartition("@")[0]
    assert len(local) <= 64


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("b" * 24 + "@digest.example", "at most 23"),
        ("rück@digest.example", "plain letters"),
        ("x", "@ is missing"),
    ],
)
def test_other_bounce_addresses_are_refused(text, words):
    with pytest.raises(UsageError, match=words):
        parse_bounce_address(text)
