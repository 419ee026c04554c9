"""British and American spellings are one word, and words that only look alike stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.words.spelling import american
from digest.rank.words.tokens import Analyser

_PAIRS_LINES = """
    optimise optimize optimisation optimization optimisers optimizers recognisable recognizable
    generalisability generalizability ionise ionize summarising summarizing parametrised parametrized
    incentivise incentivize analyse analyze analysing analyzing catalysed catalyzed colour color
    behavioural behavioral neighbours neighbors tumours tumors unfavourable unfavorable labour labor
    honours honors centre center centred centered centring centering epicentre epicenter fibres fibers
    kilometres kilometers theatre theater modelling modeling labelled labeled unlabelled unlabeled
    mislabelling mislabeling travellers travelers signalling signaling channelled channeled fuelled
    fueled dialogue dialog catalogued cataloged analogues analogs cataloguing cataloging defence defense
    offences offenses licences licenses aluminium aluminum grey gray greyscale grayscale programme
    program fulfil fulfill distil distill enrolment enrollment artefacts artifacts ageing aging
    judgement judgment sceptical skeptical paediatric pediatric haematology hematology leukaemia
    leukemia oesophageal esophageal anaesthetic anesthetic sulphur sulfur moulding molding learnt
    learned disc disk
    """
PAIRS = _PAIRS_LINES.split()

_UNCHANGED_LINES = """
    exercise exercised exercising precise noise noises denoise denoised denoising denoiser raise raising
    four hour hours our parse parsed otherwise wise pairwise stepwise rise rising arise arising sunrise
    promise promising compromised surprise surprising surprisingly expertise paradise concise likewise
    revise revised advise adviser devise devised improvise improvising improvisation supervise
    supervised unsupervised supervising televised advertise advertising advertiser enterprise
    enterprises comprise comprises comprised reprise demise premise premises franchise merchandise
    merchandising disguise cruise bruise praise appraisal poised turquoise tortoise treatise despise
    chastise excise circumcise incise anise valise mortise visible visibility disable disabled miser
    wiser kaiser iris basis axis tennis genre genres acre acres cadre massacre macabre mediocre ogre
    timbre oeuvre pour poured source course resource journal fourier tour detour contour contours
    paramour velour flour court calling called falling filled controlled controlling patrolled excelled
    compelled rebelled propelled distilled distillation selling spelling cell smaller taller metallic
    crystalline hallmark vogue rogue league colleague synagogue tongue argue prologue sentence sense
    evidence science reference fence pence presence influence difference silence intense dense meta
    there where here before more store score software are core compare square entire acquire measure
    picture structure lecture nature mature aesthetic aerial aerodynamic phoenix poem poetry does shoe
    canoe hero
    """
UNCHANGED = _UNCHANGED_LINES.split()


@pytest.mark.parametrize(("british", "form"), list(zip(PAIRS[::2], PAIRS[1::2], strict=True)))
def test_both_spellings_have_one_form(british, form):
    assert american(british) == american(form) == form


@pytest.mark.parametrize("word", UNCHANGED)
def test_a_word_that_only_looks_british_stays(word):
    assert american(word) == word


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("matrices", "matrix"),
        ("vertices", "vertex"),
        ("indices", "index"),
        ("hypotheses", "hypothesis"),
        ("meta-analyses", "meta-analysis"),
        ("syntheses", "synthesis"),
        ("corpora", "corpus"),
        ("criteria", "criterion"),
        ("phenomena", "phenomenon"),
        ("formulae", "formulas"),
        ("children", "child"),
        ("mice", "mouse"),
    ],
)
def test_irregular_plurals_have_the_same_stem(several, one):
    read = Analyser().read
    assert read(several).stems == read(one).stems


def test_a_british_stop_word_is_a_stop_word():
    assert Analyser().read("Whilst amongst").stems == []


@given(st.sampled_from(PAIRS + UNCHANGED), st.sampled_from(["{}", " {}", "{}\n", "({})", "x-{}-y"]))
def test_case_space_and_hyphens_around_a_word_change_nothing(word, frame):
    read = Analyser().read
    plain, framed = read(frame.format(word)), read(frame.format(word.upper()))
    assert framed.exact == plain.exact
    assert set(read(word).exact) <= set(plain.exact)


ENDINGS = ["", "ise", "isation", "yse", "our", "re", "lling", "ogue", "ence", "aemia"]


@given(st.builds(str.__add__, st.text("abcdefghilmnoprstuvyz", max_size=14), st.sampled_from(ENDINGS)))
def test_one_form_is_reached_in_one_step(word):
    assert american(american(word)) == american(word)
