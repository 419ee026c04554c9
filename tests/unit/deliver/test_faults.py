"""The fault matrix: every fault at every point of the conversation ends as its table says."""

import pytest

from digest.deliver import Security, SmtpSender
from digest.model import DeliveryState
from digest.pipeline import deliver
from digest.store import Database
from tests.builders import NOON
from tests.faults import BEGIN, CELLS, END, FAULTS, PAGE, POINTS, written_into
from tests.outbox import put_message, put_person
from tests.unit.deliver.mail_server import running

#: what the recorder is asked to do
ACTIONS = {"4xx": "451", "5xx": "554", "421": "421", "disconnect": "drop", "hang": "hang"}
#: points at which a whole connection fails, as the recorder names them; at the others one message fails
WHOLE = {"CONNECT": "connect", "EHLO": "EHLO", "STARTTLS": "STARTTLS", "AUTH": "AUTH", "QUIT": "QUIT"}
NAMES = {"MAIL": "mail", "RCPT": "rcpt", "DATA": "data", ".": "dot"}
#: the time that runs out where a server hangs
WAITS = {"MAIL": "reply", "RCPT": "reply", "DATA": "data", ".": "final", "QUIT": "farewell"}


@pytest.fixture(scope="module")
def failing(tmp_path_factory, certificate):
    profiles = {}
    for pipelining in (False, True):
        fine = {"users": {"digest": "open sesame"}, "tls": "starttls", "pipelining": pipelining} | certificate
        profiles[f"none {pipelining}"] = fine
        for stage in WHOLE.values():
            for action in ACTIONS.values():
                # an old server, that has to be greeted by HELO, offers neither encryption nor login
                old = {"users": None, "tls": None} if stage == "EHLO" else {}
                profiles[f"{stage} {action} {pipelining}"] = fine | old | {"faults": {stage: action}}
    with running(profiles, tmp_path_factory.mktemp("failing")) as server:
        yield server


@pytest.fixture
def outbox(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    with found.write() as transaction:
        transaction.instance.create(NOON)
    yield found
    found.close()


def three_messages(database, point, action):
    """Three messages of which the second asks for the fault, where one message can."""
    hit = f"{NAMES.get(point, 'none')}-{action}@reader.example"
    for number in range(3):
        addresses = {}
        if number == 1 and point in NAMES:
            addresses = {"sender": hit} if point == "MAIL" else {"recipient": hit}
        with database.write() as transaction:
            person = put_person(transaction, number)
            data = b"Subject: x\r\n\r\nMessage %d.\r\n" % number
            put_message(transaction, person, number, data=data, **addresses)


def states_of(database):
    with database.read() as transaction:
        found = [d for state in DeliveryState for d in transaction.outbox.in_state(state)]
    return [d.state for d in sorted(found, key=lambda d: d.id)]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("pipelining", [False, True], ids=["one by one", "pipelining"])
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.point} {cell.fault}")
def test_a_fault_ends_as_the_table_says(failing, outbox, cell, pipelining):
    failing.forget()
    action = ACTIONS[cell.fault]
    three_messages(outbox, cell.point, action)
    profile = f"{WHOLE[cell.point]} {action}" if cell.point in WHOLE else "none"
    wait = f"{WAITS[cell.point]}_timeout" if cell.point in WAITS else "timeout"
    opening = {"security": Security.STARTTLS, "username": "digest", "password": "open sesame"}
    sender = SmtpSender(
        failing.settings(
            f"{profile} {pipelining}",
            host="localhost",
            connections=1,
            **({} if cell.point == "EHLO" else opening),
            **({wait: 0.8} if cell.fault == "hang" else {}),
        )
    )
    report = deliver(outbox, sender, clock=lambda: NOON)

    hit = 1 if cell.point in NAMES else 0
    states = states_of(outbox)
    others = DeliveryState.ACCEPTED if cell.others == "go on" else DeliveryState.QUEUED
    assert states[hit] == DeliveryState(cell.message)
    assert states[2] == others
    assert states[1 - hit] == (DeliveryState.ACCEPTED if hit else others)
    assert report.failed == (set(states) != {DeliveryState.ACCEPTED})

    received = failing.received()
    arrived = [int(m["data"].split(b"Message ")[1][:1]) for m in received]
    assert arrived == sorted(set(arrived)), "nothing arrives twice"
    # the server has what was accepted and, after a lost answer, what is in doubt: nothing else
    known = {n for n, s in enumerate(states) if s in (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT)}
    assert set(arrived) == known
    connections = {int(m["data"].split(b"Message ")[1][:1]): m["connection"] for m in received}
    if cell.connection == "none":
        assert 2 not in connections
    else:
        assert (connections[0] == connections[2]) == (cell.connection == "kept")


def test_the_table_has_every_fault_at_every_point():
    assert [(c.point, c.fault) for c in CELLS] == [(p, f) for p in POINTS for f in FAULTS]
    assert (len(POINTS), len(FAULTS)) == (9, 5)


def test_the_page_shows_the_table_as_it_is():
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == written_into(page), "python -m tests.faults"
