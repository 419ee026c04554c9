"""Five days, three readers, a real mail server in its own process: nothing twice and nothing lost."""

import json
import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.model import DeliveryState
from tests.acceptance.mailbox import Mail, Newsroom, liked, plain
from tests.unit.deliver.mail_server import running

FIRST = datetime(2026, 11, 16, 7, 5, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]
AFTER = DAYS[-1] + timedelta(hours=3)

VISION, SPEECH = "vision@reader.example", "speech@reader.example"
SUBSCRIBERS = [
    {
        "address": VISION,
        "name": "vision",
        "interests": ["diffusion models", "text-to-image generation", "image segmentation"],
        "mute": ["medical imaging", "text-to-video"],
        "limit": 3,
    },
    {
        "address": SPEECH,
        "name": "speech",
        "format": "both",
        "interests": ["speech synthesis^2", "speech recognition", "music"],
    },
    {"name": "language", "format": "feed", "interests": ["language models", "human feedback"]},
]
MUTED = ("medical imaging", "text-to-video")


def settings(server, profile="plain"):
    return {
        "sources": [{"name": "dumps", "path": "inbox", "settle": "0s"}],
        "ranking": {"line": 50},
        "output": {"folder": "out", "base_url": "https://papers.digest.example"},
        "subscribers": SUBSCRIBERS,
        "mail": {
            "from_address": "digest@digest.example",
            "from_name": "Paper digest",
            "title": "Paper digest",
            "list_id": "daily.digest.example",
            "base_url": "https://go.digest.example",
            "smtp": smtp(server, profile),
        },
    }


