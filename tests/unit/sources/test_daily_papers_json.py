"""The Daily Papers API and other JSON; odd cases with few papers stand in tests/data/sources/json-*."""

import json
from datetime import date

import pytest

from digest.model import Health, Severity
from digest.sources import read
from digest.sources.values import count, day, link, names, printed_count

SAVED = date(2026, 11, 22)


def paper(number=1, **fields):
    return {
        "id": f"2611.{number:05}",
        "title": f"Counting Terns, Part {number}",
        "summary": "We count terns by\ntheir shadows. One camera does the work of five people.",
        "upvotes": number,
        "publishedAt": "2026-11-18T00:00:00.000Z",
        "submittedOnDailyAt": "2026-11-20T00:00:00.000Z",
        **fields,
    }


def item(number=1, *, top=None, **fields):
    return {
        "paper": paper(number, **fields),
        "publishedAt": "2026-11-17T20:00:00.000Z",
        "title": f"Counting Terns, Part {number}",
        "numComments": 2,
        **(top or {}),
    }


def read_json(value, **options):
    text = value if isinstance(value, str) else json.dumps(value)
    return read(text.encode(), name="day.json", latest=SAVED, **options)


def only(value):
    (record,) = read_json(value).records
    return record.paper


def lost(listing):
    return [(p.where, p.what) for p in listing.problems if p.severity is Severity.LOST]


def test_a_day_is_the_day_of_submission_and_not_what_the_item_says_is_published():
    listing = read_json([item(1), item(2)])

    assert listing.day == date(2026, 11, 20)
    assert {r.paper.published for r in listing.records} == {date(2026, 11, 18)}
    assert {r.paper.listed for r in listing.records} == {date(2026, 11, 20)}


def test_a_list_without_days_of_submission_has_no_day():
    listing = read_json([item(1, submittedOnDailyAt=None), item(2, submittedOnDailyAt="soon")])

    assert listing.day is None
    assert [r.paper.listed for r in listing.records] == [None, None]


def test_each_paper_keeps_its_own_day_and_the_listing_has_that_of_most():
    days = ["2026-11-20", "2026-11-20", "2026-11-19"]
    listing = read_json([item(i, submittedOnDailyAt=d) for i, d in enumerate(days)])

    assert listing.day == date(2026, 11, 20)
    assert [str(r.paper.listed) for r in listing.records] == days


def test_a_week_in_which_no_day_has_more_than_half_has_no_day():
    assert read_json([item(i, submittedOnDailyAt=f"2026-11-{10 + i // 2}") for i in range(8)]).day is None


def test_a_day_in_the_future_is_none():
    listing = read_json([item(1, submittedOnDailyAt="2026-12-01T00:00:00.000Z")])

    assert (listing.day, listing.records[0].paper.listed) == (None, None)
    assert ["2026-12-01 is after 2026-11-22" in p.what for p in listing.problems] == [True]


def test_hidden_authors_are_left_out():
    authors = [
        {"name": "Ada Lovelace"},
        {"name": "Not Shown", "hidden": True},
        {"user": {"fullname": "M. S."}},
    ]

    assert only([item(authors=authors)]).authors == ("Ada Lovelace", "M. S.")


@pytest.mark.parametrize(
    "holder", ["papers", "data", "dailyPapers", "searchResults", "results", "items", "2026-11-20", "whatever"]
)
def test_a_list_may_be_wrapped_under_many_names(holder):
    assert [r.number for r in read_json({"count": 2, holder: [item(1), item(2)]}).records] == [1, 2]


def test_lists_may_be_wrapped_twice_and_the_wrapper_may_say_the_day():
    plain = [paper(i, submittedOnDailyAt=None) for i in (1, 2)]
    listing = read_json({"data": {"date": "2026-11-19", "papers": plain}})

    assert (listing.day, len(listing.records)) == (date(2026, 11, 19), 2)


def test_of_the_lists_of_a_search_page_the_results_count():
    wrapped = {"dailyPapers": [item(1)], "query": {"q": "terns"}, "searchResults": [item(2), item(3)]}

    assert [r.paper.upvotes for r in read_json(wrapped).records] == [2, 3]
    assert [r.paper.upvotes for r in read_json({**wrapped, "searchResults": []}).records] == [1]


