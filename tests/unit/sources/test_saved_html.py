"""Saved web pages; odd cases with few papers stand in tests/data/sources/html-*."""

import html
import json
from datetime import date

import pytest

from digest.model import Health, Severity
from digest.sources import read

SAVED = date(2026, 11, 22)
ABSTRACT = "We count terns by their shadows. One camera on a pole does the work of five people."


def read_html(body, *, codec="utf-8", latest=SAVED):
    data = (
        body if isinstance(body, bytes) else f"<!doctype html><html><body>{body}</body></html>".encode(codec)
    )
    return read(data, name="page.html", latest=latest)


def card(paper="2611.00001", title="Counting Terns", rest=""):
    return f'<article><h3><a href="/papers/{paper}">{title}</a></h3><p>{ABSTRACT}</p>{rest}</article>'


def holder(value, target="DailyPapers"):
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<div data-target="{target}" data-props="{html.escape(text)}"></div>'


def only(body):
    (record,) = read_html(body).records
    return record.paper


def titles(listing):
    return [record.raw_title for record in listing.records]


PAPER = {"id": "2611.00001", "title": "Counting\n  Terns", "summary": ABSTRACT, "upvotes": 3}


@pytest.mark.parametrize(
    "body",
    [
        holder({"dailyPapers": [{"paper": PAPER}]}),
        holder({"papers": [{"paper": PAPER}]}, target="TrendingPapers"),
        holder({"paper": PAPER, "comments": []}, target="PaperContent"),
        f'<script type="application/json">{json.dumps({"dailyPapers": [{"paper": PAPER}]})}</script>',
    ],
    ids=["day", "other holder", "one paper", "script"],
)
def test_data_that_a_page_carries_is_read(body):
    listing = read_html(holder({"isWide": False}, target="MainHeader") + body)

    assert (listing.format, titles(listing)) == ("html-data", ["Counting Terns"])
    assert listing.records[0].paper.upvotes == 3


@pytest.mark.parametrize(
    "data", ['{"dailyPapers": [{"pap', '{"dailyPapers": []}', "{}", "[" * 99_999, "no JSON"]
)
def test_where_the_data_have_no_papers_the_visible_ones_count(data):
    assert titles(read_html(holder(data) + card())) == ["Counting Terns"]


def test_a_paper_that_is_shown_twice_is_one():
    assert titles(read_html(card() * 2 + card("2611.00002", "More Terns"))) == [
        "Counting Terns",
        "More Terns",
    ]


def test_what_stands_in_one_card_is_not_taken_for_another_papers():
    votes = '<a href="/login?next=%2Fpapers%2F1">{}</a>'
    bare = '<div><h3><a href="/papers/2611.00002">More Terns</a></h3></div>'
    first, second = read_html(card(rest=votes.format(7)) + bare).records

    assert (first.paper.upvotes, second.paper.upvotes) == (7, None)
    assert (first.raw_abstract, second.raw_abstract) == (ABSTRACT, "")


def test_only_a_paper_on_the_page_does_not_get_the_facts_of_the_page():
    body = f'<nav><a href="/someone">Someone</a><p>{"Words of the page. " * 20}</p></nav>'

    shown = only(f'<main>{body}<div><h3><a href="/papers/2611.00001">Terns</a></h3></div></main>')

    assert (shown.organization, shown.abstract) == (None, "")


@pytest.mark.parametrize(
    ("rest", "field", "value"),
    [
        ('<a href="/login?next=%2Fpapers%2F2611.00001"><div>-</div></a>', "upvotes", 0),
        ('<label><div class="font-semibold leading-none">1.2k</div></label>', "upvotes", 1200),
        ('<div class="leading-none">many</div>', "upvotes", None),
        ('<a href="/papers/2611.00001#community"> 6</a>', "comments", 6),
        ("<ul><li>· 671 authors</li></ul>", "author_count", 671),
        ("<li>1 author</li>", "author_count", 1),
        ('<a href="/umass"><img alt="x">University of Terns</a>', "organization", "University of Terns"),
        ('<a href="https://huggingface.co/umass">U</a>', "organization", "U"),
        ('<div>Submitted by <a href="/ak">AK</a></div>', "organization", None),
        ('<a href="/papers">Papers</a>', "organization", None),
        ('<a href="https://github.com/a/b">GitHub 50.8k</a>', "stars", 50_800),
        ('<a href="https://github.com/a/b">GitHub</a>', "code_url", "https://github.com/a/b"),
        ('<a href="https://github.com/sponsors">GitHub 3</a>', "stars", None),
        ("<span>May 29</span>", "published", date(2026, 5, 29)),
        ("<span>· Feb 27, 2025</span>", "published", date(2025, 2, 27)),
        ("<span>Published on Oct 16, 2025</span>", "published", date(2025, 10, 16)),
        ('<time datetime="2025-10-16T00:00:00Z">long ago</time>', "published", date(2025, 10, 16)),
        ("<span>May 29 was a fine day</span>", "published", None),
    ],
)
def test_what_a_card_says(rest, field, value):
    assert getattr(only(card(rest=rest)), field) == value


