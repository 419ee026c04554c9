"""Stay running: one tick a minute, and one as soon as a file came. Each of them is a whole `run`.

Nothing is remembered between ticks. The database says who is due, so a missed tick is caught up by
the next one, and cron's `digest run` does exactly the same once.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.app import App
from digest.errors import DigestError, LockedError
from digest.examining import working
from digest.watching import Watcher

TICK_SECONDS = 60
#: how long after a file last changed the tick for it comes, beyond the time that files settle
_GRACE = timedelta(milliseconds=500)
_STOPPING = (signal.SIGTERM, signal.SIGINT)
# late ticks count, many late ones are one, and never two at once
_PATIENT = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def serve(app: App, *, tell: Callable[[str], None]) -> None:
    """Run ticks until SIGTERM or SIGINT; a tick that has begun is finished first."""
    # what it warns of, `tell` says as well; its errors are bugs, with their tracebacks
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=UTC)
    ticker = Ticker(app, tell)
    scheduler.add_job(
        ticker.tick,
        IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC),
        next_run_time=datetime.now(UTC),
        **_PATIENT,
    )

    def arrived() -> None:
        """A tick once the file has settled; each further change puts it off."""
        when = datetime.now(UTC) + timedelta(seconds=app.settling) + _GRACE
        trigger = DateTrigger(when, timezone=UTC)
        scheduler.add_job(ticker.tick, trigger, id="arrival", replace_existing=True, **_PATIENT)

    watcher = Watcher(app.inboxes, arrived, tell=tell)
    # Waited for, not handled: a handler could find this thread holding a lock that stopping needs.
    # Blocked before the threads begin, which inherit that.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        scheduler.start()
        watcher.start()
        signal.sigwait(_STOPPING)
    finally:
        # from here on a second signal ends the process at once
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    watcher.stop()
    scheduler.shutdown(wait=True)


class Ticker:
    """Does one run at a time and tells of each trouble once, not every minute."""

    def __init__(self, app: App, tell: Callable[[str], None]) -> None:
        self._app = app
        self._tell = tell
        self._told: set[str] = set()
        self._one_at_a_time = Lock()

    def tick(self) -> None:
        """One run at the present moment; what fails is told and the next tick tries again."""
        with self._one_at_a_time:
            self._run(self._app.at(datetime.now(UTC)))

    def _run(self, app: App) -> None:
        try:
            with working(app, wait=0) as database:
                report = app.run(database, rehearse=False)
                lines = report.problem_lines()
                lines += app.close_run(database, report, finished=datetime.now(UTC))
        except LockedError:
            return  # another run is at it: the next tick looks again
        except DigestError as error:
            lines = [str(error)]
        finally:
            app.database.close()
        for line in lines:
            if line not in self._told:
                self._tell(line)
        self._told = set(lines)
