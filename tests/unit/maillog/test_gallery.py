"""Every case of the gallery of logs says of each mail what it must."""

import json
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from digest.deliver import RetryPolicy
from digest.maillog import Stamps, open_log, read_logs
from digest.model import Delivery, DeliveryState, SubscriberStatus
from digest.pipeline import reconciling
from digest.store import DeliveryEntry
from tests.builders import NOON

GALLERY = Path(__file__).resolve().parents[2] / "data/maillogs"
CASES = sorted(p.parent for p in GALLERY.glob("*/expected.json"))
BEGUN = NOON - timedelta(hours=5)
SENT_BEFORE = "<another@digest.example>"


def entry(name):
    delivery = Delivery(
        id=1,
        subscriber_id=1,
        edition="2026-11-20",
        message_id=f"<{name}@digest.example>",
        sender="bounces@digest.example",
        recipient="vision@reader.example",
        state=DeliveryState.IN_DOUBT,
        attempts=1,
        created_at=BEGUN,
        next_attempt=BEGUN,
        expires_at=BEGUN + timedelta(hours=24),
        transmitted_at=BEGUN,
        last_error="connection lost",
    )
    return DeliveryEntry(
        delivery=delivery,
        subject="",
        updated_at=BEGUN,
        dropped_at=None,
        status=SubscriberStatus.ACTIVE,
        address=delivery.recipient,
        by_mail=True,
    )


def read(folder, names):
    """What the logs of a case say, given in the order in which a shell names them."""
    logs = [open_log(path) for path in sorted(folder.iterdir()) if path.name != "expected.json"]
    try:
        return read_logs(
            logs,
            {f"<{name}@digest.example>" for name in names},
            stamps=Stamps(NOON, UTC),
            domains={"digest.example"},
            is_ours=lambda others: SENT_BEFORE in others,
        )
    finally:
        for log in logs:
            log.close()


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_a_log_says_what_became_of_each_mail(folder):
    expected = json.loads((folder / "expected.json").read_text())
    findings = read(folder, expected)

    for name, (fate, words) in expected.items():
        found = reconciling.judged(entry(name), findings, NOON, RetryPolicy())
        assert (found.fate, words in found.why) == (fate, True), f"{name}: {found.why}"
    assert findings.problems == ()


def test_what_was_taken_and_came_back_is_told():
    findings = read(GALLERY / "traditional", ["taken", "bounced", "expired", "deferred"])

    def returned(name):
        return reconciling.judged(entry(name), findings, NOON, RetryPolicy()).returned

    assert returned("bounced").startswith("bounced (host mx.reader.example")
    assert returned("expired") == "expired returned to sender"
    assert returned("taken") is returned("deferred") is None


def test_a_mail_that_the_log_shows_is_settled_since_then_and_one_that_is_old_news_expires():
    findings = read(GALLERY / "traditional", ["taken", "absent"])
    policy = RetryPolicy()

    taken = reconciling.judged(entry("taken"), findings, NOON, policy)
    assert taken.step.state is DeliveryState.ACCEPTED
    assert taken.step.queue_id == "queued as 1FC8020C44A (the mail log)"
    assert taken.taken_at == BEGUN + timedelta(seconds=1)

    fresh = reconciling.judged(entry("absent"), findings, NOON, policy)
    assert (fresh.step.state, fresh.step.next_attempt) == (DeliveryState.DEFERRED, NOON)
    late = reconciling.judged(entry("absent"), findings, NOON + timedelta(days=2), policy)
    assert late.step.state is DeliveryState.EXPIRED
