"""What the books of subscribers, issues, ledger and outbox keep to, whatever database holds them."""

from dataclasses import fields, replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from digest.model import (
    Counts,
    Edition,
    Evidence,
    EvidenceKind,
    Field,
    Format,
    Frequency,
    Health,
    Interest,
    Match,
    Opinion,
    Origin,
    Preferences,
    Quiet,
    Section,
    SectionKind,
    Skipped,
    SkipReason,
    SourceNote,
    SubscriberStatus,
    WhenEmpty,
)
from digest.store import Learned, Run
from tests import builders
from tests.builders import NOON, paper
from tests.listings import add
from tests.outbox import put_message

DAY = timedelta(days=1)
TODAY = NOON.date()


def put_reader(transaction, name="vision", **facts):
    values = {
        "name": name,
        "address": f"{name}@reader.example",
        "preferences": Preferences(),
        "interests": (Interest(text="diffusion"),),
        "feed_token": f"token-of-{name}",
        "origin": Origin.COMMAND,
        "created_at": NOON,
    }
    return transaction.subscribers.add(**(values | facts))


def reader_in(database, name="vision", **facts):
    with database.write() as transaction:
        return put_reader(transaction, name, **facts)


def found_in(database, name):
    with database.read() as transaction:
        return transaction.subscribers.find(name)


# ── subscribers ───────────────────────────────────────────────────────────────────────────────


NOT_DEFAULT = Preferences(
    format=Format.BOTH,
    frequency=Frequency.MONTH,
    at=time(23, 59),
    time_zone="Europe/Berlin",
    weekday=6,
    month_day=28,
    limit=1,
    when_empty=WhenEmpty.SAY,
    trending=0,
    also_new=7,
)
CHOICES = [
    *({"format": f} for f in Format),
    *({"frequency": f} for f in Frequency),
    *({"when_empty": w} for w in WhenEmpty),
    {"at": time(0, 0)},
    {},
]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_every_preference_comes_back(database, choice):
    for preferences in (Preferences(**choice), replace(NOT_DEFAULT, **choice)):
        name = f"reader {preferences.month_day}"
        reader_in(database, name, preferences=preferences)

        assert found_in(database, name).preferences == preferences


def test_the_round_trip_covers_every_preference():
    same = [
        f.name for f in fields(Preferences) if getattr(NOT_DEFAULT, f.name) == getattr(Preferences(), f.name)
    ]

    assert same == []


def test_interests_keep_their_order_weights_and_fields(database):
    interests = (
        Interest(text="speech synthesis", weight=2.5),
        Interest(text="Ada Lovelace", field=Field.AUTHOR),
        Interest(text="medical imaging", weight=-1.0),
        Interest(text="speech synthesis", field=Field.TITLE),
    )
    made = reader_in(database, interests=interests)

    assert made.interests == found_in(database, "vision").interests == interests


def test_a_subscriber_may_have_no_address_and_no_interests(database):
    made = reader_in(database, "feed only", address=None, interests=())
    reader_in(database, "second feed only", address=None)

    assert found_in(database, "feed only") == made
    assert (made.address, made.interests, made.status) == (None, (), SubscriberStatus.ACTIVE)


def test_a_subscriber_is_found_by_name_and_by_address_in_any_case(database):
    made = reader_in(database, "Vision Lab", address="Vision@Reader.example")

    assert found_in(database, "Vision Lab") == made
    assert found_in(database, "vision@READER.example") == made
    assert found_in(database, "vision") is None
    assert found_in(database, "%") is None


def unsubscribe(database, one, reason="one-click", now=NOON):
    with database.write() as transaction:
        return transaction.subscribers.unsubscribe(one.id, reason=reason, now=now)


def changed_at(database, one):
    with database.read() as transaction:
        query = text("SELECT status_changed_at FROM subscriber WHERE id = :id")
        return transaction.subscribers._connection.execute(query, {"id": one.id}).scalar()


