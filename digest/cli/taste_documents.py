"""Feedback, taste and similar papers as JSON documents; see `documents.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from digest.cli import documents

if TYPE_CHECKING:
    from digest.model import KnownPaper, SimilarPaper
    from digest.pipeline import LearningReport

Weights: TypeAlias = Sequence[tuple[str, float]]


def feedback(value: LearningReport) -> dict[str, Any]:
    """What some feedback changed."""
    return {
        "subscriber": value.subscriber.name,
        "opinion": value.opinion,
        "papers": value.titles,
        "new": value.given.new,
        "changed": value.given.changed,
        "known": value.given.known,
        "taken_back": value.taken_back,
        "not_found": value.not_found,
        "problems": [documents.problem(p) for p in value.problems],
        "likes": value.likes,
        "dislikes": value.dislikes,
    }


def taste(value: LearningReport, limit: int) -> dict[str, Any]:
    """What was learned: the `limit` strongest and weakest words with their weights."""
    strongest, weakest = extremes(value.taste.weights if value.taste else (), limit)
    return {
        "subscriber": value.subscriber.name,
        "likes": value.likes,
        "dislikes": value.dislikes,
        "strongest": [{"words": words, "weight": round(weight, 6)} for words, weight in strongest],
        "weakest": [{"words": words, "weight": round(weight, 6)} for words, weight in weakest],
    }


def extremes(weights: Weights, limit: int) -> tuple[Weights, Weights]:
    """What speaks for a paper most, the strongest first, and what speaks against it, likewise."""
    strongest = [one for one in weights if one[1] > 0]
    weakest = [one for one in reversed(weights) if one[1] < 0]
    return strongest[:limit], weakest[:limit]


def similar(wanted: KnownPaper, found: Sequence[SimilarPaper]) -> dict[str, Any]:
    """A paper and those like it, with the common words."""
    return {
        "paper": documents.known_paper(wanted),
        "similar": [
            {
                "similarity": round(one.similarity, 4),
                "words": one.words,
                "paper": documents.known_paper(one.paper),
            }
            for one in found
        ],
    }
