"""What must hold of repair for any text: nothing is lost, and what is settled stays."""

import re
import unicodedata
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from digest.repair import readable

TRAPS = (
    *("times", "sim", "pi", "mu", "in", "to", "beta", "alpha", "Delta", "bf", "it", "star", "mid", "pm"),
    *(
        "text",
        "approx",
        "cap",
        "cup",
        "log",
        "max",
        "le",
        "ll",
        "equal",
        "well",
        "noting",
        "sometimes",
        "math",
    ),
    *("sim2real", "tau-bench", "GPT-4o", "C++", "my_var", "snake_case_name", "e.g.", "[CLS]", "U.S."),
)
plain_words = st.one_of(st.text("abdehiorsu", min_size=3, max_size=9), st.sampled_from(TRAPS))
amounts = st.builds(
    "{}{}".format,
    st.one_of(st.integers(0, 5000), st.floats(0, 99, width=16).map(lambda x: f"{x:.1f}")),
    st.sampled_from(["% of papers", " papers", "-fold gains", "th place", "x less", " GPU hours"]),
)
#: words that stand between two dollar signs are prose, and so they stay money
prices = st.builds("${} and ${} per year".format, st.integers(0, 999), st.integers(0, 999))
sentences = st.lists(st.one_of(plain_words, plain_words, amounts, prices), min_size=1, max_size=14).map(
    lambda parts: " ".join(parts) + "."
)

words = st.text("abeghkmnorsuvwz", min_size=3, max_size=8).map(lambda word: f"q{word}")

_AROUND = (
    *(
        r"\textbf{{{}}}",
        r"\emph{{{}}}",
        r"{{\bf {}}}",
        r"{{\it {}}}",
        r"$\textit{{{}}}$",
        r"\underline{{{}}}",
    ),
    *(
        r"\mbox{{{}}}",
        r"``{}''",
        r"\footnote{{{}}}",
        r"\unknown{{{}}}",
        r"$x_{{\text{{{}}}}}$",
        r"{} \& more",
    ),
    *(
        r"\href{{https://lab.example/x}}{{{}}}",
        r"$\frac{{{}}}{{\alpha}}$",
        r"\textcolor{{red}}{{{}}}",
        r"{}~\cite{{k}}",
    ),
)
latex = st.recursive(
    words,
    lambda inner: st.one_of(
        st.builds(lambda around, text: around.format(text), st.sampled_from(_AROUND), inner),
        st.builds(lambda text, other: f"{text} {other}", inner, inner),
    ),
    max_leaves=12,
)

PIECES = (
    *(
        "$",
        "{",
        "}",
        "^",
        "_",
        "~",
        "--",
        "``",
        "''",
        "`",
        " ",
        " ",
        "(",
        ")",
        ",",
        ".",
        "\\",
        "-",
        "\n",
        "'",
    ),
    *(
        "12",
        "3.5",
        "7",
        "%",
        "\\%",
        "\\$",
        "times",
        "sim",
        "pm",
        "leq",
        "word",
        "x",
        "R",
        "pi",
        "alpha",
        "in",
    ),
    *("\\alpha", "\\times", "\\sim", "\\frac", "\\sqrt", "\\textbf{", "\\bf ", "\\href{", "\\left(", "\\log"),
    *(
        "\\'",
        '\\"',
        "\\c",
        "\\^",
        "\\ours",
        "\\text",
        "\\(",
        "\\)",
        "\\[",
        "\\\\",
        "\\,",
        "textbf{",
        "https://a.b/c",
    ),
)
mixtures = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(st.one_of(mixtures, latex, st.text(max_size=80), st.text("\\{}$^_`'~-ab1 %", max_size=60)))
def test_what_is_readable_stays(text):
    shown = readable(text)

    assert readable(shown) == shown


@given(sentences)
def test_plain_english_stays(text):
    assert readable(text) == text


@given(latex)
def test_no_word_is_lost_or_made(text):
    assert _invented(readable(text)) == _invented(text)


@given(mixtures)
def test_no_digit_and_no_percent_sign_is_lost_or_made(text):
    assert _amounts(readable(text)) == _amounts(text)


def _invented(text):
    """The words that begin with a q, which none of ours and no macro does."""
    return Counter(re.findall(r"q[a-z]+", text))


def _amounts(text):
    return Counter(re.findall("[0-9%]", unicodedata.normalize("NFKD", text)))
