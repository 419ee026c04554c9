"""Feeds: the ledger's picks in three formats, with ids that never change and bytes that rest."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import SectionKind
from tests.acceptance.mailbox import Newsroom, liked, other, plain

FIRST = datetime(2026, 11, 16, 7, 5, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=n) for n in range(5)]
AFTER = DAYS[-1] + timedelta(hours=3)
BASE = "https://papers.digest.example/daily"


@pytest.fixture(scope="module")
def week(dumps, tmp_path_factory):
    """Five days for one reader by feed and one by both ways."""
    room = Newsroom(
        tmp_path_factory.mktemp("week"),
        sources=[{"name": "dumps", "path": "inbox", "settle": "0s"}],
        ranking={"line": 50},
    )
    room.join(FIRST, "language", address=None, interests=["language models", "human feedback"], limit=5)
    room.join(FIRST, "speech", format="both", interests=["speech synthesis", "speech recognition"])
    for now, dump in zip(DAYS, dumps, strict=True):
        room.lay(dump)
        room.run(now)
    return room


def picked(room, name, now=AFTER):
    """The ledger's picks, newest issue first, best first."""

    def question(transaction):
        reader = transaction.subscribers.find(name)
        lines = transaction.issues.sent_since(reader.id, FIRST - timedelta(days=1))
        picks = [line for line in lines if line.section == SectionKind.FOR_YOU]
        return sorted(picks, key=lambda p: (-p.composed_at.timestamp(), -p.match.score, p.paper_id))

    return room.ask(now, question)


@pytest.mark.parametrize("name", [None, "language", "speech"])
def test_a_feed_reader_finds_nothing_to_complain_about(week, name):
    feeds = week.feeds(name, AFTER)
    assert (feeds.rss.bozo, feeds.rss.version) == (0, "rss20")
    assert (feeds.atom.bozo, feeds.atom.version) == (0, "atom10")
    assert feeds.json["version"] == "https://jsonfeed.org/version/1.1"
    for feed in (feeds.rss, feeds.atom):
        assert feed.encoding.lower() == "utf-8"
        assert feed.feed.title
        assert all(entry.published_parsed for entry in feed.entries)


@pytest.mark.parametrize("name", [None, "language", "speech"])
def test_no_entry_is_lost_or_changed_between_the_formats(week, name):
    feeds = week.feeds(name, AFTER)
    rss, atom, other_format = feeds.entries.values()
    assert [(e.id, e.title) for e in rss] == [(e.id, e.title) for e in atom]
    assert [(e.id, e.title) for e in rss] == [(e.id, e.title) for e in other_format]
    assert len(rss) == len(set(feeds.ids)) > 0
    dates = [[e.published_parsed[:6] for e in f.entries] for f in (feeds.rss, feeds.atom)]
    as_json = [datetime.fromisoformat(i["date_published"]).timetuple()[:6] for i in feeds.json["items"]]
    assert dates == [as_json, as_json]
    links = [[e.link for e in f.entries] for f in (feeds.rss, feeds.atom)]
    assert links == [[i["url"] for i in feeds.json["items"]]] * 2


@pytest.mark.parametrize("name", ["language", "speech"])
def test_a_personal_feed_holds_the_picks_of_the_ledger_in_their_order(week, name):
    picks = picked(week, name)
    feeds = week.feeds(name, AFTER)
    assert len(picks) > 5
    assert feeds.titles == [p.match.paper.paper.title for p in picks]
    assert [int(i.rpartition("/")[2]) for i in feeds.ids] == [p.paper_id for p in picks]
    assert [e.published for e in feeds.atom.entries] == [f"{p.composed_at:%Y-%m-%dT%H:%M:%SZ}" for p in picks]
    assert max(Counter(plain(title) for title in feeds.titles).values()) == 1


def test_a_reader_by_feed_alone_is_given_picks_only_and_no_mail(week):
    moments = week.moments(AFTER, "language")
    assert len(moments) == 5
    assert all(m.counts.shown == 5 for m in moments)
    assert {d.recipient for d, _ in week.frozen(AFTER).values()} == {"speech@reader.example"}


