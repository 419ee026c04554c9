import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.days import check_day, names_day, on_day
from digest.errors import UsageError

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://x.example/{day}", "https://x.example/2026-11-02"),
        ("https://x.example/{day:%Y/%m/%d}.json", "https://x.example/2026/11/02.json"),
        (
            "https://x.example/?date={day}&w={day:%G-W%V-%u}",
            "https://x.example/?date=2026-11-02&w=2026-W45-1",
        ),
        ("https://x.example/{day:%y%j}", "https://x.example/26306"),
        ("https://x.example/plain", "https://x.example/plain"),
    ],
)
def test_a_day_is_filled_in_as_it_is_written(written, asked):
    assert check_day(written) == written
    assert on_day(written, DAY) == asked
    assert names_day(written) == (written != asked)


@pytest.mark.parametrize(
    "written",
    [
        "https://x.example/{date}",
        "https://x.example/{day",
        "https://x.example/day}",
        "https://x.example/{day:}",
        "https://x.example/{day:%H}",
        "https://x.example/{day:%Y%}",
        "https://x.example/{day:%Y\r\nHost: y}",
        "https://x.example/{day:%Y?#@}",
        "https://x.example/{day!r}",
        "https://x.example/{day.__class__}",
        "https://x.example/{day:" + "%Y" * 99 + "}",
        "https://{day}.example/",
        "https://x.example{day}/",
        "https://x.example:{day:%d}/",
    ],
)
def test_what_is_no_day_is_refused(written):
    with pytest.raises(UsageError):
        check_day(written)


@given(form=st.text(alphabet="%YmdjyGVuHSs0-/_.a:\r\n ", max_size=12), day=st.dates())
def test_a_day_brings_digits_and_what_was_written_and_nothing_else(form, day):
    try:
        written = check_day(f"https://x.example/{{day:{form}}}")
    except UsageError:
        return
    assert re.fullmatch(r"https://x\.example/[A-Za-z0-9/_.,-]+", on_day(written, day))