def test_a_no_is_written_with_its_reason_and_moment_and_the_first_one_stays(database):
    one, other = reader_in(database, "a"), reader_in(database, "b")

    assert unsubscribe(database, one) is True
    assert unsubscribe(database, one, "page", NOON + DAY) is False

    left = found_in(database, "a")
    assert (left.status, left.status_reason) == (SubscriberStatus.UNSUBSCRIBED, "one-click")
    assert changed_at(database, one).startswith("2026-11-20 12:00")
    assert found_in(database, "b") == other


def test_a_complaint_is_not_made_less(database):
    one = reader_in(database)
    with database.write() as transaction:
        transaction.subscribers.save(replace(one, status=SubscriberStatus.COMPLAINED))

    assert unsubscribe(database, one) is False
    assert found_in(database, one.name).status is SubscriberStatus.COMPLAINED


def test_nobody_unsubscribes_whoever_is_not_there(database):
    assert unsubscribe(database, replace(builders.subscriber(), id=99)) is False


def test_a_status_that_the_operator_changes_has_no_reason_of_the_person_s(database):
    one = reader_in(database)
    unsubscribe(database, one)
    left = found_in(database, one.name)
    with database.write() as transaction:
        transaction.subscribers.save(left)
    assert found_in(database, one.name).status_reason == "one-click"

    with database.write() as transaction:
        transaction.subscribers.save(replace(one, status=SubscriberStatus.ACTIVE))
    assert found_in(database, one.name).status_reason is None
    assert changed_at(database, one) is None


def test_schedules_are_told_once_and_only_those_of_active_readers(database):
    early = {"at": time(6, 0), "time_zone": "Europe/Berlin", "frequency": Frequency.WEEK, "weekday": 3}
    for number in range(1, 4):
        reader_in(database, f"early {number}", preferences=Preferences(limit=number, **early))
    reader_in(database, "monthly", preferences=NOT_DEFAULT)
    gone = reader_in(database, "gone", preferences=Preferences(at=time(22, 0)))
    unsubscribe(database, gone)

    with database.read() as transaction:
        found = transaction.subscribers.active_schedules()
    names = ("frequency", "at", "time_zone", "weekday", "month_day")
    monthly = Preferences(**{name: getattr(NOT_DEFAULT, name) for name in names})
    assert sorted(found, key=lambda p: p.at) == [Preferences(**early), monthly]


@pytest.mark.parametrize(
    "same", [{"address": "a@reader.example"}, {"feed_token": "a"}, {"name": "a"}], ids=str
)
def test_names_addresses_and_tokens_belong_to_one_subscriber(database, same):
    reader_in(database, name="a", address="a@reader.example", feed_token="a")

    with pytest.raises(IntegrityError):
        reader_in(database, **({"name": "b", "address": "b@reader.example", "feed_token": "b"} | same))


def test_a_saved_subscriber_is_changed_and_the_others_are_not(database):
    made, other = reader_in(database), reader_in(database, "speech")
    changed = replace(
        made,
        name="eyes",
        address="eyes@reader.example",
        status=SubscriberStatus.UNSUBSCRIBED,
        preferences=NOT_DEFAULT,
        interests=(Interest(text="depth"), Interest(text="pose", weight=-1.0)),
        origin=Origin.CONFIG,
    )
    with database.write() as transaction:
        transaction.subscribers.save(changed)

    with database.read() as transaction:
        assert transaction.subscribers.all() == [changed, other]
        assert transaction.subscribers.active() == [other]
        assert transaction.subscribers.count_by_status() == {"active": 1, "unsubscribed": 1}


def test_whether_the_configuration_listed_somebody(database):
    reader_in(database)
    with database.read() as transaction:
        assert not transaction.subscribers.has_listed()
    reader_in(database, "listed", origin=Origin.CONFIG)
    with database.read() as transaction:
        assert transaction.subscribers.has_listed()


# ── issues and ledger ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shelf(database):
    """Two subscribers and four stored papers."""
    with database.write() as transaction:
        put_reader(transaction, "vision")
        put_reader(transaction, "speech")
    add(database, *(paper(f"Paper {n}") for n in range(4)))
    return database


def people(database):
    with database.read() as transaction:
        return transaction.subscribers.all()


def papers(database):
    with database.read() as transaction:
        return [s.known for s in transaction.papers.search()]


