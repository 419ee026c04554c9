"""What a draft is made of: the whole period, what was cut lately, and what was sent before."""

from datetime import date, timedelta

import pytest

from digest.issue import Memory, Rules
from digest.model import Frequency, Interest, Preferences
from digest.pipeline.drafting import Desk, Shelf, due_today
from digest.pipeline.statistics import background_for_reading
from digest.store import Database
from tests import builders
from tests.builders import NOON, paper
from tests.contract.test_store_readers import issue_of, put, reader_in
from tests.listings import add

DAY = timedelta(days=1)


def test_a_pick_that_was_cut_still_competes_under_the_number_it_has_now():
    database = Database(None)
    database.prepare()
    reader = reader_in(database, interests=(Interest(text="sleep"),))
    add(database, paper("On Sleep", "Sleep, sleep, sleep.", arxiv_id="2607.00001"), now=NOON - 9 * DAY)
    add(database, paper("Sleep in a Journal", "Sleep and sleep.", doi="10.1000/x"), paper("Other"))
    with database.read() as transaction:
        older, younger, other = transaction.papers.by_ids([1, 2, 3])
    put(database, issue_of(reader, builders.match(other)), cut={younger.id: NOON}, newest_paper=other.id)
    add(database, paper("On Sleep", arxiv_id="2607.00001", doi="10.1000/x"), now=NOON + DAY)

    with database.read() as transaction:
        moments = transaction.issues.moments([reader.id], (NOON - DAY).date())[reader.id]
        desk = Desk(
            transaction=transaction,
            shelf=Shelf(background_for_reading(transaction)),
            rules=Rules(),
            line=1.0,
            trending=0,
            also_new=0,
            now=NOON + DAY,
        )
        (draft,) = desk.drafts([due_today(reader, moments, NOON + DAY, (NOON + DAY).date())])
    database.close()

    assert draft.memory.carried == {older.id: NOON}
    assert [p.id for p in draft.candidates] == [older.id]
    assert [m.paper.id for m in draft.selection.picks] == [older.id]


def drafted(database, reader, now):
    """The draft of the reader's next issue."""
    with database.read() as transaction:
        moments = transaction.issues.moments([reader.id], date(2026, 1, 1)).get(reader.id, [])
        desk = Desk(
            transaction=transaction,
            shelf=Shelf(background_for_reading(transaction)),
            rules=Rules(),
            line=1.0,
            trending=0,
            also_new=0,
            now=now,
        )
        (draft,) = desk.drafts([due_today(reader, moments, now, now.date())])
    return draft


@pytest.mark.parametrize(("frequency", "days"), [("week", 7), ("month", 30)])
def test_the_best_of_the_whole_period_compete_whatever_their_day(database, frequency, days):
    reader = reader_in(
        database,
        interests=(Interest(text="sleep"),),
        preferences=Preferences(frequency=Frequency(frequency), limit=2),
    )
    add(database, paper("Old"), now=NOON - (days + 1) * DAY)
    with database.read() as transaction:
        newest = transaction.papers.newest_id()
    put(
        database,
        issue_of(reader, day=(NOON - days * DAY).date(), composed_at=NOON - days * DAY),
        newest_paper=newest,
    )
    add(
        database,
        paper("On Sleep", "The sleep of whales in deep cold water, and their dreams."),
        now=NOON - (days - 1) * DAY,
    )
    add(
        database,
        paper("Awake", "Coffee, tea and noise at night: all that keeps cities from sleep."),
        now=NOON - DAY,
    )
    add(
        database,
        paper("Sleep Again", "Children need sleep before school, teachers after it."),
        now=NOON - timedelta(hours=1),
    )

    draft = drafted(database, reader, NOON)

    assert [m.paper.paper.title for m in draft.selection.cut] == ["Awake"]
    assert {m.paper.paper.title for m in draft.selection.picks} == {"On Sleep", "Sleep Again"}


@pytest.mark.parametrize(("ago", "first"), [(2, "Dreams"), (40, "On Sleep, Extended")])
def test_a_paper_nearly_the_same_as_one_sent_lately_waits(database, ago, first):
    text = "We measure the sleep of whales, their breath and their songs, in deep water, all through winter."
    reader = reader_in(database, interests=(Interest(text="sleep"),), preferences=Preferences(limit=1))
    add(database, paper("On Sleep", text), now=NOON - (ago + 1) * DAY)
    with database.read() as transaction:
        (sent,) = transaction.papers.by_ids([1])
    then = NOON - ago * DAY
    issue = issue_of(reader, builders.match(sent), day=then.date(), composed_at=then)
    put(database, issue, newest_paper=sent.id)
    add(database, paper("On Sleep, Extended", text), paper("Dreams", "After sleep come dreams."), now=NOON)

    draft = drafted(database, reader, NOON)

    assert [m.paper.paper.title for m in draft.selection.picks] == [first]
    assert len(draft.selection.cut) == 1


def test_a_shelf_reads_what_it_lacks_and_keeps_what_it_has(database):
    for age in (9, 5, 1):
        add(database, paper(f"Paper {age}"), now=NOON - age * DAY)

    def held(shelf, **facts):
        memory = Memory(
            **{"start": NOON, "after_paper": None, "share_after": None, "carried": {}, "quiet": None} | facts
        )
        with database.read() as transaction:
            shelf.hold(transaction, [memory], now=NOON, rules=Rules())
        return [known.paper.title for known in shelf.papers.values()]

    with database.read() as transaction:
        shelf = Shelf(background_for_reading(transaction))
    assert held(shelf, start=NOON - 2 * DAY) == ["Paper 1"]
    papers, ranker = dict(shelf.papers), shelf.ranker
    assert held(shelf, start=NOON - DAY / 2) == ["Paper 1"]
    assert held(shelf, after_paper=2) == ["Paper 1"]
    assert shelf.ranker is ranker
    assert held(shelf, start=NOON - DAY / 2, carried={1: NOON}) == ["Paper 9", "Paper 1"]
    assert shelf.ranker is not ranker
    assert held(shelf, after_paper=1) == ["Paper 9", "Paper 5", "Paper 1"]
    assert shelf.papers[3] is papers[3]
