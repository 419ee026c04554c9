"""What makes two records the same, and what is made of one that is known."""

from datetime import date

import pytest

from digest.model import Health, Paper
from digest.sources import read
from digest.sources.recording import fingerprint
from digest.sources.shape import Entry

DAY = date(2026, 11, 20)
PAGE = b"""Daily Papers

by AK and the research community

Slow Rivers, Fast Boats

Braided channels move faster than their maps. We route small boats by the colour of the water alone.

Counting Terns from Their Shadows

Terns overlap in the air but their shadows rarely do. We count shadows on sand in place of birds.
"""


def entry(title="Slow Rivers", abstract="Braided channels.", label=None, replacement=False, **facts):
    return Entry(
        raw_title=title,
        raw_abstract=abstract,
        facts=Paper(title="", **facts),
        published_label=label,
        is_replacement=replacement,
    )


@pytest.mark.parametrize(
    "other",
    [
        entry(title="Slow River"),
        entry(abstract="Braided channel."),
        entry(upvotes=4),
        entry(listed=date(2026, 11, 19)),
        entry(label="May 29"),
        entry(replacement=True),
    ],
)
def test_whatever_differs_makes_another_record(other):
    assert fingerprint(entry(), DAY, DAY) != fingerprint(other, DAY, DAY)
    assert fingerprint(other, DAY, DAY) == fingerprint(other, DAY, DAY)


def test_the_place_in_the_file_makes_no_difference_and_the_day_of_the_listing_does():
    moved = Entry(raw_title="Slow Rivers", raw_abstract="Braided channels.", facts=Paper(title=""), line=99)
    assert fingerprint(entry(), DAY, DAY) == fingerprint(moved, DAY, DAY)
    assert fingerprint(entry(), DAY, DAY) != fingerprint(entry(), date(2026, 11, 19), DAY)


def test_records_that_are_known_become_repeats_in_their_places():
    whole = read(PAGE, name="page", latest=DAY, known=lambda _marks, _day: ())
    first, second = whole.records

    again = read(PAGE, name="page", latest=DAY, known=lambda _marks, _day: {first.fingerprint})

    assert again.records == (second,)
    assert [(r.position, r.fingerprint) for r in again.repeats] == [(1, first.fingerprint)]
    assert (again.count, again.health) == (2, Health.OK)


def test_a_page_of_nothing_but_repeats_is_no_quiet_one():
    again = read(PAGE, name="page", latest=DAY, known=lambda marks, _day: set(marks))
    assert (again.records, again.count, again.health) == ((), 2, Health.OK)
