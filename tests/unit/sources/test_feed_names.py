import pytest

from digest.sources.feeds.people import split

NAMES = {
    "Ada Lovelace": ("Ada Lovelace",),
    "Ada Lovelace, Charles Babbage": ("Ada Lovelace", "Charles Babbage"),
    "Ada Lovelace, Charles Babbage, and Mary Somerville": (
        "Ada Lovelace",
        "Charles Babbage",
        "Mary Somerville",
    ),
    "Ada Lovelace and Charles Babbage": ("Ada Lovelace", "Charles Babbage"),
    "Lovelace, A., Babbage, C. H.": ("A. Lovelace", "C. H. Babbage"),
    "Lovelace, A., Babbage, C.-H., van der Waals, J. D.": (
        "A. Lovelace",
        "C.-H. Babbage",
        "J. D. van der Waals",
    ),
    "Lovelace, Ada": ("Ada Lovelace",),
    "Lovelace, Ada; Babbage, Charles": ("Lovelace, Ada", "Babbage, Charles"),
    "ada@example.org (Ada Lovelace)": ("Ada Lovelace",),
    "Aristotle": ("Aristotle",),
    "Aristotle and Plato": ("Aristotle", "Plato"),
    "  ,  ": (),
    "": (),
}


@pytest.mark.parametrize(("text", "names"), NAMES.items())
def test_names_in_one_string_are_told_apart(text, names):
    assert split(text) == names
