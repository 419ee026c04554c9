"""The arithmetic of a score as a JSON document; see `documents.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.cli import documents

if TYPE_CHECKING:
    from digest.rank import Arithmetic, InterestSum, NearSum, StrengthSum

#: digits behind the point of a strength, and of points
_FINE, _COARSE = 6, 4


def arithmetic(value: Arithmetic) -> dict[str, Any]:
    """Every step; `contributed` of all interests and the points of `learned` add up to `before_mutes`."""
    return {
        "interests": [_interest(each) for each in value.interests],
        "learned": [documents.evidence(reason) for reason in value.learned],
        "before_mutes": round(value.before_mutes, _COARSE),
        "mutes": [documents.evidence(reason) for reason in value.mutes],
        "score": round(value.score, _COARSE),
    }


def _interest(value: InterestSum) -> dict[str, Any]:
    return {
        "interest": value.interest.text,
        "field": value.interest.field,
        "weight": value.interest.weight,
        "words": _strength(value.words) if value.words else None,
        "name": {"points": value.name.points, "spans": value.name.spans} if value.name else None,
        "points": round(value.points, _COARSE),
        "counting": round(value.counting, _COARSE),
        "contributed": round(value.contributed, _COARSE),
    }


def _strength(value: StrengthSum) -> dict[str, Any]:
    return {
        "wording": value.wording,
        "reach": round(value.reach, _FINE),
        "hits": [
            {
                "kind": hit.kind,
                "stems": hit.stems,
                "worth": round(hit.worth, _FINE),
                "title": round(hit.title, _FINE),
                "abstract": round(hit.abstract, _FINE),
            }
            for hit in value.hits
        ],
        "near": _near(value.near) if value.near else None,
        "strength": round(value.strength, _FINE),
        "rung": [{"strength": round(step, _FINE), "points": points} for step, points in value.rung],
    }


def _near(value: NearSum) -> dict[str, Any]:
    return {
        "words": [
            {"stem": word.stem, "weight": round(word.weight, _FINE), "value": round(word.value, _FINE)}
            for word in value.words
        ],
        "nearness": round(value.nearness, _FINE),
        "nearness_weight": value.nearness_weight,
        "subject": round(value.subject, _FINE),
        "subject_weight": value.subject_weight,
        "sureness": round(value.sureness, _FINE),
        "lift": round(value.lift, _FINE),
        "gap": round(value.gap, _FINE),
        "added": round(value.added, _FINE),
    }