def test_the_page_has_the_day_of_its_address():
    head = '<link rel="canonical" href="https://huggingface.co/papers/date/2026-11-19">'

    assert read_html(head + card()).day == date(2026, 11, 19)


def test_or_the_date_above_its_papers():
    listing = read_html("<h1>Daily Papers</h1><button>Nov 20</button>" + card(rest="<i>May 1</i>"))

    assert (listing.day_label, listing.day) == ("Nov 20", date(2026, 11, 20))
    assert read_html(card(rest="<i>May 1</i>")).day is None


def test_a_sentence_of_the_trending_page_is_no_abstract():
    shown = only("<h1>Trending Papers</h1>" + card())

    assert (shown.summary, shown.abstract) == (ABSTRACT, "")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Terns<script>alert(1)</script> Apart", "Terns Apart"),
        ("Te<b>rn</b>s<br>Apart", "Terns Apart"),
        ("&lt;b&gt;Terns&lt;/b&gt; &amp;amp; More", "<b>Terns</b> &amp; More"),
        ("&#0;&#xD800;Terns &unknown; &hearts;", "\ufffd\ufffdTerns &unknown; ♥"),
        ("<svg><title>icon</title></svg>Terns<style>x{}</style>", "Terns"),
    ],
)
def test_a_title_is_text_alone(title, shown):
    assert titles(read_html(card(title=title))) == [shown]


@pytest.mark.parametrize(
    "href",
    [
        "/papers/trending",
        "/papers/date/2026-11-20",
        "javascript:/papers/2611.00001",
        "https://elsewhere.example/papers/2611.00001",
        "https://huggingface.co.elsewhere.example/papers/2611.00001",
        "/papers/2611.00001x",
    ],
)
def test_other_links_are_no_papers(href):
    listing = read_html(f'<h3><a href="{href}">Counting Terns</a></h3><p>{ABSTRACT}</p>')

    assert (listing.records, listing.health) == ((), Health.BROKEN)


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("cp1252", '<meta charset="ISO-8859-1">'),
        ("cp1252", ""),
        ("cp1252", '<meta charset="rot13">'),
        ("cp1251", '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1251">'),
        ("gb18030", "<meta charset='gb2312'>"),
        ("shift_jis", '<meta charset="Shift_JIS">'),
        ("utf-8", '<meta charset="iso-8859-1">'),
        ("utf-16", '<meta charset="utf-8">'),
    ],
)
def test_encodings(codec, declared):
    title = {"cp1251": "Крачки", "gb18030": "燕鸥", "shift_jis": "アジサシ"}.get(codec, "Möwen – “Terns”")

    assert titles(read_html(declared + card(title=title), codec=codec)) == [title]


def test_a_broken_byte_costs_one_character():
    data = f'<html><meta charset="utf-8">{card(title="Ter?ns – All")}</html>'.encode().replace(b"?", b"\xff")

    assert titles(read_html(data)) == ["Ter\ufffdns – All"]


HOSTILE = {
    "open tags": "<div>" * 100_000,
    "many tags": "<p>" * 300_000,
    "many attributes": "<div " + " ".join(f"a{i}" for i in range(200_000)) + ">",
    "a huge attribute": '<div data-props="' + "&quot;" * 2_000_000 + '">',
    "an unclosed quote": '<div title="' + "<p>" * 100_000,
    "declared entities": '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>&b;',
    "an outer file": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>',
    "brackets": "<" * 1_000_000,
}


@pytest.mark.parametrize("junk", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_costs_at_most_what_follows(junk):
    listing = read_html(card() + junk + card("2611.00002", "More Terns"))

    assert titles(listing)[:1] == ["Counting Terns"]
    assert "root:" not in repr(listing)
    assert len(listing.records) == 2 or listing.health in {Health.PARTIAL, Health.OK}


def test_what_was_not_read_is_said():
    listing = read_html(card() + "<div>" * 1_000 + card("2611.00002", "More Terns"))

    assert [(p.severity, "in each other" in p.what) for p in listing.problems] == [(Severity.LOST, True)]


def test_a_tangle_of_elements_is_left_in_time():
    listing = read_html(
        '<dt><a href="/abs/2611.00001">x</a></dt><dd><div class="list-title">t' * 120 + "<p>x</p>" * 60_000
    )

    assert any("tangled" in p.what for p in listing.problems)


def test_a_page_without_papers_is_refused_by_its_name():
    listing = read_html("<title>Weather</title><p>Rain.</p>")

    assert (listing.format, listing.health) == ("unknown", Health.BROKEN)
    assert "“Weather”" in listing.problems[0].what


def test_xml_is_left_to_those_who_read_feeds():
    rss = '<?xml version="1.0"?><rss><channel><item><title>x</title></item></channel></rss>'

    assert not read(rss.encode(), name="feed", latest=SAVED).format.startswith("html")
