"""The whole arithmetic of one score, step by step, for `digest why`.

Every number is read off the arrays that score a paper; nothing is worked out by a second formula.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.model import Evidence, EvidenceKind, Field, Interest, KnownPaper, Reader
from digest.rank.archive.background import Background
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.related import NOTHING, Expansion
from digest.rank.asked import Asked, asked
from digest.rank.findings import ABSTRACT, RELATED, TITLE, Finding, PaperArrays
from digest.rank.interests import Wording
from digest.rank.lexical import HitKind, credit, hits
from digest.rank.names import NAME_FIELDS, NameHit, find_authors, find_organization
from digest.rank.points import combine, rung, weighted
from digest.rank.ranking import explain
from digest.rank.weights import WEIGHTS, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class HitSum:
    """What one item of a wording adds to the strength."""

    kind: HitKind
    #: the item's words, by their stems
    stems: tuple[str, ...]
    #: what it adds at most
    worth: float
    title: float
    abstract: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSum:
    """What one related word adds to the nearness: its weight times its value in the paper."""

    stem: str
    weight: float
    value: float

    @property
    def product(self) -> float:
        """Its part of the nearness."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSum:
    """What the archive taught: `lift · gap` is `added`.

    `lift` is `(nearness · its weight + subject · its weight) · sureness`, at most half.
    """

    #: related words that the paper holds, the greatest product first; their products add up to `nearness`
    words: tuple[WordSum, ...]
    nearness: float
    nearness_weight: float
    #: cosine in the latent subjects, none below 0, and what it counts for: 0 without a basis
    subject: float
    subject_weight: float
    sureness: float
    #: which part of the gap it closes
    lift: float
    #: 1 less the strength of the words
    gap: float
    added: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthSum:
    """From the words in the paper to a strength and its place on the ladder."""

    #: the way to say it that stands in the paper best, by its words
    wording: tuple[str, ...]
    #: the most that this wording's strength can be; the hits have it in them
    reach: float
    hits: tuple[HitSum, ...]
    #: `None` where the archive taught nothing
    near: NearSum | None
    #: what the hits and `near.added` add up to
    strength: float
    #: the steps of the ladder below and above the strength, each with its points; linear in between
    rung: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestSum:
    """From what stands in the paper to what one interest contributes to the score."""

    interest: Interest
    #: `None` for an author or organization
    words: StrengthSum | None
    #: the author or organization, where it is one of the paper's
    name: NameHit | None
    #: the interest's own, 0 to 100
    points: float
    #: times its weight, at most 100
    counting: float
    #: its part of the score
    contributed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """`contributed` of all interests, and what likes added or took, add up to `before_mutes`."""

    paper: KnownPaper
    #: in the reader's order, those that mute left out
    interests: tuple[InterestSum, ...]
    #: what was learned from likes and dislikes
    learned: tuple[Evidence, ...]
    before_mutes: float
    #: the mutes that stand in the paper, each with its place
    mutes: tuple[Evidence, ...]
    #: 0 to 100: 0 where there is a mute
    score: float


def arithmetic(
    paper: KnownPaper, reader: Reader, background: Background, now: datetime, weights: Weights = WEIGHTS
) -> Arithmetic:
    """How the score of `explain` comes about; `now` must be aware and in UTC."""
    explained = explain(paper, reader, background, now)
    sums = _Sums(paper, background, weights)
    wanted = [interest for interest in reader.interests if not interest.muted]
    counting = [weighted(sums.points(interest), interest.weight) for interest in wanted]
    parts = zip(wanted, counting, combine(counting), strict=True)
    interests = tuple(sums.of(interest, counts, contributed) for interest, counts, contributed in parts)
    learned = tuple(e for e in explained.evidence if e.kind is EvidenceKind.LEARNED)
    mutes = tuple(e for e in explained.evidence if e.interest and e.interest.muted)
    total = math.fsum([*(i.contributed for i in interests), *(e.points for e in learned)])
    total = min(max(total, 0.0), 100.0)
    return Arithmetic(
        paper=paper,
        interests=interests,
        learned=learned,
        before_mutes=total,
        mutes=mutes,
        score=0.0 if mutes else total,
    )