def issue_of(reader, *picks, day=TODAY, **facts):
    values = {
        "composed_at": NOON,
        "counts": Counts(listed=4, sent_before=1, shown=len(picks), below=1, cut=1),
    }
    return builders.issue(picks=picks, reader=reader, day=day, **(values | facts))


def put(database, issue, cut=None, newest_paper=4):
    with database.write() as transaction:
        return transaction.issues.put(issue, cut=cut or {}, newest_paper=newest_paper)


def skip_of(reader, day=TODAY, **facts):
    values = {
        "subscriber": reader,
        "edition": Edition(day=day),
        "composed_at": NOON,
        "reason": SkipReason.NOTHING_FOR_YOU,
        "listed": 61,
    }
    return Skipped(**(values | facts))


def put_skip(database, skipped, newest_paper=4):
    with database.write() as transaction:
        transaction.issues.put_skip(skipped, period_start=NOON - DAY, newest_paper=newest_paper)


def moments_of(database, reader):
    with database.read() as transaction:
        return transaction.issues.moments([reader.id], date(2026, 1, 1)).get(reader.id, [])


def test_an_issue_comes_back_with_all_its_lines_in_order(shelf):
    reader, _ = people(shelf)
    first, second, third, fourth = papers(shelf)
    reasons = (
        Evidence(
            interest=Interest(text="größe", weight=2.0, field=Field.TITLE),
            field=Field.ABSTRACT,
            words=("Größe", "size"),
            points=41.25,
            spans=((0, 5), (9, 13)),
        ),
        Evidence(interest=Interest(text="x"), field=Field.AUTHOR, words=(), points=0.5),
        Evidence(
            interest=Interest(text="x"),
            field=Field.ANYWHERE,
            words=("y",),
            points=0.25,
            kind=EvidenceKind.RELATED,
        ),
        Evidence(interest=None, field=Field.ANYWHERE, words=("z",), points=1.0, kind=EvidenceKind.LEARNED),
    )
    pick = Match(paper=second, score=43.0, evidence=reasons)
    sections = (
        Section(kind=SectionKind.FOR_YOU, heading="größe", matches=(pick, Match(paper=first, score=12.5))),
        Section(kind=SectionKind.TRENDING, heading="Trending", matches=(Match(paper=fourth, score=0.0),)),
        Section(kind=SectionKind.ALSO_NEW, heading="Also new", matches=(Match(paper=third, score=0.0),)),
    )
    issue_id = put(shelf, replace(issue_of(reader), sections=sections))

    with shelf.read() as transaction:
        lines = transaction.issues.sent_by(issue_id)

    by_section = {kind: [line.match for line in lines if line.section == kind] for kind in SectionKind}
    assert by_section == {s.kind: list(s.matches) for s in sections}
    assert {(line.edition, line.composed_at, line.subscriber_id) for line in lines} == {
        (TODAY, NOON, reader.id)
    }


def test_picks_sent_lately_come_newest_first_for_many_at_once(shelf):
    one, other = people(shelf)
    first, second, third, fourth = papers(shelf)
    put(shelf, issue_of(one, builders.match(first), composed_at=NOON - DAY, day=TODAY - DAY))
    picks = (Match(paper=third, score=70.0), Match(paper=second, score=60.0))
    sections = (
        Section(kind=SectionKind.FOR_YOU, heading="", matches=picks),
        Section(kind=SectionKind.ALSO_NEW, heading="Also new", matches=(Match(paper=fourth, score=0.0),)),
    )
    put(shelf, replace(issue_of(one), sections=sections))

    with shelf.read() as transaction:
        lately = transaction.issues.picks_since([one.id, other.id], NOON - 2 * DAY)
        later = transaction.issues.picks_since([one.id, other.id], NOON - DAY)

    assert lately == {one.id: [third.id, second.id, first.id]}
    assert later == {one.id: [third.id, second.id]}


