import re
import unicodedata
from itertools import pairwise
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text import clip, fold, join_space, printable, sentences, words

#: characters that act instead of show, by what they do
ACTING = {
    "a terminal escape": "\x1b",
    "an escape of eight bits": "\x9b",
    "a null": "\x00",
    "a bell": "\x07",
    "a deletion": "\x7f",
    "a line of its own": "\x85",
    "a line separator": "\u2028",
    "a paragraph separator": "\u2029",
    "direction turned": "\u202e",
    "direction isolated": "\u2066",
    "a direction mark": "\u200f",
    "no width at all": "\u200b",
    "a byte order mark": "\ufeff",
    "half a character": "\udc80",
    "no character": "\ufffe",
    "no character either": "\uffff",
}


# ── fold ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Schrödinger", "SCHRODINGER"),
        ("naïve café", "Naive Cafe"),
        ("Straße", "STRASSE"),
        ("ﬁne", "FINE"),
        ("ℝ²", "R2"),
        ("Tiếng Việt", "tieng viet"),
        ("e\u0301", "é"),
    ],
)
def test_case_accents_and_forms_of_one_letter_fold_together(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("θ", "t"), ("漢", "字"), ("и", "n")])
def test_different_letters_stay_different(one, other):
    assert fold(one) != fold(other)


@settings(deadline=None)
@given(st.text())
def test_folding_a_folded_text_changes_nothing_of_its_letters(text):
    once = fold(text)

    assert fold(once) == once
    assert not any(unicodedata.combining(c) for c in once)


# ── words ─────────────────────────────────────────────────────────────────────────────────────


def spoken(text):
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("text-to-speech, fast!", ["text", "to", "speech", "fast"]),
        ("C++ and C# beat EvTexture++", ["C++", "and", "C#", "beat", "EvTexture++"]),
        ("A+ but a+b", ["A+", "but", "a", "b"]),
        ("snake_case", ["snake", "case"]),
        ("größer 漢字 x²", ["größer", "漢字", "x²"]),
        ("GPT-4o", ["GPT", "4o"]),
        ("--- ++ # …", []),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_digits_with_their_plus_or_hash(text, found):
    assert spoken(text) == found


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab +#-_.é漢\n")))
def test_every_word_stands_where_it_says_in_order_and_apart(text):
    found = words(text)

    assert all(text[w.start : w.end] == w.text for w in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert sum(c.isalnum() for w in found for c in w.text) == sum(c.isalnum() for c in text)


# ── one line, safely ──────────────────────────────────────────────────────────────────────────


def test_every_run_of_white_space_becomes_one_blank():
    assert join_space("  a\t b\r\n\n c\u00a0\u2003d ") == "a b c d"


@pytest.mark.parametrize("character", ACTING.values(), ids=ACTING.keys())
def test_a_character_that_acts_is_gone_and_its_neighbours_stay(character):
    shown = printable(f"before{character}after")

    assert character not in shown
    assert re.fullmatch(r"before.?after", shown)


def test_an_escape_sequence_becomes_plain_text():
    assert printable("\x1b[31mred\x1b[0m") == "[31mred [0m"


@pytest.mark.parametrize(
    "text", ["Größe & <b>", "漢字", "\N{ROCKET} e\u0301", "العربية", "{{ 7*7 }}", "👩‍🔬"]
)
def test_what_only_shows_stays_as_it_is(text):
    assert printable(text) == text


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None)))
def test_a_printable_text_is_one_line_that_every_encoding_takes(text):
    shown = printable(text)

    assert shown == printable(shown) == join_space(shown)
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in shown)
    assert ET.fromstring(f"<t>{escape(shown)}</t>").text == (shown or None)


# ── sentences ─────────────────────────────────────────────────────────────────────────────────


def told(text):
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We do. It works.", ["We do.", "It works."]),
        ("Does it? Yes! Indeed.", ["Does it?", "Yes!", "Indeed."]),
        ("It gains 3.5 points. Then 4 more.", ["It gains 3.5 points.", "Then 4 more."]),
        ("Methods, e.g. Diffusion, work. Good.", ["Methods, e.g. Diffusion, work.", "Good."]),
        ("As Smith et al. Show in Fig. 2, it works.", ["As Smith et al. Show in Fig. 2, it works."]),
        ("By J. Doe. We agree.", ["By J. Doe.", "We agree."]),
        ('He said "so." Then left.', ['He said "so."', "Then left."]),
        ("(It works.) We stop.", ["(It works.)", "We stop."]),
        ("no capital. after the stop", ["no capital. after the stop"]),
        ("No stop at all", ["No stop at all"]),
        ("One.\n\nTwo.", ["One.", "Two."]),
        ("", []),
    ],
)
def test_a_sentence_ends_where_the_next_begins(text, found):
    assert told(text) == found


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('Ab1.!? \n"(e.g')))
def test_sentences_hold_everything_but_the_space_between_them(text):
    spans = sentences(text)

    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(told(text)).split()) == "".join(text.split())


# ── clip ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "width", "clipped"),
    [
        ("short", 5, "short"),
        ("a longer line of words", 12, "a longer…"),
        ("a longer line, of words", 15, "a longer line…"),
        ("oneverylongwordwithoutend", 10, "oneverylo…"),
        ("a verylongwordwithoutend", 10, "a verylon…"),
        ("", 3, ""),
    ],
)
def test_a_text_is_cut_at_a_word_s_edge_if_that_leaves_enough(text, width, clipped):
    assert clip(text, width) == clipped


@settings(deadline=None)
@given(st.text(), st.integers(1, 40))
def test_a_clipped_text_is_never_wider_and_begins_like_the_whole(text, width):
    clipped = clip(text, width)

    assert len(clipped) <= width
    assert clipped == text or (clipped.endswith("…") and text.startswith(clipped[:-1]))


def test_a_text_of_accents_only_is_folded_soon():
    """Sorting them takes minutes; they go before."""
    assert fold("\u0300\u0316" * 200_000 + "É\u0316x\u0345") == "exι"
    assert fold("É\u0316x\u0345") == "exι"
