from itertools import pairwise

import pytest
from lxml import html as lxml_html

from digest.errors import RenderError
from digest.model import Counts, SectionKind
from digest.render import RenderSettings, mail
from digest.render.fit import cut_down, largest, parts_of
from tests.builders import issue, known, match

LONG = "We propose a very long sentence about diffusion models that says little. " * 12


def full(*, picks=12, trending=3, also_new=40, cut=14, title="T" * 90, abstract=LONG):
    papers = [known(n, f"{n} {title}", abstract) for n in range(picks + trending + also_new)]
    matches = [match(p, score=90.0 - n) for n, p in enumerate(papers)]
    shown = len(papers)
    return issue(
        picks=matches[:picks],
        trending=matches[picks : picks + trending],
        also_new=matches[picks + trending :],
        counts=Counts(listed=shown + 210 + cut + 3, sent_before=3, shown=shown, below=210, cut=cut),
    )


def adds_up(counts):
    return counts.listed == counts.sent_before + counts.shown + counts.below + counts.cut


def sizes(value):
    return tuple(
        len(value.matches(k)) for k in (SectionKind.FOR_YOU, SectionKind.TRENDING, SectionKind.ALSO_NEW)
    )


@pytest.fixture
def press(templates, settings, ways_out):
    def press(value, limit):
        limited = RenderSettings(
            search_url=settings.search_url, site_url=settings.site_url, max_html_bytes=limit
        )
        return mail(templates, value, limited, ways_out)

    return press


def test_also_new_shrinks_before_anything_else(press):
    value = full()
    whole = len(press(value, 1_000_000)[1].html.encode())
    shown, parts = press(value, whole - 3_000)
    assert sizes(shown)[:2] == (12, 3)
    assert 0 < sizes(shown)[2] < 40
    gone = 40 - sizes(shown)[2]
    assert shown.counts.below == value.counts.below + gone
    assert shown.counts.shown == value.counts.shown - gone
    assert shown.counts.cut == value.counts.cut
    assert f"… and {shown.counts.below} more" in parts.text


def test_also_new_keeps_as_many_titles_as_fit(press):
    value = full()
    whole = len(press(value, 1_000_000)[1].html.encode())
    shown, parts = press(value, whole - 3_000)
    assert len(parts.html.encode()) <= whole - 3_000
    kept = parts_of(value).with_(also_new=sizes(shown)[2] + 1)
    one_more = press(cut_down(value, kept), 1_000_000)[1]
    assert len(one_more.html.encode()) > whole - 3_000


def test_then_abstracts_shorten_then_trending_goes_then_the_weakest_picks(press):
    value = full()
    seen = []
    for limit in range(60_000, 8_000, -1_000):
        shown, parts = press(value, limit)
        assert len(parts.html.encode()) <= limit
        assert adds_up(shown.counts)
        length = len(lxml_html.document_fromstring(parts.html).xpath("string(//h3/following-sibling::p)"))
        seen.append((*sizes(shown), length))
    for before, after in pairwise(seen):
        assert all(a <= b for a, b in zip(after[:3], before[:3], strict=True))
    assert all(s[2] == 0 for s in seen if s[3] < seen[0][3])
    assert all(s[3] == 0 for s in seen if s[1] < 3)
    assert all(s[1] == 0 for s in seen if s[0] < 12)
    assert 0 < seen[-1][0] < 12


def test_picks_left_out_are_the_weakest_and_count_as_cut_and_the_mail_says_so(press):
    value = full(trending=0, also_new=0)
    shown, parts = press(value, 16_000)
    kept = shown.matches(SectionKind.FOR_YOU)
    gone = 12 - len(kept)
    assert gone > 0
    assert kept == value.matches(SectionKind.FOR_YOU)[: len(kept)]
    assert shown.counts.cut == 14 + gone
    assert f"14 cut by your limit of 12, {gone} left out to keep this mail whole" in " ".join(
        parts.text.split()
    )


def test_titles_of_ten_thousand_characters_stay_short(press):
    value = full(title="猫" * 10_000, abstract="犬" * 10_000)
    shown, parts = press(value, 95_000)
    assert len(parts.html.encode()) <= 95_000
    assert sizes(shown)[0] == 12
    assert adds_up(shown.counts)


def test_five_hundred_picks_are_cut_to_what_fits(press):
    shown, parts = press(full(picks=500, also_new=500), 95_000)
    assert 40 < sizes(shown)[0] < 500
    assert 85_000 < len(parts.html.encode()) <= 95_000


def test_a_limit_below_the_empty_template_is_an_error_that_says_so(press):
    with pytest.raises(RenderError, match=r"body\.mjml\.j2:1: .* more than 2000"):
        press(full(), 2_000)


def test_a_paper_in_two_sections_is_counted_where_it_still_stands():
    twice = match(known(1))
    value = issue(
        picks=[twice],
        also_new=[twice, match(known(2))],
        counts=Counts(listed=2, sent_before=0, shown=2, below=0, cut=0),
    )
    left = cut_down(value, parts_of(value).with_(also_new=0))
    assert left.counts == Counts(listed=2, sent_before=0, shown=1, below=1, cut=0)


def test_halving_finds_the_largest_that_fits():
    whole = parts_of(full(also_new=40))
    for room in range(41):
        assert largest(whole, "also_new", lambda cut, room=room: cut.also_new <= room).also_new == room
