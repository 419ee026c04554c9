"""The use cases, and the only place that knows the order of the rooms.

`ingest` (read, add), `publish` (rank to enqueue), `write_output` (feeds and pages), `deliver`
(send), `take_back` (what came back); `preview`, `why` and `similar` look without touching, `rank_files`
needs no archive. `subscribing` holds how people come, change and go, `learning` what they say about papers;
`settling` and `reconciling` what becomes of mails that are in doubt or did not arrive.
"""

from digest.pipeline import learning, reconciling, settling, subscribing
from digest.pipeline.deliver import deliver
from digest.pipeline.drafting import NotDue
from digest.pipeline.fetching import Fetching, FetchReport
from digest.pipeline.finding import find_paper
from digest.pipeline.house import House, MailIdentity
from digest.pipeline.ingest import FileReport, IngestReport, ingest
from digest.pipeline.learning import LearningReport
from digest.pipeline.outlook import Outlook, outlook
from digest.pipeline.output import Output, OutputReport, withdraw_feed, write_output
from digest.pipeline.ports import Clock, Progress, Store, silent
from digest.pipeline.preview import Why, preview, why
from digest.pipeline.printing import Printed
from digest.pipeline.publish import PublishReport, publish
from digest.pipeline.rank_files import RankedFiles, rank_files
from digest.pipeline.returning.refusing import note_refusal
from digest.pipeline.returning.report import ReturnedMail, ReturnReport
from digest.pipeline.returning.taking import take_back
from digest.pipeline.sending.alarms import alarms_of
from digest.pipeline.sending.left_behind import settle_left_behind
from digest.pipeline.sending.report import Delivered, DeliverReport
from digest.pipeline.similar import similar

__all__ = [
    "Clock",
    "DeliverReport",
    "Delivered",
    "FetchReport",
    "Fetching",
    "FileReport",
    "House",
    "IngestReport",
    "LearningReport",
    "MailIdentity",
    "NotDue",
    "Outlook",
    "Output",
    "OutputReport",
    "Printed",
    "Progress",
    "PublishReport",
    "RankedFiles",
    "ReturnReport",
    "ReturnedMail",
    "Store",
    "Why",
    "alarms_of",
    "deliver",
    "find_paper",
    "ingest",
    "learning",
    "note_refusal",
    "outlook",
    "preview",
    "publish",
    "rank_files",
    "reconciling",
    "settle_left_behind",
    "settling",
    "silent",
    "similar",
    "subscribing",
    "take_back",
    "why",
    "withdraw_feed",
    "write_output",
]
