"""What must hold for every rendering of the page with marks, whole, cut, damaged, or grown without end."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Health, Severity
from digest.sources import read

CASES = Path(__file__).parents[1] / "data" / "sources"
SAVED = date(2026, 11, 22)
NAMES = [
    "bare-urls",
    "link-references",
    "link-references-with-list",
    "markdown-attributes-and-divisions",
    "markdown-date-page",
    "markdown-hard-wrapped",
    "markdown-other-papers-in-prose",
    "markdown-page",
    "markdown-scrape",
    "markdown-two-pages",
    "markdown-underlined-headings",
    "page-with-counts",
    "text-browser-date-page",
    "text-browser-numbered",
    "trending-summaries",
]


def data_of(name):
    (path,) = (CASES / name).glob("input.*")
    return path.read_bytes()


def titles_of(name):
    expected = json.loads((CASES / name / "expected.json").read_text(encoding="utf-8"))
    return [record["title"] for record in expected["records"]]


PAGES = {name: data_of(name) for name in NAMES}
TITLES = {name: titles_of(name) for name in NAMES}
KNOWN = {title for titles in TITLES.values() for title in titles}
FURNITURE = [
    *("Models", "Daily Papers", "Trending Papers", "Submitted by", "Subscribe", "Mar 12", "Oct 2", "Weekly"),
    *("3 authors", "44 authors", "101", "-", "·", "OCC", "Office of Colour", "System theme", "GitHub 11.3k"),
    *("Get trending papers in your email inbox!", "by AK and the research community", "ada", "Upvote"),
]
ABSTRACT_STARTS = ("Braided channels", "Landmarks are", "Terns overlap", "We extend", "Boats find")


def texts(listing):
    return [(r.raw_title, r.raw_abstract) for r in listing.records]


def assert_sound(listing):
    assert listing.records or listing.problems
    assert (listing.health is Health.BROKEN) == any(p.severity is Severity.FATAL for p in listing.problems)
    for record in listing.records:
        assert record.raw_title not in FURNITURE
        assert not record.raw_title.startswith((*ABSTRACT_STARTS, "http", "Submitted by", "Get trending"))
        assert len(record.raw_title) < 200
        assert record.paper.arxiv_id is None or record.paper.arxiv_id in record.paper.url


@pytest.mark.parametrize("name", NAMES)
def test_a_page_cut_after_any_line_keeps_what_was_complete(name):
    whole = read(PAGES[name], name="page", latest=SAVED)
    lines = PAGES[name].split(b"\n")
    for cut in range(1, len(lines)):
        listing = read(b"\n".join(lines[:cut]), name="page", latest=SAVED)
        assert_sound(listing)
        assert {r.raw_title for r in listing.records} <= set(TITLES[name])
        complete = [r for r, later in zip(whole.records, whole.records[1:], strict=False) if later.line < cut]
        if len(complete) > 0:
            assert texts(listing)[: len(complete)] == [(r.raw_title, r.raw_abstract) for r in complete]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_cut_in_any_line_is_sound(name):
    data = PAGES[name]
    for cut in range(0, len(data), 7):
        listing = read(data[:cut], name="page", latest=SAVED)
        assert_sound(listing)
        for record in listing.records[:-1]:
            assert record.raw_title in TITLES[name]
        for record in listing.records[-1:]:
            assert any(title.startswith(record.raw_title[:8]) for title in TITLES[name])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_damaged_page_gives_no_paper_out_of_its_frame(name, data):
    damaged = bytearray(PAGES[name])
    places = st.integers(0, len(damaged) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=4)):
        damaged[place] = data.draw(st.sampled_from(b"x \n[]()#\\*-_0!<>`~:{}\xb7\xff"))
    listing = read(bytes(damaged), name="page", latest=SAVED)
    assert_sound(listing)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_page_with_a_line_gone_or_doubled_loses_one_paper_at_most(name, data):
    lines = PAGES[name].split(b"\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    changed = (
        lines[:place] + data.draw(st.sampled_from([[], lines[place : place + 1] * 2])) + lines[place + 1 :]
    )
    listing = read(b"\n".join(changed), name="page", latest=SAVED)
    assert_sound(listing)
    assert not listing.records or len(set(TITLES[name]) - {r.raw_title for r in listing.records}) <= 1


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [piece for page in PAGES.values() for piece in page.decode().split("\n\n")]
            + ["[", "]", "](", "][1]", "![", "\n", "\n\n", "### ", "- ", "\\", "```\n", "---\n", "·", "\x00"]
        ),
        st.text(max_size=20),
    ),
    max_size=40,
).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(pieces)
def test_pieces_of_renderings_in_any_order_give_a_listing(text):
    listing = read(text.encode(), name="page", latest=SAVED)
    assert listing.records or listing.problems
    if listing.format.startswith("plain-"):
        return  # without any marks a line before an abstract is a title, whatever it says
    for record in listing.records:
        assert record.raw_title not in FURNITURE


@pytest.mark.parametrize("name", NAMES)
def test_cr_lf_reads_as_lf(name):
    lf, cr_lf = (
        read(d, name="page", latest=SAVED) for d in (PAGES[name], PAGES[name].replace(b"\n", b"\r\n"))
    )
    assert (lf.records, lf.problems, lf.day) == (cr_lf.records, cr_lf.problems, cr_lf.day)


HEADER = "Get trending papers in your email inbox!\n\n# Daily Papers\n\n"
LINK = "https://huggingface.co/papers/2607.01001"
FILLERS = [
    "[",
    "](",
    "![a](",
    "[a](b)",
    "[0, 1) ",
    "[\n\n",
    "\\\n",
    "\n",
    "a\n",
    "- a\n",
    "---\n",
    "```\n",
    "<div>\n",
]
FILLERS += [
    *("- ", "**", "> ", "> \n"),
    "·",
    "[1]: x:y\n",
    "[a][1]",
    "101\n\n",
    "Submitted by\n",
    "https://a.b\n\n",
    "[[a](b)",
    '[a](b "c',
    "[IMG]",
    "<!--",
]


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("head", ["", HEADER, HEADER.replace("# ", "")], ids=["none", "marked", "plain"])
def test_much_of_the_same_mark_gives_no_paper(head, filler):
    # anything quadratic would take hours here
    listing = read((head + filler * (400_000 // len(filler))).encode(), name="page", latest=SAVED)
    assert listing.records == ()
    assert 0 < len(listing.problems) <= 101


def test_a_page_that_goes_on_without_papers_is_left():
    page = f"{HEADER}### [Slow Rivers]({LINK})\n\n- 3 authors\n\n" + "on and on\n\n" * 30_000
    listing = read((page + "### [Late](https://a.b)\n\n- 2 authors\n").encode(), name="page", latest=SAVED)

    assert [r.raw_title for r in listing.records] == ["Slow Rivers"]
    assert ["goes on" in p.what for p in listing.problems] == [True]
    assert listing.health is Health.PARTIAL


def test_a_page_that_repeats_its_papers_is_left():
    page = HEADER + f"### [Slow Rivers]({LINK})\n\n- 3 authors\n\n" * 100
    listing = read(page.encode(), name="page", latest=SAVED, max_records=10)

    assert len(listing.records) == 1
    assert ["again and again" in p.what for p in listing.problems] == [True]
