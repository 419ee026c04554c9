"""What the macros of LaTeX print: signs, Greek, accents, and which macros only dress their argument."""

from __future__ import annotations

import re
from collections.abc import Iterable


def alternatives(names: Iterable[str]) -> str:
    """A pattern for any of `names`, the longer one where two could stand."""
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _table(names: str, signs: str) -> dict[str, str]:
    return dict(zip(names.split(), signs.split(), strict=True))


#: `epsilon` and `phi` in the everyday forms that arXiv writes too; many fonts lack ϵ and ϕ
GREEK = {
    **_table("alpha beta gamma delta epsilon zeta eta theta", "α β γ δ ε ζ η θ"),
    **_table("iota kappa lambda mu nu xi omicron pi rho", "ι κ λ μ ν ξ ο π ρ"),
    **_table("sigma tau upsilon phi chi psi omega", "σ τ υ φ χ ψ ω"),
    **_table("Gamma Delta Theta Lambda Xi Pi Sigma", "Γ Δ Θ Λ Ξ Π Σ"),
    **_table("Upsilon Phi Psi Omega", "Υ Φ Ψ Ω"),
    **_table("varepsilon vartheta varpi varrho varsigma varphi", "ε ϑ ϖ ϱ ς φ"),
}

ARROWS = {
    **_table("to rightarrow leftarrow leftrightarrow gets", "→ → ← ↔ ←"),
    **_table("longrightarrow longleftarrow longleftrightarrow", "⟶ ⟵ ⟷"),
    **_table("Rightarrow Leftarrow Leftrightarrow iff implies", "⇒ ⇐ ⇔ ⇔ ⇒"),
    **_table("Longrightarrow Longleftarrow Longleftrightarrow", "⟹ ⟸ ⟺"),
    **_table("uparrow downarrow updownarrow Uparrow Downarrow", "↑ ↓ ↕ ⇑ ⇓"),
    **_table("nearrow searrow swarrow nwarrow mapsto longmapsto", "↗ ↘ ↙ ↖ ↦ ⟼"),
    **_table("hookrightarrow hookleftarrow rightharpoonup rightleftharpoons", "↪ ↩ ⇀ ⇌"),
    **_table("rightsquigarrow leadsto textrightarrow textleftarrow", "⇝ ⇝ → ←"),
}

RELATIONS = {
    **_table("leq geq neq le ge ne leqslant geqslant lt gt", "≤ ≥ ≠ ≤ ≥ ≠ ⩽ ⩾ < >"),
    **_table("ll gg approx approxeq sim simeq cong equiv", "≪ ≫ ≈ ≊ ∼ ≃ ≅ ≡"),
    **_table("lesssim gtrsim propto asymp doteq triangleq coloneqq", "≲ ≳ ∝ ≍ ≐ ≜ ≔"),
    **_table("in notin ni subset subseteq supset supseteq subsetneq", "∈ ∉ ∋ ⊂ ⊆ ⊃ ⊇ ⊊"),
    **_table("prec preceq succ succeq perp parallel mid nmid models", "≺ ⪯ ≻ ⪰ ⊥ ∥ ∣ ∤ ⊨"),
    **_table("vdash dashv sqsubseteq sqsupseteq", "⊢ ⊣ ⊑ ⊒"),
}

OPERATIONS = {
    **_table("times pm mp cdot div ast star circ bullet", "× ± ∓ · ÷ ∗ ⋆ ∘ •"),
    **_table("oplus ominus otimes oslash odot boxplus boxtimes", "⊕ ⊖ ⊗ ⊘ ⊙ ⊞ ⊠"),
    **_table("cap cup sqcap sqcup uplus setminus backslash wr", "∩ ∪ ⊓ ⊔ ⊎ ∖ ∖ ≀"),
    **_table("wedge vee land lor neg lnot dagger ddagger amalg", "∧ ∨ ∧ ∨ ¬ ¬ † ‡ ⨿"),
    **_table("sum prod coprod int iint oint bigcup bigcap", "∑ ∏ ∐ ∫ ∬ ∮ ⋃ ⋂"),
    **_table("bigoplus bigotimes bigwedge bigvee surd", "⨁ ⨂ ⋀ ⋁ √"),
    **_table("centerdot ltimes rtimes bowtie diamond triangle", "· ⋉ ⋊ ⋈ ⋄ △"),
}

LETTERS = {
    **_table("ell hbar hslash infty nabla partial emptyset varnothing", "ℓ ℏ ℏ ∞ ∇ ∂ ∅ ∅"),
    **_table("forall exists nexists Re Im aleph wp imath jmath", "∀ ∃ ∄ ℜ ℑ ℵ ℘ ı ȷ"),
    **_table("top bot angle measuredangle degree deg prime", "⊤ ⊥ ∠ ∡ ° ° ′"),
    **_table("textdegree textmu textohm textcelsius textperthousand", "° µ Ω ℃ ‰"),
    **_table("textpertenthousand complement Box square blacksquare", "‱ ∁ □ □ ■"),
    **_table("clubsuit diamondsuit heartsuit spadesuit checkmark", "♣ ♢ ♡ ♠ ✓"),
    **_table("o O l L ss ae AE oe OE aa AA i j dh DH th TH SS", "ø Ø ł Ł ß æ Æ œ Œ å Å i j ð Ð þ Þ ẞ"),
    **_table("S copyright textcopyright textregistered texttrademark", "§ © © ® ™"),
    **_table("pounds textsterling euro texteuro textyen", "£ £ € € ¥"),
}

