"""The tables of feedback and of what was learned from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Named, Table, TypedColumns

from digest.store.tables import METADATA, UtcDateTime


class FeedbackColumns(TypedColumns):
    """A subscriber's opinion of a paper; title, abstract and keys are here where `paper_id` is null."""

    id: Named[int] = Column(primary_key=True)
    subscriber_id: Named[int] = Column(ForeignKey("subscriber.id"), index=True)
    paper_id: Named[int | None] = Column(ForeignKey("paper.id"))
    opinion: Named[str]
    at: Named[datetime] = Column(UtcDateTime)
    #: `command`, or the name of a library file
    came_from: Named[str]
    title: Named[str | None]
    abstract: Named[str | None]
    #: the keys of such a paper, strongest first
    names: Named[list[Any]] = Column(JSON)


FEEDBACK = Table("feedback", METADATA, FeedbackColumns)


class LearnedColumns(TypedColumns):
    """What was learned from a subscriber's feedback, as the ranker packed it."""

    subscriber_id: Named[int] = Column(ForeignKey("subscriber.id"), primary_key=True)
    version: Named[int]
    likes: Named[int]
    dislikes: Named[int]
    learned_at: Named[datetime] = Column(UtcDateTime)
    data: Named[bytes]


LEARNED = Table("learned", METADATA, LearnedColumns)
