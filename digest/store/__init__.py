"""The store: one SQLite file with papers, subscribers, feedback, issues, ledger and outbox.

Only this room knows SQL. Foreign errors leave it as `errors.StoreError`.
"""

from digest.store.addition import NearMatch
from digest.store.archive import PackedBasis, PackedBlock, PackedExpansion
from digest.store.database import Database, Rehearsal
from digest.store.deliveries import UNREACHED, Chosen, DeliveryEntry, EditionCounts
from digest.store.dictionaries import KeptDictionary
from digest.store.examination import Asked, Audience, Facts, active_recipients, examine
from digest.store.feedback import Given, Learned
from digest.store.frozen import Frozen
from digest.store.instance import Instance, KeyVersion
from digest.store.issues import PastIssue, SentPaper
from digest.store.ledger import NewIssue, PackedIssue, packed_issues
from digest.store.listings import Reading, SourceState
from digest.store.lock import Holder, holder_name, last_holder, lock
from digest.store.packed_letters import PackedLetter
from digest.store.papers import Added, StoredPaper
from digest.store.runs import Run
from digest.store.transaction import Transaction

__all__ = [
    "UNREACHED",
    "Added",
    "Asked",
    "Audience",
    "Chosen",
    "Database",
    "DeliveryEntry",
    "EditionCounts",
    "Facts",
    "Frozen",
    "Given",
    "Holder",
    "Instance",
    "KeptDictionary",
    "KeyVersion",
    "Learned",
    "NearMatch",
    "NewIssue",
    "PackedBasis",
    "PackedBlock",
    "PackedExpansion",
    "PackedIssue",
    "PackedLetter",
    "PastIssue",
    "Reading",
    "Rehearsal",
    "Run",
    "SentPaper",
    "SourceState",
    "StoredPaper",
    "Transaction",
    "active_recipients",
    "examine",
    "holder_name",
    "last_holder",
    "lock",
    "packed_issues",
]
