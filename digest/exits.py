"""Exit codes: what a script may rely on. Where several apply: 1, 2, 5, 3, 130, 4 in this order."""

from __future__ import annotations

DONE = 0
BUG = 1
USAGE = 2
DELIVERY = 3
SOURCE = 4
LOCKED = 5
#: told to end by Ctrl-C or SIGTERM, and not everything was done
STOPPED = 130

#: EX_TEMPFAIL of sysexits.h: a mail server that pipes a mail keeps it and tries again
TRY_AGAIN = 75

EXIT_CODES = """\
Exit codes:
  0 done, also when nothing was due   3 some deliveries failed or are in doubt
  1 a bug in digest                   4 a source failed or lost records
  2 usage or configuration            5 another run holds the lock"""
