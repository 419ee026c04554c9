"""What must hold for any bytes, and for any page that could be."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Health, Severity
from digest.repair import shown
from digest.sources import read

SAVED = date(2026, 11, 22)
SPACED = "\n\n".join(
    [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "byAK and the research community",
        "Mar 12",
        "",
    ]
)
GLUED = (
    "Get trending papers in your email inbox once a day!\nGet trending papers in your email inbox!\nSubscribe"
)

letters = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)
words = st.one_of(
    letters, st.sampled_from(["diffusion", "3D", "<script>", "{{7*7}}", "$x^2$", "e.g.", "C++", "a/b"])
)
titles = st.builds(
    "{} {} {}{}".format,
    st.sampled_from(["Learning", "iFormer: A Model of", "On", "What Is", "Beyond Words, Towards"]),
    words.filter(lambda word: not word.endswith(".")),
    st.sampled_from(["Without Labels", "in the Wild", "from One Image", "vs. Everything Else, a Study"]),
    st.sampled_from(["", "", "?", "!"]),
)
sentences = st.builds(
    "{} {} {}.".format,
    st.sampled_from(
        [
            "In this work we ask how far one can get with nothing but",
            "Extensive experiments on nine benchmarks show that, compared with",
            "Unlike earlier methods, which need many hours of labels, ours takes",
        ]
    ),
    words,
    st.sampled_from(["and a single camera", "at a tenth of the cost, in all but two cases", "(see Sec. 4)"]),
)
abstracts = st.lists(sentences, min_size=4, max_size=7).map(" ".join)
papers = st.lists(st.tuples(titles, abstracts), min_size=1, max_size=8)
fragments = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *SPACED.split("\n\n"),
                GLUED,
                "\n",
                "\r\n",
                "\r",
                "\n\n",
                "\u2028",
                "\x0b",
                "\0",
                "\u200b",
                "Mar 12Title",
            ]
        ),
        titles,
        abstracts,
        st.text(max_size=20),
    ),
    max_size=40,
).map("".join)


def texts(listing):
    return [(r.raw_title, r.raw_abstract) for r in listing.records]


@given(st.binary(max_size=2000))
def test_any_bytes_give_a_listing(data):
    listing = read(data, name="page", latest=SAVED)
    assert listing.records or listing.problems


@settings(max_examples=200)
@given(fragments)
def test_pieces_of_pages_in_any_order_give_sound_records(text):
    listing = read(text.encode(), name="page", latest=SAVED)
    assert listing.records or listing.problems
    assert 2 * len(listing.records) <= text.count("\n") + 1
    assert [r.position for r in listing.records] == list(range(1, len(listing.records) + 1))
    assert [r.line for r in listing.records] == sorted({r.line for r in listing.records})
    for record in listing.records:
        assert record.paper.title
        assert record.paper.title == shown(record.raw_title)
        assert record.paper.abstract == shown(record.raw_abstract)
    severities = {p.severity for p in listing.problems}
    assert (listing.health is Health.BROKEN) == (Severity.FATAL in severities)
    assert listing.health is not Health.BROKEN or not listing.records


@given(fragments, st.text(max_size=30), st.text(max_size=30))
def test_reading_does_not_depend_on_the_name(text, name, other):
    one, two = (read(text.encode(), name=n, latest=SAVED) for n in (name, other))
    assert replace(one, name="", problems=()) == replace(two, name="", problems=())
    assert [(p.what, p.severity) for p in one.problems] == [(p.what, p.severity) for p in two.problems]


@given(fragments.map(lambda text: text.replace("\r", "")))
def test_cr_lf_reads_as_lf(text):
    one, two = (read(t.encode(), name="page", latest=SAVED) for t in (text, text.replace("\n", "\r\n")))
    assert replace(one, fingerprint="") == replace(two, fingerprint="")


@given(papers)
def test_a_page_with_blank_lines_is_read_back_exactly(wanted):
    text = SPACED + "\n\n".join(part for paper in wanted for part in paper)
    listing = read(text.encode(), name="page", latest=SAVED)
    assert texts(listing) == wanted
    assert (listing.health, listing.day) == (Health.OK, date(2026, 3, 12))


@given(papers)
def test_a_glued_page_is_read_back_exactly(wanted):
    text = GLUED + "\n".join(part for paper in wanted for part in paper)
    listing = read(text.encode(), name="page", latest=SAVED)
    assert texts(listing) == wanted
    assert (listing.format, listing.health) == ("plain-glued", Health.OK)


@given(papers.filter(lambda wanted: len(wanted) > 2), st.data())
def test_a_missing_abstract_costs_one_paper(wanted, data):
    gone = data.draw(st.integers(0, len(wanted) - 2))
    parts = [part for i, paper in enumerate(wanted) for part in (paper[:1] if i == gone else paper)]
    listing = read((SPACED + "\n\n".join(parts)).encode(), name="page", latest=SAVED)
    assert texts(listing) == wanted[:gone] + wanted[gone + 1 :]
    assert [p.severity for p in listing.problems] == [Severity.LOST]
