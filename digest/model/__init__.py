"""The nouns of the house: frozen values that every room knows. Imports nothing of ours.

Words are explained in `docs/glossary.md`. Every `datetime` here is aware and in UTC; a naive one
is refused where it enters (`require_utc`). Dates are calendar days without a zone.
"""

from digest.model.captures import Capture, Judged, Verdict
from digest.model.deliveries import (
    WAITING_STATES,
    Delivery,
    DeliveryState,
    InDoubt,
    Letter,
    Message,
    Outcome,
    OutcomeKind,
    Rate,
    Step,
)
from digest.model.feedback import Feedback, Opinion
from digest.model.fetches import FetchOutcome, FetchState, HostState, Validators
from digest.model.issues import (
    Counts,
    Edition,
    Issue,
    Moment,
    Quiet,
    Section,
    SectionKind,
    Skipped,
    SkipReason,
    SourceNote,
)
from digest.model.libraries import Library, Reference
from digest.model.listings import Health, Listing, Problem, Record, Repeat, Severity, Source
from digest.model.matches import Evidence, EvidenceKind, Match, Selection, SimilarPaper, Span
from digest.model.papers import KnownPaper, Paper, PaperKey, Provenance, Sighting
from digest.model.readers import (
    Field,
    Format,
    Frequency,
    Interest,
    Origin,
    Preferences,
    Reader,
    Subscriber,
    SubscriberStatus,
    WhenEmpty,
)
from digest.model.returns import BOUNCES, Incoming, PastReturn, Returned, ReturnKind
from digest.model.utc import require_utc

__all__ = [
    "BOUNCES",
    "WAITING_STATES",
    "Capture",
    "Counts",
    "Delivery",
    "DeliveryState",
    "Edition",
    "Evidence",
    "EvidenceKind",
    "Feedback",
    "FetchOutcome",
    "FetchState",
    "Field",
    "Format",
    "Frequency",
    "Health",
    "HostState",
    "InDoubt",
    "Incoming",
    "Interest",
    "Issue",
    "Judged",
    "KnownPaper",
    "Letter",
    "Library",
    "Listing",
    "Match",
    "Message",
    "Moment",
    "Opinion",
    "Origin",
    "Outcome",
    "OutcomeKind",
    "Paper",
    "PaperKey",
    "PastReturn",
    "Preferences",
    "Problem",
    "Provenance",
    "Quiet",
    "Rate",
    "Reader",
    "Record",
    "Reference",
    "Repeat",
    "ReturnKind",
    "Returned",
    "Section",
    "SectionKind",
    "Selection",
    "Severity",
    "Sighting",
    "SimilarPaper",
    "SkipReason",
    "Skipped",
    "Source",
    "SourceNote",
    "Span",
    "Step",
    "Subscriber",
    "SubscriberStatus",
    "Validators",
    "Verdict",
    "WhenEmpty",
    "require_utc",
]
