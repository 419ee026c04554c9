"""The ranker as a scorer for an evaluation harness: `rank_eval_adapter:build`.

A profile's `include` are interests of equal weight, `exclude` are mutes; likes are not used yet.
"""

from datetime import UTC, datetime

from digest.model import Interest, KnownPaper, Paper, Reader
from digest.rank import Background, muted
from digest.rank.ranking import scores
from digest.rank.scorer import Scorer

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def build(background):
    """A scorer whose word statistics come from the documents of `background`."""
    archive = background_of(background)

    def score(profiles, candidates):
        papers = known_papers(candidates)
        scorer = Scorer(papers, archive)
        rows = []
        for profile in profiles:
            reader = _reader(profile)
            row = [0.0] * len(papers)
            for number, points in scores(scorer, reader).items():
                row[number] = points
            if profile["exclude"]:
                for number in muted(papers, reader):
                    row[number] = 0.0
            rows.append(row)
        return rows

    return score


def background_of(docs):
    """The statistics of an archive of `docs`."""
    return Background.empty().updated(_paper(doc) for doc in docs)


def known_papers(docs):
    """`docs` as papers of an archive."""
    return [
        KnownPaper(id=number, paper=_paper(doc), keys=(f"title:1:{doc.id}",), first_seen=NOW)
        for number, doc in enumerate(docs)
    ]


def _reader(profile):
    wanted = [Interest(text=text) for text in profile["include"]]
    unwanted = [Interest(text=text, weight=-1.0) for text in profile["exclude"]]
    return Reader(interests=(*wanted, *unwanted))


def _paper(doc):
    return Paper(title=doc.title, abstract=doc.text)
