import base64
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.tokens import KeyRing, Purpose, message_id, sign, verify

FIRST, SECOND = bytes(range(32)), bytes(range(32, 64))
KEYS = KeyRing(secrets={1: FIRST}, current=1)
ROTATED = KeyRing(secrets={1: FIRST, 2: SECOND}, current=2)
BASE64URL = string.ascii_letters + string.digits + "-_"

ids = st.integers(1, (1 << 63) - 1)
purposes = st.sampled_from(Purpose)


# ── links ──


def test_the_newest_key_signs():
    ring = KeyRing.of({1: FIRST, 2: SECOND})
    assert (ring.current, ring.oldest) == (2, 1)
    assert sign(Purpose.UNSUBSCRIBE, 7, ring) == sign(Purpose.UNSUBSCRIBE, 7, ROTATED)


@given(ids, purposes)
def test_a_signed_token_gives_its_subscriber_back(subscriber_id, purpose):
    token = sign(purpose, subscriber_id, KEYS)
    assert verify(token, purpose, KEYS) == subscriber_id
    assert re.fullmatch(r"[A-Za-z0-9_-]{24,34}", token)


@given(ids, purposes, purposes)
def test_a_token_for_one_purpose_is_worthless_for_another(subscriber_id, made_for, used_for):
    token = sign(made_for, subscriber_id, KEYS)
    assert verify(token, used_for, KEYS) == (subscriber_id if made_for is used_for else None)


def test_tokens_of_small_archives_are_short():
    assert len(sign(Purpose.UNSUBSCRIBE, 255, KEYS)) == 24
    assert len(sign(Purpose.UNSUBSCRIBE, 65_535, KEYS)) == 26


def test_a_token_never_changes_between_releases():
    # links in old mail must go on working
    assert sign(Purpose.UNSUBSCRIBE, 7, KEYS) == "AQd10fM2D7o72_NEEZlNw_TE"
    assert sign(Purpose.CONFIRM, 7, KEYS) == "AQeOa1rr4DFxOA9paMScSfHo"
    assert sign(Purpose.PREFERENCES, 70_000, ROTATED) == "AgERcHiJ7GLldrnyzN8iDZD0gCY"


def test_a_token_carries_at_least_128_bits_of_tag():
    raw = base64.urlsafe_b64decode(sign(Purpose.UNSUBSCRIBE, 1, KEYS) + "==")
    assert raw[:2] == b"\x01\x01"
    assert len(raw) - 2 >= 16


def test_each_single_changed_character_breaks_a_token():
    token = sign(Purpose.UNSUBSCRIBE, 4711, KEYS)
    for place, right in enumerate(token):
        for wrong in BASE64URL.replace(right, ""):
            forged = token[:place] + wrong + token[place + 1 :]
            assert verify(forged, Purpose.UNSUBSCRIBE, KEYS) is None


def test_the_case_of_letters_counts():
    token = sign(Purpose.UNSUBSCRIBE, 1, KEYS)
    assert verify(token.lower(), Purpose.UNSUBSCRIBE, KEYS) is None
    assert verify(token.upper(), Purpose.UNSUBSCRIBE, KEYS) is None


def test_a_genuine_tag_with_a_longer_spelling_of_the_id_is_refused():
    raw = base64.urlsafe_b64decode(sign(Purpose.UNSUBSCRIBE, 5, KEYS) + "==")
    longer = base64.urlsafe_b64encode(raw[:1] + b"\0" + raw[1:]).decode().rstrip("=")
    assert verify(longer, Purpose.UNSUBSCRIBE, KEYS) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "A",
        "A" * 23,
        "A" * 24,
        "A" * 25,
        "A" * 34,
        "A" * 35,
        "A" * 1_000_000,
        "é" * 24,
        "\N{FULLWIDTH LATIN CAPITAL LETTER A}" * 24,
        "\ud800" * 24,
        "AQE\0" * 6,
        "AQE=" * 6,
        "../../../../../etc/passwd",
        "AQEB" * 6 + "\n",
    ],
)
def test_a_malformed_token_is_nobody(token):
    assert verify(token, Purpose.UNSUBSCRIBE, KEYS) is None


@pytest.mark.parametrize("token", [None, b"A" * 24, 7, ["A" * 24]])
def test_what_is_no_text_is_nobody(token):
    assert verify(token, Purpose.UNSUBSCRIBE, KEYS) is None


@given(st.text(max_size=60) | st.text(BASE64URL, min_size=20, max_size=40), purposes)
def test_no_text_raises_and_no_made_up_token_is_somebody(token, purpose):
    assert verify(token, purpose, ROTATED) is None


