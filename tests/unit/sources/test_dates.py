from datetime import date

import pytest

from digest.sources.dates import resolve


@pytest.mark.parametrize(
    ("label", "latest", "day"),
    [
        ("Mar 12", date(2026, 11, 22), date(2026, 3, 12)),
        ("Mar 12", date(2026, 3, 12), date(2026, 3, 12)),
        ("Mar 12", date(2026, 3, 11), date(2025, 3, 12)),
        ("Dec 31", date(2026, 1, 1), date(2025, 12, 31)),
        ("Sept. 3", date(2026, 11, 22), date(2026, 9, 3)),
        ("3 September", date(2026, 11, 22), date(2026, 9, 3)),
        ("Feb 29", date(2026, 11, 22), date(2024, 2, 29)),
        ("Feb 29", date(2024, 2, 29), date(2024, 2, 29)),
        ("Feb 29", date(1904, 2, 28), date(1896, 2, 29)),
        ("March 3, 2024", date(2026, 11, 22), date(2024, 3, 3)),
        ("3 Mar 2024", date(2026, 11, 22), date(2024, 3, 3)),
        ("2024-03-03", date(2026, 11, 22), date(2024, 3, 3)),
        ("Mar 12, 2027", date(2026, 11, 22), None),
        ("2026-11-23", date(2026, 11, 22), None),
        ("Feb 30", date(2026, 11, 22), None),
        ("Mar 0", date(2026, 11, 22), None),
        ("0000-01-01", date(2026, 11, 22), None),
        ("Mar 12", date(1, 1, 1), None),
        ("Someday", date(2026, 11, 22), None),
    ],
)
def test_a_label_means_the_newest_such_day_that_is_not_later(label, latest, day):
    assert resolve(label, latest) == day
