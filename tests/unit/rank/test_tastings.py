from datetime import UTC, datetime

import numpy as np
import pytest

from digest.model import EvidenceKind, KnownPaper, Paper
from digest.rank.archive.background import Background
from digest.rank.taste.taste import learn
from digest.rank.taste.tastings import Tasting
from digest.rank.taste.termvectors import TermVectors

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPEECH = [
    Paper(title="Neural vocoders", abstract=f"Speech synthesis with prosody of speaker number{n}.")
    for n in range(8)
]
OTHERS = [
    Paper(title="Graph kernels", abstract="Message passing over molecules."),
    Paper(title="\u8a71\u8005", abstract=""),
    Paper(title=""),
]
PAPERS = [
    KnownPaper(id=n, paper=paper, keys=(f"title:{n}",), first_seen=NOW)
    for n, paper in enumerate([*SPEECH[:1], *OTHERS])
]
BACKGROUND = Background.empty().updated([*SPEECH, *OTHERS])


def tasting(liked=SPEECH, disliked=(), subject=None):
    taste = learn(liked, disliked, BACKGROUND)
    vectors = TermVectors.read([known.paper for known in PAPERS], BACKGROUND)
    near = None if subject is None else np.array(subject, np.float32)
    return Tasting(taste, PAPERS, vectors, BACKGROUND.analyser, near)


def test_a_paper_near_in_subject_alone_gets_points_and_no_words():
    silent, near = tasting(), tasting(subject=[0.0, 8.0, 8.0, 8.0])
    for number in (1, 2, 3):
        points = near.score(number, 0.0, interested=False)
        assert points > silent.score(number, 0.0, interested=False)
        (reason,) = near.reasons(number, points)
        assert (reason.kind, reason.points, reason.words) == (EvidenceKind.LEARNED, points, ())


def test_words_that_speak_for_it_are_shown_as_they_stand():
    (reason,) = tasting(subject=[4.0, 0.0, 0.0, 0.0]).reasons(0, 60.0)
    assert 0 < len(reason.words) <= 4
    text = f"{SPEECH[0].title} {SPEECH[0].abstract}"
    assert all(word.strip() and word in text for word in reason.words)


def test_nothing_added_is_no_reason():
    assert list(tasting().reasons(0, 0.0)) == []


@pytest.mark.parametrize("interested", [True, False])
@pytest.mark.parametrize("subject", [None, [3.0, -2.0, 0.5, 6.0]])
def test_all_scores_are_what_each_is(interested, subject):
    stated = np.array([10.0, 30.0, 55.0, 0.0])
    seen = tasting(disliked=OTHERS[:1], subject=subject)
    each = [seen.score(n, own, interested=interested) for n, own in enumerate(stated.tolist())]
    assert seen.scores(stated, interested=interested).tolist() == each
