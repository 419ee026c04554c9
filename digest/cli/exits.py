"""Exit codes: what a script may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # heavy, and `digest --help` wants the text below only
    from digest.app import RunReport
    from digest.pipeline import DeliverReport, IngestReport, PublishReport


DONE = 0
BUG = 1
USAGE = 2
DELIVERY = 3
SOURCE = 4
LOCKED = 5

EXIT_CODES = """\
Exit codes:
  0 done, also when nothing was due   3 some deliveries failed or are in doubt
  1 a bug in digest                   4 a source failed or lost records
  2 usage or configuration            5 another run holds the lock"""


def exit_code(
    *,
    ingest: IngestReport | None = None,
    publish: PublishReport | None = None,
    deliver: DeliverReport | None = None,
) -> int:
    """The code for what these reports hold; failed deliveries come before lost records."""
    if deliver and deliver.failed:
        return DELIVERY
    if publish and publish.problems:
        return DELIVERY
    if ingest and ingest.lost_records:
        return SOURCE
    return DONE


def exit_code_of_run(report: RunReport) -> int:
    """The code for a whole run."""
    return exit_code(ingest=report.ingest, publish=report.publish, deliver=report.deliver)
