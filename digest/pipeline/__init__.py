"""The use cases, and the only place that knows the order of the rooms.

`ingest` (read, add), `publish` (rank to enqueue), `write_output` (feeds and pages), `deliver`
(send); `preview` and `why` look without touching, `rank_files` needs no archive. `subscribing`
holds how people come, change and go.
"""

from digest.pipeline import subscribing
from digest.pipeline.deliver import Delivered, DeliverReport, deliver
from digest.pipeline.drafting import NotDue
from digest.pipeline.fetching import Fetching, FetchReport
from digest.pipeline.ingest import FileReport, IngestReport, ingest
from digest.pipeline.outlook import Outlook, outlook
from digest.pipeline.output import Output, OutputReport, withdraw_feed, write_output
from digest.pipeline.ports import Progress, Store, silent
from digest.pipeline.preview import Why, preview, why
from digest.pipeline.publish import House, MailIdentity, Printed, PublishReport, publish
from digest.pipeline.rank_files import RankedFiles, rank_files

__all__ = [
    "DeliverReport",
    "Delivered",
    "FetchReport",
    "Fetching",
    "FileReport",
    "House",
    "IngestReport",
    "MailIdentity",
    "NotDue",
    "Outlook",
    "Output",
    "OutputReport",
    "Printed",
    "Progress",
    "PublishReport",
    "RankedFiles",
    "Store",
    "Why",
    "deliver",
    "ingest",
    "outlook",
    "preview",
    "publish",
    "rank_files",
    "silent",
    "subscribing",
    "why",
    "withdraw_feed",
    "write_output",
]
