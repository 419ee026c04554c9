"""What is repaired, and above all what is not: one line each, all invented."""

import pytest

from digest.repair import REPAIR_VERSION, readable

#: what a feed carries → what is shown
LATEX = {
    r"a $4\sim16\times$ speedup": "a 4∼16× speedup",
    r"up to $2.5\times$ faster": "up to 2.5× faster",
    r"from $20\%$ to $35\%$": "from 20% to 35%",
    r"by 12\% and 5\%": "by 12% and 5%",
    r"{\bf visual} cues": "visual cues",
    r"\textbf{bold} and \emph{soft} words": "bold and soft words",
    r"\textbf{\textit{both}} at once": "both at once",
    r"$\textbf{A}$daptive $\textbf{L}$oss": "Adaptive Loss",
    r"\bf{odd} but common": "odd but common",
    r"\textbf {spaced}": "spaced",
    r"never \textbf{closed": "never closed",
    r"in $\mathcal{O}(n\log n)$ time": "in O(n log n) time",
    r"$O(\log n)$": "O(log n)",
    r"$\log_2 n$ bits": "log₂ n bits",
    r"$x \in \mathbb{R}^d$": "x ∈ Rᵈ",
    r"$\mathbb R^{d \times k}$": "R^(d × k)",
    r"$x_1, x_2, \ldots, x_n$": "x₁, x₂, …, xₙ",
    r"$x_{t-1}$ and $h_{i+1}$": "xₜ₋₁ and hᵢ₊₁",
    r"$x_{max}$": "x_max",
    r"$L_{\text{task}}$": "L_task",
    r"$\theta_{\mathrm{old}}$": "θ_old",
    r"$e^{-x/2}$": "e^(-x/2)",
    r"$x^{a+b}$": "xᵃ⁺ᵇ",
    r"$10^{-3}$": "10⁻³",
    r"$A^\top A$": "Aᵀ A",
    r"$x^*$ and $y^{*}$": "x* and y*",
    r"$f'(x)$": "f'(x)",
    r"the $1^{st}$ and $2^{nd}$": "the 1st and 2nd",
    r"$360^\circ$ views": "360° views",
    r"a 90{\deg} turn": "a 90° turn",
    r"$\frac{1}{2}$ and $\frac12$": "1/2 and 1/2",
    r"$\frac{a+b}{2c}$": "(a+b)/2c",
    r"$\sqrt{n}$, $\sqrt{n+1}$, $\sqrt 2$": "√n, √(n+1), √2",
    r"$\sqrt[3]{n}$": "³√n",
    r"$\alpha, \beta, \Gamma, \epsilon, \varphi$": "α, β, Γ, ε, φ",
    r"$a \leq b \neq c \geq d$": "a ≤ b ≠ c ≥ d",
    r"$A \to B \Rightarrow C$": "A → B ⇒ C",
    r"English$\rightarrow$Welsh": "English→Welsh",
    r"$\ell_1$ norm, $\|x\|_2$": "ℓ₁ norm, ‖x‖₂",
    r"$L_\infty$": "L_∞",
    r"$\hat{y}$ and $\tilde O(n)$": "ŷ and Õ(n)",
    r"$\{1, \dots, k\}$": "{1, …, k}",
    r"$\left(x\right)$ and $\left. y \right|$": "(x) and y |",
    r"\(k\)-means in \(\mathbb{R}^2\)": "k-means in R²",
    r"$$x = y$$": "x = y",
    r"$n=12{,}500$": "n=12,500",
    r"5\,ms on one\ GPU": "5 ms on one GPU",
    r"see Table~3 and Fig.~2": "see Table 3 and Fig. 2",
    r"Gr\"obner, Erd\H{o}s, caf\'e, \c{C}elik, \v{S}koda": "Gröbner, Erdős, café, Çelik, Škoda",
    r"na\"{\i}ve, \O{}rsted, stra\ss e, \AA ngstr\"om": "naïve, Ørsted, straß e, Å ngström",
    r"$\bar{x}$ over Ma\~nana": "x̄ over Mañana",
    r"the author\'s view": "the author's view",
    r"\url{https://lab.example/a\_b}": "https://lab.example/a_b",
    r"\href{https://lab.example/x}{our page}": "our page (https://lab.example/x)",
    r"\href{https://lab.example/x}{https://lab.example/x}": "https://lab.example/x",
    r"as before~\cite{ada1843}": "as before [ada1843]",
    r"good\footnote{On one set.} results": "good (On one set.) results",
    r"\textcolor{red}{new} and \color{blue}old": "new and old",
    r"km\textsuperscript{2}": "km²",
    r"\ours beats \method{} and {\baseline}": "ours beats method and baseline",
    r"\eg this, \ie that, \etc.": "e.g. this, i.e. that, etc.",
    r"Q\&A for R\&D, \#1, a\_b": "Q&A for R&D, #1, a_b",
    r"costs \$5 and \$10": "costs $5 and $10",
    r"text$\unicode{x2014}$more": "text—more",
    r"\verb|a_b| stays": "a_b stays",
    r"\ding{182} first": "❶ first",
    r"$\pm 0.5$ and $3.1\pm0.2$": "± 0.5 and 3.1±0.2",
    r"\LaTeX{} and \TeX": "LaTeX and TeX",
    r"an\-other": "an-other",
    r"first line\\ second line": "first line second line",
    r"{\color{red}warm} words": "warm words",
    r"$p < .001$": "p < .001",
    r"$\gamma_\theta(x)$": "γ_θ(x)",
    r"$\tau$-leaping": "τ-leaping",
    r"$\binom{n}{k}$": "(n choose k)",
    r"\enquote{so called}": "“so called”",
    r"{\rho}-stable and \r{ho}-stable": "ρ-stable and ρ-stable",
    "``quoted'' and `half quoted'": "“quoted” and ‘half quoted’",
    "10--20 pages -- or more---often": "10–20 pages – or more—often",
}

