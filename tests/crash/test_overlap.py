"""Two runs at once; `python -m tests.crash.overlap --trials 100` does the same at length."""

from contextlib import closing

import pytest

from tests.crash.overlap import PAIRS, overlap, overlaps
from tests.crash.trial import Launcher


@pytest.fixture(scope="module")
def launchers(launcher):
    with closing(Launcher()) as second:
        yield launcher, second


def test_of_two_runs_at_once_one_sends_everything_once(launchers, recorder, edition, tmp_path):
    for one in overlaps(launchers, recorder, edition, tmp_path / "trial", trials=5, seed=0):
        assert one.wrong == ()


def test_the_second_of_two_at_the_same_moment_says_that_another_is_at_it(
    launchers, recorder, edition, tmp_path
):
    one = overlap(launchers, recorder, edition, tmp_path / "trial", pair=PAIRS[0], seconds=0, connections=1)

    assert one.wrong == ()
    assert one.codes == (0, 5)