@pytest.mark.parametrize("decorate", [" {}", "{} ", "{}=", "{}\n", "\n{}"])
def test_anything_around_a_token_spoils_it(decorate):
    assert verify(decorate.format(sign(Purpose.CONFIRM, 1, KEYS)), Purpose.CONFIRM, KEYS) is None


@pytest.mark.parametrize("subscriber_id", [0, -1, 1 << 63])
def test_an_impossible_subscriber_is_not_signed(subscriber_id):
    with pytest.raises(ValueError, match="subscriber"):
        sign(Purpose.UNSUBSCRIBE, subscriber_id, KEYS)


# ── keys ──


def test_links_signed_before_a_rotation_stay_valid():
    old, new = sign(Purpose.UNSUBSCRIBE, 9, KEYS), sign(Purpose.UNSUBSCRIBE, 9, ROTATED)
    assert old != new
    assert verify(old, Purpose.UNSUBSCRIBE, ROTATED) == verify(new, Purpose.UNSUBSCRIBE, ROTATED) == 9


def test_a_dropped_or_foreign_key_verifies_nothing():
    new = sign(Purpose.UNSUBSCRIBE, 9, ROTATED)
    assert verify(new, Purpose.UNSUBSCRIBE, KEYS) is None
    assert verify(new, Purpose.UNSUBSCRIBE, KeyRing(secrets={2: FIRST}, current=2)) is None


def test_one_secret_under_two_versions_makes_two_tokens():
    twice = KeyRing(secrets={1: FIRST, 2: FIRST}, current=2)
    raw = base64.urlsafe_b64decode(sign(Purpose.UNSUBSCRIBE, 9, twice) + "==")
    relabelled = base64.urlsafe_b64encode(b"\x01" + raw[1:]).decode().rstrip("=")
    assert verify(relabelled, Purpose.UNSUBSCRIBE, twice) is None


@pytest.mark.parametrize(
    ("secrets", "current"),
    [
        ({}, 1),
        ({1: FIRST}, 2),
        ({0: FIRST}, 0),
        ({256: FIRST}, 256),
        ({1: b"short"}, 1),
        ({1: FIRST, 2: b""}, 1),
    ],
)
def test_a_ring_that_could_not_sign_is_refused(secrets, current):
    with pytest.raises(ValueError, match="key version"):
        KeyRing(secrets=secrets, current=current)


def test_a_ring_shows_no_secret_and_follows_no_later_change():
    secrets = {1: b"s3cret-bytes-of-the-first-key-32"}
    keys = KeyRing(secrets=secrets, current=1)
    before = sign(Purpose.CONFIRM, 1, keys)
    secrets[1] = SECOND
    assert sign(Purpose.CONFIRM, 1, keys) == before
    assert "s3cret" not in repr(keys)
    assert "s3cret" not in str(keys)


# ── message ids ──


def test_a_message_id_is_stable_over_retries_and_rotations():
    made = message_id("2026-11-20", 7, "daily.example", KEYS)
    assert (
        made
        == message_id("2026-11-20", 7, "daily.example", ROTATED)
        == "<2026-11-20.fyekyg3x64puvpxs5dkbjbhqva@daily.example>"
    )


@given(st.text(max_size=60), ids)
def test_a_message_id_is_always_well_formed(edition_key, subscriber_id):
    made = message_id(edition_key, subscriber_id, "daily.example", KEYS)
    assert re.fullmatch(r"<[A-Za-z0-9-]*\.?[a-z2-7]{26}@daily\.example>", made)
    assert len(made) < 100


def test_each_edition_and_subscriber_has_its_own_message_id():
    made = {
        message_id(key, n, "daily.example", KEYS) for key in ("2026-11-20", "2026-11-21") for n in range(500)
    }
    assert len(made) == 1000
    assert message_id("a:1", 2, "d.example", KEYS) != message_id("a", 12, "d.example", KEYS)


def test_a_message_id_cannot_be_made_without_the_key():
    other = KeyRing(secrets={1: SECOND}, current=1)
    assert message_id("2026-11-20", 7, "daily.example", KEYS) != message_id(
        "2026-11-20", 7, "daily.example", other
    )


def test_an_international_domain_is_written_as_its_a_label():
    assert message_id("2026-11-20", 7, "bücher.example", KEYS).endswith("@xn--bcher-kva.example>")


@pytest.mark.parametrize(
    "domain", ["", ".", "a..b", "a b", "a\r\nBcc: x", "a>b", "-a.example", "x" * 64, "a@b"]
)
def test_what_is_no_domain_is_refused(domain):
    with pytest.raises(ValueError, match="host name"):
        message_id("2026-11-20", 7, domain, KEYS)