#: what a site leaves of LaTeX → what is shown
RESIDUE = {
    "a 4sim 16times speedup": "a 4∼16× speedup",
    "up to 2.5times faster": "up to 2.5× faster",
    "on 8timesG90 cards": "on 8×G90 cards",
    "256times256 and (64 times 64) pixels": "256×256 and (64 × 64) pixels",
    "by 15timessim50times": "by 15×∼50×",
    "only sim6% of sim20K pairs": "only ∼6% of ∼20K pairs",
    "{bf visual} cues": "visual cues",
    "texttt{A}ll-texttt{B}est": "All-Best",
    "in mathcal{O}(nlog n) time": "in O(n log n) time",
    "mathfrak S^{2/p}": "S^(2/p)",
    "x in R^d": "x ∈ Rᵈ",
    "R^{d times k} and R^{mtimes n}": "R^(d × k) and R^(m× n)",
    "x_1 and I_n, x_{t-1}": "x₁ and Iₙ, xₜ₋₁",
    "KD^{3}, L^2, T^3A, M^2Bench": "KD³, L², T³A, M²Bench",
    "10^-3 to 10^{6}": "10⁻³ to 10⁶",
    "x^* and FaST^*": "x* and FaST*",
    "360^circ and 180^{circ}times90^circ": "360° and 180°×90°",
    "ell_1, ell_p and ell-infty": "ℓ₁, ℓₚ and ℓ-∞",
    "pi_0, theta_{old}, eta_1propto n": "π₀, θ_old, η₁∝ n",
    "C_Phi and C_{Phi circ Psi}": "C_Φ and C_(Φ ∘ Ψ)",
    "1leq p<2, geq 90% and leq5%": "1≤ p<2, ≥ 90% and ≤5%",
    "when m gg n, ell_1": "when m ≫ n, ℓ₁",
    "0.91pm0.02 and 64.5 pm 0.3": "0.91±0.02 and 64.5 ± 0.3",
    "66 %rightarrow73 %, ENleftrightarrowCY": "66 %→73 %, EN↔CY",
    "gains of +3%uparrow": "gains of +3%↑",
    "gains (Delta3.4%)": "gains (Δ3.4%)",
    "O(sqrt(N)) and log_2 N": "O(√N) and log₂ N",
    "x!in!{4,8}": "x∈{4,8}",
    "weight {approx}0.6 and 7{times}": "weight ≈0.6 and 7×",
    "{S}hort {N}ame, symmet{R}y": "Short Name, symmetRy",
    "14{,}056 of n{=}20": "14,056 of n=20",
    "https://lab.example/x{here}.": "here (https://lab.example/x).",
    "less than \\0.1 and \\12 K": "less than $0.1 and $12 K",
    "red{Warning:} hot": "Warning: hot",
    "CO_2 and H_2O": "CO₂ and H₂O",
    "up to Ntimes less": "up to N× less",
}