def smtp(server, profile="plain"):
    facts = server.settings(profile)
    return {"host": facts.host, "port": facts.port, "timeout": "20s"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    profiles = {
        "plain": {},
        "busy": {"faults": {"RCPT": "451"}},
        "later": {"faults": {"DATA": "451"}},
        "hangs up": {"messages": 2, "then": "421"},
    }
    with running(profiles, tmp_path_factory.mktemp("server")) as found:
        yield found


@dataclass
class Week:
    """What five days left behind."""

    room: Newsroom
    #: one for each day
    ran: list[Any] = field(default_factory=list)
    #: a second and a third run of each day
    again: list[Any] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    frozen: dict[str, Any] = field(default_factory=dict)
    documents: list[dict[str, Any]] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def titles(self):
        """Every stored paper's title as people compare it."""
        return {plain(paper["title"]) for paper in self.papers}

    def mails(self, address=None):
        """The mails as they came over the wire, one reader's or everybody's."""
        wanted = [r for r in self.received if address in (None, *r["recipients"])]
        return [Mail(r["data"]) for r in wanted]


@pytest.fixture(scope="module")
def week(server, dumps, digest, tmp_path_factory):
    server.forget()
    room = Newsroom(tmp_path_factory.mktemp("week"), **settings(server))
    week = Week(room)
    for now, dump in zip(DAYS, dumps, strict=True):
        room.lay(dump)
        week.ran.append(room.run(now))
        week.again += [room.run(now), room.run(now + timedelta(hours=1))]
    week.received = server.received()
    week.frozen = room.frozen(AFTER)
    for name, command in (("documents", "issues"), ("papers", "papers")):
        done = digest(command, "--json", "--now", AFTER.isoformat(), cwd=room.folder)
        assert done.returncode == 0, done.stderr
        setattr(week, name, json.loads(done.stdout))
    return week


# ── who gets what ──────────────────────────────────────────────────────────────────────────────


def test_all_516_papers_came_in_and_every_run_was_good(week):
    assert len(week.papers) == 516
    assert [ran.exit_code for ran in week.ran + week.again] == [0] * 15


def test_each_reader_gets_at_most_one_mail_a_day_and_those_by_feed_none(week):
    counts = Counter(
        (r["recipients"][0], m["Date"].datetime.date())
        for r, m in zip(week.received, week.mails(), strict=True)
    )
    assert set(counts.values()) == {1}
    assert {address for address, _ in counts} == {VISION, SPEECH}
    assert len(week.mails(VISION)) == 5
    assert 1 <= len(week.mails(SPEECH)) <= 5


def test_the_same_day_again_sends_nothing_and_makes_no_issue(week):
    assert [(ran.sent, ran.issues) for ran in week.again] == [([], {})] * 10
    assert sum(len(ran.sent) for ran in week.ran) == len(week.received) == len(week.frozen)


def test_no_paper_comes_twice_in_all_mails_of_a_reader_in_any_section(week):
    for address in (VISION, SPEECH):
        for part in (Mail.text_titles, Mail.html_titles):
            titles = [title for mail in week.mails(address) for title in part(mail, week.titles)]
            assert len(titles) > 50
            assert [t for t, count in Counter(titles).items() if count > 1] == []


def test_no_paper_comes_twice_by_feed_and_none_that_the_mail_did_not_bring(week):
    for name in ("speech", "language"):
        titles = [plain(title) for title in week.room.feeds(name, AFTER).titles]
        assert titles
        assert len(titles) == len(set(titles))
    mailed = {t for mail in week.mails(SPEECH) for t in mail.text_titles(week.titles)}
    assert {plain(t) for t in week.room.feeds("speech", AFTER).titles} <= mailed


def test_the_text_part_holds_the_same_papers_as_the_html_part_in_the_same_order(week):
    for mail in week.mails():
        assert mail.text_titles(week.titles) == mail.html_titles(week.titles)


def test_each_mail_holds_exactly_the_papers_of_its_issue(week):
    by_id = {Mail(r["data"])["Message-ID"]: Mail(r["data"]) for r in week.received}
    for document in week.documents:
        if document["delivery"]:
            mail = by_id[document["delivery"]["message_id"]]
            papers = [plain(line["paper"]["title"]) for line in document["papers"]]
            assert sorted(mail.text_titles(week.titles)) == sorted(papers)


def test_the_counts_of_every_issue_add_up_and_are_said_in_the_mail(week):
    issues = [d for d in week.documents if d["skipped"] is None]
    assert len(issues) >= 11
    for issue in issues:
        counts = issue["counts"]
        assert min(counts.values()) >= 0
        assert counts["listed"] == counts["sent_before"] + counts["shown"] + counts["below"] + counts["cut"]
        assert counts["listed"] == issue["listed"]
        assert counts["shown"] == len(issue["papers"])
        if issue["delivery"]:
            assert f"{counts['listed']} listed: " in " ".join(Mail(issue["as_sent"].encode()).text.split())


def test_a_small_limit_is_kept_and_what_it_cuts_comes_on_the_following_days(week):
    issues = [d for d in week.documents if d["subscriber"] == "vision"]
    picks = [[p for p in d["papers"] if p["section"] == "for_you"] for d in issues]
    assert [len(p) for p in picks] == [3] * 5
    assert all(d["counts"]["cut"] for d in issues)
    days = [{p["paper"]["first_seen"][:10] for p in each} for each in picks]
    assert any(day != d["edition"] for d, found in zip(issues, days, strict=True) for day in found)


def test_a_mute_keeps_its_papers_out_of_every_section(week):
    for document in week.documents:
        if document["subscriber"] == "vision":
            for line in document["papers"]:
                text = f"{line['paper']['title']} {line['paper']['abstract']}".casefold()
                assert not any(mute in text for mute in MUTED), line["paper"]["title"]
    texts = [f"{p['title']} {p['abstract']}".casefold() for p in week.papers]
    assert sum(any(mute in text for mute in MUTED) for text in texts) > 3


def test_every_pick_of_a_mail_says_why(week):
    for document in week.documents:
        if document["delivery"]:
            text = Mail(document["as_sent"].encode()).text
            picks = [p for p in document["papers"] if p["section"] == "for_you"]
            assert text.count("\n  Why: ") == len(picks)


# ── the wire ───────────────────────────────────────────────────────────────────────────────────


def test_the_bytes_on_the_wire_are_the_frozen_ones(week):
    assert {Mail(r["data"])["Message-ID"] for r in week.received} == set(week.frozen)
    for received in week.received:
        delivery, data = week.frozen[Mail(received["data"])["Message-ID"]]
        assert received["data"] == data
        assert delivery.state is DeliveryState.ACCEPTED
        assert received["recipients"] == [delivery.recipient]
        assert "queued as Q" in delivery.queue_id


def test_issues_shows_each_mail_exactly_as_it_was_sent(week):
    sent = {d["delivery"]["message_id"]: d["as_sent"] for d in week.documents if d["delivery"]}
    assert {key: value.encode() for key, value in sent.items()} == {
        k: data for k, (_, data) in week.frozen.items()
    }


# ── when the way out is not clear ──────────────────────────────────────────────────────────────


@pytest.fixture
def room(server, tmp_path):
    """Two readers by mail, and a server whose behaviour is chosen by `profile`."""
    server.forget()
    room = Newsroom(tmp_path)
    use(room, smtp(server))
    for name in ("first", "second"):
        room.join(FIRST - timedelta(hours=1), name)
    return room


def use(room, smtp_settings, **mail):
    base = {"from_address": "digest@digest.example", "list_id": "daily.digest.example", "folder": "mail"}
    room.configure(mail=base | {"smtp": smtp_settings} | mail)


def minutes(number):
    return FIRST + timedelta(minutes=number)


@pytest.mark.parametrize("profile", ["busy", "later"])
def test_a_busy_server_is_asked_again_later_with_the_same_bytes(room, server, profile):
    use(room, smtp(server, profile))
    ran = room.run(FIRST, liked(1))
    assert ran.deliveries == {"first@reader.example": "deferred", "second@reader.example": "deferred"}
    assert ran.exit_code == 3
    assert server.received() == []
    frozen = {key: data for key, (_, data) in room.frozen(FIRST).items()}
    use(room, smtp(server))
    assert room.run(minutes(4)).deliveries == {}
    later = room.run(minutes(5))
    assert set(later.sent) == {"first@reader.example", "second@reader.example"}
    assert later.exit_code == 0
    assert {Mail(r["data"])["Message-ID"]: r["data"] for r in server.received()} == frozen
    assert all(delivery.attempts == 2 for delivery, _ in room.frozen(minutes(6)).values())
    assert room.run(minutes(20)).deliveries == {}


def test_the_wait_grows_with_every_attempt_until_the_mail_is_too_old(room, server):
    use(room, smtp(server, "busy"), expire_after="1h")
    tried = []
    for minute in range(0, 130, 5):
        ran = room.run(minutes(minute), *([liked(1)] if not minute else []))
        if "first@reader.example" in ran.deliveries:
            tried.append((minute, ran.deliveries["first@reader.example"]))
    assert tried == [(0, "deferred"), (5, "deferred"), (15, "deferred"), (35, "deferred"), (60, "expired")]
    assert room.states(minutes(130)) == {"expired": 2}


def test_a_refusal_is_final_and_names_its_reason_and_the_others_get_theirs(room, server):
    room.join(FIRST - timedelta(hours=1), "third", address="rcpt-550@reader.example")
    ran = room.run(FIRST, liked(1))
    assert ran.deliveries == {
        "first@reader.example": "accepted",
        "second@reader.example": "accepted",
        "rcpt-550@reader.example": "refused",
    }
    assert ran.exit_code == 3
    (line,) = ran.report.problem_lines()
    assert "rcpt-550@reader.example" in line
    assert "550" in line
    assert room.run(minutes(60)).deliveries == {}
    assert room.states(minutes(60)) == {"accepted": 2, "refused": 1}


def test_with_the_server_down_nothing_is_lost_and_the_next_run_sends_all(room, server):
    room.join(FIRST - timedelta(hours=1), "third")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        use(room, {"host": "127.0.0.1", "port": closed.getsockname()[1], "timeout": "5s"})
        ran = room.run(FIRST, liked(1))
    assert ran.exit_code == 3
    assert ran.sent == []
    # one was tried, found the way closed, and the others were not tried at all
    assert room.states(FIRST) == {"deferred": 1, "queued": 2}
    frozen = {key: data for key, (_, data) in room.frozen(FIRST).items()}
    use(room, smtp(server))
    ran = room.run(minutes(5))
    assert ran.exit_code == 0
    assert sorted(ran.sent) == [f"{name}@reader.example" for name in ("first", "second", "third")]
    assert {Mail(r["data"])["Message-ID"]: r["data"] for r in server.received()} == frozen


def test_a_connection_lost_after_the_last_line_leaves_doubt_and_no_second_mail(room, server):
    room.edit(FIRST - timedelta(hours=1), "first", address="dot-drop@reader.example")
    ran = room.run(FIRST, liked(1))
    assert ran.deliveries["dot-drop@reader.example"] == "in_doubt"
    assert ran.exit_code == 3
    room.run(minutes(10))
    room.run(minutes(120))
    assert room.states(minutes(120)) == {"accepted": 1, "in_doubt": 1}
    received = Counter(r["recipients"][0] for r in server.received())
    assert received == {"dot-drop@reader.example": 1, "second@reader.example": 1}


def test_a_server_that_takes_two_messages_per_connection_gets_them_all_in_one_run(room, server):
    use(room, smtp(server, "hangs up"))
    for name in ("third", "fourth", "fifth"):
        room.join(FIRST - timedelta(hours=1), name)
    ran = room.run(FIRST, liked(1))
    assert (len(ran.sent), ran.exit_code) == (5, 0)
    assert Counter(r["connection"] for r in server.received()).most_common(1)[0][1] == 2


def cut_off(room, now):
    """As a run leaves its message when it is killed between the last line and the answer."""
    with room.app(now).writing() as database, database.write() as transaction:
        taken = transaction.outbox.claim(now, 1, worker="killed", lease=timedelta(minutes=30))
        transaction.outbox.begin(taken, now)


def test_a_message_cut_off_in_the_middle_is_in_doubt_and_held(room, server):
    room.publish(FIRST, liked(1))
    cut_off(room, FIRST)
    ran = room.run(minutes(1))
    assert ran.deliveries == {"first@reader.example": "in_doubt", "second@reader.example": "accepted"}
    assert ran.exit_code == 3
    assert room.run(minutes(2)).deliveries == {}
    assert room.states(minutes(3)) == {"accepted": 1, "in_doubt": 1}
    assert [r["recipients"] for r in server.received()] == [["second@reader.example"]]


def test_a_message_cut_off_in_the_middle_is_written_again_where_that_leaves_one(room):
    use(room, {})
    room.publish(FIRST, liked(1))
    cut_off(room, FIRST)
    ran = room.run(minutes(1))
    assert sorted(ran.sent) == ["first@reader.example", "second@reader.example"]
    assert ran.exit_code == 0
    assert len(room.mails) == 2


def test_the_messages_of_all_states_add_up_to_those_frozen(room):
    joined = FIRST - timedelta(hours=1)
    room.join(joined, "gone")
    for name in ("rcpt-550", "rcpt-451", "dot-drop"):
        room.join(joined, name)
    room.publish(FIRST, liked(1))
    room.part(FIRST, "gone")
    room.deliver(minutes(1))
    states = room.states(minutes(2))
    assert sum(states.values()) == len(room.frozen(minutes(2))) == 6
    assert states == {"accepted": 2, "suppressed": 1, "refused": 1, "deferred": 1, "in_doubt": 1}


def test_an_output_folder_in_the_way_stops_no_mail(tmp_path):
    room = Newsroom(tmp_path)
    room.join(FIRST, "reader")
    (room.folder / "out").write_text("a file where a folder should be")

    ran = room.run(FIRST, liked(1))

    assert ran.sent == ["reader@reader.example"]
    assert ran.report.exit_code == 2
    assert ["out" in line for line in ran.report.problem_lines()] == [True]


def test_a_mail_that_never_left_is_known_by_its_end(tmp_path):
    room = Newsroom(tmp_path)
    room.configure(mail={**room.settings["mail"], "smtp": {"host": "127.0.0.1", "port": 1}})
    room.join(FIRST, "reader")
    room.run(FIRST, liked(1))
    room.run(FIRST + timedelta(hours=26))

    past = room.ask(FIRST + timedelta(days=2), lambda t: t.issues.past(edition=FIRST.date()))
    delivery = room.ask(FIRST + timedelta(days=2), lambda t: t.outbox.of_issue(past[0].id))
    assert delivery.state is DeliveryState.EXPIRED
