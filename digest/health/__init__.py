"""Say what state a source is in: ok, quiet, partial, stale or broken. Pure: captures in, verdicts out.

judge    one look at a source against what it showed before
notes    what of many verdicts a reader should know
"""

from digest.health.judging import HISTORY, judge
from digest.health.telling import ALARMING, notes

__all__ = ["ALARMING", "HISTORY", "judge", "notes"]
