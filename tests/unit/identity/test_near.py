from datetime import date

import pytest

from digest.identity import Confirmation, blocks, differ, same, strangers, title_key
from tests.builders import paper

WORDS = (
    "We measure how bridges of rope sway under a marching band and find that the beat of the drum decides."
    " A model with three parameters explains the data of forty bridges, and it predicts the sway of the next."
    " All measurements, the drums and the code are open to everybody who wants to repeat the experiment."
)
OTHER_WORDS = (
    "This work looks at tea. Leaves of nineteen gardens were steeped for one to nine minutes, tasted blind,"
    " and ranked by twelve tasters, whose ranks agree for black tea only. Green tea divides them, white tea"
    " bores. We conclude that patience is a matter of colour, and give a table for the impatient."
)
TITLE = "Ropewalk: Predicting the Sway of Suspension Bridges under Marching Bands"
PEOPLE = ("Ada Lovelace", "Blaise Pascal", "Chen Jingrun")


def about(title=TITLE, abstract="", authors=(), published=None, **ids):
    return paper(title, abstract, authors=authors, published=published, **ids)


def test_the_same_abstract_confirms_a_title_that_was_changed():
    old = about("Predicting the Sway of Rope Bridges under Marching Bands", WORDS)

    found = same(old, about(abstract=WORDS))

    assert found.confirmed_by is Confirmation.ABSTRACT
    assert (found.title >= 75, found.confirmation) == (True, 100)


def test_an_abstract_that_was_cut_off_still_confirms():
    assert same(about(TITLE.replace("Ropewalk: ", ""), WORDS[:180] + "…"), about(abstract=WORDS))


def test_another_abstract_forbids_a_title_that_is_only_near():
    assert same(about(TITLE + "s", WORDS, PEOPLE), about(TITLE, OTHER_WORDS, PEOPLE)) is None


def test_the_same_abstract_does_not_make_one_paper_of_two_titles():
    assert same(about("Proceedings of the Drum Workshop", WORDS), about(abstract=WORDS)) is None


@pytest.mark.parametrize(
    "names",
    [
        ("Lovelace, Ada", "Pascal, B.", "Jingrun Chen"),
        ("A. Lovelace", "B. Pascal", "J. Chen"),
        ("Ada Lovelase", "Blaise Pascal"),
        ("Ada King Lovelace", "Blaise Pascal", "Chen Jingrun", "Émilie du Châtelet"),
    ],
)
def test_the_authors_confirm_a_title_with_a_typing_error(names):
    found = same(about(authors=PEOPLE), about(TITLE.replace("Marching", "Marchng"), authors=names))

    assert found.confirmed_by is Confirmation.AUTHORS


def test_people_of_the_same_family_name_are_not_the_same():
    others = ("Bela Lovelace", "Claude Pascal", "Dina Chen")

    assert same(about(authors=PEOPLE), about(TITLE.replace("Marching", "Marchng"), authors=others)) is None


def test_a_title_alone_may_have_one_letter_wrong_in_a_long_word():
    assert same(about(), about(TITLE.replace("Predicting", "Predictng"))).confirmed_by is Confirmation.TITLE
    assert same(about(), about(TITLE.replace("Sway", "Swan"))) is None
    assert same(about(), about(TITLE.replace("the ", ""))) is None
    assert same(about("Predicting Sway"), about("Predictng Sway")) is None


APART = (
    ("Ropewalk 2: The Sway of Suspension Bridges", "Ropewalk 3: The Sway of Suspension Bridges"),
    ("Ropewalk-V2 Technical Report", "Ropewalk Technical Report"),
    ("The Sway of Bridges, Part I: Measurements", "The Sway of Bridges, Part II: Measurements"),
    ("Ropewalk: The Sway of Suspension Bridges", "Ropewalk++: The Sway of Suspension Bridges"),
    ("Suspension Bridges Do Sway in the Wind", "Suspension Bridges Do Not Sway in the Wind"),
    ("The First Challenge on Bridges and Bands", "The Second Challenge on Bridges and Bands"),
    ("The Sway of Bridges with Bands at Noon", "The Sway of Bridges without Bands at Noon"),
    ("The Sway of Bridges and Marching Bands", "Reply to: The Sway of Bridges and Marching Bands"),
    ("Supervised Learning of the Sway of Bridges", "Unsupervised Learning of the Sway of Bridges"),
    ("The 2025 Challenge on Suspension Bridges", "The 2026 Challenge on Suspension Bridges"),
    ("Bridge-Flash-Thinking Technical Report", "Bridge-Flash Technical Report"),
    ("A Study of Sway in Image Sequences", "A Study of Sway in Video Sequences"),
    ("基于图像的桥梁摆动研究方法与系统", "基于视频的桥梁摆动研究方法与系统"),
)


