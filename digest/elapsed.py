"""A clock for work that takes hours: a first moment, and the time that has passed since.

It goes on evenly whatever happens to the machine's clock meanwhile: set back by an hour or forward by
a day, what was promised for a moment comes neither twice nor never.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from digest.model import require_utc


class Elapsed:
    """Tells `start` and the time since this object was made."""

    def __init__(self, start: datetime) -> None:
        self._start = require_utc(start)
        self._begun = time.monotonic()

    def __call__(self) -> datetime:
        """The present moment, in UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._begun)
