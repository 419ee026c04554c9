"""The least that the ranker must reach on the judged sets; `gate.py` and the tests hold it to them.

A floor is what was reached when it was last set, less one or two interest-days. Raise it when the
ranker gets better; lower it only with the reason in the commit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least value of one figure, and why it is there."""

    least: float
    why: str


_ORDER = "the relevant papers come first"
_FIRST = "the first paper decides whether a reader opens the next mail"
_SENT = "a paper that is clearly about the interest is not kept back"
_SILENT = "a reader whose subject does not occur is left in peace"
#: .95 by the words alone: what a few hundred papers teach finds more, and is more often wrong
_TEMPTED = "the same where words of the subject occur"
_PARTLY = "days that have only a partly relevant paper count too, so it is lower"
_SCALE = "points mean the same for all interests and days"
_SHAPE = "no shape of interest pays for another"
_OFF = "an interest outside the archive's subjects sends on one day in a hundred at most"

#: set and figure of `gate.Figures` → floor
FLOORS: dict[tuple[str, str], Floor] = {
    ("topics", "ndcg"): Floor(least=0.84, why=_ORDER),
    ("topics", "first"): Floor(least=0.86, why=_FIRST),
    ("topics", "send"): Floor(least=0.82, why=_PARTLY),
    ("topics", "send_clear"): Floor(least=0.915, why=_SENT),
    ("topics", "silent"): Floor(least=0.93, why=_SILENT),
    ("topics", "auc"): Floor(least=0.96, why=_SCALE),
    ("topics", "send_auc"): Floor(least=0.93, why=_SCALE),
    ("one word", "ndcg"): Floor(least=0.82, why=_SHAPE),
    ("one word", "send_clear"): Floor(least=0.96, why=_SHAPE),
    ("two or three words", "ndcg"): Floor(least=0.84, why=_SHAPE),
    ("two or three words", "send_clear"): Floor(least=0.9, why=_SHAPE),
    ("four words or more", "ndcg"): Floor(least=0.805, why=_SHAPE),
    ("four words or more", "send_clear"): Floor(least=0.85, why=_SHAPE),
    ("quiet days", "silent"): Floor(least=0.84, why=_TEMPTED),
    ("off topic", "silent"): Floor(least=0.99, why=_OFF),
}