def test_a_line_from_before_reasons_had_kinds_tells_of_words(shelf):
    reader, _ = people(shelf)
    paper = papers(shelf)[0]
    reason = Evidence(interest=Interest(text="x"), field=Field.TITLE, words=("X",), points=60.0)
    section = Section(
        kind=SectionKind.FOR_YOU,
        heading="x",
        matches=(Match(paper=paper, score=60.0, evidence=(reason,)),),
    )
    issue_id = put(shelf, replace(issue_of(reader), sections=(section,)))
    with shelf.write() as transaction:
        before = "UPDATE ledger SET evidence = json_remove(evidence, '$[0][5]')"
        transaction.outbox._connection.execute(text(before))

    with shelf.read() as transaction:
        (line,) = transaction.issues.sent_by(issue_id)

    assert line.match.evidence == (reason,)


def test_counts_quiet_days_and_notes_come_back(shelf):
    reader, _ = people(shelf)
    issue = issue_of(
        reader,
        counts=Counts(listed=10, sent_before=1, shown=2, below=3, cut=4),
        quiet=Quiet(days=(date(2026, 11, 17), date(2026, 11, 18)), listed=61),
        notes=(SourceNote(source="dumps", health=Health.PARTIAL, what="monday.txt:9: no abstract"),),
    )
    put(shelf, issue)

    with shelf.read() as transaction:
        (past,) = transaction.issues.past(subscriber_id=reader.id)

    assert (past.counts, past.quiet, past.notes) == (issue.counts, issue.quiet, issue.notes)
    assert (past.edition, past.composed_at, past.skipped, past.listed) == (TODAY, NOON, None, 10)


def test_a_moment_remembers_the_picks_that_the_limit_cut_and_the_newest_paper(shelf):
    reader, _ = people(shelf)
    put(shelf, issue_of(reader), cut={3: NOON - DAY, 2: NOON}, newest_paper=3)

    (moment,) = moments_of(shelf, reader)

    assert moment.newest_paper == 3
    assert dict(moment.cut) == {3: NOON - DAY, 2: NOON}


def test_a_subscriber_has_one_issue_of_an_edition(shelf):
    reader, other = people(shelf)
    put(shelf, issue_of(reader))
    put(shelf, issue_of(other))

    with pytest.raises(IntegrityError):
        put(shelf, issue_of(reader, composed_at=NOON + DAY))


def test_a_paper_is_sent_to_a_subscriber_once(shelf):
    reader, other = people(shelf)
    first, second, *_ = papers(shelf)
    put(shelf, issue_of(reader, builders.match(first)))
    put(shelf, issue_of(other, builders.match(first)))

    again = issue_of(reader, builders.match(second), builders.match(first), day=TODAY + DAY)
    with pytest.raises(IntegrityError):
        put(shelf, again)

    assert [m.edition for m in moments_of(shelf, reader)] == [TODAY]
    with shelf.read() as transaction:
        assert transaction.issues.sent_papers([reader.id], [first.id, second.id])[reader.id] == {first.id}


def test_what_was_sent_is_asked_of_the_whole_group(shelf):
    reader, other = people(shelf)
    add(shelf, paper("Ours", arxiv_id="2607.00001"), paper("Theirs", doi="10.1000/x"))
    one, two = papers(shelf)[-2:]
    put(shelf, issue_of(reader, builders.match(two)))
    add(shelf, paper("Ours", arxiv_id="2607.00001", doi="10.1000/x"), now=NOON + DAY)

    with shelf.read() as transaction:
        issues = transaction.issues
        sent = issues.sent_papers([reader.id], [one.id])[reader.id]
        lines = issues.lines_for(one.id, reader.id)
        since = issues.sent_since(reader.id, NOON - DAY)
        nobody = issues.sent_papers([other.id], [one.id])[other.id], issues.lines_for(one.id, other.id)

    assert sent == {one.id}
    assert [(line.paper_id, line.match.paper.id) for line in lines] == [(two.id, one.id)]
    assert lines == since
    assert nobody == (set(), [])


def test_a_skip_noted_again_replaces_the_first_note(shelf):
    reader, _ = people(shelf)
    put_skip(shelf, skip_of(reader, reason=SkipReason.NOTHING_NEW, listed=0))
    put_skip(shelf, skip_of(reader, composed_at=NOON + timedelta(hours=1)), newest_paper=5)

    (moment,) = moments_of(shelf, reader)

    assert (moment.skipped, moment.listed, moment.newest_paper) == (SkipReason.NOTHING_FOR_YOU, 61, 5)
    assert moment.composed_at == NOON + timedelta(hours=1)


