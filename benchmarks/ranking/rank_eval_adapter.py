"""The ranker as a scorer for an evaluation harness: `rank_eval_adapter:build`.

A profile's `include` are interests of equal weight, `exclude` are mutes. Settings switch channels
off and move weights: `latent_subjects=false`, `archive=false`, or any field of `Weights`.
"""

from dataclasses import replace
from datetime import UTC, datetime

from digest.model import Field, Interest, KnownPaper, Paper, Reader
from digest.rank import Background
from digest.rank.account import mutes, scores
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.latent import make_basis
from digest.rank.asked import asked
from digest.rank.scorer import Scorer
from digest.rank.teaching.expansion import learn
from digest.rank.weights import Weights

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BLOCK = 2_000


def build(background, **settings):
    """A scorer whose statistics come from the documents of `background`."""
    known, blocks, weights = knowledge_of(background, **settings)

    def score(profiles, candidates):
        readers = [reader_of(profile) for profile in profiles]
        scorer = scorer_of(candidates, [i for r in readers for i in r.interests], known, blocks, weights)
        rows = [scores(scorer, reader) for reader in readers]
        for row, reader in zip(rows, readers, strict=True):
            row[list(mutes(scorer, reader))] = 0.0
        return rows

    return score


def knowledge_of(background, archive=True, latent_subjects=True, **settings):
    """Statistics, blocks of the archive and weights: what `scorer_of` wants."""
    papers = [paper_of(doc) for doc in background]
    known = Background.empty().updated(papers)
    parts = [papers[at : at + BLOCK] for at in range(0, len(papers), BLOCK)]
    blocks = [TokenBlock.of_papers(part, known.analyser) for part in parts] if archive else []
    if latent_subjects and archive:
        known = replace(known, basis=make_basis(blocks, known))
    return known, blocks, Weights(**settings)


def scorer_of(docs, interests, known, blocks, weights):
    """A scorer of `docs` that has learnt what `blocks` teach about `interests`."""
    wanted = [asked(i) for i in interests if i.weight > 0]
    taught = learn(wanted, blocks, known, known.basis, weights)
    return Scorer(known_papers(docs), replace(known, expansions=taught), weights)


def known_papers(docs):
    """`docs` as papers of an archive."""
    return [
        KnownPaper(id=number, paper=paper_of(doc), keys=(f"title:1:{doc.id}",), first_seen=NOW)
        for number, doc in enumerate(docs)
    ]


def paper_of(doc):
    return Paper(title=doc.title, abstract=doc.text)


def reader_of(profile):
    wanted = [Interest(text=text, field=Field.ANYWHERE) for text in profile["include"]]
    unwanted = [Interest(text=text, weight=-1.0) for text in profile["exclude"]]
    return Reader(interests=(*wanted, *unwanted))
