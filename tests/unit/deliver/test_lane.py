"""The conversation itself, word for word, with a server that says what each test tells it to."""

import asyncio
import base64
import functools
import ssl

import pytest

from digest.deliver import Security
from digest.deliver.smtp.link import Link
from digest.deliver.smtp.session import is_this_machine, offered
from digest.model import OutcomeKind
from tests.unit.deliver.scripted import DATA, letter, playing

ACCEPTED, TRANSIENT = OutcomeKind.ACCEPTED, OutcomeKind.TRANSIENT
PERMANENT, UNKNOWN = OutcomeKind.PERMANENT, OutcomeKind.UNKNOWN


def scene(play):
    """A test that is a coroutine."""

    @functools.wraps(play)
    def test(**fixtures):
        asyncio.run(play(**fixtures))

    return test


async def handed_over(lane, *letters):
    """What becomes of letters one after another, each told of the next."""
    outcomes = []
    for one, then in zip(letters, [*letters[1:], None], strict=True):
        outcomes.append(await lane.offer(one) or await lane.transmit(one, then))
    return outcomes


# ── order ─────────────────────────────────────────────────────────────────────────────────────


@scene
async def test_nothing_of_data_is_sent_before_transmit():
    async def server(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        assert await peer.silence()
        await peer.take(ready=False)
        await peer.bye()

    async with playing(server) as stage:
        assert await stage.lane.offer(letter()) is None
        await asyncio.sleep(0.1)
        assert (await stage.lane.transmit(letter(), None)).kind is ACCEPTED


@scene
async def test_a_server_without_pipelining_is_asked_one_by_one():
    async def server(peer):
        await peer.greet("8BITMIME")
        for word, answer in (("MAIL ", "250 ok"), ("RCPT ", "250 ok"), ("DATA", "354 go on")):
            await peer.hear(word)
            assert await peer.silence(), word
            peer.say(answer)
        assert await peer.message() == DATA
        assert await peer.silence()
        peer.say("250 ok")
        await peer.take()
        await peer.bye()

    async with playing(server) as stage:
        outcomes = await handed_over(stage.lane, letter(1), letter(2))
        assert [o.kind for o in outcomes] == [ACCEPTED, ACCEPTED]


@scene
async def test_the_next_envelope_goes_right_behind_the_message():
    async def server(peer):
        await peer.greet("PIPELINING")
        # two commands before the first answer: whoever waits for it in between waits for ever
        await peer.hear("MAIL ", "RCPT TO:<r1@")
        peer.say("250 ok", "250 ok")
        for number in (2, 3):
            await peer.hear("DATA")
            peer.say("354 go on")
            assert await peer.message() == DATA
            await peer.hear("MAIL ", f"RCPT TO:<r{number}@")
            peer.say(f"250 queued as Q{number}", "250 ok", "250 ok")
        await peer.take(ready=False)
        await peer.bye()

    async with playing(server) as stage:
        outcomes = await handed_over(stage.lane, *(letter(n) for n in (1, 2, 3)))
        assert [o.detail for o in outcomes] == ["queued as Q2", "queued as Q3", "2.0.0 queued as Q1"]
        assert len(stage.peers) == 1


@scene
async def test_a_refused_message_does_not_stop_the_envelope_behind_it():
    async def server(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.message()
        await peer.hear("MAIL ", "RCPT ")
        peer.say("554 5.7.1 spam", "250 ok", "250 ok")
        await peer.take(ready=False)
        await peer.bye()

    async with playing(server) as stage:
        refused, taken = await handed_over(stage.lane, letter(1), letter(2))
        assert (refused.kind, refused.status, refused.at_recipient) == (PERMANENT, "5.7.1", False)
        assert taken.kind is ACCEPTED
        assert len(stage.peers) == 1


@scene
async def test_an_envelope_sent_ahead_counts_for_nothing_once_the_connection_is_closed():
    async def closing(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.message()
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 queued as Q1", "421 4.3.2 shutting down")

    async def fresh(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT TO:<r2@")
        peer.say("250 ok", "250 ok")
        await peer.take(ready=False)
        await peer.bye()

    async with playing(closing, fresh) as stage:
        outcomes = await handed_over(stage.lane, letter(1), letter(2))
        assert [o.kind for o in outcomes] == [ACCEPTED, ACCEPTED]
        assert len(stage.peers) == 2


@scene
async def test_another_letter_than_the_one_sent_ahead_begins_anew():
    async def server(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.message()
        await peer.hear("MAIL ", "RCPT TO:<r2@")
        peer.say("250 ok", "250 ok", "250 ok")
        await peer.hear("RSET")
        peer.say("250 ok")
        await peer.hear("MAIL ", "RCPT TO:<r3@")
        peer.say("250 ok", "250 ok")
        await peer.take(ready=False)
        await peer.bye()

    async with playing(server) as stage:
        assert await stage.lane.offer(letter(1)) is None
        assert (await stage.lane.transmit(letter(1), letter(2))).kind is ACCEPTED
        assert [o.kind for o in await handed_over(stage.lane, letter(3))] == [ACCEPTED]


@scene
async def test_a_letter_taken_back_ends_its_transaction():
    async def server(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT TO:<r1@")
        peer.say("250 ok", "250 ok")
        await peer.hear("RSET")
        peer.say("250 ok")
        await peer.hear("MAIL ", "RCPT TO:<r2@")
        peer.say("250 ok", "250 ok")
        await peer.take(ready=False)
        await peer.bye()

    async with playing(server) as stage:
        assert await stage.lane.offer(letter(1)) is None
        await stage.lane.withdraw()
        assert [o.kind for o in await handed_over(stage.lane, letter(2))] == [ACCEPTED]


@scene
async def test_an_envelope_sent_ahead_can_be_taken_back_before_it_is_offered():
    async def server(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.message()
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok", "550 no such user")
        await peer.hear("RSET")
        peer.say("250 ok")
        await peer.bye()

    async with playing(server) as stage:
        assert await stage.lane.offer(letter(1)) is None
        await stage.lane.transmit(letter(1), letter(2))
        await stage.lane.withdraw()


@scene
async def test_only_what_was_offered_can_be_transmitted():
    async def server(peer):
        await peer.greet()
        await peer.hear("MAIL ")
        peer.say("250 ok")
        await peer.hear("RCPT ")
        peer.say("250 ok")
        await peer.bye()

    async with playing(server) as stage:
        with pytest.raises(ValueError, match="offered last"):
            await stage.lane.transmit(letter(1), None)
        assert await stage.lane.offer(letter(1)) is None
        with pytest.raises(ValueError, match="offered last"):
            await stage.lane.transmit(letter(2), None)


# ── kept connections ──────────────────────────────────────────────────────────────────────────


def whole(*answers_to_mail, offers=()):
    """A server that takes a message for each of these answers to MAIL, then is as the last one says."""

    async def server(peer):
        await peer.greet(*offers)
        for answer in answers_to_mail:
            await peer.hear("MAIL ")
            peer.say(answer)
            if answer.startswith("2"):
                await peer.hear("RCPT ")
                peer.say("250 ok")
                await peer.take(ready=False)
        await peer.gone()

    return server


@pytest.mark.parametrize(
    "answer",
    [
        "421 4.7.0 too many messages in this connection",
        "452 4.5.3 Too many messages in this session",
        "450 limit of messages per connection reached",
        "421 idle",
    ],
)
@scene
async def test_a_connection_that_has_carried_enough_is_opened_again(answer):
    async with playing(whole("250 ok", answer), whole("250 ok"), farewell_timeout=0.1) as stage:
        outcomes = await handed_over(stage.lane, letter(1), letter(2))
        assert [o.kind for o in outcomes] == [ACCEPTED, ACCEPTED]
        assert len(stage.peers) == 2


@scene
async def test_a_new_connection_is_tried_only_once():
    refusing = whole("421 4.7.0 not now")
    async with playing(whole("250 ok", "421 not now"), refusing, farewell_timeout=0.1) as stage:
        first, second = await handed_over(stage.lane, letter(1), letter(2))
        assert first.kind is ACCEPTED
        assert (second.kind, second.code, second.status) == (TRANSIENT, 421, "4.7.0")
        assert second.throttled
        assert second.connection_lost
        assert len(stage.peers) == 2


@scene
async def test_a_server_that_says_goodbye_while_idle_is_opened_again():
    async def idle(peer):
        await peer.greet()
        await peer.take()
        peer.say("421 4.4.2 idle for too long")

    async with playing(idle, whole("250 ok"), farewell_timeout=0.1) as stage:
        assert [o.kind for o in await handed_over(stage.lane, letter(1))] == [ACCEPTED]
        await asyncio.sleep(0.05)
        assert [o.kind for o in await handed_over(stage.lane, letter(2))] == [ACCEPTED]


@pytest.mark.parametrize("says", ["503 5.5.0 improper use of pipelining", "554 synchronization error", None])
@scene
async def test_a_server_that_hangs_up_on_envelopes_behind_messages_gets_them_one_by_one(says):
    async def touchy(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.message()
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", *([says] if says else []))

    async def patient(peer):
        await peer.greet("PIPELINING")
        for _ in range(2):
            await peer.hear("MAIL ", "RCPT ")
            peer.say("250 ok", "250 ok")
            await peer.hear("DATA")
            peer.say("354 go on")
            await peer.message()
            assert await peer.silence()
            peer.say("250 ok")
        await peer.bye()

    async with playing(touchy, touchy, patient) as stage:
        outcomes = await handed_over(stage.lane, *(letter(n) for n in range(4)))
        assert [o.kind for o in outcomes] == [ACCEPTED] * 4
        assert len(stage.peers) == 3


# ── what a server offers ──────────────────────────────────────────────────────────────────────


async def envelope_told(offers, one):
    """The MAIL command that a server with these offers gets."""
    commands = []

    async def server(peer):
        await peer.greet(*offers)
        commands.append(await peer.line())
        peer.say("250 ok")
        await peer.hear("RCPT ")
        peer.say("250 ok")
        await peer.bye()

    async with playing(server) as stage:
        assert await stage.lane.offer(one) is None
    return commands[0]


@pytest.mark.parametrize(
    ("offers", "facts", "options"),
    [
        ((), {}, ""),
        (("SIZE",), {}, f" SIZE={len(DATA)}"),
        (("SIZE 0", "8BITMIME", "SMTPUTF8"), {}, f" SIZE={len(DATA)}"),
        (("SIZE 10240000", "8BITMIME"), {"data": b"x: y\r\n\r\n\xc3\xa9\r\n"}, " SIZE=12 BODY=8BITMIME"),
        (("8bitmime", "smtputf8"), {"recipient": "größe@reader.example"}, " SMTPUTF8"),
    ],
)
def test_mail_says_what_the_server_wants_to_know(offers, facts, options):
    told = asyncio.run(envelope_told(offers, letter(**facts)))
    assert told == f"MAIL FROM:<digest@daily.example>{options}"


@pytest.mark.parametrize(
    ("offers", "facts", "reason"),
    [
        (("SIZE 20",), {}, f"the message has {len(DATA)} bytes and the server takes at most 20 (SIZE)"),
        (("SIZE 1000",), {"data": b"x: y\r\n\r\n\xff\r\n"}, "no 8BITMIME"),
        ((), {"recipient": "größe@reader.example"}, "no SMTPUTF8"),
    ],
)
@scene
async def test_what_the_server_cannot_take_is_refused_by_name_and_the_next_goes(offers, facts, reason):
    async def server(peer):
        await peer.greet(*offers)
        await peer.take()
        await peer.bye()

    async with playing(server) as stage:
        small = letter(2, data=b"x: y\r\n\r\n")
        refused, taken = await handed_over(stage.lane, letter(1, **facts), small)
        assert (refused.kind, refused.connection_lost) == (PERMANENT, False)
        assert reason in refused.detail
        assert taken.kind is ACCEPTED


def test_offers_are_read_however_they_are_written():
    found = offered(b"mail.example hello\nSIZE 1000\nauth plain LOGIN\nAUTH=CRAM-MD5\n\xff\xfe\n\nX-Odd")
    assert found == {"SIZE": "1000", "AUTH": "PLAIN LOGIN CRAM-MD5", "X-ODD": ""}


# ── login ─────────────────────────────────────────────────────────────────────────────────────

LOGIN = {"username": "digest", "password": "öffne dich"}


def coded(text):
    return base64.b64encode(text.encode()).decode()


@scene
async def test_plain_is_the_first_choice():
    async def server(peer):
        await peer.greet("AUTH LOGIN PLAIN")
        await peer.hear(f"AUTH PLAIN {coded(chr(0) + 'digest' + chr(0) + 'öffne dich')}")
        peer.say("235 welcome")
        await peer.take()
        await peer.bye()

    async with playing(server, **LOGIN) as stage:
        assert [o.kind for o in await handed_over(stage.lane, letter())] == [ACCEPTED]


@pytest.mark.parametrize("offers", ["AUTH LOGIN", "AUTH PLAIN LOGIN"])
@scene
async def test_login_where_plain_is_not_to_be_had(offers):
    async def server(peer):
        await peer.greet(offers)
        if "PLAIN" in offers:
            await peer.hear("AUTH PLAIN ")
            peer.say("504 5.5.4 not this one")
        await peer.hear("AUTH LOGIN")
        peer.say("334 VXNlcm5hbWU6")
        await peer.hear(coded("digest"))
        peer.say("334 UGFzc3dvcmQ6")
        await peer.hear(coded("öffne dich"))
        peer.say("235 welcome")
        await peer.take()
        await peer.bye()

    async with playing(server, **LOGIN) as stage:
        assert [o.kind for o in await handed_over(stage.lane, letter())] == [ACCEPTED]


@scene
async def test_a_refused_password_is_not_tried_another_way():
    async def server(peer):
        await peer.greet("AUTH PLAIN LOGIN")
        await peer.hear("AUTH PLAIN ")
        peer.say("535 5.7.8 no")
        assert not await peer.reader.read()

    async with playing(server, **LOGIN) as stage:
        (outcome,) = await handed_over(stage.lane, letter())
        assert (outcome.kind, outcome.code, outcome.status) == (TRANSIENT, 535, "5.7.8")
        assert "dich" not in outcome.detail


@scene
async def test_no_password_travels_in_clear_to_another_machine(monkeypatch):
    monkeypatch.setattr(Link, "ends", ("192.0.2.1", "198.51.100.7"))

    async def server(peer):
        await peer.greet("AUTH PLAIN LOGIN")
        assert not await peer.reader.read()

    async with playing(server, **LOGIN) as stage:
        (outcome,) = await handed_over(stage.lane, letter())
        assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
        assert "readable to all" in outcome.detail


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("127.0.0.1", "::ffff:127.0.0.2", True),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", False),
        ("", "", False),
    ],
)
def test_which_ends_are_on_one_machine(here, there, same):
    assert is_this_machine(here, there) is same


# ── encryption ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("slipped_in", ["250 2.0.0 mine\r\n", "250-half", "\r\n"])
@scene
async def test_what_is_slipped_in_before_the_encryption_ends_everything(slipped_in):
    async def server(peer):
        await peer.greet("STARTTLS")
        await peer.hear("STARTTLS")
        peer.writer.write(b"220 go on\r\n" + slipped_in.encode())
        assert not await peer.reader.read(), "not even the first byte of a handshake"

    async with playing(server, security=Security.STARTTLS, verify=False) as stage:
        (outcome,) = await handed_over(stage.lane, letter())
        assert (outcome.kind, outcome.connection_lost) == (TRANSIENT, True)
        assert stage.peers[0].heard[1:] == ["STARTTLS"]


@scene
async def test_what_was_offered_in_clear_is_forgotten(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate["certificate"], certificate["key"])

    async def server(peer):
        await peer.greet("STARTTLS", "PIPELINING", "SIZE 10", "AUTH PLAIN")
        await peer.hear("STARTTLS")
        peer.say("220 go on")
        await peer.writer.start_tls(context)
        await peer.hear("EHLO ")
        peer.say("250-mail.example", "250 AUTH LOGIN")
        await peer.hear("AUTH LOGIN")
        peer.say("334 VXNlcm5hbWU6")
        await peer.hear(coded("digest"))
        peer.say("334 UGFzc3dvcmQ6")
        await peer.hear(coded("öffne dich"))
        peer.say("235 welcome")
        await peer.hear("MAIL ")
        assert peer.heard[-1] == "MAIL FROM:<digest@daily.example>"
        assert await peer.silence()
        peer.say("250 ok")
        await peer.hear("RCPT ")
        peer.say("250 ok")
        await peer.take(ready=False)
        await peer.bye()

    async with playing(server, security=Security.STARTTLS, verify=False, **LOGIN) as stage:
        assert [o.kind for o in await handed_over(stage.lane, letter())] == [ACCEPTED]


# ── slow, hostile and broken ──────────────────────────────────────────────────────────────────

#: more than the buffers of both ends hold
LARGE = b"Subject: x\r\n\r\n" + b"x" * 998 + b"\r\n" + (b"." * 70 + b"\r\n") * 120_000


@scene
async def test_a_large_message_reaches_a_slow_server_whole():
    async def slow(peer):
        await peer.greet("PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        assert await peer.message() == LARGE
        peer.say("250 ok")
        await peer.bye()

    async with playing(slow) as stage:
        assert [o.kind for o in await handed_over(stage.lane, letter(data=LARGE))] == [ACCEPTED]


async def while_sending(then):
    """The outcome when a server stops reading in the middle of a large message and does `then`."""

    async def server(peer):
        await peer.greet()
        await peer.hear("MAIL ")
        peer.say("250 ok")
        await peer.hear("RCPT ")
        peer.say("250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.reader.readexactly(100_000)
        await then(peer)

    async with playing(server, block_timeout=0.3, farewell_timeout=0.1) as stage:
        (outcome,) = await handed_over(stage.lane, letter(data=LARGE))
    return outcome


def test_a_server_that_stops_reading_leaves_the_message_in_doubt():
    outcome = asyncio.run(while_sending(lambda peer: asyncio.sleep(1)))
    assert (outcome.kind, outcome.detail) == (UNKNOWN, "end of message: no answer in time")


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("552 5.3.4 too big", PERMANENT, 552),
        ("421 4.3.2 shutting down", TRANSIENT, 421),
        ("250 2.0.0 queued already", UNKNOWN, None),
        ("hello?", UNKNOWN, None),
    ],
)
def test_what_a_server_says_in_the_middle_of_a_message(said, kind, code):
    async def then(peer):
        peer.say(said)
        await peer.gone()

    outcome = asyncio.run(while_sending(then))
    assert (outcome.kind, outcome.code) == (kind, code)


HOSTILE = {
    "an endless line": b"250 " + b"x" * 50_000,
    "an endless answer": b"250-x\r\n" * 10_000,
    "no code": b"hello\r\n",
    "no text at all": b"\r\n",
    "an early number": b"150 x\r\n",
    "zeros": b"\0" * 100 + b"\r\n",
}


@pytest.mark.parametrize("noise", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("stage", ["greeting", "MAIL", "final dot"])
@scene
async def test_noise_ends_the_connection_and_is_bounded(noise, stage):
    async def server(peer):
        if stage == "greeting":
            peer.writer.write(noise)
            await peer.gone()
        await peer.greet()
        await peer.hear("MAIL ")
        if stage == "MAIL":
            peer.writer.write(noise)
            await peer.gone()
        peer.say("250 ok")
        await peer.hear("RCPT ")
        peer.say("250 ok")
        await peer.hear("DATA")
        peer.say("354 go on")
        await peer.message()
        peer.writer.write(noise)
        await peer.gone()

    async with playing(server, farewell_timeout=0.1) as stage_:
        (outcome,) = await handed_over(stage_.lane, letter())
        assert outcome.kind is (UNKNOWN if stage == "final dot" else TRANSIENT)
        assert outcome.connection_lost
        assert outcome.detail.isprintable()
        assert len(outcome.detail) < 600


@pytest.mark.parametrize("when", ["before the message", "after the final dot"])
def test_whoever_is_stopped_in_the_middle_closes_the_connection(when):
    async def server(peer):
        await peer.greet()
        await peer.hear("MAIL ")
        peer.say("250 ok")
        await peer.hear("RCPT ")
        peer.say("250 ok")
        await peer.hear("DATA")
        if when == "after the final dot":
            peer.say("354 go on")
            await peer.message()
        sending.cancel()
        await peer.gone()

    async def play():
        nonlocal sending
        async with playing(server) as stage:
            sending = asyncio.create_task(handed_over(stage.lane, letter()))
            with pytest.raises(asyncio.CancelledError):
                await sending
            await stage.played()

    sending = None
    asyncio.run(play())


@scene
async def test_a_farewell_that_is_not_answered_holds_nobody_up():
    async def server(peer):
        await peer.greet()
        await peer.take()
        await peer.hear("QUIT")
        await peer.gone()

    async with playing(server, farewell_timeout=0.1) as stage:
        assert [o.kind for o in await handed_over(stage.lane, letter())] == [ACCEPTED]
        await stage.lane.close()
        await stage.lane.close()


@scene
async def test_an_answer_of_many_lines_is_one_answer():
    async def server(peer):
        peer.say("220-welcome", "220-to", "220 mail.example")
        await peer.hear("EHLO ")
        peer.say("250-mail.example", "250 PIPELINING")
        await peer.hear("MAIL ", "RCPT ")
        peer.say("250 ok", "550-5.1.1 The account", "550-5.1.1 does not exist.", "550 5.1.1 Sorry")
        await peer.bye()

    async with playing(server) as stage:
        (outcome,) = await handed_over(stage.lane, letter())
        assert (outcome.code, outcome.status, outcome.at_recipient) == (550, "5.1.1", True)
        assert outcome.detail == "RCPT: 550 5.1.1 The account 5.1.1 does not exist. 5.1.1 Sorry"