#: English, names, money and code, which stay as they stand
UNTOUCHED = [
    "10 to 20 times across ten images",
    "it is 5 times faster, and 4,000 times for 2K videos",
    "many times in 4 timesteps",
    "sim2real and sim-to-real transfer in a sim",
    "95% in sim and 80% in the real world",
    "sometimes well, as noted in textless speech",
    "Ineq-Comp, a bell, a dot and robots",
    "a circa 1900 strangled triangle is noting nothing",
    "Cohen's kappa, the beta version and a Visual Delta Module",
    "tau-bench, phi-3-mini, Phi3, pi0.5 and alpha-Flow",
    "muP and the pi decimals",
    "in a mild way to the in-group",
    "at 5 pm on day 3",
    "approx. 30 papers, approx 40 books",
    "prices from $5 and $10 to $20 million",
    "US$3 billion or $5/$10 a month",
    "100% of it, 25 % more",
    "my_var and gpt_4, a_long_name and file_1.txt",
    "T_max, Seed-TTS_DiT",
    "a set {a, b} of classes {yes, partial, no}",
    'the prompt "a photo of a {class}"',
    "[CLS] and <s> and <|end|>",
    "https://lab.example/~ada/a_1^2--x and ada_b@lab.example",
    "github.example/ada/my_x_1--two",
    "the call `x_1 = f(2times)` returns",
    "arXiv:2501.01234v2",
    "run it with --verbose and --dry-run",
    "C++ and EvTexture++ and C#",
    "5'10'' tall",
    "x ~ 10 and ~9 tokens, 10~100, 75%~89%",
    "snake_case_name^",
    "(^_^)",
    "a path C:\\new\\times",
    "$",
    "{",
    "a } b { c",
    "\\",
    "",
    " two  blanks ",
]


@pytest.mark.parametrize(("raw", "shown"), [*LATEX.items(), *RESIDUE.items()])
def test_latex_and_what_is_left_of_it_become_plain(raw, shown):
    assert readable(raw) == shown
    assert readable(shown) == shown


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_may_be_something_else_stays(text):
    assert readable(text) == text


@pytest.mark.parametrize("text", [text for text in UNTOUCHED if text and text == text.strip()])
def test_and_it_stays_beside_latex_too(text):
    assert readable(rf"In 5\% of cases: {text}") == f"In 5% of cases: {text}"


def test_an_ordinary_text_is_not_even_copied():
    text = "We present a method that is 3.5 times faster, with GPT-4o and 8 cards, on 12% of the data."

    assert readable(text) is text


def test_the_version_is_a_number_to_compare():
    assert REPAIR_VERSION >= 1


@pytest.mark.parametrize(
    "piece", ["{", "}", "$", "\\", "^_", "``", "''", "\\(", "\\frac{", "a_", "$5 ", "~", "x^\\a{"]
)
def test_a_hundred_kilobytes_of_one_sign_are_read(piece):
    text = piece * (100_000 // len(piece))

    settled = readable(text)

    assert readable(settled) == settled
