from dataclasses import replace
from datetime import timedelta

from digest.model import FetchOutcome, FetchState, Health, HostState, Validators
from digest.store import Reading
from tests.builders import NOON, paper
from tests.listings import listing

DAY = timedelta(days=1)
PLAIN = FetchState(source="feed", url="https://x.example/rss", asked_at=NOON)
FULL = FetchState(
    source="feed",
    url="https://x.example/2026-11-20",
    asked_at=NOON,
    day=NOON.date(),
    outcome=FetchOutcome.UNCHANGED,
    failures=3,
    succeeded_at=NOON - DAY,
    not_before=NOON + DAY,
    validators=Validators(url="https://y.example/", etag='W/"ä \' "', last_modified="x", reader_version=7),
    moved_to="https://y.example/",
    listings=("a", "b of 2026-11-20"),
)


def states(database, source="feed"):
    with database.read() as transaction:
        return transaction.fetches.of_source(source)


def keep(database, *found):
    with database.write() as transaction:
        for one in found:
            transaction.fetches.keep(one)


def test_an_address_comes_back_as_it_was_kept(database):
    keep(database, PLAIN, FULL, replace(PLAIN, source="other"))
    assert states(database) == [FULL, PLAIN]
    assert states(database, "other") == [replace(PLAIN, source="other")]
    assert states(database, "nobody") == []


def test_an_address_is_kept_once_in_its_latest_state(database):
    keep(database, FULL)
    keep(database, replace(PLAIN, url=FULL.url))
    assert states(database) == [replace(PLAIN, url=FULL.url)]


def test_days_long_past_are_forgotten_with_their_own_source_only(database):
    def on(days_ago, source="feed"):
        day = NOON.date() - days_ago * DAY
        return replace(PLAIN, source=source, url=f"https://x.example/{day}", day=day)

    keep(database, on(61), on(60), on(61, "other"), PLAIN)
    keep(database, on(0))
    assert {s.day for s in states(database)} == {None, NOON.date(), NOON.date() - 60 * DAY}
    assert len(states(database, "other")) == 1


def test_a_host_comes_back_as_it_was_kept(database):
    with database.write() as transaction:
        assert transaction.fetches.host("x.example") is None
        transaction.fetches.keep_host(HostState(host="x.example", asked_at=NOON))
        transaction.fetches.keep_host(HostState(host="x.example", asked_at=NOON, not_before=NOON + DAY))
        assert transaction.fetches.host("x.example") == HostState(
            host="x.example", asked_at=NOON, not_before=NOON + DAY
        )


def test_a_host_that_was_not_asked_for_long_is_forgotten(database):
    with database.write() as transaction:
        for days, host in ((61, "a"), (60, "b"), (0, "c")):
            transaction.fetches.keep_host(HostState(host=host, asked_at=NOON - days * DAY))
        assert [host for host in "abc" if transaction.fetches.host(host)] == ["b", "c"]


def read(database, moment, health=Health.OK, name="a", source="feed", **facts):
    values = {"source": source, "name": name, "read_at": moment, "day": NOON.date(), "health": health}
    one = Reading(**(values | {"records": 1, "new": 1, "problems": ()} | facts))
    with database.write() as transaction:
        listing_id = None
        if health is not Health.BROKEN:
            listing_id = transaction.listings.put(
                listing(paper()), source=source, day=NOON.date(), read_at=moment
            )
        transaction.listings.note(one, listing_id)


def repeated(database, moment, name="a"):
    with database.write() as transaction:
        transaction.listings.repeat("feed", name, moment)
    with database.read() as transaction:
        found = transaction.listings.readings_between(moment - DAY / 24, moment)
    return [(r.source, r.name, r.health, r.day, r.records, r.new) for r in found]


def test_a_reading_is_noted_again_as_it_last_was_when_it_was_well(database):
    read(database, NOON)
    read(database, NOON, name="b", records=5)
    read(database, NOON, source="other", records=6)
    read(database, NOON + DAY, Health.BROKEN, records=0)
    assert repeated(database, NOON + 2 * DAY) == [("feed", "a", Health.OK, NOON.date(), 1, 0)]
    with database.read() as transaction:
        assert transaction.papers.count() == 0
        assert [s.listings for s in transaction.listings.per_source()] == [1, 1]


def test_what_was_never_read_is_not_noted_again(database):
    assert repeated(database, NOON) == []
