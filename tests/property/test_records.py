"""What must hold for any JSON, any cut of it, and any page around it."""

import html
import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Health
from digest.sources import read
from digest.sources.web_pages.html_tree import parse
from digest.text import printable

SAVED = date(2026, 11, 22)
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(codec=None), max_size=20),
        st.sampled_from(
            ["2026-11-20", "https://x.example", "{'title': 'x'}", '{"title": "x"}', "\ud800", "9" * 400]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["title", "paper", "id", "name", "summary", "papers", "x"]), inner, max_size=4
        ),
    ),
    max_leaves=12,
)


def item(number):
    return {
        "paper": {
            "id": f"2611.{number:05}",
            "authors": [{"name": "Ada Lovelace", "hidden": False}],
            "title": f"Counting Terns, Part {number}",
            "summary": "We count terns by their shadows. Five people did before.",
            "upvotes": number,
            "githubRepo": "https://github.com/example/terns",
            "ai_keywords": ["terns"],
            "organization": {"name": "terns", "fullname": "Terns"},
            "publishedAt": "2026-11-18T00:00:00.000Z",
            "submittedOnDailyAt": "2026-11-20T00:00:00.000Z",
        },
        "numComments": 1,
        "title": f"Counting Terns, Part {number}",
    }


FIELDS = [*item(0)["paper"]]


def checked(data):
    listing = read(
        data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"), name="x", latest=SAVED
    )
    for record in listing.records:
        paper = record.paper
        texts = (
            paper.title,
            paper.abstract,
            *paper.authors,
            *paper.keywords,
            paper.organization,
            paper.summary,
        )
        assert all(text is None or text == printable(text) for text in texts)
        assert paper.title
        (record.raw_title + record.raw_abstract).encode()
        for address in (paper.url, paper.code_url, paper.project_url):
            assert address is None or address.startswith(("http://", "https://"))
        for number in (paper.stars, paper.upvotes, paper.comments, paper.author_count):
            assert number is None or 0 <= number <= 10**9
    assert listing.records or listing.problems
    return listing


@given(st.sampled_from(FIELDS), values)
def test_any_value_at_any_place_of_a_paper_costs_at_most_that_paper(field, value):
    items = [item(i) for i in range(3)]
    items[1]["paper"][field] = value
    listing = checked(json.dumps(items))

    kept = [r.paper.arxiv_id for r in listing.records]
    assert kept[0] == "2611.00000"
    assert kept[-1] == "2611.00002"


@given(values)
def test_any_value_as_an_item_leaves_the_others_as_they_are(value):
    listing = checked(json.dumps([item(0), value, item(2)]))

    assert listing.records[0].paper.arxiv_id == "2611.00000"
    assert listing.records[-1].paper.arxiv_id == "2611.00002"


@given(values, st.sampled_from(["%s", '{"papers": %s}', '{"paper": %s}', "[%s]", '{"data": {"x": %s}}']))
def test_any_json_is_read_or_refused(value, around):
    checked(around % json.dumps(value))


@given(st.lists(values, max_size=5).map(str), st.sampled_from(["%s", "[{%s", "{'papers': %s}"]))
def test_any_python_notation_is_read_or_refused(text, around):
    checked(around % text)


LISTS = (
    "%s",
    '{"date": "2026-11-20", "papers": %s}',
    '{"data": {"items": %s, "n": 1}}',
)


@given(st.sampled_from(LISTS), st.sampled_from([",", ", ", "\n,\n  "]), st.integers(min_value=0))
def test_a_list_cut_anywhere_gives_what_was_complete(around, between, place):
    items = [json.dumps(item(i)) for i in range(4)]
    text = around % f"[{between.join(items)}]"
    end = place % len(text)
    listing = checked(text[:end])

    assert len(listing.records) == sum(text.index(one) + len(one) <= end for one in items)
    assert listing.lost_records


@given(st.integers(min_value=0))
def test_json_lines_cut_anywhere_give_what_was_complete(place):
    lines = [json.dumps(item(i)) for i in range(4)]
    text = "\n".join(lines) + "\n"
    end = place % len(text)
    listing = checked(text[:end])

    whole = sum(len("\n".join(lines[: i + 1])) <= end for i in range(4))
    assert len(listing.records) == whole
    assert (listing.health is Health.OK) == (whole > 0 and text[:end].rstrip() == "\n".join(lines[:whole]))


@given(
    st.binary(max_size=200),
    st.sampled_from([b'[{"', b"[{'", b"<!doctype html><h3>", b'<html><div data-props="']),
)
def test_any_bytes_after_a_promising_start(data, start):
    checked(start + data)


PROPS = html.escape(json.dumps({"dailyPapers": [item(1)]}))
DATA = f'<div data-target="DailyPapers" data-props="{PROPS}">'
pieces = st.lists(
    st.sampled_from(
        [
            *(
                "<div>",
                "</div>",
                "<p>",
                "</p>",
                "<article>",
                "</article>",
                "<h3>",
                "</h3>",
                "</a>",
                "<br>",
                "<!--",
            ),
            *(
                '<a href="/papers/2611.00001">',
                '<a href="/papers/2611.00002#community">',
                "<script>",
                "</script>",
            ),
            *(
                "A Title",
                "12",
                "-",
                "3 authors",
                "Nov 20",
                "&amp;",
                "&#0;",
                "\0",
                "<",
                '"',
                "'",
                "]]>",
                "\u202e",
            ),
            DATA,
            *(
                '<meta name="citation_title" content="T">',
                '<dt><a href="/abs/2611.00003">',
                "<dd>",
                "<time datetime>",
            ),
            '<div class="list-title">',
        ]
    ),
    max_size=40,
).map("".join)


@settings(deadline=None)  # lxml is loaded in the first of them
@given(pieces)
def test_any_page_is_read_or_refused(body):
    checked("<!doctype html>" + body)


@settings(deadline=None)
@given(pieces)
def test_a_tree_holds_every_visible_text_once(body):
    tree = parse(body)
    walked = [one for one in tree.root.walk() if isinstance(one, str)]

    assert len(" ".join(tree.root.strings())) <= len(" ".join(walked))
    assert all(child.parent is not None for child in tree.root.all("p", "a", "div"))
