"""What state a look shows a source in, by the looks before it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from digest.health import judge
from digest.model import Capture, Health

DAY = timedelta(days=1)
#: a Wednesday far from every holiday
TODAY = date(2026, 10, 21)
EVENING = 20


def look(day=TODAY, papers=30, *, hour=EVENING, digest=None, seen_on=None, **facts):
    moment = datetime.combine(seen_on or day, time(hour), UTC)
    named = "" if not papers else digest or f"{day}:{papers}"
    return Capture(source="daily", day=day, since=moment, until=moment, papers=papers, digest=named, **facts)


def working_days(count, before=TODAY):
    """The `count` Mondays to Fridays before a day, oldest first."""
    days = [before - n * DAY for n in range(1, 2 * count + 7)]
    return sorted(d for d in days if d.weekday() < 5)[-count:]


def daily(counts, before=TODAY, **facts):
    return [look(day, n, **facts) for day, n in zip(working_days(len(counts), before), counts, strict=True)]


USUAL = daily([34, 40, 38, 61, 44, 35, 52, 47, 39, 41])


def told(capture, history=USUAL):
    verdict = judge(capture, history)
    return verdict.health, verdict.what


# ── what the reading itself says ──────────────────────────────────────────────────────────────


def test_what_cannot_be_read_is_broken_with_its_reason_and_without_any_history():
    assert told(look(papers=0, unreadable="page.html: no listing"), []) == (
        Health.BROKEN,
        "page.html: no listing",
    )


def test_lost_records_make_a_listing_partial():
    assert told(look(lost="page.html:12: no abstract")) == (Health.PARTIAL, "page.html:12: no abstract")


def test_an_unreadable_page_is_broken_on_a_weekend_too():
    assert told(look(TODAY + 3 * DAY, 0, unreadable="timed out"))[0] is Health.BROKEN


# ── how much ──────────────────────────────────────────────────────────────────────────────────


def test_a_usual_number_is_ok():
    assert told(look(papers=33)) == (Health.OK, "33 papers")


def test_far_fewer_than_usual_is_partial_and_says_what_is_usual():
    assert told(look(papers=11)) == (
        Health.PARTIAL,
        "11 papers; on 8 of the last 10 working days there were 35 to 52",
    )


def test_the_same_weekday_says_what_is_usual_where_it_is_known_well_enough():
    history = [look(d, 60 if d.weekday() == 2 else 50) for d in working_days(40)]

    assert told(look(papers=9), history) == (
        Health.PARTIAL,
        "9 papers; on 6 of the last 8 Wednesdays there were 60",
    )


def test_a_weekday_on_which_little_comes_is_no_alarm():
    history = [look(d, 10 if d.weekday() == 2 else 50) for d in working_days(40)]

    assert told(look(papers=10), history)[0] is Health.OK


def test_many_more_than_usual_before_a_conference_is_no_alarm():
    assert told(look(papers=300)) == (Health.OK, "300 papers")


def test_one_odd_day_among_the_last_ten_changes_nothing():
    odd = daily([34, 40, 2, 61, 44, 35, 52, 47, 39, 41])

    assert told(look(papers=11), odd)[0] is Health.PARTIAL


def test_a_source_that_shrinks_for_good_is_soon_taken_as_it_is():
    history = list(USUAL)
    found = []
    for n in range(14):
        day = TODAY + n * DAY
        if day.weekday() < 5:
            found.append(told(look(day, 12), history)[0])
            history.append(look(day, 12, digest=f"small {day}"))

    assert found == [Health.PARTIAL] * 2 + [Health.OK] * 8


@pytest.mark.parametrize("count", range(1, 7))
def test_there_is_no_alarm_before_there_is_enough_history(count):
    assert told(look(papers=1), daily([40] * count))[0] is Health.OK


def test_a_few_entries_a_day_are_never_too_few():
    assert told(look(papers=1), daily([3, 2, 3, 1, 3, 2, 3, 3, 2, 3]))[0] is Health.OK


@pytest.mark.parametrize(
    "day", [date(2026, 10, 24), date(2026, 12, 25), date(2027, 1, 1), date(2026, 9, 7), date(2026, 9, 8)]
)
def test_few_papers_on_a_weekend_a_holiday_or_the_day_after_are_no_alarm(day):
    assert told(look(day, 2), daily([40] * 12, day))[0] is Health.OK


def test_a_listing_of_long_ago_is_history_and_not_news():
    assert told(look(papers=3, seen_on=TODAY + 30 * DAY))[0] is Health.OK


def test_a_listing_that_ends_among_liked_papers_has_lost_its_end():
    history = daily([34, 40, 38, 61, 44, 35, 52, 47, 39, 41], tail=1.0)

    health, what = told(look(papers=25, tail=14.0), history)
    assert health is Health.PARTIAL
    assert what == (
        "25 papers, the least liked of them with 14 upvotes; on 9 of the last 10 working days these "
        "had 1.0 or fewer: the end of the listing seems to be missing"
    )
    assert told(look(papers=25, tail=2.0), history)[0] is Health.OK


# ── several looks at one day ──────────────────────────────────────────────────────────────────


def filling(day, *steps):
    return [look(day, n, hour=hour, digest=f"{day}:{n}") for hour, n in steps]


def test_a_page_that_fills_up_during_the_day_is_no_alarm_in_the_morning():
    history = [c for d in working_days(10) for c in filling(d, (6, 4), (12, 20), (18, 40))]

    assert told(look(papers=4, hour=6), history)[0] is Health.OK
    assert told(look(papers=1, hour=6), history)[0] is Health.OK


def test_a_page_that_is_still_empty_in_the_evening_is_partial():
    history = [c for d in working_days(10) for c in filling(d, (6, 4), (12, 20), (18, 40))]

    assert told(look(papers=4, hour=18), history)[0] is Health.PARTIAL


def test_a_job_that_moved_to_the_morning_is_not_compared_with_evenings():
    assert told(look(papers=4, hour=6), USUAL)[0] is Health.OK


def test_a_page_that_lost_papers_since_it_was_last_read_is_partial():
    earlier = look(papers=30, hour=12)

    assert told(look(papers=19, missing=11), [*USUAL, earlier]) == (
        Health.PARTIAL,
        "19 papers; there were 30 of Wed 21 Oct when it was read at 12:00 UTC on Wed 21 Oct",
    )


def test_one_withdrawn_paper_is_no_alarm():
    assert told(look(papers=29, missing=1), [*USUAL, look(papers=30, hour=12)])[0] is Health.OK


def test_a_feed_of_the_newest_thirty_loses_old_ones_and_is_fine():
    assert told(look(papers=30, digest="b", missing=12), [*USUAL, look(papers=30, hour=12, digest="a")])[
        0
    ] is (Health.OK)


def test_a_folder_that_gets_another_file_is_not_compared_with_the_first():
    assert told(look(papers=20, missing=10, adds=True), [*USUAL, look(papers=30, hour=12)])[0] is Health.OK


# ── nothing new ───────────────────────────────────────────────────────────────────────────────


def again(capture, seen_on, hour=EVENING, **facts):
    """The same listing, shown again on another day."""
    return look(capture.day, capture.papers, digest=capture.digest, seen_on=seen_on, hour=hour, **facts)


def test_yesterday_s_listing_on_a_working_day_is_stale():
    assert told(again(USUAL[-1], TODAY)) == (
        Health.STALE,
        "the same 41 papers as on Tue 20 Oct; until then something new came on 10 of 10 working days",
    )


def test_the_same_papers_under_another_day_are_stale_too():
    assert told(look(papers=41, digest=USUAL[-1].digest))[0] is Health.STALE


def test_friday_s_listing_on_saturday_and_sunday_is_quiet_and_on_monday_stale():
    friday = TODAY + 2 * DAY
    history = daily([40] * 10, friday + DAY)

    def shown(after):
        return told(again(history[-1], friday + after * DAY), history)[0]

    assert [shown(n) for n in (1, 2, 3)] == [Health.QUIET, Health.QUIET, Health.STALE]


def test_a_listing_repeated_at_christmas_is_quiet():
    christmas = date(2026, 12, 25)
    history = daily([40] * 10, christmas)

    assert told(again(history[-1], christmas), history) == (
        Health.QUIET,
        "the same 40 papers as on Thu 24 Dec; Fri 25 Dec is the end of the year",
    )


def test_the_morning_before_the_usual_hour_shows_yesterday_s_listing_and_is_quiet():
    history = daily([40] * 10, hour=9)
    history = [*history, *(again(c, c.day, hour=21) for c in history)]
    history.sort(key=lambda c: c.since)

    assert told(again(history[-1], TODAY, hour=5), history)[0] is Health.QUIET
    assert "the day is not over" in told(again(history[-1], TODAY, hour=5), history)[1]
    assert told(again(history[-1], TODAY, hour=12), history)[0] is Health.STALE


def test_a_blog_that_seldom_brings_something_is_quiet():
    days = working_days(30)
    history = [again(look(days[n - n % 3], 10), day) for n, day in enumerate(days)]

    health, what = told(again(history[-1], TODAY), history)

    assert health is Health.QUIET
    assert "something new came on 4 of 10 working days before" in what


def test_an_alarm_does_not_fade_while_a_daily_source_stays_silent():
    history = list(USUAL)
    for n in range(30):
        day = TODAY + n * DAY
        again_today = again(USUAL[-1], day)
        if day.weekday() < 5:
            assert told(again_today, history)[0] is Health.STALE
        history.append(again_today)


def test_an_empty_listing_is_quiet_and_stale_from_the_third_working_day():
    days = [TODAY + n * DAY for n in range(3)]
    history, found = list(USUAL), []
    for day in days:
        found.append(told(look(day, 0), history)[0])
        history.append(look(day, 0))

    assert found == [Health.QUIET, Health.QUIET, Health.STALE]


def test_a_folder_without_a_new_file_is_stale_from_the_third_working_day():
    history, found = list(USUAL), []
    for day in (TODAY + n * DAY for n in range(3)):
        found.append(told(again(USUAL[-1], day, adds=True), history))
        history.append(again(USUAL[-1], day, adds=True))

    assert [health for health, _ in found] == [Health.QUIET, Health.QUIET, Health.STALE]
    assert found[-1][1] == (
        "no file with new papers since Tue 20 Oct for 3 working days; until then something new came on "
        "10 of 10 working days"
    )


def test_a_new_source_that_repeats_itself_is_quiet():
    history = daily([40, 40, 40])

    assert told(again(history[-1], TODAY), history)[0] is Health.QUIET


def test_a_weekly_source_is_never_an_alarm_between_its_days():
    mondays = [TODAY - (2 + 7 * n) * DAY for n in reversed(range(12))]
    shown, history, found = None, [], set()
    for day in (mondays[0] + n * DAY for n in range(80)):
        if day in mondays:
            shown = look(day, 40)
        capture = again(shown, day)
        found.add(judge(capture, history).health)
        history.append(capture)

    assert found == {Health.OK, Health.QUIET}
