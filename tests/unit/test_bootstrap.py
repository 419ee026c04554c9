import math
import random

import pytest

from benchmarks.ranking.bootstrap import paired


def scores(count, seed, mean=0.5):
    chance = random.Random(seed)
    return [chance.gauss(mean, 0.1) for _ in range(count)]


def test_a_clear_difference_is_significant():
    second = scores(40, 1)
    first = [score + 0.05 + 0.02 * math.sin(n) for n, score in enumerate(second)]
    found = paired(first, second)
    assert found.low < found.mean < found.high
    assert found.low > 0
    assert found.is_significant
    assert paired(second, first).mean == pytest.approx(-found.mean)


def test_chance_is_not_significant_and_nothing_is_certain():
    assert not paired(scores(40, 2), scores(40, 3)).is_significant
    same = paired([0.5] * 10, [0.5] * 10)
    assert (same.mean, same.low, same.high, same.p) == (0, 0, 0, 1)
    assert paired([1.0] * 10, [0.0] * 10, resamples=100).p > 0


def test_the_interval_holds_the_truth_as_often_as_it_says():
    differences = [[random.Random(n * 1000 + k).gauss(0, 1) for k in range(40)] for n in range(200)]
    found = [paired(each, [0.0] * 40, resamples=400, seed=n) for n, each in enumerate(differences)]
    assert 0.88 <= sum(each.low <= 0 <= each.high for each in found) / 200 <= 0.99


def test_the_same_input_gives_the_same_answer():
    assert paired(scores(30, 4), scores(30, 5)) == paired(scores(30, 4), scores(30, 5))


def test_topics_without_a_score_are_left_out():
    assert paired([0.5, None, 0.7, float("nan")], [0.4, 0.1, 0.6, 0.2]).topics == 2


@pytest.mark.parametrize(("first", "second"), [([1.0], [1.0, 2.0]), ([], []), ([None], [1.0])])
def test_what_cannot_be_compared_is_refused(first, second):
    with pytest.raises(ValueError, match="topic"):
        paired(first, second)