def test_a_paper_with_lists_of_its_own_is_a_paper():
    assert only({"paper": paper(), "comments": [{"title": "no paper"}], "data": [{}]}).upvotes == 1
    assert only(paper(results=[{"title": "x", "summary": "y"}])).upvotes == 1


def test_documents_may_follow_each_other():
    one, two, three = (json.dumps(item(i)) for i in (1, 2, 3))

    assert len(read_json(f"[{one}]\n[{two}]\n{three}").records) == 3


def test_a_broken_line_of_json_lines_is_lost_alone():
    lines = [json.dumps(paper(i)) for i in range(1, 5)]
    lines[1] = lines[1][:70]
    listing = read_json("\n".join(lines))

    assert [r.number for r in listing.records] == [1, 3, 4]
    assert lost(listing) == [("day.json, record 2", "not JSON: unterminated string starting at")]


DEEP = "[" * 50_000 + "]" * 50_000


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (DEEP, "nested too deeply"),
        ('{"title": ' + DEEP + "}", "nested too deeply"),
        ('{"paper": {"title": "A"} "x"}', "not JSON"),
        ('{"title": "%s"}' % ("x" * 3_000_000), "longer than 2,097,152 characters"),
        ("\"{'title': broken\"", "not JSON"),
        ('{"paper": null}', "“title” is missing"),
        ("17", "no paper but a number"),
        ('"a text"', "no paper but a text"),
    ],
    ids=lambda value: value[:20],
)
def test_a_bad_record_costs_itself(bad, why):
    listing = read_json(f"[{json.dumps(item(1))}, {bad}, {json.dumps(item(3))}]")

    assert [r.number for r in listing.records] == [1, 3]
    ((where, what),) = lost(listing)
    assert (where, why in what) == ("day.json, record 2", True)
    assert listing.health is Health.PARTIAL


@pytest.mark.parametrize("size", [0, 3_000_000], ids=["short", "too long for one piece"])
@pytest.mark.parametrize(
    "wrapped", ["%s", '{"date": "2026-11-20", "papers": %s, "n": 3}', '{"data": {"papers": %s}}']
)
def test_a_cut_list_gives_what_is_complete(wrapped, size):
    records = [item(i, thumbnail="x" * (size // 3)) for i in (1, 2, 3)]
    text = wrapped % json.dumps(records)
    whole = read_json(text).records

    for end in (text.index("Part 3"), text.rindex(', {"paper"'), text.rindex(', {"paper"') + 2):
        listing = read_json(text[:end])

        assert [r.raw_title for r in listing.records] == [r.raw_title for r in whole[:2]]
        assert len(lost(listing)) == 1
        assert "the file ends" in lost(listing)[0][1]


def test_what_a_cut_wrapper_says_of_the_day_counts():
    text = json.dumps({"date": "2026-11-19", "papers": [paper(i, submittedOnDailyAt=None) for i in range(5)]})

    assert read_json(text[:-30]).day == date(2026, 11, 19)


@pytest.mark.parametrize("value", [-1, 1e99, True, "many", [3], {"n": 3}, 2.5, "1e3", 10**12])
def test_a_count_that_is_none_is_unknown(value):
    assert count(value) is None
    assert only([item(upvotes=value, githubStars=value)]).upvotes is None


@pytest.mark.parametrize(("value", "number"), [(0, 0), (12.0, 12), ("230", 230), ("1,234", 1234)])
def test_a_count_may_be_written_in_several_ways(value, number):
    assert count(value) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11.3k", 11_300),
        ("2M", 2_000_000),
        ("476", 476),
        ("1.5", None),
        ("", None),
        ("٣", None),
        ("9" * 11, None),
    ],
)
def test_counts_as_pages_print_them(text, number):
    assert printed_count(text) == number


@pytest.mark.parametrize(
    "value",
    ["2026-02-30", "0001-01-01", "9999-01-01", "20261120", 20261120, "2026-11-20x", None, "٢٠٢٦-١١-٢٠"],
)
def test_no_day_is_guessed(value):
    assert day(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "//x.example",
        "https://x.example/a b",
        "https://a@b.example",
        "ftp://x",
        "https://x\u202e",
        7,
    ],
)
def test_what_is_no_web_address_is_no_link(value):
    assert link(value) is None


