"""Taking back what came: by proof, once, and only after the commit is a mail put away."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from digest import tokens
from digest.errors import MailboxError
from digest.mailbox import MaildirMailbox
from digest.model import DeliveryState, Incoming, Outcome, OutcomeKind, ReturnKind, SubscriberStatus
from digest.pipeline import note_refusal, take_back
from digest.returns import LONGEST, ReturnPolicy
from tests.builders import NOON
from tests.outbox import put_message, put_person, put_state
from tests.returned import bounce, complaint, wish

DAY = timedelta(days=1)
POLICY = ReturnPolicy()
#: the next key: under it nothing of ours is genuine
OTHERS = tokens.KeyRing(secrets={1: bytes(32)}, current=1)


@dataclass
class Box:
    """A mailbox in memory that can be told to fail."""

    waiting: list[bytes]
    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    fails_after: int | None = None
    put_away_fails: bool = False
    envelope: str | None = None

    def mails(self):
        for number, data in enumerate(self.waiting):
            if number == self.fails_after:
                raise MailboxError("the mailbox is gone")
            yield Incoming(place=str(number), head=data, size=len(data), envelope=self.envelope)

    def put_away(self, mail, *, understood):
        if self.put_away_fails:
            raise MailboxError("the disk is full")
        (self.done if understood else self.left).append(mail.place)

    def close(self):
        pass


@pytest.fixture
def store(database):
    """Ten readers and the key of the gallery."""
    with database.write() as transaction:
        transaction.instance.create(NOON)
        for number in range(1, 11):
            put_person(transaction, number)
    return database


@pytest.fixture
def keys(store):
    with store.read() as transaction:
        return tokens.KeyRing(secrets=transaction.instance.secrets(), current=1)


def take(store, *mails, now=NOON, policy=POLICY, many=False, **facts):
    box = Box(list(mails), **facts)
    return take_back(store, box, now=now, policy=policy, many=many), box


def status_of(store, number=1):
    with store.read() as transaction:
        found = transaction.subscribers.get(number)
    return (found.status.value, found.status_reason)


def theirs(keys, reader=1, **facts):
    return bounce(reader, keys=keys, recipient=f"r{reader}@reader.example", **facts)


def send(store, number, *, days=0, person=1):
    """A mail that the relay took so many days from today."""
    with store.write() as transaction:
        moment = NOON + days * DAY
        reader = transaction.subscribers.get(person)
        delivery_id = put_message(transaction, reader, number, now=moment, days=days)
        (delivery,) = [d for d in transaction.outbox.in_state(DeliveryState.QUEUED) if d.id == delivery_id]
        put_state(transaction, delivery, DeliveryState.ACCEPTED, now=moment)
    return delivery_id


# ── what it does ──────────────────────────────────────────────────────────────────────────────


def test_a_hard_bounce_removes_its_reader_and_nobody_else(store, keys):
    report, box = take(store, theirs(keys, 2))

    assert status_of(store, 2) == ("bounced", "hard bounce 5.1.1")
    assert status_of(store, 1) == ("active", None)
    assert [(m.recipient, m.became, m.proven) for m in report.removed] == [
        ("r2@reader.example", SubscriberStatus.BOUNCED, True)
    ]
    assert (box.done, report.problem_lines, report.exit_code) == (["0"], [], 0)


def test_a_wish_to_leave_is_heeded(store, keys):
    report, box = take(store, wish(3, keys=keys))

    assert status_of(store, 3) == ("unsubscribed", "mail")
    assert box.done == ["0"]
    assert report.counts == {ReturnKind.UNSUBSCRIBE: 1}


def test_a_complaint_suppresses_for_good(store, keys):
    take(store, complaint(4, keys=keys))
    take(store, wish(4, keys=keys), theirs(keys, 4), now=NOON + DAY)

    assert status_of(store, 4) == ("complained", "complaint")


def test_soft_bounces_remove_after_five_days_and_not_after_five_mails(store, keys):
    full = {"status": "5.2.2", "said": "552 5.2.2 mailbox full"}
    for number in range(9):
        take(store, theirs(keys, number=number, **full))
    assert status_of(store) == ("active", None)

    for day in range(1, 5):
        assert status_of(store) == ("active", None)
        take(store, theirs(keys, number=100 + day, **full), now=NOON + day * DAY)

    assert status_of(store) == ("bounced", "soft bounces on 5 days")


def test_a_mailbox_that_is_full_now_and_then_is_kept(store, keys):
    full = {"status": "5.2.2", "said": "552 5.2.2 mailbox full"}
    for week in range(8):
        send(store, 10 * week + 1, days=14 * week)
        take(
            store,
            theirs(keys, number=week, message=f"<{10 * week + 1}@digest.example>", **full),
            now=NOON + 14 * week * DAY,
        )
        send(store, 10 * week + 2, days=14 * week + 7)

    assert status_of(store) == ("active", None)


def test_a_block_removes_nobody_and_is_told(store, keys):
    report, box = take(
        store, theirs(keys, status="5.7.26", said="550 5.7.26 Unauthenticated email from daily.example")
    )

    assert status_of(store) == ("active", None)
    (line,) = report.problem_lines
    assert "r1@reader.example" in line
    assert "Unauthenticated" in line
    assert (report.exit_code, box.done) == (3, ["0"])


def test_the_same_block_for_many_mails_is_told_in_few_lines(store, keys):
    blocks = [
        theirs(keys, person, number=n, status="5.7.1", said=f"554 5.7.1 blocked {n % 5}")
        for person in range(1, 11)
        for n in range(10)
    ]
    report, _ = take(store, *blocks)

    assert len(report.problem_lines) == 21
    assert "and 30 more" in report.problem_lines[-1]


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0")]
)
def test_reports_that_ask_for_nothing_do_nothing(store, keys, action, status):
    report, box = take(store, theirs(keys, action=action, status=status, said="250 ok"))

    assert (report.removed, box.done, status_of(store)) == ([], ["0"], ("active", None))


def test_a_dead_address_that_a_reader_forwards_to_is_no_reason_to_remove_them_at_once(store, keys):
    dead = [bounce(1, keys=keys, recipient="old@elsewhere.example", number=n) for n in range(5)]

    take(store, dead[0])
    assert status_of(store) == ("active", None)
    for day, mail in enumerate(dead[1:], 1):
        take(store, mail, now=NOON + day * DAY)
    assert status_of(store) == ("bounced", "soft bounces on 5 days")


# ── whom it is about ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "forged",
    [
        lambda keys: bounce(1, keys=OTHERS, recipient="r1@reader.example"),
        lambda keys: bounce(to="bounces@daily.example", recipient="r1@reader.example"),
        lambda keys: bounce(to="bounces+r1=reader.example@daily.example", recipient="r1@reader.example"),
        lambda keys: bounce(
            to="bounces@daily.example", recipient="r1@reader.example", message="<guessed@digest.example>"
        ),
        lambda keys: complaint(1, keys=OTHERS),
        lambda keys: wish(1, keys=OTHERS),
        # a token of one purpose is worthless for another
        lambda keys: wish(token=tokens.sign(tokens.Purpose.CONFIRM, 1, keys)),
        lambda keys: wish(token=tokens.sign(tokens.Purpose.BOUNCE, 1, keys)),
        lambda keys: b"From: r1@reader.example\nSubject: unsubscribe\n\nplease",
    ],
)
def test_a_forged_mail_removes_nobody(store, keys, forged):
    report, _ = take(store, forged(keys))

    assert status_of(store) == ("active", None)
    assert [(m.proven, m.became) for m in report.mails] == [(False, None)]


def test_a_message_id_of_ours_is_proof_as_well(store, keys):
    send(store, 1)

    take(
        store, bounce(to="digest@daily.example", recipient="r1@reader.example", message="<1@digest.example>")
    )

    assert status_of(store) == ("bounced", "hard bounce 5.1.1")


def test_a_bounce_without_a_readable_recipient_is_attributed(store, keys):
    address = tokens.bounce_address("bounces@daily.example", 5, keys)
    mail = f"From: MAILER-DAEMON@x.example\nTo: {address}\nSubject: failure notice\n\nUser unknown.\n"

    take(store, mail.encode())

    assert status_of(store, 5)[0] == "bounced"


def test_the_address_of_the_envelope_attributes(store, keys):
    mail = (
        b"From: MAILER-DAEMON@x.example\nTo: postmaster@x.example\nSubject: failure notice\n\nUser unknown.\n"
    )

    take(store, mail, envelope=tokens.bounce_address("bounces@daily.example", 6, keys).upper())

    assert status_of(store, 6)[0] == "bounced"


def test_a_forgotten_reader_is_nobody(store, keys):
    with store.write() as transaction:
        transaction.subscribers.forget(transaction.subscribers.get(1))

    report, box = take(store, theirs(keys), wish(1, keys=keys))

    assert report.removed == []
    assert box.left == ["1"]  # a wish that could not be heeded is for a person


def test_what_a_person_wrote_is_left_for_a_person_and_its_words_are_not_kept(store, keys):
    mail = b"From: r1@reader.example\nTo: digest@daily.example\nSubject: a private matter\n\nHello\n"
    report, box = take(store, mail)

    assert (box.left, box.done, report.exit_code) == (["0"], [], 0)
    with store.read() as transaction:
        rows = transaction.returns._connection.exec_driver_sql("SELECT kind, detail FROM returned").all()
    assert rows == [("unknown", "")]


# ── once, and nothing lost ────────────────────────────────────────────────────────────────────


def test_the_same_mail_twice_counts_once(store, keys):
    policy = ReturnPolicy(hard=2)
    mail = theirs(keys)

    first, _ = take(store, mail, policy=policy)
    again, box = take(store, mail, now=NOON + DAY, policy=policy)

    assert status_of(store) == ("active", None)
    assert [m.again for m in (*first.mails, *again.mails)] == [False, True]
    assert (again.counts, box.done) == ({}, ["0"])


def test_a_mail_is_put_away_only_after_its_commit(store, keys):
    class Breaks:
        lasting = True

        @contextmanager
        def write(self):
            with store.write() as transaction:
                yield transaction
                raise OSError("the power went")

        def read(self):
            return store.read()

    box = Box([theirs(keys)])
    with pytest.raises(OSError, match="power"):
        take_back(Breaks(), box, now=NOON, policy=POLICY)

    assert (box.done, box.left) == ([], [])
    assert status_of(store) == ("active", None)


def test_a_crash_between_commit_and_putting_away_costs_nothing(store, keys):
    stranger = b"From: r1@reader.example\nSubject: hello\n\n"
    report, _ = take(store, theirs(keys), stranger, put_away_fails=True)
    assert report.problem_lines == ["the disk is full"]
    assert status_of(store)[0] == "bounced"

    again, box = take(store, theirs(keys), stranger)

    assert (box.done, box.left) == (["0"], ["1"])
    assert (again.removed, again.problem_lines) == ([], [])


def test_a_mailbox_that_breaks_off_is_a_problem_and_what_was_read_counts(store, keys):
    report, box = take(store, theirs(keys, 1), theirs(keys, 2), fails_after=1)

    assert (status_of(store, 1)[0], status_of(store, 2)[0]) == ("bounced", "active")
    assert (report.problem, report.exit_code, box.done) == ("the mailbox is gone", 3, ["0"])


def test_a_rehearsal_says_what_would_be_and_leaves_everything(store, keys):
    box = Box([theirs(keys)])
    with store.rehearsal() as rehearsal:
        report = take_back(rehearsal, box, now=NOON, policy=POLICY)

    assert [m.became for m in report.mails] == [SubscriberStatus.BOUNCED]
    assert (status_of(store), box.done) == (("active", None), [])


def test_a_maildir_with_hundreds_of_mails_is_read_in_one_go(store, keys, tmp_path):
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    for number in range(230):
        (tmp_path / "new" / f"{number}.host").write_bytes(
            theirs(keys, number=number, status="4.2.2", said="450 later")
        )

    report = take_back(store, MaildirMailbox(tmp_path, longest=LONGEST), now=NOON, policy=POLICY)

    assert report.counts == {ReturnKind.SOFT: 230}
    assert list((tmp_path / "new").iterdir()) == []
    assert len(list((tmp_path / ".digest.done" / "cur").iterdir())) == 230


# ── too many at once ──────────────────────────────────────────────────────────────────────────


def test_bounces_that_would_remove_too_many_are_left_until_the_operator_says_so(store, keys):
    mails = [theirs(keys, number) for number in range(1, 6)]
    report, box = take(store, *mails, wish(6, keys=keys))

    assert [status_of(store, n)[0] for n in range(1, 7)] == ["active"] * 5 + ["unsubscribed"]
    assert (len(report.held), box.done, report.exit_code) == (5, ["5"], 3)
    (line,) = report.problem_lines
    assert "digest bounce --many" in line

    again, box = take(store, *mails, many=True)
    assert [status_of(store, n)[0] for n in range(1, 6)] == ["bounced"] * 5
    assert (again.held, box.done) == ([], ["0", "1", "2", "3", "4"])


def test_too_many_are_too_many_also_one_by_one(store, keys):
    for number in range(1, 8):
        take(store, theirs(keys, number), now=NOON + number * timedelta(hours=1))

    assert [status_of(store, n)[0] for n in range(1, 8)] == ["bounced"] * 3 + ["active"] * 4
    take(store, theirs(keys, 7, number=9), now=NOON + 3 * DAY)
    assert status_of(store, 7)[0] == "bounced"


def test_several_bounces_of_one_reader_are_one_reader(store, keys):
    report, _ = take(store, *(theirs(keys, number=n) for n in range(20)))

    assert (report.held, status_of(store)[0]) == ([], "bounced")


# ── refusals while sending ────────────────────────────────────────────────────────────────────


def refused(code=550, status="5.1.1", said="RCPT: 550 5.1.1 User unknown", **facts):
    values = {
        "kind": OutcomeKind.PERMANENT,
        "detail": said,
        "code": code,
        "status": status,
        "at_recipient": True,
    }
    return Outcome(**(values | facts))


def refuse(store, outcome, *, person=1, number=1, now=NOON):
    with store.write() as transaction:
        delivery_id = put_message(
            transaction, transaction.subscribers.get(person), number, now=now, days=number
        )
        (delivery,) = [d for d in transaction.outbox.in_state(DeliveryState.QUEUED) if d.id == delivery_id]
        return note_refusal(transaction, delivery, outcome, now=now, policy=POLICY)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (refused(), ("bounced", "hard bounce 5.1.1")),
        (refused(status=None, said="RCPT: 550 no such user"), ("bounced", "hard bounce")),
        (refused(status=None, said="RCPT: 550 nothing known"), ("bounced", "hard bounce")),
        (refused(status="5.7.1", said="RCPT: 550 5.7.1 User unknown"), ("active", None)),
        (refused(status="5.2.2", code=552, said="RCPT: 552 5.2.2 full"), ("active", None)),
        (refused(status=None, said="RCPT: 550 your IP is on a blacklist"), ("active", None)),
    ],
)
def test_a_refusal_at_rcpt_counts_like_a_bounce(store, outcome, status):
    noted = refuse(store, outcome)

    assert status_of(store) == status
    assert noted.recipient == "r1@reader.example"


@pytest.mark.parametrize(
    "outcome",
    [
        refused(at_recipient=False),
        refused(kind=OutcomeKind.TRANSIENT, code=450, status="4.2.0"),
        refused(kind=OutcomeKind.ACCEPTED, code=250, status=None),
        refused(code=None, status=None, said="the address needs SMTPUTF8, which the server does not offer"),
    ],
    ids=["after DATA", "for now", "accepted", "our own decision"],
)
def test_every_other_outcome_counts_for_nothing(store, outcome):
    assert refuse(store, outcome) is None
    assert status_of(store) == ("active", None)
    with store.read() as transaction:
        assert transaction.returns.counts(NOON - DAY) == {}


def test_a_server_that_refuses_everybody_removes_few(store):
    noted = [refuse(store, refused(), person=n, number=n) for n in range(1, 11)]

    assert [status_of(store, n)[0] for n in range(1, 11)] == ["bounced"] * 3 + ["active"] * 7
    assert [n.held for n in noted] == [False] * 3 + [True] * 7


def test_a_full_mailbox_at_rcpt_removes_after_five_days(store):
    for day in range(5):
        refuse(store, refused(552, "5.2.2", "RCPT: 552 5.2.2 full"), number=day, now=NOON + day * DAY)

    assert status_of(store) == ("bounced", "soft bounces on 5 days")
