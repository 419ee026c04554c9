"""Publishing: the same for one reader as for many, in whatever parts, and reports that stay small."""

import importlib
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from digest import deliver, packing, render, tokens
from digest.copies import Copies
from digest.issue import Rules
from digest.model import (
    Counts,
    Edition,
    Format,
    Interest,
    Issue,
    Origin,
    Preferences,
    Skipped,
    SubscriberStatus,
)
from digest.pipeline import House, MailIdentity, drafting, pressroom, preview, publish
from digest.pipeline.printing import key_ring
from digest.store import Database
from tests.builders import NOON, paper
from tests.keys import rsa_key
from tests.listings import add

publishing = importlib.import_module("digest.pipeline.publish")
LATER = NOON + timedelta(hours=1)
WORDS = ("sleep", "whales", "songs", "coffee", "noise", "dreams")


def house(**mail):
    return House(
        rules=Rules(),
        line=20.0,
        trending=2,
        also_new=5,
        templates=render.Templates(),
        render=render.RenderSettings(title="digest"),
        mail=MailIdentity(
            **{
                "from_address": "digest@digest.example",
                "from_name": "digest",
                "title": "digest",
                "list_id": "daily.digest.example",
                "unsubscribe_address": "leave@digest.example",
                "base_url": None,
                "expire_after": timedelta(hours=24),
            }
            | mail
        ),
    )


