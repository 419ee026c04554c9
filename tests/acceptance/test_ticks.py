"""Late, missed and doubled ticks, clock changes, quiet days and limits: the right issue, once."""

import json
import os
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from digest.cadence import NotDueReason
from digest.frontdesk import FrontDesk
from digest.model import SectionKind, SkipReason
from digest.scheduler import Lookout, Ticker
from digest.store import lock
from tests.acceptance.mailbox import Newsroom, liked, other, plain

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def at(day, hour=7, minute=0):
    """A moment of day 0 (a Monday) or a later one, UTC."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def on(day):
    return at(day).date()


@pytest.fixture
def room(tmp_path):
    """A newsroom with one reader of diffusion models: daily at 07:00 UTC, by mail."""
    room = Newsroom(tmp_path)
    room.join(at(0, 6))
    return room


@pytest.fixture
def feed_room(tmp_path):
    """A newsroom without subscribers."""
    return Newsroom(tmp_path)


# ── late, missed, doubled ──────────────────────────────────────────────────────────────────────


def test_a_late_tick_brings_the_issue_of_its_day_once(room):
    late = room.run(at(0, 19, 25), liked(1), other(1))
    assert late.sent == ["reader@reader.example"]
    assert late.issues["reader"].edition.day == on(0)
    assert room.run(at(0, 19, 26)).sent == []
    assert room.run(at(1, 6, 59)).sent == []


def test_a_tick_before_the_hour_brings_nothing(room):
    room.run(at(0), liked(1))
    early = room.run(at(1, 6, 59), liked(2)).report.publish
    assert (early.issues, early.skipped) == ((), ())
    assert [(n.reason, n.next) for n in early.not_due] == [(NotDueReason.ALREADY, at(1))]
    assert room.run(at(1)).sent == ["reader@reader.example"]


def test_missed_ticks_are_made_up_by_one_issue_that_covers_the_gap(room):
    room.run(at(0), liked(0))
    room.list_papers(at(0, 12), liked(1))
    room.list_papers(at(1, 12), liked(2))
    ran = room.run(at(2, 9, 30), liked(3))
    assert ran.sent == ["reader@reader.example"]
    issue = ran.issues["reader"]
    assert issue.edition.day == on(2)
    assert issue.period == (at(0), at(2, 9, 30))
    assert set(room.picks(at(3))[on(2)]) == {liked(n).title for n in (1, 2, 3)}
    assert list(room.picks(at(3))) == [on(0), on(2)]


def test_doubled_ticks_send_once(room):
    first = room.run(at(0), liked(1))
    again = [room.run(at(0)), room.run(at(0, 7, 1)), room.run(at(0, 7, 1))]
    assert len(first.sent) == 1
    assert [ran.sent for ran in again] == [[], [], []]
    assert len(room.mails) == 1
    assert room.states(at(1)) == {"accepted": 1}


def test_papers_that_come_after_the_issue_wait_for_the_next_day(room):
    room.run(at(0), liked(1))
    assert room.run(at(0, 12), liked(2)).sent == []
    assert room.run(at(1)).sent == ["reader@reader.example"]
    assert room.picks(at(2)) == {on(0): [liked(1).title], on(1): [liked(2).title]}


def test_a_week_of_downtime_leaves_one_issue_that_covers_it(room):
    room.run(at(0), liked(0))
    room.list_papers(at(0, 20), liked(1))
    ran = room.run(at(8, 9), liked(2), liked(3))
    assert ran.sent == ["reader@reader.example"]
    assert ran.issues["reader"].edition.day == on(8)
    assert set(room.picks(at(9))[on(8)]) == {liked(n).title for n in (1, 2, 3)}
    assert ran.issues["reader"].quiet is None
    assert room.run(at(8, 9, 1)).sent == []


def test_the_first_issue_covers_seven_days(room):
    room.list_papers(at(0, 6), liked(1))
    room.list_papers(at(3, 6), liked(2))
    room.join(at(8, 6), "late")
    ran = room.run(at(8))
    assert room.picks(at(9), "late")[on(8)] == [liked(2).title]
    assert ran.issues["late"].period == (at(1), at(8))


# ── the clock and the calendar ─────────────────────────────────────────────────────────────────

CHANGES = [
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Berlin", date(2027, 3, 28)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/New_York", date(2027, 3, 14)),
]
#: local hours: before, inside and after what the clocks leave out or repeat
HOURS = ("01:30", "02:30", "03:30", "07:30")
#: what the local clock shows when the issue comes, where it is not the hour asked for
MOVED = {
    ("Europe/Berlin", date(2027, 3, 28), "02:30"): "03:30",
    ("America/New_York", date(2027, 3, 14), "02:30"): "03:30",
}


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
def test_a_clock_change_neither_doubles_nor_drops_an_issue(feed_room, zone, change):
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=1, hours=4)
    for hour in HOURS:
        choice = {"at": hour, "time_zone": zone, "format": "feed", "limit": 100}
        feed_room.join(start - timedelta(days=2), hour, address=None, **choice)
    # a first issue from the days before, so that the three days watched are ordinary ones
    feed_room.publish(start, liked(1000))
    issues = {hour: [] for hour in HOURS}
    for tick in range(3 * 24):
        now = start + timedelta(hours=tick, minutes=30)
        for issue in feed_room.publish(now, liked(tick)).issues:
            issues[issue.subscriber.name].append(issue)
    zone_info = ZoneInfo(zone)
    for hour, found in issues.items():
        days = [issue.edition.day for issue in found]
        assert days == sorted(set(days)), hour
        assert {change - timedelta(days=1), change, change + timedelta(days=1)} <= set(days), hour
        for issue in found:
            local = issue.composed_at.astimezone(zone_info)
            assert local.date() == issue.edition.day
            assert f"{local:%H:%M}" == MOVED.get((zone, issue.edition.day, hour), hour)
            assert local.fold == 0
        picked = [m.paper.id for issue in found for m in issue.shown]
        assert len(picked) == len(set(picked))
        periods = [issue.period for issue in found]
        assert all(end == begin for (_, end), (begin, _) in pairwise(periods))


def test_an_hour_that_autumn_repeats_sends_in_its_first_pass_only(tmp_path):
    room = Newsroom(tmp_path)
    change = datetime(2026, 10, 25, tzinfo=UTC)
    room.join(change - timedelta(days=1), at="02:30", time_zone="Europe/Berlin")
    assert room.run(change + timedelta(minutes=30), liked(1)).sent == ["reader@reader.example"]
    assert room.run(change + timedelta(minutes=90), liked(2)).sent == []


def test_a_clock_that_steps_back_doubles_nothing(room):
    papers = [liked(n) for n in range(20)]
    room.run(at(0), *papers)
    for hour, minute in ((6, 0), (6, 30), (6, 59), (7, 0), (7, 30)):
        assert room.run(at(0, hour, minute)).sent == []
    assert room.run(at(1)).sent == ["reader@reader.example"]
    titles = [title for picks in room.picks(at(2)).values() for title in picks]
    assert len(titles) == len(set(titles)) == len(papers)


def test_a_clock_a_day_ahead_and_back_again_doubles_nothing(room):
    room.run(at(1), *[liked(n) for n in range(20)])
    for hours in range(7, 24, 4):
        assert room.run(at(0, hours)).sent == []
    ran = room.run(at(2), liked(30))
    assert ran.sent == ["reader@reader.example"]
    titles = [title for picks in room.picks(at(3)).values() for title in picks]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("hour", ["20:00", "11:30"])
def test_moving_the_hour_on_the_day_of_an_issue_brings_no_second_one(room, hour):
    room.run(at(0, 10), liked(1))
    room.edit(at(0, 11), at=hour)
    mails = [room.run(at(0, h, 45), liked(h)).sent for h in range(11, 24)]
    assert mails == [[]] * 13
    assert room.run(at(1, int(hour[:2]), 45)).sent == ["reader@reader.example"]


FREQUENCIES = {
    "daily": {"every": "day"},
    "workday": {"every": "weekday"},
    "friday": {"every": "week", "on": "fri"},
    "twentieth": {"every": "month", "on": 20},
}


def test_every_frequency_gets_all_papers_on_its_own_days(feed_room):
    for name, choice in FREQUENCIES.items():
        feed_room.join(at(0, 6), name, address=None, format="feed", limit=100, **choice)
    days = {name: [] for name in FREQUENCIES}
    picks = {name: [] for name in FREQUENCIES}
    for day in range(45):
        for issue in feed_room.publish(at(day, 8), liked(day)).issues:
            days[issue.subscriber.name].append(issue.edition.day)
            picks[issue.subscriber.name] += [m.paper.paper.title for m in issue.shown]
    calendar = [on(day) for day in range(45)]
    assert days == {
        "daily": calendar,
        "workday": [day for day in calendar if day.weekday() < 5],
        "friday": [day for day in calendar if day.weekday() == 4],
        "twentieth": [day for day in calendar if day.day == 20],
    }
    for name, titles in picks.items():
        last = (days[name][-1] - on(0)).days
        assert sorted(titles) == sorted(liked(n).title for n in range(last + 1)), name


def test_a_moment_older_than_catch_up_is_let_go_and_its_papers_come_with_the_next(feed_room):
    feed_room.join(at(0), every="week", on="fri")
    feed_room.list_papers(at(3, 12), liked(1))
    late = feed_room.run(at(5, 7, 1))
    assert late.sent == []
    assert [n.reason for n in late.report.publish.not_due] == [NotDueReason.TOO_OLD]
    assert feed_room.moments(at(6)) == []
    ran = feed_room.run(at(11, 7), liked(2))
    assert ran.issues["reader"].edition.day == on(11)
    # the first issue reaches back seven days
    assert feed_room.picks(at(12))[on(11)] == [liked(2).title]


def test_a_moment_exactly_catch_up_old_is_still_made_up(feed_room):
    feed_room.configure(schedule={"catch_up": "3h", "wait_until": "3h"})
    feed_room.join(at(0, 6))
    feed_room.join(at(0, 6), "other")
    assert feed_room.run(at(0, 10), liked(1)).sent == ["reader@reader.example", "other@reader.example"]
    assert feed_room.run(at(1, 10, 1), liked(2)).sent == []
    assert set(feed_room.run(at(2, 7)).issues) == {"reader", "other"}
    assert feed_room.picks(at(3))[on(2)] == [liked(2).title]


# ── waiting and quiet days ─────────────────────────────────────────────────────────────────────


def test_a_moment_that_finds_nothing_waits_and_papers_within_six_hours_make_its_issue(room):
    room.run(at(0), liked(1))
    empty = room.run(at(1))
    assert empty.sent == []
    assert empty.skipped["reader"].reason is SkipReason.NOTHING_NEW
    assert room.run(at(1, 9), other(1)).skipped["reader"].reason is SkipReason.NOTHING_FOR_YOU
    ran = room.run(at(1, 12, 59), liked(2))
    assert ran.sent == ["reader@reader.example"]
    assert ran.issues["reader"].edition.day == on(1)
    assert ran.issues["reader"].quiet is None
    assert [(m.edition, m.skipped) for m in room.moments(at(2))] == [(on(0), None), (on(1), None)]


def test_after_six_hours_finding_nothing_is_final_and_is_remembered(room):
    room.run(at(0), liked(1))
    room.run(at(1), other(1), other(2))
    room.run(at(1, 13))
    settled = room.run(at(1, 13, 1), liked(2))
    assert settled.sent == []
    assert [n.reason for n in settled.report.publish.not_due] == [NotDueReason.ALREADY]
    quiet = room.moments(at(1, 14))[-1]
    assert (quiet.edition, quiet.skipped, quiet.listed) == (on(1), SkipReason.NOTHING_FOR_YOU, 2)
    assert room.run(at(2)).sent == ["reader@reader.example"]


def test_papers_that_come_after_the_wait_but_before_any_tick_still_make_the_issue(room):
    room.run(at(0), liked(1))
    ran = room.run(at(1, 15), liked(2))
    assert ran.issues["reader"].edition.day == on(1)


def test_quiet_days_open_the_next_issue_with_what_was_listed_on_them(room):
    room.run(at(0), liked(1))
    room.run(at(0, 12), *[other(n) for n in range(10)])
    for hour in range(7, 15):
        room.run(at(1, hour))
    room.run(at(1, 20), *[other(n) for n in range(10, 17)])
    for hour in range(7, 15):
        room.run(at(2, hour), *([other(17)] if hour == 9 else []))
    ran = room.run(at(3), liked(2))
    assert ran.issues["reader"].quiet.days == (on(1), on(2))
    mail = room.mails[-1]
    assert "Quiet Tue, Wed: 18 listed, none above your line" in mail.text
    assert "Quiet Tue, Wed: 18 listed, none above your line" in mail.html
    counts = ran.issues["reader"].counts
    assert (counts.listed, counts.shown + counts.below) == (19, 19)
    after = room.run(at(4), liked(3))
    assert after.issues["reader"].quiet is None


def test_issues_shows_quiet_days_and_their_reason(room, digest):
    room.run(at(0), liked(1))
    room.run(at(1, 13), other(1), other(2))
    done = digest("issues", "reader", "--json", "--now", at(2).isoformat(), cwd=room.folder)
    assert done.returncode == 0, done.stderr
    found = [(i["edition"], i["skipped"], i["listed"]) for i in json.loads(done.stdout)]
    assert found == [("2026-11-16", None, 1), ("2026-11-17", "nothing_for_you", 2)]


def test_who_asked_is_told_of_a_quiet_day_in_one_honest_line_after_the_wait(feed_room):
    feed_room.join(at(0, 6), empty="say")
    feed_room.run(at(0), liked(1))
    assert [feed_room.run(at(1, hour), *papers).sent for hour, papers in ((7, [other(1)]), (12, []))] == [
        [],
        [],
    ]
    assert feed_room.run(at(1, 13)).sent == ["reader@reader.example"]
    assert [feed_room.run(at(1, hour)).sent for hour in (14, 23)] == [[], []]
    said = feed_room.mails[-1]
    known = {plain(p.title) for p in (liked(1), other(1))}
    assert "Nothing above your line today: 1 listed" in said.text
    assert "Nothing above your line today: 1 listed" in said.html
    assert said.text_titles(known) == said.html_titles(known) == []
    assert feed_room.run(at(2), liked(2)).issues["reader"].quiet is None


def test_who_asked_is_told_nothing_twice_by_a_week_of_silence(feed_room):
    feed_room.join(at(0, 6), empty="say")
    sent = [len(feed_room.run(at(day, hour)).sent) for day in range(7) for hour in (7, 10, 13, 16, 22)]
    assert sent == [0, 0, 1, 0, 0] * 7


# ── the limit ──────────────────────────────────────────────────────────────────────────────────


def test_picks_cut_by_the_limit_compete_for_three_more_days_and_then_no_more(feed_room):
    feed_room.join(at(0, 6), limit=1)
    papers = [liked(n) for n in range(6)]
    # real ticks come a little later or earlier than a day apart
    moments = [at(0, 7, 0), at(1, 7, 1), at(2, 7, 0), at(3, 7, 2), at(4, 7, 1), at(5, 7, 3)]
    sent = [
        feed_room.run(moment, *(papers if number == 0 else ())).sent for number, moment in enumerate(moments)
    ]
    assert [len(s) for s in sent] == [1, 1, 1, 1, 0, 0]
    titles = [title for picks in feed_room.picks(at(6)).values() for title in picks]
    assert len(titles) == len(set(titles)) == 4
    assert set(titles) < {p.title for p in papers}


def test_a_cut_pick_competes_with_the_new_ones(feed_room):
    feed_room.join(at(0, 6), limit=1)
    weak = other(1, abstract="Diffusion models. Soil bacteria grow in soil. " * 3)
    first = feed_room.run(at(0), weak, liked(1))
    assert first.issues["reader"].counts.cut == 1
    # no twin of the first one: what is nearly the same would wait
    strong = liked(
        2, title="Diffusion Models on Phones", abstract="Diffusion models draw pictures in a second."
    )
    second = feed_room.run(at(1), strong)
    third = feed_room.run(at(2))
    shown = [
        [m.paper.paper.title for m in ran.issues["reader"].matches(SectionKind.FOR_YOU)]
        for ran in (second, third)
    ]
    assert shown == [[strong.title], [weak.title]]
    counts = second.issues["reader"].counts
    assert (counts.listed, counts.shown, counts.cut) == (2, 1, 1)


def test_a_cut_pick_survives_being_found_to_be_one_with_an_older_paper(feed_room):
    older = other(1, title="A Note", abstract="")
    feed_room.list_papers(at(-10, 6), older)
    feed_room.join(at(0, 6), limit=1)
    best = liked(1, title="Diffusion Models and Diffusion Models")
    feed_room.run(at(0), best, liked(2, arxiv_id="2501.00002"))
    assert feed_room.moments(at(0, 8))[-1].counts.cut == 1
    # the note turns out to be an early sight of the pick that was cut
    feed_room.list_papers(at(0, 9), liked(2, title="A Note", arxiv_id="2501.00002"))
    ran = feed_room.run(at(1))
    assert ran.sent == ["reader@reader.example"]
    assert [m.paper.paper.arxiv_id for m in ran.issues["reader"].shown] == ["2501.00002"]


# ── never twice ────────────────────────────────────────────────────────────────────────────────


def test_a_paper_listed_again_under_another_title_or_id_is_not_sent_again(room):
    room.run(at(0), liked(1, arxiv_id="2501.00001"), liked(2), liked(3, doi="10.1000/three"))
    again = [
        liked(1, title="Wholly Renamed Diffusion Models", arxiv_id="2501.00001"),
        liked(2, arxiv_id="2501.00002"),
        liked(
            3,
            title="Renamed As Well: Diffusion Models",
            url="https://doi.org/10.1000/three",
            doi="10.1000/THREE",
        ),
    ]
    second = room.run(at(1, 13), *again)
    assert second.sent == []
    assert second.skipped["reader"].reason is SkipReason.NOTHING_NEW
    # known by its new id alone: the tie goes over two listings
    assert (
        room.run(at(2, 13), liked(2, title="Third Name of It: Diffusion Models", arxiv_id="2501.00002")).sent
        == []
    )
    counts = room.run(at(3), liked(4)).issues["reader"].counts
    assert (counts.listed, counts.sent_before, counts.shown) == (4, 3, 1)


@pytest.mark.parametrize("sent", ["older", "newer"])
def test_two_papers_found_to_be_one_count_as_sent_when_either_was(feed_room, sent):
    older = liked(1, title="Early Name of It: Diffusion Models")
    newer = liked(1, title="Late Name of It: Diffusion Models", arxiv_id="2501.00001")
    tie = liked(1, title=older.title, arxiv_id="2501.00001")
    feed_room.list_papers(at(0, 6), older if sent == "older" else other(1, title=older.title))
    feed_room.join(at(0, 6), limit=1)
    if sent == "older":
        feed_room.run(at(0))
        feed_room.run(at(0, 9), newer, tie)
    else:
        feed_room.run(at(0), newer)
        feed_room.run(at(0, 9), tie)
    assert feed_room.run(at(1, 13)).sent == []
    assert len(feed_room.mails) == 1


def test_two_papers_of_one_title_but_different_ids_are_both_sent(room):
    room.run(at(0), liked(1, arxiv_id="2501.00001"))
    ran = room.run(at(1), liked(1, arxiv_id="2501.00002"))
    assert ran.sent == ["reader@reader.example"]


def test_who_unsubscribed_gets_nothing_and_not_what_is_in_the_outbox_either(room):
    room.publish(at(0), liked(1))
    assert room.states(at(0)) == {"queued": 1}
    room.part(at(0, 7, 5))
    ran = room.run(at(0, 7, 6), liked(2))
    assert ran.deliveries == {"reader@reader.example": "suppressed"}
    assert (ran.exit_code, ran.report.problem_lines()) == (0, [])
    assert room.run(at(1), liked(3)).issues == {}
    assert room.mails == []
    assert room.states(at(1)) == {"suppressed": 1}


def test_who_comes_back_is_sent_nothing_twice(room):
    room.run(at(0), liked(1), liked(2), other(1))
    room.part(at(0, 12))
    room.run(at(1), liked(3))
    back = room.join(at(1, 12))
    assert back.id == 1
    ran = room.run(at(1, 12, 1))
    assert {m.paper.paper.title for m in ran.issues["reader"].shown} == {liked(3).title}
    known = {plain(p.title) for p in (liked(1), liked(2), liked(3), other(1))}
    titles = [title for mail in room.mails for title in mail.text_titles(known)]
    assert len(titles) == len(set(titles)) == 4


def test_who_comes_back_on_the_same_day_gets_no_second_mail(room):
    room.run(at(0), liked(1))
    room.part(at(0, 8))
    room.join(at(0, 9))
    assert room.run(at(0, 9, 1), liked(2)).sent == []


@pytest.mark.parametrize("seed", range(2))
def test_whatever_the_ticks_the_clock_and_the_names_of_papers_each_comes_once(tmp_path, seed):
    chance = random.Random(seed)
    room = Newsroom(tmp_path)
    hours = [chance.choice(["07:00", "00:30", "23:45"]) for _ in range(2)]
    zones = chance.sample(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"], 2)
    for name, limit, hour, zone in zip(("all", "few"), (100, 1), hours, zones, strict=True):
        room.join(at(0, 5), name, address=None, limit=limit, at=hour, time_zone=zone)
    editions = {"all": [], "few": []}

    def sent(transaction):
        readers = [transaction.subscribers.find(name) for name in editions]
        lines = {r.name: transaction.issues.sent_since(r.id, at(-99)) for r in readers}
        return {name: {line.match.paper.id for line in found} for name, found in lines.items()}

    now, papers = at(0, 5), 0
    for _ in range(35):
        minutes = chance.choice([1, 5, 30, 60, 180, 540, 1440, 4320, -60, -20])
        now = max(now + timedelta(minutes=minutes), at(0, 5))
        listing = []
        for _ in range(chance.choice([0, 0, 1, 3])):
            papers += chance.random() < 0.6 or not papers
            number, name = chance.randint(1, papers), chance.choice("abc")
            strong = f"2501.{number:05}" if name != "a" or chance.random() < 0.7 else None
            listing.append(liked(number, title=f"Diffusion Models {name} of {number}", arxiv_id=strong))
        if listing:
            room.list_papers(now, *listing)
        before = room.ask(now, sent)
        for issue in room.publish(now).issues:
            name = issue.subscriber.name
            ids = [m.paper.id for m in issue.shown]
            assert len(ids) == len(set(ids)) <= issue.subscriber.preferences.limit
            assert not set(ids) & before[name]
            editions[name].append(issue.edition.day)
        assert room.publish(now).issues == ()
    room.publish(now + timedelta(days=1))
    assert all(days == sorted(set(days)) and days for days in editions.values())
    # with no limit in the way, nothing is lost either
    stored = room.ask(now, lambda t: {paper.known.id for paper in t.papers.search()})
    assert room.ask(now, sent)["all"] == stored
    assert len(stored) > 5


# ── the scheduler ──────────────────────────────────────────────────────────────────────────────


def ticker(room):
    told = []
    return Ticker(room.config, tell=told.append), told


def test_a_tick_does_what_a_run_does(tmp_path):
    ran, ticked = Newsroom(tmp_path / "ran"), Newsroom(tmp_path / "ticked")
    for room in (ran, ticked):
        room.join(at(0, 6))
        room.list_papers(at(0, 6), liked(1), other(1))
    tick, told = ticker(ticked)
    moments = [at(0), at(0, 7, 1), at(1), at(1, 13)]
    for moment in moments:
        ran.run(moment)
        tick.tick(now=moment)
    assert told == []
    assert len(ran.mails) == 1
    assert [mail.raw for mail in ticked.mails] == [mail.raw for mail in ran.mails]
    assert ticked.moments(at(2)) == ran.moments(at(2))
    assert ticked.states(at(2)) == ran.states(at(2))
    noted = ticked.ask(at(2), lambda t: t.runs.latest(10))
    assert [r.started_at for r in noted] == moments[::-1]
    assert {r.exit_code for r in noted} == {0}


def test_a_tick_survives_another_run_and_the_next_one_catches_up(room):
    room.list_papers(at(0, 6), liked(1))
    tick, told = ticker(room)
    with lock(room.folder / "digest.db.lock", wait=0):
        tick.tick(now=at(0))
    assert (told, room.mails) == ([], [])
    tick.tick(now=at(0, 7, 1))
    assert told == []
    assert len(room.mails) == 1


def test_a_lasting_trouble_is_told_once_and_again_when_it_comes_back(room):
    room.configure(sources=[{"name": "inbox", "path": "inbox", "settle": "0s"}])
    inbox = room.folder / "inbox"
    inbox.mkdir()
    tick, told = ticker(room)
    (inbox / "noise.txt").write_bytes(bytes(range(256)) * 20)
    for minute in range(3):
        tick.tick(now=at(0, 9, minute))
    assert len(told) == 1
    assert "noise.txt" in told[0]
    noise = (inbox / "noise.txt").rename(room.folder / "noise.txt")
    tick.tick(now=at(0, 9, 3))
    noise.rename(inbox / "noise.txt")
    tick.tick(now=at(0, 9, 4))
    assert len(told) == 2


# ── runs that are spared ───────────────────────────────────────────────────────────────────────


class Sparing:
    """A newsroom that looks at every tick, and runs only where its lookout wants it."""

    def __init__(self, room):
        self.room = room
        self.desk = FrontDesk.open(room.config, environ={})
        self.lookout = Lookout(self.desk)
        self.runs = 0

    def tick(self, now):
        if not self.lookout.wants_run(now):
            return
        files = self.lookout.files()
        code = self.room.run(now).exit_code
        self.lookout.note(began=now, files=files, process=os.getpid(), exit_code=code)
        self.runs += 1


def lay_page(room, now, number):
    """A page of papers in the inbox, last changed this moment."""
    path = room.folder / "inbox" / f"{number}.json"
    papers = [liked(number), other(number)]
    path.write_text(json.dumps([{"title": p.title, "abstract": p.abstract} for p in papers]))
    for changed in (path, path.parent):
        os.utime(changed, (now.timestamp(), now.timestamp()))


@pytest.mark.parametrize("seed", range(2))
def test_a_look_each_minute_that_spares_runs_brings_what_a_run_each_minute_brings(tmp_path, seed):
    chance = random.Random(seed)
    rooms = [Newsroom(tmp_path / name) for name in ("every", "sparing")]
    for room in rooms:
        room.configure(
            sources=[{"name": "inbox", "path": "inbox", "settle": "90s"}],
            schedule={"wait_until": "40m", "catch_up": "24h"},
        )
        (room.folder / "inbox").mkdir()
        lay_page(room, at(0, 6), 0)
        room.join(at(0, 6), "early", at="07:10")
        room.join(at(0, 6), "late", at="07:50", empty="say", time_zone="UTC")
    every, sparing = rooms[0], Sparing(rooms[1])
    for number in range(1, 46):
        now = at(0, 6, 55) + timedelta(minutes=3 * number, seconds=chance.randint(0, 20))
        happens = chance.random()
        for room in rooms:
            if happens < 0.05:
                lay_page(room, now, number)
            elif happens < 0.08:
                room.list_papers(now, other(number))
            elif happens < 0.1:
                room.edit(now, "early", at=f"{7 + number % 2:02}:{number % 60:02}")
        every.run(now)
        sparing.tick(now)
    assert 5 < sparing.runs < 35
    for name in ("early", "late"):
        shown = [
            [
                (m.edition, m.skipped, m.composed_at if m.skipped is None else None, m.counts)
                for m in room.moments(now, name)
            ]
            for room in rooms
        ]
        assert shown[0] == shown[1]
    assert [mail.raw for mail in rooms[0].mails] == [mail.raw for mail in rooms[1].mails]
    assert rooms[0].ask(now, lambda t: t.papers.count()) == rooms[1].ask(now, lambda t: t.papers.count()) > 0
    sparing.desk.close()
