"""Superscripts and subscripts: in Unicode's own where each character has one, else as text."""

from __future__ import annotations

import re

from digest.repair.signs import GREEK, SIGNS, UNMISTAKABLE, alternatives

_SUPER = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
_SUB = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_FORMS = {"^": _SUPER, "_": _SUB}

#: characters that stand raised, or small, without help
RAISED = "*†‡⋆∗′″§¶°®™©"
SMALL = "".join(_SUPER.values()) + "".join(_SUB.values())

#: a run of letters that is read as one word, and would be lost to a search; `ij` is two indices
_WORD = re.compile(r"(?!(?:i[jk]|jk|kl|mn|nm)(?![A-Za-z]))[A-Za-z]{2}")
_ATOM = re.compile(r"(?:[^\W_]|[…∞⋆⊥⊤+'-])+|[-+]?\d+\.\d+|\([^()]*\)")
_ORDINAL = {"st", "nd", "rd", "th"}
_ALONE = {"∘": "°", "⊤": "ᵀ", "top": "ᵀ", "'": "′", "prime": "′"}
#: longer scripts are formulas, which small characters make harder to read
_LONGEST = 8

#: what stands in a script is mathematics for certain: there these names are signs, even glued to a letter
_GLUED = alternatives({"times", *UNMISTAKABLE} - {"degree"})
_ATOM_NAME = rf"(?:{alternatives(GREEK)}|[A-Za-z])?"
_FORMULA = re.compile(rf"(?<![A-Za-z\\])(?:{_ATOM_NAME}(?:{_GLUED}))+{_ATOM_NAME}(?![A-Za-z])")
_PIECES = re.compile(rf"{_GLUED}|{alternatives(GREEK)}")
_GREEK = re.compile(rf"(?<![A-Za-z\\])(?:{alternatives(GREEK)})(?![A-Za-z])")
_TO = re.compile(r"(?<=[A-Za-z0-9)]) to (?=[^\W_]|∞)")


def signs_of(formula: str) -> str:
    """Names of signs in a formula that lost its backslashes, as the signs: `d times d`, `Phicirc Psi`."""
    formula = _FORMULA.sub(lambda run: _PIECES.sub(lambda name: SIGNS[name.group()], run.group()), formula)
    return _TO.sub(" → ", _GREEK.sub(lambda name: GREEK[name.group()], formula))


def _raised(content: str, before: str) -> str | None:
    """What needs no small letters to be read as raised: degrees, transposed, 1st, stars."""
    if before.isdigit() and content in _ORDINAL:
        return content
    if content == "o" and before.isdigit():
        return "°"
    return _ALONE.get(content) or (content if all(c in RAISED for c in content) else None)


def script(mark: str, content: str, before: str = "", after: str = "") -> str:
    """`content` raised (`^`) or lowered (`_`) behind `before`, the character that it stands at."""
    content = content.strip()
    if mark == "^" and (raised := _raised(content, before)):
        return raised
    forms = _FORMS[mark]
    tight = content.replace(" ", "")
    if len(tight) <= _LONGEST and not _WORD.search(content) and all(c in forms for c in tight):
        return "".join(forms[c] for c in tight)
    if _ATOM.fullmatch(content) and not (after.isalnum() and content[-1].isalnum()):
        return mark + content
    return f"{mark}({content})"
