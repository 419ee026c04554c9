"""The key of a title: what stays when spelling and typesetting do not count.

One pass for all: case, accents, markup and LaTeX go, letters and digits stay, and so do `+` and `#`,
which make another title (`EvTexture++`, `C#`). LaTeX and its Unicode form give the same key; so does,
where that is certain, what sites leave of LaTeX (`KD^{3}`, `{bf visual}`).
"""

from __future__ import annotations

import hashlib
import html
import re

from digest.model import PaperKey
from digest.text import fold, join_space

#: raised whenever `title_key` would answer differently; stored keys are then computed anew
TITLE_NORMALISER = 2

_NOT_IN_TITLE_KEY = re.compile(r"[^\w+#]|_")
_LONGEST_TITLE_KEY = 200

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|tt|u|span|italic|bold)(?:\s[^<>]{0,200})?>", re.IGNORECASE)

#: `(v2)`, `[Version 3]`, and `(arXiv:2607.01234v2 [cs.LG] UPDATED)` as arXiv's feeds ended titles
_TITLE_VERSION = re.compile(
    r"\s?(?:[(\[]\s?v(?:er(?:sion)?)?\.?\s?\d{1,3}(?:\.\d{1,3})?\s?[)\]]"
    r"|\(arxiv:[^()]{4,50}\))\s?\.?\s?$"
)
_LONGEST_VERSION = 80

_TEX = re.compile(r"[\\{}$^]")
_FONTS = "bf|it|em|tt|sc|rm|sf|sl|cal|bb|frak|scr|up|md|normal|superscript|subscript"
#: macros that change how their argument looks; those of the second line also in what sites leave of them
_LOOKS = re.compile(
    rf"\\(?:(?:text|math)(?:{_FONTS})|{_FONTS}|emph|text|underline|overline|operatorname|mbox|boldsymbol|bm|pmb|ensuremath"
    rf"|left|right|big|Big|tiny|small|large|Large|xspace|displaystyle|mathop|hat|tilde|bar|vec)(?![A-Za-z])\*?\s?"
    rf"|(?<![A-Za-z])(?:text|math)(?:{_FONTS})(?=\{{)|(?<=\{{)(?:bf|it|em|tt|sc|rm|sf|sl|cal)\s"
)
_WITH_ARGUMENT = re.compile(r"\\(?:textcolor|color|href|footnote|thanks)\s?\{[^{}\\]{0,300}\}")
_ACCENT = re.compile(r"\\(?:[\"'`^~=.]|[HckruvbdtG](?=\s?\{|\s[A-Za-z\\]))\s?")
_DEGREE = re.compile(r"\^\s?\{?\s?\\?circ(?![A-Za-z])\s?\}?")
_MACRO = re.compile(r"\\([A-Za-z]+)\s?(?:\{\})?")
_SPACING = re.compile(r"\\[\\,;:!> ]|~")
_NOTHING = re.compile(r"[\\{}$^]")

_TIMES = re.compile(r"(?<=\d)\s?times(?![a-z])(?=\s?\d|\W|$)")
#: macros whose sign is a letter to us, and those whose sign is punctuation
_LETTERS = {"ss": "ss", "aa": "a", "o": "o", "l": "l", "i": "i", "j": "j", "ae": "ae", "oe": "oe", "ell": "l"}
_SIGNS = {"times": "x", "infty": "infty"} | dict.fromkeys(
    (
        *("sim", "approx", "to", "rightarrow", "leftarrow", "leftrightarrow", "Rightarrow", "star", "ast"),
        *("dagger", "ddagger", "cdot", "cdots", "ldots", "dots", "circ", "degree", "pm", "mp", "le", "leq"),
        *("ge", "geq", "ll", "gg", "in", "subset", "cup", "cap", "nabla", "partial", "prime", "checkmark"),
        *("langle", "rangle", "lfloor", "rfloor", "lceil", "rceil", "quad", "qquad", "oplus", "otimes"),
        *("copyright", "texttrademark", "textregistered", "protect", "noindent", "neq", "ne", "forall"),
    ),
    "",
)
_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau"
    " upsilon phi chi psi omega"
)
_GREEK = _NAMES.split()
#: after folding; what NFKD does not take apart
_SPELLED = str.maketrans(
    {chr(0x3B1 + place): name for place, name in enumerate(_GREEK)}
    | {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
    | {"×": "x", "∞": "infty"}
)


def title_key(title: str) -> PaperKey:
    """The key of a title: case, accents, white space, punctuation, LaTeX and a trailing `(v2)` do not count.

    `+` and `#` do count: `EvTexture++` is not `EvTexture`. Long titles end in a digest of the rest.
    """
    plain = plain_title(title)
    normal = _NOT_IN_TITLE_KEY.sub("", plain)
    if not normal:
        normal = "~" + _digest(fold(join_space(title)))
    elif len(normal) > _LONGEST_TITLE_KEY:
        normal = normal[: _LONGEST_TITLE_KEY - 40] + "~" + _digest(normal)
    return f"title:{TITLE_NORMALISER}:{normal}"


def plain_title(title: str) -> str:
    """`title` in lower case without accents, markup and version, its words still apart; in linear time."""
    title = join_space(title)
    if "&" in title:
        title = _ENTITY.sub(lambda found: html.unescape(found.group()), title).replace("&", " and ")
    if "<" in title:
        title = _TAG.sub("", title)
    if _TEX.search(title):
        title = _without_tex(title)
    plain = fold(title)
    if not plain.isascii():
        plain = plain.translate(_SPELLED)
    plain = _TIMES.sub("x", plain) if "times" in plain else plain
    return _without_version(plain)


def _without_tex(title: str) -> str:
    title = _DEGREE.sub("", title)
    if "\\" in title:
        title = _ACCENT.sub("", _SPACING.sub(" ", _WITH_ARGUMENT.sub("", title)))
    title = _MACRO.sub(_spelled, _LOOKS.sub("", title))
    return _NOTHING.sub("", title)


def _spelled(macro: re.Match[str]) -> str:
    name = macro[1]
    if name.startswith("var") and name[3:] in _GREEK:
        return name[3:]
    return _SIGNS.get(name, _LETTERS.get(name.lower(), name))


def _without_version(plain: str) -> str:
    start = max(0, len(plain) - _LONGEST_VERSION)
    if plain[-3:].strip(" .")[-1:] not in {")", "]"}:
        return plain
    return plain[:start] + _TITLE_VERSION.sub("", plain[start:])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
