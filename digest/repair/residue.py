"""What a site leaves where it strips dollar signs and backslashes: `4sim 16times`, `ell_1`, `360^circ`.

Each rule wants a neighbour that English does not have there: a digit, a brace, a script, a lone letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from digest.repair.protected import free
from digest.repair.scripts import RAISED, SMALL, script
from digest.repair.signs import GREEK, RELATIONS, SIGNS, UNMISTAKABLE, alternatives


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where `pattern` is found, `change` stands; only texts that hold one of `needles` are searched."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    change: str | Callable[[re.Match[str]], str]


def _rule(needles: str, pattern: str, change: str | Callable[[re.Match[str]], str]) -> _Rule:
    """A rule; `needles` are parted by bars."""
    return _Rule(tuple(needles.split("|")), re.compile(pattern), change)


_ARROWS = [name for name in UNMISTAKABLE if "arrow" in name]
_OTHERS = [name for name in UNMISTAKABLE if "arrow" not in name]
_GREEK = alternatives(GREEK)
_FORMS = re.escape(SMALL + RAISED)
_LETTER = r"[A-Za-z\u0370-\u03ffℓ∇∂∞]"
#: a letter by itself that stands for a number; `a` and `I` are words
_LONE = r"(?<![\w'’.-])(?![aAI]\b)[A-Za-z\u0370-\u03ff]"
_LONE_NEXT = r"(?![aAI]\b)[A-Za-z\u0370-\u03ff](?![\w'’-])"
#: elements whose compounds are written about: CO_2, TiO_2, H_2O
_COMPOUND = r"(?:[HCNOSF]|Al|Fe|Li|Mo|Ni|Si|Ti|Zn){1,2}"
#: a subscript that is an index; what goes on behind it is a name, such as my_var or x_1.png
_INDEX = r"(\d+|[A-Za-z])(?![A-Za-z0-9_])(?!\.[A-Za-z0-9])"


def _sign(found: re.Match[str]) -> str:
    return SIGNS[found.group(1)]


def _between(found: re.Match[str]) -> str:
    return found.group(1) + SIGNS[found.group(2)] + found.group(3)


def _subscript(found: re.Match[str]) -> str:
    return found.group(1) + script("_", found.group(2), found.group(1)[-1])


def _superscript(found: re.Match[str]) -> str:
    return found.group(1) + script("^", found.group(2), found.group(1)[-1])


def _greek_script(found: re.Match[str]) -> str:
    return found.group(1) + script(found.group(2), GREEK[found.group(3)], found.group(1))


_NAMES = (
    # x!in!{4,8}: the site leaves the marks of \!
    _rule("!", rf"!({alternatives([*RELATIONS, 'times', 'cdot', 'pm'])})!", _sign),
    _rule("circ", r"\^circ(?=times|[^a-z]|$)", "°"),
    # in no English word; the others make some with a letter more: well, noting, circa, Ineq
    _rule("arrow", rf"({alternatives(_ARROWS)})", _sign),
    _rule(
        "leq|geq|neq|eeq|ceq|oxeq|meq|infty|propto|cdot|dots|varep|varph|varth|varrho|varsig|nabla|oplus|"
        "otimes|langle|rangle|ceil|floor|ell|notin|circ|forall",
        rf"(?<![A-Za-z\\])({alternatives(_OTHERS)})(?![A-Za-z])",
        _sign,
    ),
    # 4sim 16times, sim6%; sim2real is a word
    _rule(
        "sim",
        r"sim(?<![A-Za-z-]sim)(?=\$?\d)(?!2-?(?!times)(?:[A-Za-z]{4}|sim|[A-Z]\b(?<![BKMGT])))",
        "∼",
    ),
    _rule("sim", r"sim(?:(?<=[0-9%]sim) ?|(?<=timessim))(?=\d)", "∼"),
    _rule(" sim ", r" sim (?<=[0-9%] sim )(?=\d)", " ∼ "),
    # 256times256, (4096 times 2048), 8timesRTX; 10 to 20 times, 4 timesteps
    _rule("times", r"(?<=[0-9°)\]])times ?(?=[0-9])", "×"),
    _rule("times", r"(?<=[0-9°)\]]) times(?= ?[0-9])", " ×"),
    _rule("times", r"(?<=[0-9°)\]])times(?!tep|tamp|cale|pan|eries|lot|har)|(?<![A-Za-z])times(?=\d)", "×"),
    _rule("times", r"(?<=\d[KkMp] )times(?= \d)", "×"),
    # Ntimes, h times w, 3 times n
    _rule("times", r"((?<![\w'’.-])[B-HJ-Zb-hj-z])times(?![a-z])", r"\1×"),
    _rule("times", rf"({_LONE}|(?<![\w.])\d+) times (?={_LONE_NEXT})", r"\1 × "),
    _rule("times", rf"({_LONE}) times (?=\d)", r"\1 × "),
    _rule(" gg | ll ", rf"({_LONE} )(gg|ll)( )(?=[A-Za-z]{{1,3}}(?![\w'’-]))", _between),
    # 0.990pm0.006, 69.8 pm 0.5; 5 pm is an hour
    _rule("pm", r"(\d\.\d{1,6})( ?)pm( ?)(?=\d+\.\d|\d+%)", r"\1\2±\3"),
    _rule("pm", r"(?<![\w.] )(?<![\w.])pm(?=\d)", "±"),
    _rule("approx", r"(?<![A-Za-z-])approx(?=[-+]?\d)", "≈"),
    _rule("Delta", r"(?<![A-Za-z])Delta(?=[-+]?\d+(?:\.\d+)?%)", "Δ"),
    # mathfrak S, boldsymbol v, sqrt(N)
    _rule(
        "math|boldsymbol",
        r"(?<![A-Za-z\\])(?:math(?:frak|cal|bb|bf|rm|sf|scr|it)|boldsymbol) (?=[A-Za-z0-9](?![A-Za-z]))",
        "",
    ),
    _rule("sqrt", r"(?<![A-Za-z\\])sqrt\(([A-Za-z0-9])\)", r"√\1"),
    _rule("sqrt", r"(?<![A-Za-z\\])sqrt(?=[(\d])", "√"),
    # O(nlog n), O(mlog(m))
    _rule("log", r"(?<=[0-9(])((?![bv])[a-zA-Z])log(?=[ (_]\S|[a-zA-Z]\))", r"\1 log"),
    _rule("log", r"(?<= log)(?=[a-zA-Z]\))", " "),
)

_SCRIPTS = (
    # pi_0, theta^*, C_Phi: a script is proof
    _rule(
        "_|^",
        rf"(?<![A-Za-z\\])({_GREEK})(?=_\d|_[A-Za-z](?![A-Za-z0-9_])|\^[^\s\w]|\^\w(?!\w))",
        _sign,
    ),
    _rule("_|^", rf"(?<!\w)({_LETTER})([_^])({_GREEK})(?![A-Za-z0-9_])", _greek_script),
    _rule("_", rf"(?<!\w)({_LETTER}[{_FORMS}]*|log|max|min|argmax|argmin)_{_INDEX}", _subscript),
    _rule("log_", r"(?<![A-Za-z])(log)_(\d+)", _subscript),
    _rule("_", rf"(?<!\w)({_COMPOUND})_(\d+)(?![\d_])", _subscript),
    _rule("_", rf"([)\]}}|‖])_{_INDEX}", _subscript),
    _rule("^", r"\^(top|perp|prime|star|ast|dagger)(?![A-Za-z])", lambda f: script("^", SIGNS[f[1]])),
    _rule("^", r"([^\W_]|[)\]}|‖%])\^([-+−]?\d+(?!\.?\d)|[*†‡⋆∗′⊤])", _superscript),
    _rule(
        "^",
        rf"((?<!\w){_LETTER}|[\d)\]}}|‖{_FORMS}])\^([A-Za-z]|[+-](?!\w))(?![A-Za-z0-9_(])",
        _superscript,
    ),
    # a variable in R^d, and in a set or an interval of numbers
    _rule(" in ", rf"({_LONE}[{_FORMS}]*) in (?=[RZNC](?:[{_FORMS}]|\^\()|\{{-?\d|\[-?\d)", r"\1 ∈ "),
)


def without_residue(text: str) -> str:
    """`text` with names of signs as the signs, and scripts raised and lowered, where that is certain."""
    return free(text, _repaired)


def _repaired(text: str) -> str:
    for rules in (_NAMES, _SCRIPTS if "_" in text or "^" in text else ()):
        for rule in rules:
            for needle in rule.needles:
                if needle in text:
                    text = rule.pattern.sub(rule.change, text)
                    break
    return text
