import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.replies import (
    Phase,
    broken,
    expected,
    judge,
    out_of_step,
    session_full,
    spoken,
    status_of,
    unreachable,
)
from digest.model import OutcomeKind
from digest.text import printable

ACCEPTED, TRANSIENT = OutcomeKind.ACCEPTED, OutcomeKind.TRANSIENT
PERMANENT, UNKNOWN = OutcomeKind.PERMANENT, OutcomeKind.UNKNOWN
BEFORE = [Phase.MAIL, Phase.RCPT, Phase.DATA]


@pytest.mark.parametrize(
    ("phase", "code", "goes_on"),
    [
        (Phase.MAIL, 250, True),
        (Phase.RCPT, 251, True),
        (Phase.DATA, 354, True),
        (Phase.DATA, 250, False),
        (Phase.MAIL, 354, False),
        (Phase.END, 250, True),
        (Phase.END, 354, False),
        (Phase.RCPT, -1, False),
    ],
)
def test_each_phase_has_its_own_good_answer(phase, code, goes_on):
    assert expected(phase, code) is goes_on


@pytest.mark.parametrize("phase", [*BEFORE, Phase.END])
@pytest.mark.parametrize(
    ("code", "kind", "lost"),
    [
        (450, TRANSIENT, False),
        (421, TRANSIENT, True),
        (550, PERMANENT, False),
        (530, TRANSIENT, True),
        (535, TRANSIENT, True),
    ],
)
def test_a_refusal_means_the_same_in_every_phase(phase, code, kind, lost):
    outcome = judge(phase, code, b"x")
    assert (outcome.kind, outcome.connection_lost, outcome.code) == (kind, lost, code)


@pytest.mark.parametrize("code", [-1, 0, 99, 100, 354, 600, 999])
def test_nonsense_is_a_deferral_before_the_message_and_doubt_after_it(code):
    assert judge(Phase.RCPT, code, b"x").kind is TRANSIENT
    assert judge(Phase.END, code, b"x").kind is UNKNOWN


@given(st.sampled_from(Phase), st.integers(-1000, 1000), st.binary(max_size=2000))
def test_any_answer_is_an_outcome_fit_to_print(phase, code, text):
    outcome = judge(phase, code, text)
    assert outcome.detail == printable(outcome.detail)
    assert len(outcome.detail) < 600
    assert (outcome.kind is ACCEPTED) == (phase is Phase.END and 200 <= code < 300)
    assert outcome.kind is not UNKNOWN or phase is Phase.END


@pytest.mark.parametrize("phase", [Phase.CONNECT, *BEFORE])
def test_a_break_before_the_message_is_a_deferral(phase):
    assert broken(phase, "gone").kind is TRANSIENT
    assert not broken(phase, "gone", way_out_down=False).connection_lost


def test_a_break_after_it_began_is_doubt_and_stops_the_others():
    outcome = broken(Phase.END, "gone", way_out_down=False)
    assert (outcome.kind, outcome.connection_lost) == (UNKNOWN, True)


def test_words_stay_on_one_line_and_bounded():
    assert spoken(b"first\nsecond\x1b[2J\xff") == "first second [2J\N{REPLACEMENT CHARACTER}"
    assert len(spoken(b"word " * 100_000)) <= 500


# ── what else an answer says ──


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        (550, b"5.1.1 no such user", "5.1.1"),
        (550, b"5.1.1", "5.1.1"),
        (550, b"5.7.515 Access denied", "5.7.515"),
        (550, b"#5.1.0 Address rejected", "5.1.0"),
        (550, b"5.7.26 This mail\n5.7.26 is not authenticated", "5.7.26"),
        (250, b"2.0.0 Ok: queued as Q1", "2.0.0"),
        (450, b"5.1.1 of another class", None),
        (550, b"no such user", None),
        (550, b"15.1.1 x", None),
        (550, b"5.1.1.1 x", None),
        (550, b"5.1234.1 x", None),
        (550, "５.1.1 x".encode(), None),
        (550, b"", None),
    ],
)
def test_an_enhanced_code_is_the_first_word(code, text, status):
    assert status_of(code, text) == status