@pytest.mark.parametrize(
    ("value", "split"),
    [
        (
            "Ada Lovelace, Mary Somerville, and Grace Hopper",
            ("Ada Lovelace", "Mary Somerville", "Grace Hopper"),
        ),
        ("Lovelace, Ada; Somerville, Mary", ("Lovelace, Ada", "Somerville, Mary")),
        ("Lovelace, Ada", ("Lovelace, Ada",)),
        ([None, "Ada\u202e Lovelace", {"name": 3}], ("Ada Lovelace",)),
        ({"name": "Ada"}, ()),
    ],
)
def test_authors_in_one_text_are_split_where_it_is_certain(value, split):
    assert names(value) == split


def test_what_could_act_is_taken_out_of_every_fact():
    acting = "Tern\u202e\x1b[31m Lab\ud800"
    shown = only(
        [item(organization={"fullname": acting}, ai_summary=acting, ai_keywords=[acting], authors=[acting])]
    )

    for text in (shown.organization, shown.summary, *shown.keywords, *shown.authors):
        assert text.isprintable()
        assert text.startswith("Tern")


def test_halves_of_characters_do_not_reach_the_raw_text():
    (record,) = read_json('[{"title": "A \\ud83d Tern", "abstract": "b\\udc00c"}]').records

    assert (record.raw_title, record.raw_abstract) == ("A \ufffd Tern", "b\ufffdc")


def test_records_of_unknown_build_need_title_and_abstract():
    listing = read_json([{"title": "A Tern", "abstract": "One."}, {"title": "B"}, {"abstract": "C"}])

    assert [r.number for r in listing.records] == [1]
    assert len(lost(listing)) == 2
    assert listing.format == "json"
    assert any("unknown build" in p.what for p in listing.problems)


def test_a_summary_of_signs_that_show_nothing_is_no_summary():
    (record,) = read_json('[{"title": "A Tern", "summary": "\\u001b"}]').records

    assert (record.raw_abstract, record.paper.abstract, record.paper.summary) == ("\x1b", "", None)


def test_our_own_documents_can_be_read():
    known = {
        "id": 7,
        "title": "A Tern",
        "abstract": "One.",
        "authors": ["Ada Lovelace"],
        "author_count": None,
        "arxiv_id": "2611.00007",
        "code_url": "https://github.com/example/tern",
        "stars": 5,
        "keywords": ["birds"],
        "published": "2026-11-18",
        "listed": "2026-11-19",
        "keys": ["arxiv:2611.00007"],
        "raw_title": "A\n Tern",
        "raw_abstract": "One.",
    }
    shown = only([known])

    assert (shown.title, shown.arxiv_id, shown.stars, shown.keywords) == (
        "A Tern",
        "2611.00007",
        5,
        ("birds",),
    )
    assert (shown.published, shown.listed) == (date(2026, 11, 18), date(2026, 11, 19))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"rows": [{"name": "x", "value": 3}]}, ["“name”, “value”", "looked for “title”"]),
        ({"error": "Too many requests"}, ["says “Too many requests”"]),
        ([["{}"]], ["looked for"]),
        ({}, ["looked for"]),
        ([{"a\x1b[31m": 1}], ["“a [31m”"]),
    ],
)
def test_other_json_is_refused_and_says_what_it_is(value, words):
    listing = read_json(value)

    assert (listing.format, listing.health, listing.records) == ("unknown", Health.BROKEN, ())
    assert listing.problems[0].severity is Severity.FATAL
    for word in words:
        assert word in listing.problems[0].what


def test_a_json_feed_is_left_to_those_who_read_feeds():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"title": "x", "summary": "y"}],
    }

    assert not read_json(feed).format.endswith("json")


def test_when_every_abstract_is_gone_the_source_has_changed():
    listing = read_json([item(i, summary=None, abstract_text="x") for i in range(5)])

    assert len(listing.records) == 5
    assert [what for _, what in lost(listing)] == ["5 of 5 papers without an abstract"]


def test_more_records_than_wanted_are_said():
    listing = read_json([item(i) for i in range(7)], max_records=5)

    assert len(listing.records) == 5
    assert lost(listing) == [("day.json, record 6", "the list goes on: only its first 5 papers were read")]


def test_a_list_of_bad_records_is_given_up_at_some_time():
    listing = read_json("[" + "{}," * 50_000 + json.dumps(item(1)) + "]")

    assert listing.records == ()
    assert listing.health is Health.BROKEN