@pytest.mark.parametrize("titles", APART, ids=lambda titles: titles[1])
def test_titles_that_tell_two_papers_apart_do_so_whoever_wrote_them(titles):
    day = date(2026, 7, 1)
    left, right = (about(title, authors=PEOPLE, published=day) for title in titles)

    assert same(left, right) is None
    assert title_key(left.title) != title_key(right.title)


def test_numerals_tell_apart_whatever_the_abstracts():
    assert same(about("Ropewalk 2 on Bridges", WORDS), about("Ropewalk 3 on Bridges", WORDS)) is None


def test_papers_of_one_day_and_the_same_people_may_differ_by_a_word():
    day, longer = date(2026, 7, 1), "A Ropewalk for Predicting the Sway of Suspension Bridges under Bands"
    shorter = "Predicting the Sway of Suspension Bridges under Bands"

    assert same(about(longer, "", PEOPLE, day), about(shorter, "", PEOPLE, day))
    assert same(about(longer, "", PEOPLE, day), about(shorter, "", PEOPLE, date(2026, 7, 2))) is None
    assert same(about(longer, "", PEOPLE, day), about(shorter, "", ("Ada Lovelace",), day)) is None


def test_a_later_edition_is_another_paper():
    first, second = date(2026, 1, 1), date(2027, 1, 1)

    assert same(about(authors=PEOPLE, published=first), about(authors=PEOPLE, published=second)) is None
    assert same(about(TITLE, WORDS, published=first), about(TITLE, WORDS, published=second))


def test_ids_of_one_kind_forbid_whatever_else_is_equal():
    one = about(TITLE, WORDS, PEOPLE, arxiv_id="2607.00001")

    assert same(one, about(TITLE, WORDS, PEOPLE, arxiv_id="2607.00002")) is None
    assert same(one, about(TITLE, WORDS, PEOPLE, doi="10.1000/x"))


def test_what_a_listing_adds_to_a_title_does_not_matter_where_authors_confirm():
    for label in (" (Extended Abstract)", " [Demo]", " - Book Review"):
        assert same(about(authors=PEOPLE), about(TITLE + label, authors=PEOPLE)), label


def test_columns_of_one_heading_are_many_papers():
    mine, next_one = (
        about("Editorial", authors=("Ada Lovelace",)),
        about("Editorial", authors=("Chen Jingrun",)),
    )

    assert same(mine, mine) is None
    assert same(about("Editorial", WORDS), about("Guest Editorial", WORDS)) is None
    assert differ(mine, next_one)
    assert differ(about("Editorial", WORDS), about("Editorial", OTHER_WORDS))
    assert not differ(about("Editorial"), about("Editorial"))
    assert not differ(about(TITLE, authors=("Ada Lovelace",)), about(TITLE, authors=("Chen Jingrun",)))


def test_a_record_that_fits_two_columns_of_one_heading_names_the_first():
    mine, next_one = (
        about("Editorial", authors=("Ada Lovelace",)),
        about("Editorial", authors=("Chen Jingrun",)),
    )

    assert strangers(about("Editorial"), {3: mine, 5: next_one, 8: mine}) == {5}
    assert strangers(next_one, {3: mine, 5: next_one}) == {3}


def test_near_titles_share_a_block():
    for other in (
        TITLE.replace("Marching", "Marchng"),
        TITLE.upper() + " (v2)",
        "Predicting the Sway of Suspension Bridges under Marching Bands",
        "Under Marching Bands: Ropewalk Predicts the Sway of Suspension Bridges",
    ):
        assert set(blocks(about())) & set(blocks(about(other))), other


@pytest.mark.parametrize(
    "title", ["", "???", "A", "Attention", "Large Language Models", "注意力", TITLE * 50]
)
def test_every_title_has_one_to_four_short_blocks(title):
    found = blocks(about(title))

    assert 1 <= len(found) <= 4
    assert all(0 < len(block) <= 11 for block in found)
