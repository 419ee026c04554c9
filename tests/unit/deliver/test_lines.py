import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.lines import dotted, line_flaw, with_lf

#: bytes in which what matters here comes often
near = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"a", b"\0", b"\xc3\xa9"]), max_size=12).map(
    b"".join
)
sound = st.lists(st.sampled_from([b"\r\n", b".", b"a", b"\xc3\xa9"]), max_size=12).map(b"".join)


@given(near)
def test_a_flaw_is_a_bare_cr_or_lf_or_a_nul(data):
    bare = re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    assert (line_flaw(data) is not None) == (bare is not None or b"\0" in data)


@pytest.mark.parametrize("data", [b"", b"no end of line", b"a\r\n", b"\r\n\r\n", b"\xff\xfe\r\n"])
def test_what_is_in_order_has_no_flaw(data):
    assert line_flaw(data) is None


def undotted(text):
    """What a server makes of it up to the first line of a single dot (RFC 5321 4.5.2), and what is left."""
    before, end, rest = (b"\r\n" + text).partition(b"\r\n.\r\n")
    assert end, "no final dot"
    return b"\r\n".join(line.removeprefix(b".") for line in before.split(b"\r\n")[1:]) + b"\r\n", rest


@given(sound, st.sampled_from([b"", b"MAIL FROM:<a@b.example>\r\n"]))
def test_a_server_reads_what_was_meant_and_what_follows(data, behind):
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    assert undotted(dotted(data, behind)) == (ended, behind)


def test_programs_get_lf():
    assert with_lf(b"a\r\n\r\nb\r\n") == b"a\n\nb\n"
