"""What some papers have in common that the archive has not: weighted words, and a scale for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from digest.rank.termvectors import Floats, TermVectors, Terms

#: a leaning keeps this many terms
_MOST_TERMS = 300
#: the archive's papers nearest to the given ones speak for them too: how many, and how much
_NEIGHBOURS, _NEIGHBOURS_WEIGHT = 30, 0.6
#: fewer papers of the archive than this say nothing about it
_LEAST_CONTRAST = 50
#: what an ordinary paper gets, its spread, and what a further paper of the kind gets, where unknown
_ORDINARY, _SPREAD, _TYPICAL = 0.02, 0.025, 0.25
#: what is known before counts as this many papers
_PRIOR_PAPERS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """Weighted words of one kind of papers. A strength of 0 is an ordinary paper, 1 one of the kind."""

    #: from how many papers this was learned
    papers: int
    #: term → weight above 0, strongest first
    weights: Terms
    #: what an ordinary paper of the archive gets: mean and standard deviation
    ordinary: float
    spread: float
    #: what a further paper of this kind gets on average
    typical: float

    def strengths(self, vectors: TermVectors) -> Floats:
        """Strength of each paper, of shape (papers,)."""
        return (vectors.dot(self.weights) - self.ordinary) / self.unit

    @property
    def unit(self) -> float:
        """From an ordinary paper to one of the kind: above 0."""
        return max(self.typical - self.ordinary, 4 * self.spread)

    def shares(self, terms: Terms) -> dict[str, float]:
        """What each term of a paper contributes to its strength, before the ordinary paper's is taken off."""
        return {t: v * self.weights[t] / self.unit for t, v in terms.items() if t in self.weights}


def lean(given: TermVectors, contrast: TermVectors | None, less: Terms = MappingProxyType({})) -> Leaning:
    """What the papers of `given` (one at least) share, against `contrast`; terms of `less` count less."""
    archive = contrast if contrast is not None and contrast.papers >= _LEAST_CONTRAST else None
    usual = archive.mean(np.full(archive.papers, 1 / archive.papers)) if archive else {}
    centre = given.mean(np.full(given.papers, 1 / given.papers))
    own = _unit({term: value - usual.get(term, 0.0) for term, value in centre.items()})
    wide = _widened(own, archive, usual) if archive else own
    weights = _strongest({term: value - less.get(term, 0.0) for term, value in wide.items()})
    ordinary, spread = _calm(archive, weights)
    return Leaning(
        papers=given.papers,
        weights=MappingProxyType(weights),
        ordinary=ordinary,
        spread=spread,
        typical=_typical(given, weights, own, wide, ordinary),
    )


def _widened(own: Terms, archive: TermVectors, usual: Terms) -> dict[str, float]:
    """`own` and, weaker, what the papers of the archive nearest to it have in common."""
    near = archive.dot(own)
    nearest = np.argsort(-near, kind="stable")[:_NEIGHBOURS]
    shares = np.zeros(archive.papers)
    shares[nearest] = np.maximum(near[nearest], 0.0)
    if not shares.any():
        return dict(own)
    common = archive.mean(shares / shares.sum())
    further = _unit({term: value - usual.get(term, 0.0) for term, value in common.items() if value})
    sums = {t: own.get(t, 0.0) + _NEIGHBOURS_WEIGHT * further.get(t, 0.0) for t in {**own, **further}}
    return _unit(sums)


def _calm(archive: TermVectors | None, weights: Terms) -> tuple[float, float]:
    if archive is None:
        return _ORDINARY, _SPREAD
    found = archive.dot(weights)
    return float(found.mean()), max(float(found.std()), 1e-3)


def _typical(given: TermVectors, weights: Terms, own: Terms, wide: Terms, ordinary: float) -> float:
    """What one of the given papers gets from the others."""
    del own, wide
    prior = ordinary + _TYPICAL
    if given.papers < 2:
        return prior
    found = given.dot(weights)
    # each paper made one share of the weights itself
    alone = (found - 1 / math.sqrt(given.papers) / given.papers) if given.papers else found
    return float((alone.mean() * given.papers + prior * _PRIOR_PAPERS) / (given.papers + _PRIOR_PAPERS))


def _strongest(weights: Mapping[str, float]) -> dict[str, float]:
    order = sorted(((-round(w, 12), term) for term, w in weights.items() if w > 1e-9))
    return _unit({term: -w for w, term in order[:_MOST_TERMS]})


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(w * w for w in weights.values()))
    return {term: w / length for term, w in weights.items()} if length else {}
