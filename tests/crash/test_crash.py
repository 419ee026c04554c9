"""Kills while mails go out: what the promises of docs/reliability.md rest on.

`make crash TRIALS=1000` does the same at length.
"""

import pytest

from tests.crash.exhaustive import every_kill
from tests.crash.trial import chance_of, killed_at_random, unharmed


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_ten_random_kills_lose_nothing_in_silence(launcher, recorder, large_edition, tmp_path, policy):
    seconds = unharmed(launcher, recorder, large_edition, tmp_path / "trial", connections=4)
    killed = 0
    for number in range(5):
        verdict = killed_at_random(
            launcher,
            recorder,
            large_edition,
            tmp_path / "trial",
            seconds=seconds,
            policy=policy,
            connections=(1, 4)[number % 2],
            chance=chance_of(number),
        )
        assert verdict.wrong == (), verdict
        killed += verdict.kills
    assert killed > 0


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_a_kill_at_every_commit_and_every_reply(launcher, recorder, small_edition, tmp_path, policy):
    places = []
    doubts = 0
    for place, verdict in every_kill(
        launcher, recorder, small_edition, tmp_path / "trial", policy=policy, connections=1
    ):
        assert verdict.wrong == (), (place, verdict)
        places.append(place)
        doubts += verdict.in_doubt + verdict.duplicates
    # every message has a commit before and one after it, and answers to MAIL, RCPT, DATA and the final dot
    assert sum("commit" in place for place in places) >= 2 * 3
    assert sum("reply" in place for place in places) >= 2 * 2 * 4
    assert doubts > 0  # some kills hit the window in which nobody can know
