"""Stay running: a run whenever there is something to do, looked for once a minute and at each new file.

Each run is a process of its own, the very `digest run` that cron starts, so that what it needed of
memory is given back. Nothing is remembered between runs but what spares an idle one: the database
says who is due, and a missed run is caught up by the next.
"""

from digest.scheduler.lookout import Lookout
from digest.scheduler.staying import serve
from digest.scheduler.ticker import Ticker

__all__ = ["Lookout", "Ticker", "serve"]