#: answers as the large providers write them (A08), and what they ask for
ASK_FOR_LESS = [
    (421, b""),
    (421, b"4.3.0 closing, see you later"),
    (421, b"4.7.0 Our system has detected an unusual rate of unsolicited mail"),
    (421, b"4.7.28 Our system has detected an unusual rate of mail from your IP address"),
    (421, b"4.7.32 Your email has been rate limited because the From header is not aligned"),
    (421, b"4.7.29 rate limited because it was not sent over TLS"),
    (451, b"4.7.26 This mail has been rate limited because it is unauthenticated"),
    (451, b"4.7.500 Server busy. Please try again later"),
    (451, b"4.7.650 The mail server has been temporarily rate limited due to IP reputation"),
    (432, b"4.3.2 Concurrent connections limit exceeded"),
    (452, b"4.5.3 Too many recipients"),
    (450, b"4.7.1 Error: too much mail from 192.0.2.1"),
    (450, b"Too many connections, slow down"),
    (451, b"Message temporarily deferred due to unexpected volume"),
    (550, b"5.7.28 Our system has detected an unusual rate of unsolicited mail"),
]
ASK_FOR_NOTHING = [
    (450, b"4.2.1 The user you are trying to contact is receiving mail too quickly"),
    (452, b"4.2.2 The email account that you tried to reach is over quota"),
    (450, b"4.2.0 Recipient address rejected: Greylisted"),
    (451, b"4.7.1 Greylisting in action, please come back later"),
    (451, b"4.3.0 local problem"),
    (550, b"5.7.26 This mail is unauthenticated"),
    (550, b"5.7.25 The IP address sending this message does not have a PTR record"),
    (550, b"5.7.515 Access denied, sending domain does not meet the required authentication level"),
    (550, b"5.1.1 too many messages are not the matter here"),
    (250, b"2.0.0 Ok, rate limit not reached"),
]


@pytest.mark.parametrize(("code", "text"), ASK_FOR_LESS)
def test_who_asks_for_fewer_messages_is_understood(code, text):
    assert judge(Phase.END, code, text).throttled


@pytest.mark.parametrize(("code", "text"), ASK_FOR_NOTHING)
def test_who_asks_for_nothing_of_the_kind_is_not(code, text):
    assert not judge(Phase.END, code, text).throttled


def test_a_rate_does_not_change_what_becomes_of_the_message():
    assert judge(Phase.END, 550, b"5.7.28 an unusual rate").kind is PERMANENT
    assert judge(Phase.RCPT, 451, b"4.7.0 later").kind is TRANSIENT


@pytest.mark.parametrize(
    ("phase", "code", "at_recipient"),
    [
        (Phase.RCPT, 550, True),
        (Phase.RCPT, 450, True),
        (Phase.RCPT, 421, False),
        (Phase.RCPT, 530, False),
        (Phase.MAIL, 550, False),
        (Phase.DATA, 554, False),
        (Phase.END, 550, False),
        (Phase.END, 250, False),
    ],
)
def test_only_an_answer_to_rcpt_speaks_of_the_recipient(phase, code, at_recipient):
    assert judge(phase, code, b"x").at_recipient is at_recipient


def test_no_connection_is_a_deferral_whatever_was_said():
    outcome = unreachable("mail.example:25 is not ready", 554, b"5.7.1 go away")
    assert (outcome.kind, outcome.connection_lost, outcome.code, outcome.status) == (
        TRANSIENT,
        True,
        554,
        "5.7.1",
    )
    assert unreachable("x", 421, b"4.7.0 not now").throttled
    assert not unreachable("x").throttled


@pytest.mark.parametrize(
    ("text", "full"),
    [
        (b"4.7.0 too many messages in this connection", True),
        (b"Too many messages in this session", True),
        (b"limit of 100 messages per connection reached", True),
        (b"Maximum number of recipients reached in this session", True),
        (b"4.7.1 too much mail", False),
        (b"4.3.0 try again later", False),
    ],
)
def test_a_full_connection_is_told_from_a_full_server(text, full):
    assert session_full(judge(Phase.MAIL, 452, text)) is full


@pytest.mark.parametrize(
    ("code", "text", "early"),
    [
        (503, b"5.5.1 nested MAIL command", True),
        (554, b"SMTP synchronization error", True),
        (550, b"5.5.0 improper use of SMTP command pipelining", True),
        (554, b"5.7.1 spam", False),
    ],
)
def test_a_server_that_wants_its_commands_one_by_one_is_understood(code, text, early):
    assert out_of_step(judge(Phase.MAIL, code, text)) is early
