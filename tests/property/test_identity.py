"""Names and likenesses, whatever the texts are."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.identity import (
    arxiv_id,
    blocks,
    conflict,
    differ,
    doi,
    ids,
    keys,
    parse_key,
    resolve,
    same,
    title_key,
)
from tests.builders import paper

#: what titles are made of, with everything that means something to the rules among it
PIECES = st.sampled_from(
    (
        *(
            "bridge",
            "Sway",
            "sways",
            "of",
            "the",
            "without",
            "II",
            "2",
            "4o",
            "++",
            "#",
            "-",
            "–",
            ": ",
            " ",
            "  ",
        ),
        *(
            "(v2)",
            "[Version 3]",
            "\\",
            "{",
            "}",
            "$",
            "^",
            "_",
            "~",
            r"\alpha",
            "α",
            r"\textbf{",
            r"\"o",
            "ö",
            "ø",
        ),
        *(
            "&amp;",
            "&",
            "<i>",
            "</i>",
            "×",
            r"\times",
            "∞",
            "³",
            "ﬁ",
            "\u200b",
            "注意",
            "\ud800",
            "(tutorial)",
            "'",
        ),
    )
)
TITLES = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)
NAMES = st.sampled_from(
    ("Ada Lovelace", "Lovelace, A.", "B. Pascal", "Blaise Pascal", "?", "", "&#246;", "陈景润")
)
ABSTRACTS = st.sampled_from(
    ("", "Short.", "A long abstract of bridges. " * 12, "Another one, of tea and time. " * 12)
)
NUMBERS = st.none() | st.integers(1, 4)
#: a machine that is busy is no failure
SLOWLY = settings(deadline=None)


@st.composite
def papers(draw, titles=TITLES):
    arxiv, other = draw(NUMBERS), draw(NUMBERS)
    return paper(
        draw(titles),
        draw(ABSTRACTS),
        authors=tuple(draw(st.lists(NAMES, max_size=4))),
        arxiv_id=arxiv and f"2607.{arxiv:05}",
        doi=other and f"10.1000/{other}",
        published=draw(st.none() | st.dates()),
    )


@SLOWLY
@given(text=st.text() | TITLES)
def test_any_text_is_an_id_in_its_own_canonical_form_or_none(text):
    for read in (arxiv_id, doi):
        name = read(text)
        assert name is None or read(name) == name
    key = parse_key(text)
    assert key is None or parse_key(key) == key


@SLOWLY
@given(title=TITLES)
def test_case_and_space_make_no_other_key(title):
    key = title_key(title)

    assert title_key(f"  {title}\n") == key
    if "\\" not in title and "&" not in title:  # LaTeX and entities mean something by their case
        assert title_key(title.swapcase().swapcase()) == title_key(title)
        assert title_key(title.lower()) == title_key(title.lower().upper().lower())
    assert len(key) < 250


@SLOWLY
@given(
    words=st.lists(st.sampled_from(("Sway", "Größe", "naïve", "Łoś", "II", "C++")), min_size=1, max_size=9)
)
def test_accents_dashes_and_capitals_make_no_other_key(words):
    plain = " ".join(words).translate(str.maketrans("öïŁś", "oiLs")).replace("ß", "ss")

    assert title_key("-".join(words).upper()) == title_key(plain) == title_key(" – ".join(words) + " (v2)")


@SLOWLY
@given(left=papers(), right=papers())
def test_likeness_is_the_same_from_both_sides(left, right):
    assert same(left, right) == same(right, left)
    assert differ(left, right) == differ(right, left)
    if same(left, right):
        assert not differ(left, right)
        assert not conflict(ids(left), ids(right))
    assert 1 <= len(blocks(left)) <= 4


@SLOWLY
@given(title=TITLES, other=papers(titles=st.just("")))
def test_a_paper_with_a_title_of_several_words_is_like_itself(title, other):
    mine = paper(f"Ropewalk predicts swaying bridges {title}", other.abstract, authors=other.authors)

    assert same(mine, mine)


@SLOWLY
@given(records=st.lists(papers(titles=st.sampled_from(("Sway", "Sway of Bridges", "Bridges"))), max_size=9))
def test_no_chain_of_records_ties_two_arxiv_ids(records):
    """A shelf in memory that believes `resolve`, with every stored paper given as near."""
    holders, keys_of = defaultdict(set), {}
    for number, record in enumerate(records, start=1):
        mine = keys(record)
        found = resolve(mine, holders, keys_of, near=sorted(keys_of, reverse=True))
        target = found.target or number
        for name in {*mine, *(key for other in found.absorbed for key in keys_of.pop(other))}:
            keys_of.setdefault(target, set()).add(name)
        for name in keys_of[target]:
            holders[name] = {target} | (holders[name] & keys_of.keys())

    arxiv = [[k for k in names if k.startswith("arxiv:")] for names in keys_of.values()]
    assert all(len(names) <= 1 for names in arxiv)
    assert {k for names in arxiv for k in names} == {
        k for r in records for k in ids(r) if k.startswith("arxiv:")
    }


LONG = 100_000


@settings(deadline=None, max_examples=40)
@given(piece=PIECES | st.text(min_size=1, max_size=3), other=PIECES)
def test_texts_of_a_hundred_kilobytes_are_no_trouble(piece, other):
    title = (piece * LONG)[:LONG]
    long = paper(title, title, authors=(title,) * 100, url=title, doi=title, arxiv_id=title)
    longer = paper(title + other, title + other, authors=(other * 1000,) * 100)

    assert len(title_key(title)) < 250
    assert same(long, longer) == same(longer, long)
    assert keys(long)
    assert blocks(long)