def test_an_issue_takes_the_place_of_a_skip_of_the_same_moment(shelf):
    reader, other = people(shelf)
    for skipped in (skip_of(reader), skip_of(other), skip_of(reader, day=TODAY - DAY)):
        put_skip(shelf, skipped)
    put(shelf, issue_of(reader))

    assert [(m.edition, m.skipped is None) for m in moments_of(shelf, reader)] == [
        (TODAY - DAY, False),
        (TODAY, True),
    ]
    assert len(moments_of(shelf, other)) == 1
    with shelf.read() as transaction:
        assert transaction.issues.count() == (1, 2)


def test_a_skip_never_replaces_an_issue(shelf):
    reader, _ = people(shelf)
    put(shelf, issue_of(reader))

    with pytest.raises(IntegrityError):
        put_skip(shelf, skip_of(reader))

    assert [m.skipped for m in moments_of(shelf, reader)] == [None]


def test_past_issues_are_asked_by_reader_by_edition_and_from_a_day_on(shelf):
    reader, other = people(shelf)
    for person in (reader, other):
        for distance in range(3):
            put(shelf, issue_of(person, day=TODAY + distance * DAY, composed_at=NOON + distance * DAY))

    with shelf.read() as transaction:
        past = transaction.issues.past
        assert len(past()) == 6
        assert [p.edition for p in past(subscriber_id=reader.id)] == [TODAY, TODAY + DAY, TODAY + 2 * DAY]
        assert [p.subscriber_id for p in past(edition=TODAY)] == [reader.id, other.id]
        assert [p.edition for p in past(subscriber_id=other.id, since=TODAY + DAY)] == [
            TODAY + DAY,
            TODAY + 2 * DAY,
        ]
        moments = transaction.issues.moments([reader.id, other.id], TODAY + 2 * DAY)
        assert {i: [m.edition for m in found] for i, found in moments.items()} == {
            reader.id: [TODAY + 2 * DAY],
            other.id: [TODAY + 2 * DAY],
        }


def test_who_got_something_since_is_known_by_the_newest_number(shelf):
    database, first, second = shelf, *people(shelf)[:2]
    with database.read() as transaction:
        assert transaction.issues.newest_id() == 0
    put(database, issue_of(first, builders.match(papers(shelf)[0])))
    with database.read() as transaction:
        newest = transaction.issues.newest_id()
        assert transaction.issues.with_newer([first.id, second.id], 0) == {first.id}
        assert transaction.issues.with_newer([first.id, second.id], newest) == set()
    put_skip(database, skip_of(second))
    with database.read() as transaction:
        assert transaction.issues.newest_id() == newest + 1
        assert transaction.issues.with_newer([first.id, second.id], newest) == {second.id}
        assert transaction.issues.with_newer([first.id], newest) == set()


def test_who_still_gets_issues_is_told_of_those_asked_for(database):
    one, other, third = (reader_in(database, name=name) for name in ("one", "other", "third"))
    unsubscribe(database, other)
    with database.read() as transaction:
        assert transaction.subscribers.still_active([one.id, other.id, 99]) == {one.id}
        assert transaction.subscribers.still_active([one.id, third.id]) == {one.id, third.id}


def test_papers_sent_since_a_moment_come_oldest_issue_first(shelf):
    reader, _ = people(shelf)
    stored = papers(shelf)
    for distance, one in enumerate(stored[:3]):
        moment = NOON + distance * DAY
        put(shelf, issue_of(reader, builders.match(one), day=moment.date(), composed_at=moment))

    with shelf.read() as transaction:
        sent = transaction.issues.sent_since(reader.id, NOON)

    assert [line.match.paper.id for line in sent] == [stored[1].id, stored[2].id]


def enqueue(database, number, reader):
    with database.write() as transaction:
        put_message(transaction, reader, number, days=number, recipient=reader.address)


# ── forgetting ────────────────────────────────────────────────────────────────────────────────


