r"""Readable text: LaTeX, and what a site leaves of it, as plain Unicode where that is certain.

`readable` works on what feeds carry (`$4\sim16\times$`) and on what is left where the dollar signs and
backslashes were stripped (`4sim 16times`). What may be English, money or a name stays as it stands. The
raw text is kept elsewhere: this is a view, and `REPAIR_VERSION` says which.
"""

from __future__ import annotations

from digest.repair.suspects import suspicious
from digest.text import printable

__all__ = ["REPAIR_VERSION", "readable", "shown"]

#: raised whenever `readable` may answer differently, so that stored views are made anew
REPAIR_VERSION = 1

#: a text that still changes after so many rounds is no text that we understand
_MOST_ROUNDS = 6


def readable(text: str) -> str:
    """`text` with its LaTeX as plain Unicode; the same object when nothing in it looks like LaTeX.

    What comes out is settled: reading it again changes nothing.
    """
    now = text
    for _ in range(_MOST_ROUNDS):
        if not suspicious(now):
            return now
        before, now = now, _round(now)
        if now == before:
            return now
    return text


def shown(raw: str) -> str:
    """What is shown of a source's own text: readable, on one line, without characters that could act."""
    # `isprintable` is far quicker than cleaning, and true for nearly every text
    return readable(raw if raw.isprintable() else printable(raw))


def _round(text: str) -> str:
    from digest.repair.latex import without_markup  # noqa: PLC0415 - heavy: many patterns
    from digest.repair.residue import without_residue  # noqa: PLC0415 - likewise
    from digest.repair.typography import tidy, typeset  # noqa: PLC0415 - likewise

    changed = typeset(without_residue(without_markup(text)))
    return text if changed == text else tidy(changed)
