"""One look a minute, and one as soon as a file came, until the process is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.frontdesk import FrontDesk
from digest.scheduler.lookout import Lookout
from digest.scheduler.ticker import Ticker
from digest.watching import Watcher

TICK_SECONDS = 60
#: how long after a file last changed the tick for it comes, beyond the time that files settle
_GRACE = timedelta(milliseconds=500)
_STOPPING = (signal.SIGTERM, signal.SIGINT)
# late ticks count, many late ones are one, and never two at once
_PATIENT = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def serve(desk: FrontDesk, *, tell: Callable[[str], None], stopping: Callable[[], None]) -> None:
    """Start runs until SIGTERM or SIGINT, then call `stopping`, and give a run that has begun time to end."""
    # what it warns of, `tell` says as well; its errors are bugs, with their tracebacks
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=UTC)
    ticker = Ticker(desk.config_path, tell=tell)
    lookout = Lookout(desk)

    def look() -> None:
        ticker.tick(lookout)

    def arrived() -> None:
        """A tick once the file has settled; each further change puts it off."""
        when = datetime.now(UTC) + timedelta(seconds=desk.settling) + _GRACE
        trigger = DateTrigger(when, timezone=UTC)
        scheduler.add_job(look, trigger, id="arrival", replace_existing=True, **_PATIENT)

    every_minute = IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC)
    scheduler.add_job(look, every_minute, next_run_time=datetime.now(UTC), **_PATIENT)
    watcher = Watcher(desk.inboxes, arrived, tell=tell)
    with _bell() as until_told:
        scheduler.start()
        watcher.start()
        until_told()
    # from here on a second signal ends the process at once
    stopping()
    watcher.stop()
    ticker.stop()
    scheduler.shutdown(wait=True)


@contextmanager
def _bell() -> Iterator[Callable[[], None]]:
    """What it gives waits for a signal to stop.

    Handlers do nothing: one that worked could find this thread holding a lock that its work needs. Nor
    are signals blocked, since the runs that are started would inherit that, and never hear of them.
    """
    hung, rung = socket.socketpair()

    def until_told() -> None:
        hung.recv(1)

    rung.setblocking(False)
    waker = signal.set_wakeup_fd(rung.fileno(), warn_on_full_buffer=False)
    before = {each: signal.signal(each, lambda _signal, _frame: None) for each in _STOPPING}
    try:
        yield until_told
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(waker)
        hung.close()
        rung.close()
