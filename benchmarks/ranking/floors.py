"""The least that the ranker must reach on the judged sets; `gate.py` and the tests hold it to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least value of one figure, and why it is there."""

    least: float
    why: str


#: set and figure of `gate.Figures` → floor
FLOORS: dict[tuple[str, str], Floor] = {}
