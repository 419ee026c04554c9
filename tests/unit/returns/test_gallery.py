"""Every mail of the gallery means what its author wrote down before the reader was written."""

from collections import Counter

import pytest

from digest.model import ReturnKind
from digest.returns import read
from digest.tokens import Purpose, bounced_subscriber, verify
from tests.returned import CASES, GALLERY, KEYS, READER, our_message_id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mail_means_what_was_written_down(case):
    found = read(case.data)

    assert (found.kind.value, found.status, found.recipient) == (case.kind, case.status, case.recipient)


def test_the_gallery_is_whole():
    kinds = Counter(case.kind for case in CASES)

    assert {case.name for case in CASES} == {path.stem for path in GALLERY.glob("*.eml")}
    assert set(kinds) == {kind.value for kind in ReturnKind}
    assert len(CASES) >= 70
    assert kinds["hard"] + kinds["soft"] >= 60


def proves(found):
    """Whether the mail holds something of ours that says whose it is."""
    senders = {bounced_subscriber(address, KEYS) for address in (*found.sent_to, *found.senders)}
    tokens = {verify(t, Purpose.UNSUBSCRIBE, KEYS) for t in (found.token, *found.link_tokens) if t}
    return READER in senders | tokens or our_message_id() in found.message_ids


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.kind in {"hard", "soft", "complaint"}], ids=lambda c: c.name
)
def test_every_bounce_and_complaint_says_whose_it_is(case):
    assert proves(read(case.data))


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.kind == "complaint" or c.name.startswith(("postfix", "exim", "qmail", "gmail"))],
    ids=lambda c: c.name,
)
def test_whose_it_is_is_seen_without_the_address_it_came_to(case):
    found = read(
        case.data.replace(b"Delivered-To: bounces+", b"Delivered-To: nobody+").replace(b"\nTo: ", b"\nX: ")
    )

    assert found.kind.value == case.kind
    if b"2026-11-20.6m2sfmphu7wwx5zzzknktabkiq" in case.data:
        assert our_message_id() in found.message_ids


@pytest.mark.parametrize("case", [c for c in CASES if c.kind == "unsubscribe"], ids=lambda c: c.name)
def test_a_wish_brings_its_token(case):
    found = read(case.data)

    if case.name not in {"unsubscribe-without-token", "arf-opt-out"}:
        assert verify(found.token, Purpose.UNSUBSCRIBE, KEYS) == READER


def test_nothing_that_is_printed_can_act():
    found = read(
        b"From: MAILER-DAEMON@x.example\nTo: a@b.example\nSubject: failure notice\n\n"
        b"<r12@reader.example>:\n550 \x1b[2JUser unknown\x07\n"
    )

    assert found.kind is ReturnKind.HARD
    assert found.detail.isprintable()