def archive(path, *, readers=9):
    """A database with papers and readers; every second one reads the same as another."""
    database = Database(path)
    database.prepare()
    papers = [
        paper(f"On {a} and {b}", f"We study {a} in deep water, and {b} at night.")
        for a in WORDS
        for b in WORDS
        if a < b
    ]
    with database.write() as transaction:
        transaction.instance.create(NOON)
    add(database, *papers, now=NOON)
    with database.write() as transaction:
        for number in range(readers):
            wanted = (WORDS[number // 2 % len(WORDS)], WORDS[number // 3 % len(WORDS)])
            transaction.subscribers.add(
                name=f"r{number}",
                address=f"r{number}@reader.example",
                preferences=Preferences(
                    limit=3 + number % 2, format=Format.BOTH if number % 4 else Format.MAIL
                ),
                interests=tuple(Interest(text=word) for word in dict.fromkeys(wanted)),
                feed_token=str(number),
                origin=Origin.COMMAND,
                created_at=NOON - timedelta(days=3),
            )
    return database


def kept(database):
    """Everything that publishing wrote."""
    with database.read() as transaction:
        found = []
        for past in transaction.issues.past():
            delivery = transaction.outbox.of_issue(past.id)
            data = transaction.outbox.data(delivery.id) if delivery else None
            found.append((past, transaction.issues.sent_by(past.id), delivery, data))
        return found


def as_packed(database):
    """The bytes of every message and of every dictionary, as the database has them."""
    with closing(sqlite3.connect(database.path)) as connection:
        messages = connection.execute(
            "SELECT delivery_id, dictionary_id, data, sha256 FROM message"
        ).fetchall()
        return messages, connection.execute("SELECT id, data, sha256 FROM message_dictionary").fetchall()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "digest.db"
    archive(path).close()
    return path


@pytest.fixture
def another(written, tmp_path):
    """Opens one more database that is the same, to its secrets."""
    opened = []

    def another():
        path = tmp_path / f"{len(opened)}.db"
        shutil.copyfile(written, path)
        opened.append(Database(path))
        return opened[-1]

    yield another
    for each in opened:
        each.close()


@pytest.fixture
def database(another):
    return another()


@pytest.mark.parametrize(("batch", "drafts", "frozen"), [(1, 1, 1), (2, 3, 2), (4, 2, 3), (200, 50, 4)])
def test_in_whatever_parts_the_same_is_written(another, monkeypatch, batch, drafts, frozen):
    database, other = another(), another()
    publish(database, house(), now=LATER)
    monkeypatch.setattr(pressroom, "_BATCH", batch)
    monkeypatch.setattr(pressroom, "_FIRST", batch)
    monkeypatch.setattr(drafting, "_AT_ONCE", drafts)
    monkeypatch.setattr(pressroom, "_AT_ONCE", frozen)
    report = publish(other, house(), now=LATER)
    assert kept(other) == kept(database)
    assert report.messages == len(kept(database)) == 9


def test_among_many_everybody_gets_what_they_would_get_alone(database):
    with database.read() as transaction:
        everybody = transaction.subscribers.active()
        alone = [preview(transaction, house(), each, now=LATER) for each in everybody]
    assert not any(isinstance(one, Skipped) for one in alone)
    report = publish(database, house(), now=LATER)
    for one, issue in zip(alone, report.issues, strict=True):
        # a preview is of today, whatever the hour
        assert replace(one.issue, edition=issue.edition) == issue
    for one, (_, _, delivery, data) in zip(alone, kept(database), strict=True):
        assert one.message.data == data
        assert one.message.message_id == delivery.message_id


def test_every_message_is_the_one_of_its_issue(database):
    publish(database, house(), now=LATER)
    rows = kept(database)
    assert [d.id for _, _, d, _ in rows] == list(range(1, 10))
    for past, _, delivery, data in rows:
        assert delivery.subscriber_id == past.subscriber_id
        assert f"To: r{past.subscriber_id - 1}@reader.example".encode() in data
        assert delivery.message_id.encode() in data


def test_a_second_time_nobody_is_due(database):
    assert publish(database, house(), now=LATER).issue_count == 9
    again = publish(database, house(), now=LATER)
    assert (again.issues, again.issue_count, again.messages) == ((), 0, 0)
    assert (again.not_due_count, len(again.not_due)) == (9, 9)
    assert again.next_due == min(each.next for each in again.not_due)


def test_a_report_counts_all_and_holds_the_first(database, monkeypatch):
    monkeypatch.setattr(publishing, "SHOWN", 4)
    monkeypatch.setattr(pressroom, "_BATCH", 3)
    report = publish(database, house(), now=LATER)
    assert (report.issue_count, report.messages) == (9, 9)
    assert [issue.subscriber.name for issue in report.issues] == ["r0", "r1", "r2", "r3"]
    again = publish(database, house(), now=LATER)
    assert (again.not_due_count, len(again.not_due)) == (9, 4)
    assert again.next_due is not None


def test_skipped_moments_are_counted_too(database, monkeypatch):
    monkeypatch.setattr(publishing, "SHOWN", 2)
    report = publish(database, replace(house(), line=101.0), now=LATER)
    assert (report.skipped_count, len(report.skipped), report.issue_count) == (9, 2, 0)


def test_a_mail_that_cannot_be_written_is_a_problem_and_the_others_are_frozen(database, monkeypatch):
    with database.write() as transaction:
        for name in ("r1", "r4"):
            one = transaction.subscribers.find(name)
            transaction.subscribers.save(replace(one, address=f"no address {name}"))
    report = publish(database, house(), now=LATER)
    assert [problem.where for problem in report.problems] == ["subscriber r1", "subscriber r4"]
    assert (report.messages, report.exit_code) == (7, 3)
    assert {past.subscriber_id for past, *_ in kept(database)} == {1, 3, 4, 6, 7, 8, 9}
    monkeypatch.setattr(publishing, "_MOST_PROBLEMS", 1)
    problems = publish(database, house(), now=LATER).problems
    assert [p.where for p in problems] == ["subscriber r1", "subscribers"]
    assert problems[1].what == "1 more mails could not be written"


def test_what_fails_beside_the_printing_undoes_the_whole_batch(database, monkeypatch):
    signers = (deliver.Signer(domain="digest.example", selector="s", key=rsa_key()),)
    calls = []

    def sign(data, _signers):
        calls.append(data)
        if len(calls) > 5:
            raise RuntimeError("out of order")
        return data

    monkeypatch.setattr(pressroom, "_BATCH", 4)
    monkeypatch.setattr(deliver, "sign", sign)
    with pytest.raises(RuntimeError, match="out of order"):
        publish(database, house(signers=signers), now=LATER)
    assert [past.subscriber_id for past, *_ in kept(database)] == [1, 2, 3, 4]


@pytest.fixture
def copied(monkeypatch):
    """Every two readers are made by copies of this process; the numbers of these."""
    monkeypatch.setattr(pressroom, "_FIRST", 3)
    monkeypatch.setattr(pressroom, "_BATCH", 3)
    monkeypatch.setattr(pressroom, "_SHARE", 2)
    monkeypatch.setattr(pressroom, "_ROUND", 6)
    monkeypatch.setattr(pressroom, "processors", lambda: 4)
    made = []

    class Noted(Copies):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.extend(self.processes)

    monkeypatch.setattr(pressroom, "Copies", Noted)
    return made


def test_made_by_copies_of_the_process_the_same_is_written(another, copied):
    signed = house(signers=(deliver.Signer(domain="digest.example", selector="s", key=rsa_key()),))
    here, apart = another(), another()
    for each in (here, apart):
        with each.write() as transaction:
            # one in the middle gets a skip
            reader = transaction.subscribers.all()[4]
            transaction.subscribers.save(replace(reader, interests=(Interest(text="nothing of this"),)))
    alone = publish(here, replace(signed, processes=1), now=LATER)
    assert copied == []
    together = publish(apart, signed, now=LATER)
    assert len(copied) == 3
    assert together == alone
    assert together.skipped_count == 1
    assert kept(apart) == kept(here)
    assert as_packed(apart) == as_packed(here)
    for process in copied:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


@pytest.mark.parametrize("processes", [0, 1])
def test_after_the_first_ones_mails_are_packed_with_what_is_common_to_them(another, copied, processes):
    plainly, database = another(), another()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pressroom, "_FIRST", 100)
        publish(plainly, replace(house(), processes=1), now=LATER)
    publish(database, replace(house(), processes=processes), now=LATER)
    assert len(copied) == (0 if processes else 3)

    (before, none), (after, dictionaries) = as_packed(plainly), as_packed(database)
    assert none == []
    assert [number for number, *_ in dictionaries] == [1]
    assert [(delivery, dictionary) for delivery, dictionary, *_ in after] == [
        *((delivery, None) for delivery in (1, 2, 3)),
        *((delivery, 1) for delivery in range(4, 10)),
    ]
    assert [sha256 for *_, sha256 in after] == [sha256 for *_, sha256 in before]
    assert [data for *_, data, _ in after[:3]] == [data for *_, data, _ in before[:3]]
    small, large = (sum(len(data) for *_, data, _ in rows[3:]) for rows in (after, before))
    assert 2 * small < large
    assert kept(database) == kept(plainly)


def test_who_is_among_the_first_is_not_in_the_dictionary(database, copied):
    publish(database, house(base_url="https://digest.example"), now=LATER)
    with database.read() as transaction:
        common = transaction.dictionaries.find([1])[1].data
        ring = key_ring(transaction)
    tokens_of = [tokens.sign(tokens.Purpose.UNSUBSCRIBE, 1 + number, ring).encode() for number in range(9)]
    for (_, _, _, data), token in zip(kept(database), tokens_of, strict=True):
        assert token in data
        assert token not in common
    assert b"@reader.example" not in common
    assert b"https://digest.example" not in common


def test_who_is_forgotten_while_mails_are_made_leaves_nothing_in_the_dictionary(
    database, copied, monkeypatch
):
    write = pressroom._Room._write
    with database.write() as transaction:
        gone = transaction.subscribers.all()[:2]
        for one in gone:
            transaction.subscribers.save(
                replace(one, interests=(Interest(text="whales they alone read of"),))
            )

    def late(room, transaction, answers, froze):
        if any(gone[0].id in ids for ids, _ in answers):
            for one in gone:
                transaction.subscribers.forget(one)
        return write(room, transaction, answers, froze)

    found = []
    of = packing.Dictionary.of.__func__

    def looked_at(kind, letters):
        found.extend(letters)
        return of(kind, found)

    monkeypatch.setattr(pressroom._Room, "_write", late)
    monkeypatch.setattr(packing.Dictionary, "of", classmethod(looked_at))
    publish(database, house(), now=LATER)
    assert len(found) == 1
    assert b"they alone read of" not in found[0]


def test_mails_that_have_nothing_in_common_are_packed_alone(database, copied, monkeypatch):
    monkeypatch.setattr(packing, "_LEAST", 1_000_000)
    publish(database, house(), now=LATER)
    messages, dictionaries = as_packed(database)
    assert dictionaries == []
    assert [dictionary for _, dictionary, *_ in messages] == [None] * 9


def test_others_can_write_while_issues_are_made(another, monkeypatch):
    database = another()
    path, make = database.path, pressroom._Room.make

    def beside(room, share):
        other = Database(path, busy_timeout=0.1)
        with other.write() as transaction:
            transaction.subscribers.unsubscribe(9, reason="one-click", now=LATER)
        other.close()
        return make(room, share)

    monkeypatch.setattr(pressroom._Room, "make", beside)
    publish(database, house(), now=LATER)
    assert [past.subscriber_id for past, *_ in kept(database)] == list(range(1, 9))


def test_copies_that_are_killed_are_not_missed(another, copied, monkeypatch):
    here, apart = another(), another()
    publish(here, replace(house(), processes=1), now=LATER)
    write = pressroom._Room._write

    def killing(*arguments):
        for process in copied:
            os.kill(process, signal.SIGKILL)
        return write(*arguments)

    monkeypatch.setattr(pressroom._Room, "_write", killing)
    publish(apart, house(), now=LATER)
    assert kept(apart) == kept(here)


def test_who_left_or_was_published_for_while_copies_worked_gets_nothing_twice(another, copied, monkeypatch):
    database, other = another(), another()
    everybody = publish(other, replace(house(), processes=1), now=LATER)
    write = pressroom._Room._write
    with database.read() as transaction:
        leaver, ahead = transaction.subscribers.all()[-3:-1]

    def late(room, transaction, answers, froze):
        if any(ahead.id in ids for ids, _ in answers):
            transaction.subscribers.save(replace(leaver, status=SubscriberStatus.UNSUBSCRIBED))
            issue = Issue(
                subscriber=ahead,
                edition=Edition(day=LATER.date()),
                composed_at=LATER,
                period=(LATER - timedelta(days=1), LATER),
                sections=(),
                counts=Counts(listed=0, sent_before=0, shown=0, below=0, cut=0),
                new_since=LATER,
            )
            transaction.issues.put(issue, cut={}, newest_paper=1)
        return write(room, transaction, answers, froze)

    monkeypatch.setattr(pressroom._Room, "_write", late)
    report = publish(database, house(), now=LATER)
    assert report.issue_count == everybody.issue_count - 2
    with database.read() as transaction:
        past = [found.subscriber_id for found in transaction.issues.past()]
        assert leaver.id not in past
        assert past.count(ahead.id) == 1
        assert transaction.outbox.count_due(LATER) == report.messages == everybody.messages - 2


def test_bounces_go_to_the_readers_own_address(database):
    publish(database, house(bounce_address="bounces@digest.example"), now=LATER)
    with database.read() as transaction:
        ring = key_ring(transaction)
    for past, _, delivery, data in kept(database):
        assert tokens.bounced_subscriber(delivery.sender, ring) == past.subscriber_id
        assert b"bounces+" not in data  # unsigned, nobody is asked to complain there


def test_without_a_bounce_address_they_go_to_the_sender(database):
    publish(database, house(), now=LATER)
    assert {delivery.sender for _, _, delivery, _ in kept(database)} == {"digest@digest.example"}