class _Sums:
    """One paper as the arrays that score it."""

    def __init__(self, paper: KnownPaper, background: Background, weights: Weights) -> None:
        self._paper = paper.paper
        self._background = background
        self._weights = weights
        block = TokenBlock.of_papers([paper.paper], background.analyser)
        self._arrays = PaperArrays(block, background, weights)
        self._findings: dict[Asked, Finding] = {}

    def points(self, interest: Interest) -> float:
        """An interest's own."""
        if interest.field in NAME_FIELDS:
            hit = self._name(interest)
            return hit.points if hit else 0.0
        return float(self._finding(asked(interest)).points[0])

    def of(self, interest: Interest, counting: float, contributed: float) -> InterestSum:
        """Everything about an interest that counts so much and contributes so much of it."""
        hit = self._name(interest) if interest.field in NAME_FIELDS else None
        words = None if interest.field in NAME_FIELDS else self._words(asked(interest))
        return InterestSum(
            interest=interest,
            words=words,
            name=hit,
            points=self.points(interest),
            counting=counting,
            contributed=contributed,
        )

    def _name(self, interest: Interest) -> NameHit | None:
        if interest.field is Field.AUTHOR:
            return find_authors(interest.text, self._paper)
        return find_organization(interest.text, self._paper, self._background.analyser)

    def _finding(self, key: Asked) -> Finding:
        if key not in self._findings:
            self._findings[key] = self._arrays.find(key)
        return self._findings[key]

    def _words(self, key: Asked) -> StrengthSum:
        finding = self._finding(key)
        wording = finding.wordings[finding.best[0]] if finding.wordings and finding.best is not None else None
        near = self._near(key, finding)
        strength = float(finding.parts[0].sum())
        return StrengthSum(
            wording=wording.exact if wording else (),
            reach=wording.reach if wording else 0.0,
            hits=tuple(self._hits(wording, key[1])) if wording else (),
            near=near,
            strength=strength,
            rung=rung(strength, self._arrays.nearness(key).usual),
        )

    def _hits(self, wording: Wording, field: Field) -> Iterator[HitSum]:
        index = self._arrays.index
        for hit in hits(index, wording, self._weights):
            title, abstract = credit(index, hit, field, self._weights)[0] * wording.reach
            if title or abstract:
                yield HitSum(
                    kind=hit.kind,
                    stems=hit.stems,
                    worth=hit.worth * wording.reach,
                    title=float(title),
                    abstract=float(abstract),
                )

    def _near(self, key: Asked, finding: Finding) -> NearSum | None:
        expansion = self._background.expansions.get(key, NOTHING)
        if not expansion.terms:
            return None
        near = self._arrays.nearness(key)
        return NearSum(
            words=self._related(expansion),
            nearness=float(near.words[0]),
            nearness_weight=near.weights[0],
            subject=float(near.subject[0]),
            subject_weight=near.weights[1],
            sureness=near.sureness,
            lift=float(near.lift[0]),
            gap=max(1 - float(finding.parts[0, [TITLE, ABSTRACT]].sum()), 0.0),
            added=float(finding.parts[0, RELATED]),
        )

    def _related(self, expansion: Expansion) -> tuple[WordSum, ...]:
        index, columns = self._arrays.index, self._arrays.columns
        numbers = ((stem, weight, index.stem_number(stem)) for stem, weight in expansion.terms)
        held = [
            WordSum(stem=stem, weight=weight, value=float(columns.column(number)[1][0]))
            for stem, weight, number in numbers
            if number is not None
        ]
        return tuple(sorted(held, key=lambda word: (-word.product, word.stem)))