MARKS = {
    **_table("ldots dots cdots vdots ddots dotsc dotsb dotsm textellipsis", "… … ⋯ ⋮ ⋱ … ⋯ ⋯ …"),
    **_table("langle rangle lceil rceil lfloor rfloor", "⟨ ⟩ ⌈ ⌉ ⌊ ⌋"),
    **_table("lVert rVert Vert lvert rvert vert", "‖ ‖ ‖ | | |"),
    **_table("lbrace rbrace lbrack rbrack colon slash", "{ } [ ] : /"),
    **_table("textless textgreater textbar textasciitilde textasciicircum", "< > | ~ ^"),
    **_table("textbackslash textunderscore textdollar textquotesingle", "\\ _ $ '"),
    **_table("textendash textemdash textquoteleft textquoteright", "– — ‘ ’"),
    **_table("textquotedblleft textquotedblright guillemotleft guillemotright", "“ ” « »"),
    **_table("textbullet textperiodcentered percent textpercent dag ddag", "• · % % † ‡"),
    **_table("textasteriskcentered textplusminus textpm texttimes And", "* ± ± × &"),
    **_table("LaTeX TeX BibTeX LaTeXe item", "LaTeX TeX BibTeX LaTeX2e •"),
    **_table("eg ie etc wrt cf vs aka", "e.g. i.e. etc. w.r.t. cf. vs. a.k.a."),
    "etal": "et al.",
}

#: macro → what it prints
SIGNS = GREEK | ARROWS | RELATIONS | OPERATIONS | LETTERS | MARKS

#: macros that print their own name, set off from their neighbours
OPERATORS = _names(
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth min max inf sup "
    "lim liminf limsup arg argmin argmax det dim ker hom gcd Pr bmod mod softmax sign rank trace"
)

#: macros that only dress what stands in their braces
STYLES = _names(
    "textbf textit texttt textsc textsf textrm textmd textup textsl textnormal emph underline uline ul "
    "mathbf mathit mathrm mathsf mathtt mathcal mathbb mathscr mathfrak mathds boldsymbol bm pmb text "
    "mbox hbox operatorname mathop mathbin mathrel uppercase lowercase textlf uwave sout hl centerline "
    "fbox framebox boxed phantom smash ensuremath num bold Bold mathnormal underbrace overbrace "
    "overline widebar MakeUppercase MakeLowercase acs acl acf acp gls glspl Gls acrshort acrlong "
    "section subsection subsubsection paragraph title"
)

#: macros that change the style of what follows, or its place, and print nothing
SILENT = _names(
    "bf it em tt sc sf rm sl cal bfseries itshape scshape ttfamily sffamily rmfamily upshape mdseries "
    "normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge displaystyle "
    "textstyle scriptstyle left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl "
    "Biggr limits nolimits xspace noindent protect par newline linebreak nobreakdash nobreak "
    "allowbreak centering raggedright hfill vfill relax null strut leavevmode unskip ignorespaces "
    "sloppy maketitle"
)

#: macros that print blank space
BLANKS = _names("quad qquad space enspace thinspace medspace thickspace par newline linebreak hfill")

#: macros whose brackets name a place in another text
CITATIONS = _names(
    "cite citep citet citealp citealt citeauthor citeyear parencite textcite autocite footcite nocite "
    "ref eqref autoref cref Cref pageref label"
)

#: macros of mathematics that put a mark over one letter
HATS = {
    **_table("hat widehat check tilde widetilde", "\u0302 \u0302 \u030c \u0303 \u0303"),
    **_table("acute grave", "\u0301 \u0300"),
    **_table("dot ddot breve bar vec mathring", "\u0307 \u0308 \u0306 \u0304 \u20d7 \u030a"),
}

#: signs and letters that put an accent on the next letter
ACCENTS = {
    **_table("' ` ^ ~ = .", "\u0301 \u0300 \u0302 \u0303 \u0304 \u0307"),
    '"': "\u0308",
    **_table("c v u H k r d b", "\u0327 \u030c \u0306 \u030b \u0328 \u030a \u0323 \u0331"),
}

#: names that are no English word and no part of one, so that they mean the sign even without backslash
UNMISTAKABLE = frozenset(
    name for name in ARROWS if name.endswith("arrow") and not name.startswith("text")
) | _names(
    "leq geq neq approxeq simeq propto notin subseteq supseteq preceq succeq infty nabla ell cdot "
    "cdots ldots vdots ddots oplus otimes langle rangle lceil rceil lfloor rfloor varepsilon varphi "
    "vartheta varrho varsigma circ forall"
)

#: style names that are no English word: they can be believed without backslash, even glued to a word
BARE_STYLES = frozenset(name for name in STYLES if name.startswith(("text", "math")) and len(name) > 5) | {
    "boldsymbol",
    "operatorname",
}
