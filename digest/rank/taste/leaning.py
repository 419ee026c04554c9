"""What some papers have in common that the archive has not: weighted words, and a scale for them.

Rocchio's centroid with pseudo-relevance feedback: the mean vector of the papers, less the archive's, plus a
weaker one of the archive's papers nearest to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import Paper
from digest.rank.taste.termvectors import Floats, Statistics, Terms, TermVectors, is_pair

#: a leaning keeps this many terms
_MOST_TERMS = 500
#: the papers of the archive nearest to the given ones speak for them too: how many, and how loud
_NEIGHBOURS, _NEIGHBOURS_WEIGHT = 30, 0.4
#: a pair of stems counts when this many papers of the archive hold it, or of the given without an archive
_LEAST_HOLDING = 2
#: fewer papers than this say nothing about the archive
_LEAST_ARCHIVE = 50
#: where no archive tells: what an ordinary paper gets, and the standard deviation of that
_ORDINARY, _SPREAD = 0.04, 0.02
#: what a further paper of the kind gets beyond an ordinary one, known before as if from so many papers
_TYPICAL, _PRIOR_PAPERS = 0.15, 3.0
#: a paper of the kind stands out by so many standard deviations of the ordinary ones at least
_LEAST_DEVIATIONS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """Weighted words of one kind of papers. A strength of 0 is an ordinary paper, 1 one of the kind."""

    #: from how many papers this was learned
    papers: int
    #: term and weight above 0, strongest first; their squares add up to 1 at most
    weights: tuple[tuple[str, float], ...]
    #: what ordinary papers of the archive get, on average
    ordinary: float
    #: from there to what a further paper of the kind gets; above 0
    unit: float

    def strengths(self, vectors: TermVectors) -> Floats:
        """Strength of each paper, of shape (papers,)."""
        return (vectors.dot(dict(self.weights)) - self.ordinary) / self.unit

    def shares(self, terms: Terms) -> dict[str, float]:
        """What each term of one paper adds to its strength, an ordinary paper's not yet taken off."""
        return {term: terms[term] * weight / self.unit for term, weight in self.weights if term in terms}


def ordinary_papers(papers: Sequence[Paper], statistics: Statistics) -> TermVectors:
    """`papers`, taken from the archive at random, as `lean` wants them; read once for many readers."""
    return TermVectors.read(papers, statistics).held(_LEAST_HOLDING)


def lean(given: TermVectors, contrast: TermVectors, less: Terms, *, widened: bool = True) -> Leaning:
    """What the papers of `given` (one at least) share, against `contrast`; terms of `less` count less.

    `widened` by what the archive's papers nearest to them say; latent subjects do that better.
    """
    space = _Space(given, contrast)
    own = _unit(space.centre - space.usual)
    around, near = space.around(own)
    # an archive of other subjects has nothing near, and what is least far there must not count as liked
    loud = _NEIGHBOURS_WEIGHT * min(near / max(space.alone(own), _TYPICAL), 1.0) if widened else 0.0
    whole = _strongest(own + loud * _unit(around - space.usual), space.names)
    dense = space.placed(whole)
    ordinary, spread = space.calm(dense)
    trusted = (space.alone(dense) - ordinary) * given.papers + _TYPICAL * _PRIOR_PAPERS
    # the scale is that of the whole: what little `less` leaves must not be made large again
    weights = {term: left for term, weight in whole.items() if (left := weight - less.get(term, 0.0)) > 0}
    return Leaning(
        papers=given.papers,
        weights=tuple(sorted(weights.items(), key=lambda each: (-each[1], each[0]))),
        ordinary=space.calm(space.placed(weights))[0] if less else ordinary,
        unit=max(trusted / (given.papers + _PRIOR_PAPERS), _LEAST_DEVIATIONS * spread),
    )


