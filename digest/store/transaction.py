"""One transaction, and the books kept in it: one for each noun."""

from __future__ import annotations

from sqlalchemy import Connection

from digest.store.archive import ArchiveBook
from digest.store.background import BackgroundBook
from digest.store.captures import CaptureBook
from digest.store.deliveries import DeliveryBook
from digest.store.dictionaries import DictionaryBook
from digest.store.feedback import FeedbackBook, LearnedBook
from digest.store.fetches import FetchBook
from digest.store.instance import InstanceBook
from digest.store.issues import IssueBook
from digest.store.listings import ListingBook
from digest.store.outbox import Outbox
from digest.store.papers import PaperBook
from digest.store.records import RecordBook
from digest.store.returns import ReturnBook
from digest.store.runs import RunBook
from digest.store.subscribers import SubscriberBook


class Transaction:
    """All books, reading and writing through the same connection."""

    def __init__(self, connection: Connection) -> None:
        self.papers = PaperBook(connection)
        self.listings = ListingBook(connection)
        self.records = RecordBook(connection)
        self.fetches = FetchBook(connection)
        self.captures = CaptureBook(connection)
        self.subscribers = SubscriberBook(connection)
        self.feedback = FeedbackBook(connection)
        self.learned = LearnedBook(connection)
        self.issues = IssueBook(connection)
        self.outbox = Outbox(connection)
        self.dictionaries = DictionaryBook(connection)
        self.deliveries = DeliveryBook(connection)
        self.returns = ReturnBook(connection)
        self.background = BackgroundBook(connection)
        self.archive = ArchiveBook(connection)
        self.runs = RunBook(connection)
        self.instance = InstanceBook(connection)
