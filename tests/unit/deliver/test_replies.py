import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.replies import Phase, broken, expected, judge, spoken
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
