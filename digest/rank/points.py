"""From strength to points: one scale for all interests, and one score for all of a reader's."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digest.rank.send_line import SEND_LINE

#: strength and its points; linear in between
_LADDER = (
    (0.0, 0.0),
    (0.20, 20.0),
    (0.30, 40.0),
    (0.35, SEND_LINE),
    (0.40, 60.0),
    (0.45, 70.0),
    (0.50, 80.0),
    (0.60, 95.0),
    (1.0, 100.0),
)
_STEPS = [strength for strength, _ in _LADDER]

#: what every further interest adds above the send line, as a share of its own points
FURTHER = 0.5
#: the same where the strongest is below the line: there it orders what is in doubt, and sends nothing
FURTHER_BELOW = 1.9
#: the part of the gap that no number of further interests closes
LEAST_GAP = 0.01


def points(strength: float) -> float:
    """Points in [0, 100] of a strength in [0, 1]; rises strictly."""
    step = min(max(bisect_right(_STEPS, strength), 1), len(_LADDER) - 1)
    (low, least), (high, most) = _LADDER[step - 1], _LADDER[step]
    return min(max(least + (most - least) * (strength - low) / (high - low), 0.0), 100.0)


def ladder(strengths: npt.NDArray[np.float32], later: float = 0.0) -> npt.NDArray[np.float32]:
    """`points` of many strengths at once, every step after 0 so much `later`."""
    steps = _steps(later)
    return np.interp(strengths, [step for step, _ in steps], [most for _, most in steps]).astype(np.float32)


def rung(strength: float, later: float = 0.0) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two steps of `ladder` between which `strength` lies, each with its points."""
    steps = _steps(later)
    at = min(max(bisect_right(steps, (strength, math.inf)), 1), len(steps) - 1)
    return steps[at - 1], steps[at]


def _steps(later: float) -> list[tuple[float, float]]:
    return [(step + later if step else step, most) for step, most in _LADDER]


def combined(counting: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The sums of what `combine` gives for each column of `counting`: interests x papers."""
    if not len(counting):
        return np.zeros(counting.shape[1])
    top = counting.max(axis=0)
    further = further_part(top)
    left = np.prod(1 - further * counting / 100, axis=0) / (1 - further * top / 100)
    gap = np.where(top >= SEND_LINE, 100.0, SEND_LINE) - top
    return np.asarray(top + gap * (1 - np.maximum(left, LEAST_GAP)))


def further_part(strongest: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Which share of its points each further interest closes of the gap above papers' `strongest` ones."""
    return np.where(strongest >= SEND_LINE, FURTHER, FURTHER_BELOW)


def weighted(own: float, weight: float) -> float:
    """Points that count for a reader: the interest's own times its weight, at most 100."""
    return min(own * weight, 100.0)


def combine(counting: Sequence[float]) -> list[float]:
    """What each of a reader's interests contributes to the score, which is their sum.

    The strongest contributes all of its points. The others share a bonus that closes part of the
    gap above it: each closes `FURTHER` of its points in hundredths of what the ones before left.
    The gap reaches up to 100, or only up to the send line when the strongest is below it, so that
    several weak interests never send a paper together; they close `FURTHER_BELOW` of theirs there.
    """
    if len(counting) < 2:
        return list(counting)
    best = max(range(len(counting)), key=lambda i: counting[i])
    top = counting[best]
    further = FURTHER if top >= SEND_LINE else FURTHER_BELOW
    whole, left = 0.0, 1.0
    # not by `sum`, whose last digits depend on the version of Python: `contributions` gives the same
    for i, own in enumerate(counting):
        whole += own
        left *= 1.0 if i == best else 1 - further * own / 100
    others, left = whole - top, max(left, LEAST_GAP)
    bonus = ((100.0 if top >= SEND_LINE else SEND_LINE) - top) * (1 - left)
    return [top if i == best else bonus * own / others if others else 0.0 for i, own in enumerate(counting)]


def contributions(counting: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What `combine` gives for each column of `counting`, to the last bit: interests x papers."""
    if len(counting) < 2:
        return counting
    best = np.arange(len(counting))[:, None] == counting.argmax(axis=0)
    top = counting.max(axis=0)
    further = further_part(top)
    whole, left = np.zeros_like(top), np.ones_like(top)
    for own, leads in zip(counting, best, strict=True):
        whole += own
        left *= np.where(leads, 1.0, 1 - further * own / 100)
    others = whole - top
    bonus = (np.where(top >= SEND_LINE, 100.0, SEND_LINE) - top) * (1 - np.maximum(left, LEAST_GAP))
    shared = np.divide(bonus * counting, others, out=np.zeros_like(counting), where=others != 0)
    return np.asarray(np.where(best, top, shared))


def least_strongest(line: float, interests: int) -> float:
    """The least points of the strongest of so many interests with which a paper can score `line`.

    Below it none does, whatever the others find; rounded down. It is the send line itself for that line.
    """
    low, high = 0.0, 100.0
    for _ in range(64):
        middle = (low + high) / 2
        low, high = (low, middle) if _most(middle, interests) >= line else (middle, high)
    return low


def _most(strongest: float, interests: int) -> float:
    """The score when all interests are as strong as the strongest."""
    further = FURTHER if strongest >= SEND_LINE else FURTHER_BELOW
    left = max((1 - further * strongest / 100) ** max(interests - 1, 0), LEAST_GAP)
    return strongest + ((100.0 if strongest >= SEND_LINE else SEND_LINE) - strongest) * (1 - left)
