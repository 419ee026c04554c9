import pytest

from digest.model import Field, Interest, Reader
from digest.rank import SEND_LINE, Background, explain
from tests.builders import NOON, known


def found(text, field, **facts):
    interest = Interest(text=text, field=field)
    return explain(known(**facts), Reader(interests=(interest,)), Background.empty(), NOON)


@pytest.mark.parametrize(
    ("asked", "author"),
    [
        ("Lovelace", "Ada Lovelace"),
        ("ada lovelace", "Ada Lovelace"),
        ("Lovelace, Ada", "Ada Lovelace"),
        ("Ada Lovelace", "Lovelace, Ada"),
        ("A. Lovelace", "Ada Lovelace"),
        ("Ada Lovelace", "A. Lovelace"),
        ("Ada Lovelace", "Ada K. Lovelace"),
        ("Ada King Lovelace", "A. K. Lovelace"),
        ("A.K. Lovelace", "Ada King Lovelace"),
        ("Ada Lovelace", "Ada Lovelace Jr."),
        ("Erdos", "Paul Erdős"),
        ("Erdős", "Paul ERDOS"),
        ("van der Berg", "Jan van der Berg"),
        ("Berg", "Jan van der Berg"),
        ("Wei Zhang", "Zhang Wei"),
        ("Lopez-Paz", "David Lopez-Paz"),
        ("Jean-Luc Moreau", "J.-L. Moreau"),
        ("O'Hara", "Maureen O'Hara"),
        ("Plato", "Plato"),
    ],
)
def test_an_author_is_found_by_last_name_full_name_and_initials(asked, author):
    match = found(asked, Field.AUTHOR, authors=("Someone Else", author, "Third Person"))
    assert match.score >= SEND_LINE
    (evidence,) = match.evidence
    assert evidence.field is Field.AUTHOR
    assert evidence.words == (author,)
    start, end = evidence.spans[0]
    assert ", ".join(("Someone Else", author, "Third Person"))[start:end] == author


@pytest.mark.parametrize(
    ("asked", "author"),
    [
        ("Ada", "Ada Lovelace"),
        ("Love", "Ada Lovelace"),
        ("Ann Lovelace", "Ada Lovelace"),
        ("B. Lovelace", "Ada Lovelace"),
        ("Ada Lovelace", "Ada Lovelaces"),
        ("Ada B. Lovelace", "Ada C. Lovelace"),
        ("John Paul", "Peter John Paul"),
        ("Ada Lovelace", ""),
        ("Ada Lovelace", " . "),
        ("", "Ada Lovelace"),
        ("., .", "Ada Lovelace"),
    ],
)
def test_another_author_is_not(asked, author):
    assert found(asked, Field.AUTHOR, authors=(author,)).score == 0


def test_the_name_as_it_was_asked_for_is_surest():
    full = found("Ada Lovelace", Field.AUTHOR, authors=("Ada Lovelace",)).score
    assert full > found("Lovelace", Field.AUTHOR, authors=("Ada Lovelace",)).score
    assert full > found("A. Lovelace", Field.AUTHOR, authors=("Ada Lovelace",)).score


def test_an_organization_is_found_by_whole_words_of_its_name():
    match = found("engine works", Field.ORGANIZATION, organization="The Analytical Engine Works, London")
    assert match.score >= SEND_LINE
    assert match.evidence[0].words == ("Engine Works",)
    assert match.evidence[0].spans == ((15, 27),)
    assert found("Meta", Field.ORGANIZATION, organization="Metaverse Labs").score == 0
    assert found("Meta", Field.ORGANIZATION, organization=None).score == 0
    assert found("", Field.ORGANIZATION, organization="Anything").score == 0


def test_a_bound_interest_does_not_read_the_text():
    assert found("diffusion", Field.AUTHOR, authors=("Ada Lovelace",)).score == 0
