"""Feedback: papers liked and disliked by command or from a library file, and what is learned from them.

Only what a reader says counts: clicks are neither recorded nor learned from. Each use case is one
transaction, in which the reader's taste is learned anew once, from all of their feedback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from digest import exits, identity, rank, sources
from digest.errors import NotFoundError, UsageError
from digest.model import Feedback, Library, Opinion, Paper, Problem, Reference, Severity, Subscriber
from digest.pipeline import subscribing
from digest.pipeline.counting import count_papers
from digest.pipeline.finding import find_paper, several
from digest.pipeline.ports import Store
from digest.store import Given, Learned, Transaction
from digest.text import fold

#: papers of the archive that stand for all of them, in comparisons with liked ones
_CONTRAST = 2_000
#: a library file is read up to this many bytes
MAX_LIBRARY = 16 * 1024 * 1024
#: how feedback by command is noted
_COMMAND = "command"
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningReport:
    """What some feedback changed, and what is known of the reader's taste now."""

    subscriber: Subscriber
    #: `None` where opinions were taken back
    opinion: Opinion | None
    given: Given = field(default_factory=Given)
    #: papers whose opinion was taken back
    taken_back: int = 0
    #: titles of papers that a command named
    titles: tuple[str, ...] = ()
    #: places in a library of papers that the archive does not have and that have no title there either
    not_found: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: of all feedback of this reader
    likes: int = 0
    dislikes: int = 0
    taste: rank.Taste | None = None

    @property
    def exit_code(self) -> int:
        """See `digest.exits`."""
        lost = any(p.severity is not Severity.NOTE for p in self.problems)
        return exits.SOURCE if lost else exits.DONE


def opine(store: Store, words: Sequence[str], opinion: Opinion, *, now: datetime) -> LearningReport:
    """Like or dislike the stored papers that `words` name; the last word may be a subscriber's.

    All of them or none: raises `NotFoundError` and `UsageError` for a word that names no paper, or several.
    """
    statistics = count_papers(store)
    with store.write() as transaction:
        texts, subscriber = _paper_words(transaction, words)
        papers = [find_paper(transaction, text) for text in texts]
        transaction.feedback.adopt(subscriber.id)
        ids = dict.fromkeys(p.id for p in papers)
        given = transaction.feedback.give(subscriber.id, opinion, stored=ids, at=now, came_from=_COMMAND)
        report = _learned_anew(transaction, subscriber, statistics, now)
        titles = tuple(dict.fromkeys(p.paper.title for p in papers))
        return replace(report, opinion=opinion, given=given, titles=titles)


def take_back(store: Store, words: Sequence[str], *, now: datetime) -> LearningReport:
    """Forget what a subscriber thinks of the papers that `words` name; as for `opine`.

    Papers of a library that the archive does not have are found as well.
    """
    statistics = count_papers(store)
    with store.write() as transaction:
        texts, subscriber = _paper_words(transaction, words)
        transaction.feedback.adopt(subscriber.id)
        given = transaction.feedback.of(subscriber.id)
        named = [_opinion_on(transaction, given, text) for text in texts]
        stored = {i: paper for i, paper in named if i is not None}
        others = {paper.title: paper for i, paper in named if i is None}
        count = transaction.feedback.take_back(
            subscriber.id, stored=stored.keys(), others=list(others.values())
        )
        report = _learned_anew(transaction, subscriber, statistics, now)
        titles = tuple(paper.title for paper in (*stored.values(), *others.values()))
        return replace(report, taken_back=count, given=Given(known=len(titles) - count), titles=titles)


def learn_library(
    store: Store, whose: str, path: Path, *, now: datetime, standard_input: BinaryIO | None = None
) -> LearningReport:
    """Like every paper of a library file; the path `-` is `standard_input`.

    A paper that the archive does not have is learned from by what the file says of it.
    """
    library = _library(path, standard_input)
    statistics = count_papers(store)
    with store.write() as transaction:
        subscriber = subscribing.find(transaction, whose)
        transaction.feedback.adopt(subscriber.id)
        stored, others, missing = _sorted_out(transaction, library.references)
        given = transaction.feedback.give(
            subscriber.id, Opinion.LIKE, stored=stored, others=others, at=now, came_from=library.name
        )
        report = _learned_anew(transaction, subscriber, statistics, now)
        not_found = tuple(one.where for one in missing)
        return replace(
            report, opinion=Opinion.LIKE, given=given, not_found=not_found, problems=library.problems
        )


def forget(store: Store, whose: str) -> LearningReport:
    """Delete all feedback of a subscriber and what was learned from it; how many papers that was."""
    with store.write() as transaction:
        subscriber = subscribing.find(transaction, whose)
        count = len(transaction.feedback.of(subscriber.id))
        transaction.feedback.forget(subscriber.id)
        transaction.learned.put(subscriber.id, None)
        return LearningReport(subscriber=subscriber, opinion=None, taken_back=count)


def bring_up_to_date(store: Store, statistics: rank.Background, *, now: datetime) -> int:
    """Learn anew the tastes that another version of the ranker packed; how many there were."""
    with store.read() as transaction:
        stale = transaction.learned.of_other_versions(rank.Taste.VERSION)
        if not stale:
            return 0
        lesson = _lesson(transaction, statistics, now)
    for subscriber_id in stale:
        with store.write() as transaction:
            _keep(transaction, subscriber_id, transaction.feedback.of(subscriber_id), lesson)
    return len(stale)


