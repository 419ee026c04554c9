from digest.model import Field
from digest.render.marks import Piece, merged, pieces, safe, safe_with, spans_in
from tests.builders import match


def shown(text, spans):
    clean = safe(text)
    return pieces(clean, safe_with(text, spans, clean))


def test_marks_cut_a_text_into_runs():
    assert shown("fast diffusion works", [(5, 14)]) == (
        Piece("fast ", marked=False),
        Piece("diffusion", marked=True),
        Piece(" works", marked=False),
    )


def test_overlapping_touching_and_impossible_spans_become_sound_ones():
    assert merged([(5, 9), (7, 12), (12, 14), (3, 3), (9, 2), (-4, 2), (90, 99)], 20) == ((0, 2), (5, 14))


def test_marks_stay_on_their_words_when_characters_are_dropped_before_them():
    text = "\u202e  fast\x1b[31m \u2028 diffusion"
    start = text.index("diffusion")
    assert [p.text for p in shown(text, [(start, start + 9)]) if p.marked] == ["diffusion"]


def test_a_span_over_dropped_characters_marks_what_is_left_of_it():
    assert [p.text for p in shown("di\u200bff usion", [(0, 5)]) if p.marked] == ["di ff"]


def test_what_xml_forbids_is_replaced():
    assert safe("a\ufffeb\uffffc\x00d\ud800") == "a\ufffdb\ufffdc d\ufffd"


def test_only_reasons_that_counted_are_marked():
    counted, muted = match(spans=((0, 1),)), match(score=0.0, spans=((2, 3),))
    assert spans_in((*counted.evidence, *muted.evidence), Field.TITLE) == ((0, 1),)
