r"""BibTeX's values as text: braces that only group go, accents and macros become what they print.

What LaTeX there is, is the work of `repair`; this takes care of what is special to BibTeX.
"""

from __future__ import annotations

import re

from digest.repair import readable

#: `{\c c}` and `{\H o}`: the letter stands behind a blank
_SPACED = re.compile(r"\\([HckruvbdtG])\s+([A-Za-z])(?![A-Za-z])")
_TIE = re.compile(r"(?<!\\)~")
#: an address is no text: tildes and braces in it stay
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MARKS = re.compile(r"[\\{}~$]")


def plain(value: str) -> str:
    """A value without braces and LaTeX."""
    if not _MARKS.search(value):
        return value
    if not _ADDRESS.match(value):
        value = _TIE.sub(" ", _SPACED.sub(r"\\\1{\2}", value))
    return readable(value).replace("{", "").replace("}", "")


def verbatim(value: str) -> str:
    r"""An id or address: what stands there, without braces around it and without escapes (`\_`, `\%`)."""
    return re.sub(r"\\(?=[_%&#~^$])", "", value.replace("{", "").replace("}", "")).strip()
