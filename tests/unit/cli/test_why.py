"""What `digest why` prints of the arithmetic: a person can add it up."""

import re

import pytest

from digest.cli import arithmetic_documents
from digest.cli.why import lines
from digest.model import Evidence, EvidenceKind, Field, Interest, Reader
from digest.rank import Arithmetic, Background, arithmetic
from tests.builders import NOON, known
from tests.unit.rank.test_arithmetic import PAPERS, SPEECH, taught

NUMBER = r"[+-]?\d+\.\d+"


def told(*interests, paper=PAPERS[3], background=None):
    reader = Reader(interests=interests)
    return list(lines(arithmetic(paper, reader, background or taught(PAPERS, SPEECH), NOON)))


def test_the_lines_of_an_interest_add_up_to_its_strength():
    shown = told(SPEECH)
    hits = [line for line in shown if re.match(rf"    {NUMBER} (title|abstract)", line)]
    added = [float(n) for line in hits for n in re.findall(rf"({NUMBER}) (?:title|abstract)", line)]
    (related,) = [float(m[1]) for line in shown if (m := re.match(rf"  ({NUMBER}) related", line))]
    (strength,) = [float(m[1]) for line in shown if (m := re.match(rf"  strength ({NUMBER})", line))]

    assert len(hits) > 3
    assert sum(added) + related == pytest.approx(strength, abs=0.001 * (len(added) + 1))


def test_the_related_words_are_shown_with_weight_and_value():
    shown = told(SPEECH, paper=PAPERS[1])

    assert "  none of its words" in shown
    products = [re.match(rf"    ({NUMBER}) = ({NUMBER}) · ({NUMBER})  \w+", line) for line in shown]
    found = [tuple(map(float, each.groups())) for each in products if each]
    assert found
    assert all(product == pytest.approx(weight * value, abs=0.002) for product, weight, value in found)


def test_the_last_line_adds_the_interests_up():
    shown = told(SPEECH, Interest(text="prosody", weight=0.5))
    score = re.fullmatch(rf"score: ({NUMBER}) speech synthesis \+ ({NUMBER}) prosody = ({NUMBER})", shown[-1])

    assert float(score[1]) + float(score[2]) == pytest.approx(float(score[3]), abs=0.11)
    assert "  times its weight 0.5, at most 100: " in "\n".join(shown)


def test_a_mute_and_a_missing_name_are_said():
    shown = told(Interest(text="Ada Lovelace", field=Field.AUTHOR), Interest(text="vocoder", weight=-1.0))

    assert shown[1:3] == ["Ada Lovelace (author): contributes 0.0", "  not among the names"]
    assert shown[-2:] == ["score: 0 = 0.0", "muted, so 0: vocoder: vocoder (abstract)"]


def test_likes_and_dislikes_are_parts_of_the_sum():
    more, less = (
        Evidence(interest=None, field=Field.ANYWHERE, words=(), points=p, kind=EvidenceKind.LEARNED)
        for p in (12.0, -2.0)
    )
    sums = Arithmetic(
        paper=known(), interests=(), learned=(more, less), before_mutes=10.0, mutes=(), score=10.0
    )

    assert list(lines(sums))[-1] == "score: 12.0 likes - 2.0 dislikes = 10.0"


def test_the_document_holds_every_step():
    sums = arithmetic(PAPERS[3], Reader(interests=(SPEECH,)), taught(PAPERS, SPEECH), NOON)
    document = arithmetic_documents.arithmetic(sums)
    (interest,) = document["interests"]
    words = interest["words"]

    stated = sum(hit["title"] + hit["abstract"] for hit in words["hits"])
    assert stated + words["near"]["added"] == pytest.approx(words["strength"], abs=1e-5)
    assert interest["contributed"] == document["score"] == pytest.approx(sums.score, abs=1e-4)


def test_an_interest_without_words_has_no_steps():
    assert told(Interest(text="the"), background=Background.empty())[1:3] == [
        "the: contributes 0.0",
        "  none of its words",
    ]