@pytest.mark.parametrize("name", ["language", "speech"])
def test_each_entry_of_a_personal_feed_says_why_and_under_which_interest(week, name):
    picks = picked(week, name)
    feeds = week.feeds(name, AFTER)
    for entries in feeds.entries.values():
        for entry, pick in zip(entries, picks, strict=True):
            why = entry.content.partition("</em>")[0]
            assert pick.match.interest.text in why
            assert " in the " in why
    for pick, item, rss in zip(picks, feeds.json["items"], feeds.rss.entries, strict=True):
        assert item["tags"] == [tag.term for tag in rss.tags] == [pick.match.interest.text]


def test_the_public_feed_holds_every_paper_newest_first_and_says_no_whys(week):
    week.configure(feeds={"max_items": 600})
    week.run(AFTER)
    feeds = week.feeds()
    assert len(feeds.ids) == 516
    assert sorted(feeds.rss.entries, key=lambda e: e.published_parsed, reverse=True) == feeds.rss.entries
    assert not any("<em>" in entry.content for entry in feeds.entries["json"])
    assert not any("tags" in item for item in feeds.json["items"])


def test_the_public_feed_is_bounded_by_the_newest(week):
    week.configure(feeds={"max_items": 100})
    week.run(AFTER)
    feeds = week.feeds()
    assert len(feeds.ids) == 100
    assert {e.published_parsed.tm_mday for e in feeds.rss.entries} <= {19, 20}


# ── what never changes ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def room(tmp_path):
    room = Newsroom(tmp_path)
    room.join(FIRST, "reader", address=None)
    room.run(FIRST, liked(1), liked(2), other(1))
    return room


def test_a_second_run_changes_no_id_no_byte_and_no_modification_time(room):
    before = [(f.ids, f.bytes(), f.stamps()) for f in (room.feeds(), room.feeds("reader", FIRST))]
    for hours in (1, 2, 30):
        room.run(FIRST + timedelta(hours=hours))
    after = [(f.ids, f.bytes(), f.stamps()) for f in (room.feeds(), room.feeds("reader", FIRST))]
    assert after == before
    assert len(before[1][0]) == 2


def test_new_papers_change_the_feeds_and_keep_the_ids_of_the_others(room):
    before = room.feeds("reader", FIRST)
    ids, stamps = before.ids, before.stamps()
    room.run(FIRST + timedelta(days=1), liked(3))
    after = room.feeds("reader", FIRST)
    assert after.titles[0] == liked(3).title
    assert after.ids[1:] == ids
    assert all(after.stamps()[path] > stamp for path, stamp in stamps.items())


def test_a_quiet_day_and_a_day_for_others_leave_a_readers_feed_alone(room):
    before = room.feeds("reader", FIRST)
    public = room.feeds().stamps()
    room.run(FIRST + timedelta(days=1), other(2))
    assert room.feeds("reader", FIRST).stamps() == before.stamps()
    assert room.feeds().stamps() != public


def test_ids_stay_when_the_address_of_the_output_changes(room):
    before = [room.feeds().ids, room.feeds("reader", FIRST).ids]
    feed_ids = [room.feeds().atom.feed.id, room.feeds("reader", FIRST).atom.feed.id]
    for number, base in enumerate(
        ("http://one.example", "https://one.example", "https://two.example/papers")
    ):
        room.configure(output={"folder": "out", "base_url": base})
        room.run(FIRST + timedelta(hours=number))
        assert [room.feeds().ids, room.feeds("reader", FIRST).ids] == before
        assert [room.feeds().atom.feed.id, room.feeds("reader", FIRST).atom.feed.id] == feed_ids


def test_ids_are_tags_and_no_addresses(room):
    for entry in room.feeds("reader", FIRST).rss.entries:
        assert entry.id.startswith("tag:")
        assert entry.guidislink is False


def test_a_paper_has_one_id_in_every_feed_that_holds_it(room):
    mine, public = room.feeds("reader", FIRST), room.feeds()
    everything = dict(zip(public.ids, public.titles, strict=True))
    assert [everything[i] for i in mine.ids] == mine.titles


def test_a_pick_keeps_its_id_when_it_is_found_to_be_one_with_an_older_paper(tmp_path):
    room = Newsroom(tmp_path)
    early = FIRST - timedelta(hours=1)
    room.list_papers(early, other(1, title="A Note"))
    room.join(early, "reader", address=None)
    room.run(FIRST, liked(1, arxiv_id="2501.00001"))
    ids = room.feeds("reader", FIRST).ids
    room.run(FIRST + timedelta(hours=1), liked(1, title="A Note", arxiv_id="2501.00001"))
    assert room.feeds("reader", FIRST).ids == ids


