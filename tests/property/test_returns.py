"""What comes back, spoilt at random: the reader answers without falling back on its wall."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model import Returned, ReturnKind, SubscriberStatus
from digest.returns import ReturnPolicy, judge, severity
from digest.returns.reading import read_hostile
from digest.text import printable
from tests.builders import NOON, subscriber
from tests.returned import CASES

PIECES = [
    b"\n",
    b"\r\n\r\n",
    b"--",
    b"Content-Type: multipart/mixed; boundary=x\n",
    b"Content-Type: message/rfc822\n\n",
    b"Content-Type: message/delivery-status\n\n",
    b"Content-Transfer-Encoding: base64\n",
    b"charset=iso-2022-jp",
    b"=?utf-8?q?=FF?=",
    b"=?iso-2022-jp?b?GyRC?=",
    b"\xff\xfe",
    b"\x00",
    b"<>",
    b"@",
    b"5.1.1",
    b"Final-Recipient: ;",
]


@st.composite
def spoilt(draw):
    """A mail of the gallery with pieces cut out, doubled, or put in."""
    data = draw(st.sampled_from(CASES)).data
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 200)))
        middle = draw(
            st.one_of(
                st.just(b""),
                st.sampled_from(PIECES),
                st.binary(max_size=20),
                st.just(data[start:end] * 2),
                st.sampled_from(CASES).map(lambda case: case.data[:400]),
            )
        )
        data = data[:start] + middle + data[end:]
    return data


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt(), st.none() | st.text(max_size=40))
def test_a_spoilt_mail_is_answered(data, envelope):
    found = read_hostile(data, envelope)

    assert isinstance(found, Returned)
    # a soft hyphen is shown or not, and does nothing
    assert printable(found.detail) == found.detail
    assert found.recipient is None or printable(found.recipient) == found.recipient


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_are_answered(data):
    assert isinstance(read_hostile(data, None), Returned)


@given(
    st.none() | st.from_regex(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True),
    st.none() | st.integers(400, 599),
    st.text(max_size=200),
    st.booleans(),
)
def test_policy_never_counts_against_a_reader(status, code, words, after_data):
    kind = severity(status, code, words, after_data=after_data)

    assert kind in {ReturnKind.HARD, ReturnKind.SOFT, ReturnKind.BLOCK, ReturnKind.UNKNOWN}
    if status and status[0] != "2" and status.split(".")[1] == "7":
        assert kind is ReturnKind.BLOCK
    if status and status[0] == "4":
        assert kind is not ReturnKind.HARD


@given(st.sampled_from(ReturnKind), st.sampled_from(SubscriberStatus))
def test_nothing_makes_anybody_active_and_a_complaint_stays(kind, status):
    from dataclasses import replace

    someone = replace(subscriber(), status=status)
    verdict = judge(kind, someone, [], now=NOON, policy=ReturnPolicy())

    assert verdict.status not in {SubscriberStatus.ACTIVE, SubscriberStatus.PENDING, status}
    if status is SubscriberStatus.COMPLAINED:
        assert verdict.status is None
    if kind in {
        ReturnKind.BLOCK,
        ReturnKind.DELAYED,
        ReturnKind.AUTO_REPLY,
        ReturnKind.NOTICE,
        ReturnKind.UNKNOWN,
    }:
        assert verdict.status is None
