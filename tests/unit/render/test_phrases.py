from datetime import date

import pytest

from digest.model import Counts, Evidence, Field, Health, Interest, Quiet, SourceNote
from digest.render import phrases
from digest.render.reasons import telling
from tests.builders import known, paper


def reason(text="diffusion models", field=Field.TITLE, words=("diffusion models",), points=10.0):
    return Evidence(interest=Interest(text=text), field=field, words=words, points=points)


def test_days_are_named_in_english_whatever_the_locale():
    assert phrases.long_day(date(2026, 11, 20)) == "Friday 20 November"
    assert phrases.short_day(date(2026, 2, 1)) == "Sun 1 Feb"


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({}, ""),
        ({"authors": ("A",)}, "A"),
        ({"authors": ("A", "B", "C")}, "A, B and C"),
        ({"authors": ("A", "B", "C", "D", "E", "F", "G")}, "A, B and 5 more"),
        ({"authors": ("A", "B"), "author_count": 7}, "A, B and 5 more"),
        ({"author_count": 7}, "7 authors"),
        ({"author_count": 1}, "1 author"),
        ({"organization": "Lab"}, "Lab"),
        ({"authors": ("A",), "organization": "Lab"}, "A · Lab"),
    ],
)
def test_the_byline_names_two_and_counts_the_rest(facts, line):
    assert phrases.byline(paper(**facts)) == line


def test_an_author_somebody_follows_is_named_however_far_back():
    names = ("Ann", "Bob", "Cy", "Di", "Eve")
    start = ", ".join(names).index("Di")
    assert phrases.byline(paper(authors=names), [(start, start + 2)]) == "Ann, Di and 3 more"


def test_why_names_the_interest_and_the_places():
    reasons = (reason(), reason(field=Field.ABSTRACT, points=3.0))
    assert phrases.why(reasons) == "diffusion models — in the title and abstract"


def test_why_names_matched_words_only_where_the_interest_does_not_say_them():
    assert phrases.why((reason("LLM", words=("large language models",)),)) == (
        "LLM — “large language models” in the title"
    )
    assert phrases.why((reason("video generation", words=("videos", "generating")),)) == (
        "video generation — in the title"
    )


def test_interests_found_in_the_same_places_share_one_reason():
    reasons = [reason("diffusion models"), reason("video", field=Field.ABSTRACT, words=("videos",))]
    reasons.append(reason("one-step", words=("one-step",), points=5.0))
    assert phrases.why(reasons) == "diffusion models and one-step — in the title; video — in the abstract"


def test_why_puts_the_strongest_interest_first_and_leaves_mutes_out():
    reasons = (
        reason("weak", points=1.0, words=("weak",)),
        reason("strong", points=9.0, words=("strong",)),
        reason("muted", points=-3.0),
    )
    assert phrases.why(telling(reasons)) == "strong and weak — in the title"
    assert phrases.why(()) == ""


def test_trending_says_upvotes_or_listings_or_nothing():
    assert phrases.trending_reason(known(upvotes=1_200)) == "1,200 upvotes"
    assert phrases.trending_reason(known(upvotes=1)) == "1 upvote"
    assert phrases.trending_reason(known(listings=3)) == "in 3 listings"
    assert phrases.trending_reason(known()) == ""


def test_quiet_days_are_named():
    days = (date(2026, 11, 17), date(2026, 11, 18))
    assert (
        phrases.quiet_line(Quiet(days=days, listed=61)) == "Quiet Tue, Wed: 61 listed, none above your line"
    )


def test_a_long_silence_is_counted():
    days = tuple(date(2026, 11, n) for n in range(1, 20))
    assert ", 12 more days: " in phrases.quiet_line(Quiet(days=days, listed=1_061))


def test_the_counts_line_adds_up():
    counts = Counts(listed=245, sent_before=3, shown=18, below=210, cut=14)
    assert phrases.counts_line(counts, 12) == (
        "245 listed: 3 sent to you before, 18 shown, 210 below your line, 14 cut by your limit of 12"
    )
    assert phrases.counts_line(counts, 12, shortened=4).endswith(
        "10 cut by your limit of 12, 4 left out to keep this mail whole"
    )


def test_what_is_zero_is_not_said():
    counts = Counts(listed=2, sent_before=0, shown=2, below=0, cut=0)
    assert phrases.counts_line(counts, 12) == "2 listed: 2 shown"
    assert phrases.counts_line(Counts(listed=0, sent_before=0, shown=0, below=0, cut=0), 12) == "0 listed"


def test_notes_on_sources_are_bounded():
    notes = [SourceNote(source=f"s{n}", health=Health.STALE, what="x" * 900) for n in range(40)]
    lines = phrases.note_lines(notes)
    assert len(lines) == 6
    assert lines[-1] == "… and 35 more notes on sources"
    assert max(map(len, lines)) < 300
