"""What a draft is made of when papers of a subscriber's past became other papers."""

from datetime import timedelta

from digest.issue import Rules
from digest.model import Interest
from digest.pipeline.drafting import Desk, due_today
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
            background=background_for_reading(transaction),
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
