"""What a refusal says about an address, by its code and its words."""

import pytest

from digest.model import ReturnKind
from digest.returns import severity

HARD, SOFT, BLOCK = ReturnKind.HARD, ReturnKind.SOFT, ReturnKind.BLOCK

BY_STATUS = {
    "5.1.0": HARD,
    "5.1.1": HARD,
    "5.1.2": HARD,
    "5.1.3": HARD,
    "5.1.6": HARD,
    "5.1.7": BLOCK,
    "5.1.8": BLOCK,
    "5.1.10": HARD,
    "5.2.0": HARD,
    "5.2.1": HARD,
    "5.2.2": SOFT,
    "5.2.3": BLOCK,
    "5.3.0": SOFT,
    "5.3.1": SOFT,
    "5.3.4": BLOCK,
    "5.4.1": SOFT,
    "5.4.4": HARD,
    "5.4.6": SOFT,
    "5.4.7": SOFT,
    "5.4.310": HARD,
    "5.5.2": BLOCK,
    "5.6.1": BLOCK,
    "5.7.0": BLOCK,
    "5.7.1": BLOCK,
    "5.7.25": BLOCK,
    "5.7.26": BLOCK,
    "5.7.28": BLOCK,
    "5.7.29": BLOCK,
    "5.7.515": BLOCK,
    "5.0.0": HARD,
    "4.1.1": SOFT,
    "4.2.0": SOFT,
    "4.2.2": SOFT,
    "4.4.1": SOFT,
    "4.7.0": BLOCK,
    "4.7.1": BLOCK,
    "4.7.28": BLOCK,
    "4.7.32": BLOCK,
}


@pytest.mark.parametrize(("status", "kind"), BY_STATUS.items())
def test_a_code_without_words(status, kind):
    assert severity(status, None, "") is kind


#: answers without an enhanced code: the words alone tell
BY_WORDS = {
    "550 User unknown": HARD,
    "550 no such mailbox": HARD,
    "551 this customer is no longer with us, address invalid": HARD,
    "550 Domain reader.example does not exist": HARD,
    "553 sorry, that recipient is not in my validrcptto list": HARD,
    "550 anything else": HARD,
    "552 the reader's box is full": SOFT,
    "552 over quota": SOFT,
    "552 anything else": SOFT,
    "550 Mailbox unavailable: disk quota used up": SOFT,
    "550 Mailbox unavailable because your IP is on a blacklist": BLOCK,
    "554 rejected, looks like spam": BLOCK,
    "550 your sending quota is used up": BLOCK,
    "554 sending quota exceeded": BLOCK,
    "550 relaying denied": BLOCK,
    "550 message too large": BLOCK,
    "550 SPF check failed": BLOCK,
    "550 blocked by the recipient's organisation": BLOCK,
    "421 too many connections": SOFT,
    "450 greylisted, try again later": SOFT,
    "421 rate limited": BLOCK,
}


@pytest.mark.parametrize(("said", "kind"), BY_WORDS.items())
def test_an_answer_without_an_enhanced_code(said, kind):
    assert severity(None, int(said[:3]), said) is kind


def test_policy_stays_policy_whatever_the_words():
    assert severity("5.7.1", 550, "550 5.7.1 User unknown") is BLOCK


def test_words_say_more_than_a_code_without_a_subject():
    assert severity("5.0.0", 550, "mailbox full") is SOFT
    assert severity("5.0.0", 550, "listed at a dnsbl") is BLOCK
    assert severity("5.5.0", 550, "mailbox unavailable") is HARD
    assert severity("5.4.1", 550, "Recipient address rejected: Access denied") is HARD


def test_an_answer_after_the_message_is_about_the_message():
    assert severity("5.0.0", 554, "554 transaction failed", after_data=True) is BLOCK
    assert severity(None, 554, "554 transaction failed", after_data=True) is BLOCK
    assert severity("5.0.0", 554, "554 this user doesn't have an account", after_data=True) is HARD
    assert severity("5.2.2", 552, "552 mailbox full", after_data=True) is SOFT


@pytest.mark.parametrize("status", [None, "", "2.0.0", "5.1", "5.x.1", "6.1.1", "5.1.1.1", "٥.١.١", "5. 1.1"])
def test_what_is_no_failure_code_says_nothing(status):
    assert severity(status, None, "") is ReturnKind.UNKNOWN
