"""The log of a Postfix, read for what became of mails whose answer was lost.

What a log shows of a mail, by its Message-ID, and for which time it would have shown it. Nothing here
decides: `pipeline/reconciling.py` does. Read a gigabyte or a hostile line, memory stays flat.
"""

from digest.maillog.coverage import Coverage
from digest.maillog.files import Log, open_log
from digest.maillog.following import Trace
from digest.maillog.reading import Findings, read_logs
from digest.maillog.stamps import Stamps

__all__ = ["Coverage", "Findings", "Log", "Stamps", "Trace", "open_log", "read_logs"]