def taste_of(transaction: Transaction, subscriber: Subscriber) -> LearningReport:
    """What was learned for a subscriber so far, and from how much."""
    packed = transaction.learned.get(subscriber.id)
    report = _counted(subscriber, transaction.feedback.of(subscriber.id))
    try:
        return replace(report, taste=rank.Taste.from_bytes(packed.data) if packed else None)
    except ValueError:  # of another version: the next run learns it anew
        return report


# ── who and what is meant ─────────────────────────────────────────────────────────────────────


def _paper_words(transaction: Transaction, words: Sequence[str]) -> tuple[Sequence[str], Subscriber]:
    """The words that name papers, and whose opinion it is.

    The last of several words is a subscriber's if it is the address or name of one.
    """
    last = words[-1]
    if len(words) > 1:
        if found := transaction.subscribers.find(last):
            return words[:-1], found
        if _ADDRESS.fullmatch(last):
            raise NotFoundError(f"no subscriber has the address {last!r}; see `digest subscribers list`")
    elif transaction.subscribers.find(last):
        raise UsageError(f"{last!r} is a subscriber; name a paper before it")
    return words, subscribing.find(transaction, None)


def _opinion_on(transaction: Transaction, given: Sequence[Feedback], text: str) -> tuple[int | None, Paper]:
    """The paper that `text` means among those with an opinion, or else in the whole archive."""
    found = _meant(given, text)
    if len(found) > 1:
        raise several(text, [one.paper.title for one in found])
    if found:
        return found[0].paper_id, found[0].paper
    known = find_paper(transaction, text)
    return known.id, known.paper


def _meant(given: Sequence[Feedback], text: str) -> list[Feedback]:
    if key := identity.parse_key(text):
        return [one for one in given if key in identity.keys(one.paper)]
    wanted = fold(text.strip())
    if numbered := [one for one in given if str(one.paper_id) == wanted]:
        return numbered
    parts = [one for one in given if wanted and wanted in fold(one.paper.title)]
    return [one for one in parts if wanted == fold(one.paper.title)] or parts


def _library(path: Path, standard_input: BinaryIO | None) -> Library:
    if path == Path("-") and standard_input:
        name = "standard input"
        data = sources.load_stream(standard_input, name=name, max_bytes=MAX_LIBRARY)
    else:
        name = path.name
        loaded = sources.load(path, max_bytes=MAX_LIBRARY)
        data = loaded if isinstance(loaded, Problem) else loaded[0]
    if isinstance(data, Problem):
        raise UsageError(f"{data.where}: {data.what}")
    return sources.read_library(data, name=name)


def _sorted_out(
    transaction: Transaction, references: Sequence[Reference]
) -> tuple[list[int], list[Paper], list[Reference]]:
    """Numbers of stored papers, papers that the archive does not have, and those that nobody knows."""
    stored: dict[int, None] = {}
    others: list[Paper] = []
    missing: list[Reference] = []
    names = [_names(one.paper) for one in references]
    for one, paper_id in zip(references, transaction.feedback.stored(names), strict=True):
        if paper_id is not None:
            stored[paper_id] = None
        elif one.paper.title:
            others.append(one.paper)
        else:
            missing.append(one)
    return list(stored), others, missing


def _names(paper: Paper) -> Sequence[str]:
    return identity.keys(paper) if paper.title else identity.ids(paper)


# ── learning ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """What learning needs beside feedback; the same for all readers of one moment."""

    statistics: rank.Background
    #: papers of the archive that stand for all of them
    contrast: Sequence[Paper]
    now: datetime


def _lesson(transaction: Transaction, statistics: rank.Background, now: datetime) -> _Lesson:
    return _Lesson(statistics=statistics, contrast=transaction.papers.sample(_CONTRAST), now=now)


def _learned_anew(
    transaction: Transaction, subscriber: Subscriber, statistics: rank.Background, now: datetime
) -> LearningReport:
    given = transaction.feedback.of(subscriber.id)
    taste = _keep(transaction, subscriber.id, given, _lesson(transaction, statistics, now))
    return replace(_counted(subscriber, given), taste=taste)


def _counted(subscriber: Subscriber, given: Sequence[Feedback]) -> LearningReport:
    likes, dislikes = _papers(given, Opinion.LIKE), _papers(given, Opinion.DISLIKE)
    return LearningReport(subscriber=subscriber, opinion=None, likes=len(likes), dislikes=len(dislikes))


def _keep(
    transaction: Transaction, subscriber_id: int, given: Sequence[Feedback], lesson: _Lesson
) -> rank.Taste | None:
    """Learn from all of a subscriber's feedback, and store what came of it in place of what was."""
    liked, disliked = _papers(given, Opinion.LIKE), _papers(given, Opinion.DISLIKE)
    taste = rank.learn(liked, disliked, lesson.statistics, lesson.contrast) if given else None
    transaction.learned.put(subscriber_id, _packed(taste, lesson.now) if taste else None)
    return taste


def _packed(taste: rank.Taste, now: datetime) -> Learned:
    return Learned(
        data=taste.to_bytes(),
        version=taste.VERSION,
        likes=taste.likes,
        dislikes=taste.dislikes,
        learned_at=now,
    )


def _papers(given: Sequence[Feedback], opinion: Opinion) -> list[Paper]:
    return [one.paper for one in given if one.opinion is opinion]
