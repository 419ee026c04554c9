import pytest

from digest.identity import title_key

#: titles in one line are one
ALIKE = (
    ("Schrödinger Bridges", r"Schr\"odinger Bridges", r"Schr\"{o}dinger Bridges", r"Schr{\"o}dinger Bridges"),
    ("Čech ça Ørsted Łoś", r"\v{C}ech \c{c}a \O rsted \L o\'s", "Cech ca Orsted Los"),
    ("Text-to-Speech", "Text–to—Speech", "TEXT TO SPEECH", "Text\u2011to\u00adSpeech", "text to\n  speech."),
    ("KD³: Better", "KD^{3}: Better", "KD$^3$: Better", r"KD\textsuperscript{3}: Better", "KD3 — better"),
    ("α-Net", r"$\alpha$-Net", "alpha-Net", "𝛼-Net"),
    ("ε and φ", r"$\varepsilon$ and $\varphi$", r"$\epsilon$ and $\phi$", "ϵ and ϕ"),
    ("16×16 Words", r"$16\times16$ Words", r"16 \times 16 words", "16times16 words", "16x16 Words"),
    ("In 360° Views", r"In 360$^\circ$ Views", "In 360^circ Views", "In 360^{\\circ} views"),
    ("∞-Video", r"$\infty$-Video"),
    ("ℓ₁ Norms of L²", r"$\ell_1$ Norms of $L^2$", "l_1 norms of L^2"),
    ("Fast Nets", r"{\bf Fast} Nets", "{bf Fast} Nets", r"\textit{Fast} Nets", r"\underline{F}ast Nets"),
    ("O(log n) Time", r"$\mathcal{O}(\log n)$ Time", "mathcal{O}(log n) Time"),
    (
        "Research & Development",
        r"Research \& Development",
        "Research &amp; Development",
        "Research and Development",
    ),
    ("E. coli in CO2", "<i>E. coli</i> in CO<sub>2</sub>", "E. coli in CO₂"),
    (
        "On Sleep",
        "On Sleep (v2)",
        "On Sleep [v3]",
        "On Sleep (Version 2)",
        "On Sleep. (v2).",
        "On sleep (V1.1)",
    ),
    ("On Sleep", "On Sleep. (arXiv:2607.01234v2 [cs.LG] UPDATED)"),
    ("Efficient Flow", "E\ufb03cient Flow"),
    ("100% “Safe”", r"100\% ``Safe''", "100 % 'safe'"),
)

#: titles in one line are all different
DIFFERENT = (
    ("EvTexture", "EvTexture++", "EvTexture+"),
    ("C", "C++", "C#"),
    ("Crab", "Crab$^{+}$"),
    ("GPT-4", "GPT-4o", "GPT-4.1"),
    ("On Sleep, Part I", "On Sleep, Part II", "On Sleep"),
    ("Model 2", "Model 3", "Model"),
    ("Attention v2", "Attention v3", "Attention"),
    ("ten to 20 times", "ten to 20"),
    ("???", "!!!", "∎"),
    ("Sleep (in 2026)", "Sleep"),
)


@pytest.mark.parametrize("titles", ALIKE, ids=lambda titles: titles[0])
def test_spelling_and_typesetting_do_not_count(titles):
    assert {title: title_key(title) for title in titles} == dict.fromkeys(titles, title_key(titles[0]))


@pytest.mark.parametrize("titles", DIFFERENT, ids=lambda titles: titles[0])
def test_what_makes_another_title_counts(titles):
    assert len({title_key(title) for title in titles}) == len(titles)


def test_hyphens_do_not_count_even_beside_numerals():
    assert title_key("GPT-4 Reads") == title_key("GPT4 reads")


def test_authors_own_macros_stay_as_words():
    assert title_key(r"\ours{}: Nets") == title_key("ours: Nets")
    assert title_key(r"\variance of Nets") == "title:2:varianceofnets"


def test_a_key_says_which_normaliser_made_it():
    assert title_key("On Sleep") == "title:2:onsleep"