def test_feeds_reach_back_fourteen_days_and_become_empty_but_valid(room):
    room.run(FIRST + timedelta(days=5), liked(3))
    counts = []
    for days in (13, 14, 18, 19, 20):
        room.run(FIRST + timedelta(days=days, minutes=1))
        feeds = room.feeds("reader", FIRST)
        assert feeds.rss.bozo == feeds.atom.bozo == 0
        counts.append((len(feeds.ids), len(room.feeds().ids)))
    assert counts == [(3, 4), (1, 1), (1, 1), (0, 0), (0, 0)]


def test_the_window_is_the_operators_choice(room):
    room.configure(feeds={"days": 3})
    room.run(FIRST + timedelta(days=4))
    assert room.feeds().ids == room.feeds("reader", FIRST).ids == []


# ── addresses ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [None, "reader"])
def test_each_format_names_its_own_address_where_the_output_has_one(room, name):
    room.configure(output={"folder": "out", "base_url": BASE})
    room.run(FIRST + timedelta(hours=1))
    feeds = room.feeds(name, FIRST)
    where = f"{BASE}/{feeds.folder.relative_to(room.folder / 'out')}"
    selves = [[x.href for x in f.feed.links if x.rel == "self"] for f in (feeds.rss, feeds.atom)]
    assert selves == [[f"{where}/rss.xml"], [f"{where}/atom.xml"]]
    assert feeds.json["feed_url"] == f"{where}/feed.json"
    assert feeds.json["home_page_url"] == feeds.rss.feed.link == f"{BASE}/"


def test_without_an_address_there_is_no_self_link(room):
    feeds = room.feeds("reader", FIRST)
    assert not [x for f in (feeds.rss, feeds.atom) for x in f.feed.get("links", ()) if x.rel == "self"]
    assert "feed_url" not in feeds.json


def test_a_personal_feed_lies_where_nobody_guesses_and_the_page_does_not_tell(room):
    folder = room.feeds("reader", FIRST).folder
    assert len(folder.name) == 32
    shown = [p.read_text(encoding="utf-8") for p in (room.folder / "out").rglob("*.html")]
    shown += [path.read_text(encoding="utf-8") for path in room.feeds().paths.values()]
    assert shown
    assert not [text for text in shown if folder.name in text]


def test_the_feed_of_who_left_is_withdrawn(room):
    folder = room.feeds("reader", FIRST).folder
    assert (folder / "rss.xml").exists()

    room.part(FIRST + timedelta(hours=1))
    room.run(FIRST + timedelta(days=1), liked(3))

    assert not folder.exists()
    assert (room.folder / "out" / "feeds" / "rss.xml").exists()


def test_feeds_can_be_left_out(tmp_path):
    room = Newsroom(tmp_path, feeds={"enabled": False})
    room.join(FIRST, "reader", address=None)
    room.run(FIRST, liked(1))
    assert not (room.folder / "out" / "feeds").exists()
    assert (room.folder / "out" / "index.html").exists()


def test_strange_titles_come_through_every_format_alike(tmp_path):
    titles = [
        "<script>alert(1)</script> Diffusion Models",
        "Diffusion Models & </title><item> ]]> {{ 7*7 }}",
        "Diffusion Models \u2028 of \u202eRight to Left\u202c",
        "扩散模型 Diffusion Models 🧠 \u0308",
        "Diffusion\x00 Models\r\nof \x1b[31mRed",
    ]
    room = Newsroom(tmp_path)
    room.join(FIRST, "reader", address=None)
    papers = [liked(n, title=title, abstract=f"Diffusion models. {title}") for n, title in enumerate(titles)]
    room.run(FIRST, *papers)
    for feeds in (room.feeds("reader", FIRST), room.feeds()):
        assert feeds.rss.bozo == feeds.atom.bozo == 0
        assert len(feeds.ids) == len(titles)
        raw = json.loads(feeds.paths["json"].read_bytes())
        assert {plain(i["title"]) for i in raw["items"]} == {plain(t.replace("\x1b", "")) for t in titles}
        assert not any("<script" in i["content_html"] for i in raw["items"])
        shown = [entry.title_detail for entry in feeds.atom.entries]
        assert {detail.type for detail in shown} == {"text/plain"}
        assert [detail.value for detail in shown] == [i["title"] for i in raw["items"]]