def rows_about(database, subscriber_id):
    """How many rows of each table name a subscriber, and how many messages there are."""
    with database.read() as transaction:
        connection = transaction.subscribers._connection
        look = inspect(connection)
        tables = [
            t for t in look.get_table_names() if "subscriber_id" in {c["name"] for c in look.get_columns(t)}
        ]
        queries = {t: f"SELECT count(*) FROM {t} WHERE subscriber_id = {subscriber_id}" for t in tables}
        queries["message"] = "SELECT count(*) FROM message"
        return {name: connection.scalar(text(query)) for name, query in queries.items()}


def give_feedback(database, person):
    """One stored paper liked, another one that the archive does not have, and what was learned from them."""
    learned = Learned(data=b"packed", version=1, likes=2, dislikes=0, learned_at=NOON)
    with database.write() as transaction:
        transaction.feedback.give(
            person.id, Opinion.LIKE, stored=[1], others=[paper("Outside")], at=NOON, came_from="command"
        )
        transaction.learned.put(person.id, learned)


def test_forgetting_deletes_everything_about_a_person_and_nothing_about_others(shelf):
    reader, other = people(shelf)
    for number, person in ((1, reader), (2, other)):
        enqueue(shelf, number, person)
        put(shelf, issue_of(person, builders.match(papers(shelf)[0])))
        put_skip(shelf, skip_of(person, day=TODAY - DAY))
        give_feedback(shelf, person)
    before = rows_about(shelf, other.id)
    with shelf.read() as transaction:
        delivery = transaction.outbox.due(NOON, 1)[0]
    assert 0 not in {k: n for k, n in rows_about(shelf, reader.id).items() if k != "returned"}.values()

    with shelf.write() as transaction:
        transaction.subscribers.forget(reader)

    assert before.keys() >= {"interest", "issue", "ledger", "delivery", "message", "feedback", "learned"}
    assert {k: n for k, n in rows_about(shelf, reader.id).items() if n} == {"message": 1}
    assert rows_about(shelf, other.id) == before | {"message": 1}
    assert people(shelf) == [other]
    assert len(papers(shelf)) == 4
    with shelf.read() as transaction:
        assert transaction.outbox.recipient_statuses([delivery]) == {}


def test_somebody_forgotten_comes_back_as_somebody_new(shelf):
    reader = people(shelf)[1]
    with shelf.write() as transaction:
        transaction.subscribers.forget(reader)
    back = reader_in(shelf, "speech")

    assert back.id > reader.id
    assert moments_of(shelf, back) == []


# ── runs, background, instance ────────────────────────────────────────────────────────────────


def run(number, **facts):
    values = {
        "command": "run",
        "started_at": NOON + number * timedelta(minutes=1),
        "finished_at": NOON + number * timedelta(minutes=1, seconds=1),
        "exit_code": 0,
        "report": {"new": number},
    }
    return Run(**(values | facts))


def test_the_latest_runs_come_newest_first_as_they_were_noted(database):
    runs = [run(1), run(2, exit_code=None, finished_at=None, report={}), run(3, exit_code=4)]
    with database.write() as transaction:
        for one in runs:
            transaction.runs.note(one)

    with database.read() as transaction:
        assert transaction.runs.latest(2) == [runs[2], runs[1]]


def test_of_very_many_runs_the_oldest_go(database, monkeypatch):
    monkeypatch.setattr("digest.store.runs._KEPT", 3)
    with database.write() as transaction:
        for number in range(5):
            transaction.runs.note(run(number))

    with database.read() as transaction:
        assert [r.report["new"] for r in transaction.runs.latest(99)] == [4, 3, 2]


def test_the_background_is_one_piece_that_the_next_replaces(database):
    with database.write() as transaction:
        assert transaction.background.get() is None
        transaction.background.put(b"first", 3)
        transaction.background.put(b"\x00\xff", 7)

    with database.read() as transaction:
        assert transaction.background.get() == (b"\x00\xff", 7)


def test_a_database_has_one_name_and_a_secret_of_its_own(database):
    with database.write() as transaction:
        assert transaction.instance.get() is None
        made = transaction.instance.create(NOON)
    with pytest.raises(IntegrityError), database.write() as transaction:
        transaction.instance.create(NOON)

    with database.read() as transaction:
        assert transaction.instance.get() == made
        assert [(v, len(key)) for v, key in transaction.instance.secrets().items()] == [(1, 32)]