class _Space:
    """The terms of an archive and of some given papers, each term one place of a dense vector."""

    def __init__(self, given: TermVectors, contrast: TermVectors) -> None:
        self._given, self._contrast = given, contrast
        columns = dict(contrast.columns)
        places = [columns.setdefault(term, len(columns)) for term in given.columns]
        self._columns = columns
        self.names = list(columns)
        self._cols = np.array(places, np.int64)[given.cols]
        # a given paper is in the archive too as a rule, and would be its own neighbour
        titles = set(given.titles)
        others = np.array([title not in titles for title in contrast.titles], bool)
        self._others = others if others.sum() >= _LEAST_ARCHIVE else others & False
        self.usual = self._mixed(self._others / max(self._others.sum(), 1))
        self._mean = np.bincount(self._cols, given.values, len(columns)) / given.papers
        self.centre = np.where(self._telling(), self._mean, 0.0)

    def _telling(self) -> NDArray[np.bool_]:
        """Which terms may count: no pair that hardly any paper has."""
        if self._others.any():
            telling = np.ones(len(self.names), bool)
            alone = slice(len(self._contrast.columns), None)
            telling[alone] = [not is_pair(term) for term in self.names[alone]]
            return telling
        holding = np.bincount(self._cols, minlength=len(self.names)) >= _LEAST_HOLDING
        single = [not is_pair(term) for term in self.names]
        return np.logical_or(holding, single)

    def placed(self, terms: Terms) -> Floats:
        """`terms` as a dense vector."""
        dense = np.zeros(len(self.names))
        for term, value in terms.items():
            if term in self._columns:
                dense[self._columns[term]] = value
        return dense

    def _mixed(self, shares: Floats) -> Floats:
        contrast = self._contrast
        sums = np.bincount(contrast.cols, contrast.values * shares[contrast.rows], len(self.names))
        return sums.astype(np.float64)  # integers where there is nothing to count

    def _dots(self, weights: Floats) -> Floats:
        contrast = self._contrast
        dots = np.bincount(contrast.rows, contrast.values * weights[contrast.cols], contrast.papers)
        return dots.astype(np.float64)

    def around(self, weights: Floats) -> tuple[Floats, float]:
        """The mean of the archive's papers nearest to `weights`, the nearer the more; and their nearness."""
        near = self._dots(weights) * self._others
        shares = np.zeros(len(near))
        top = np.argsort(-near, kind="stable")[:_NEIGHBOURS]
        shares[top] = near[top].clip(min=0.0)
        if not shares.any():
            return self.usual, 0.0
        return self._mixed(shares / shares.sum()), float(shares[top].mean())

    def calm(self, weights: Floats) -> tuple[float, float]:
        """What the archive's papers get: mean and standard deviation."""
        if not self._others.any():
            return _ORDINARY, _SPREAD
        found = self._dots(weights)[self._others]
        return float(found.mean()), float(found.std())

    def alone(self, weights: Floats) -> float:
        """What a given paper gets on average when the others alone had made the weights; 0 for one alone."""
        papers = self._given.papers
        kept = weights[self._cols] > 0
        whole = float((self._mean[weights > 0] ** 2).sum())
        if papers < 2 or whole <= 0:
            return 0.0
        # of the centre's length, what is each paper's likeness to itself
        itself = float((self._given.values[kept] ** 2).sum()) / papers**2
        return float(self._mean @ weights) * max(whole - itself, 0.0) / whole * papers / (papers - 1)


def _strongest(weights: Floats, names: Sequence[str]) -> dict[str, float]:
    # rounded, so that the last bit of a sum never decides which of two equals comes first
    rounded = np.round(weights, 9)
    least = np.partition(rounded, -_MOST_TERMS)[-_MOST_TERMS] if len(rounded) > _MOST_TERMS else 0.0
    above = np.flatnonzero((rounded > 0) & (rounded >= least))
    order = sorted((-float(rounded[n]), names[n]) for n in above.tolist())[:_MOST_TERMS]
    length = math.sqrt(math.fsum(weight * weight for weight, _ in order))
    return {term: -weight / length for weight, term in order}


def _unit(weights: Floats) -> Floats:
    length = float(np.sqrt(weights @ weights))
    return weights / length if length > 0 else weights
