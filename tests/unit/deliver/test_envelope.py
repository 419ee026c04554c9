import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.envelope import envelope_address


@pytest.mark.parametrize(
    ("address", "spelled", "needs"),
    [
        ("vision@reader.example", "vision@reader.example", False),
        ("Vision+papers@Reader.Example", "Vision+papers@Reader.Example", False),
        ("vision@bücher.example", "vision@xn--bcher-kva.example", False),
        ("vision@例え.テスト", "vision@xn--r8jz45g.xn--zckzah", False),
        ("größe@reader.example", "größe@reader.example", True),
        ("größe@bücher.example", "größe@xn--bcher-kva.example", True),
        ("vision@[192.0.2.1]", "vision@[192.0.2.1]", False),
        ("vision@localhost", "vision@localhost", False),
        ('"odd@name"@reader.example', '"odd@name"@reader.example', False),
    ],
)
def test_an_address_is_spelled_for_the_envelope(address, spelled, needs):
    made = envelope_address(address)
    assert (made.text, made.needs_smtputf8) == (spelled, needs)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "name@domain"),
        ("vision", "name@domain"),
        ("@reader.example", "name@domain"),
        ("vision@", "name@domain"),
        ("a" * 320 + "@reader.example", "longer than"),
        ("two words@reader.example", "blanks"),
        ("a@b.example>", "blanks, angle brackets"),
        ("a\r\nb@reader.example", "control characters"),
        ("a\0b@reader.example", "control characters"),
        ("a\u2028b@reader.example", "control characters"),
        ("\ud800@reader.example", "control characters"),
        ("vision@reader..example\xad", "international"),
        ("vision@" + "ü" * 70 + ".example", "international"),
        ("vision@straße.example", "xn-- form"),
        ("vision@reader,example", "no domain name"),
        ("vision@＜reader.example", "no domain name"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(address, reason):
    with pytest.raises(ValueError, match=reason) as refusal:
        envelope_address(address)
    assert "vision" not in str(refusal.value)


@given(st.text(max_size=60) | st.text("ab@<> \r\n.é\0", max_size=30))
def test_no_text_can_leave_the_angle_brackets(text):
    try:
        made = envelope_address(text)
    except ValueError:
        return
    assert not set(made.text) & set("<> \r\n\0\t")
    assert made.text.rpartition("@")[2].isascii()
