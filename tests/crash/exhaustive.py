"""Not by chance but one after another: a kill at every commit, and at every reply of the server."""

import signal
from collections.abc import Callable

from tests.crash.trial import deliver_arguments, examine, finish

#: more points than any run has
_MANY = 500


def every_kill(launcher, recorder, edition, folder, *, policy, connections):
    """Yield (place, verdict) for a kill at each point of a run, before it and after it."""
    for kind, when in (
        ("commit", "before"),
        ("commit", "after"),
        ("reply", "before"),
        ("reply", "after"),
    ):
        for number in range(1, _MANY):
            edition.copy(folder, port=recorder.port, policy=policy, connections=connections)
            recorder.begin()
            if not killed_at(launcher, recorder, folder, kind=kind, when=when, number=number):
                break  # the run has no such point: it has ended by itself
            recorder.before_reply = recorder.after_reply = lambda number: None
            finish(launcher, folder, run=1)
            verdict = examine(folder, recorder, kills=1, connections=connections, policy=policy)
            yield f"{when} {kind} {number}", verdict


def killed_at(launcher, recorder, folder, *, kind, when, number) -> bool:
    """Run until the point is reached; whether it was."""
    commit = {"commit": number, "when": when} if kind == "commit" else None
    if kind == "reply":
        setattr(recorder, f"{when}_reply", _killing(launcher, number))
    launcher.start(folder, *deliver_arguments(0), kill=commit)
    return launcher.wait() == -signal.SIGKILL


def _killing(launcher, number) -> Callable[[int], None]:
    def reached(at):
        if at == number:
            launcher.kill()

    return reached
