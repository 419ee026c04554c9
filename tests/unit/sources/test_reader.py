from datetime import date

import pytest

from digest.model import Health, Problem, Severity
from digest.sources import READER_VERSION, read, unreadable

SAVED = date(2026, 11, 22)
HEADER = "\n\n".join(
    [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "byAK and the research community",
        "Mar 12",
        "",
    ]
)
ABSTRACT = "We count terns by their shadows. One camera on a pole does the work of five people."


def page(count, title="Counting Terns, Part {}", abstract=ABSTRACT):
    return (HEADER + "\n\n".join(f"{title.format(i)}\n\n{abstract}" for i in range(count))).encode()


def test_more_records_than_wanted_are_cut_and_said():
    listing = read(page(7), name="page", latest=SAVED, max_records=5)

    assert [r.position for r in listing.records] == [1, 2, 3, 4, 5]
    assert [(p.severity, p.where) for p in listing.problems] == [(Severity.LOST, "page:31")]
    assert "first 5" in listing.problems[0].what


def test_a_page_that_never_ends_is_read_up_to_a_bound():
    listing = read(page(5000), name="page", latest=SAVED, max_records=10)

    assert len(listing.records) == 10
    assert any("goes on" in p.what for p in listing.problems)


def test_very_many_problems_are_summed_up():
    full = " ".join([ABSTRACT] * 20)
    parts = [f"Title Number {i}\n\n{full}" for i in range(300)]
    parts[1::2] = [f"A Title That Was Lost\n\n{part}" for part in parts[1::2]]
    listing = read((HEADER + "\n\n".join(parts)).encode(), name="page", latest=SAVED)

    assert len(listing.records) == 300
    assert len(listing.problems) == 101
    assert listing.problems[-1].what == "50 more such"
    assert listing.health is Health.PARTIAL


@pytest.mark.parametrize("size", [200_000, 3_000_000])
def test_a_title_of_absurd_length_is_lost_alone(size):
    text = page(2) + b"\n\n" + b"x" * size + b"\n\n" + ABSTRACT.encode() + b"\n\n" + page(1)[len(HEADER) :]
    listing = read(text, name="page", latest=SAVED)

    assert len(listing.records) == 3
    assert [p.severity for p in listing.problems] == [Severity.LOST]


def test_a_title_of_marks_that_show_nothing_is_no_title():
    marks = "\u202e\u202d" * 40  # long enough not to pass for a blank line
    listing = read(page(1) + f"\n\n{marks}\n\n{ABSTRACT}".encode(), name="page", latest=SAVED)

    assert len(listing.records) == 1
    assert [p.what for p in listing.problems] == ["a title without letters"]


def test_a_hostile_file_name_cannot_speak_through_a_problem():
    listing = read(b"", name="a\x1b[31m\udcff.txt", latest=SAVED)

    assert listing.name == listing.problems[0].where == "a [31m\ufffd.txt"


def test_an_id_in_prose_is_not_the_papers_own():
    prose = ABSTRACT + " We extend arXiv:2501.01234 and https://huggingface.co/papers/2502.00001."
    (record,) = read(page(1, abstract=prose), name="page", latest=SAVED).records

    assert (record.paper.arxiv_id, record.paper.doi, record.paper.url) == (None, None, None)
    assert record.paper.code_url is None


def test_the_same_bytes_have_the_same_fingerprint():
    one, two = (read(page(2), name=name, latest=SAVED) for name in ("a", "b"))

    assert one.fingerprint == two.fingerprint
    assert one.reader_version == READER_VERSION == 2
    assert read(page(3), name="a", latest=SAVED).fingerprint != one.fingerprint


def test_what_could_not_be_had_is_a_broken_listing():
    problem = Problem(where="inbox/a.txt", what="it is a pipe", severity=Severity.FATAL)
    listing = unreadable(problem, name="a.txt")

    assert (listing.name, listing.format, listing.health) == ("a.txt", "unknown", Health.BROKEN)
    assert listing.problems == (problem,)
    assert listing.records == ()
    assert listing.lost_records


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_a_byte_order_mark_says_how_to_decode(codec):
    text = page(2).decode()
    marked = ("\ufeff" + text).encode(codec) if codec == "utf-16-be" else text.encode(codec)

    assert len(read(marked, name="page", latest=SAVED).records) == 2


@pytest.mark.parametrize("data", [b"PK\x03\x04\xff\xfe\x80", b"\x00" * 500, "plain".encode("utf-16-le") * 9])
def test_bytes_that_are_no_text_are_named(data):
    listing = read(data, name="page", latest=SAVED)

    assert listing.health is Health.BROKEN
    assert listing.problems[0].what.startswith("not text")


@pytest.mark.parametrize(
    "filler",
    [
        "\n",
        " ",
        "a ",
        "a\n",
        "a\n\n",
        "#",
        "Subscribe",
        "by ",
        "Mar 1",
        "\u200b\n",
        "a. ",
        "github.com/a/",
        HEADER,
    ],
)
@pytest.mark.parametrize("head", ["", HEADER], ids=["no header", "header"])
def test_megabytes_of_nonsense_are_read_in_one_pass(head, filler):
    # anything quadratic would take hours here
    data = (head + filler * (2_000_000 // len(filler))).encode()
    listing = read(data, name="page", latest=SAVED)

    assert listing.records == ()
    assert 0 < len(listing.problems) <= 101
