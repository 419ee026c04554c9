import json
import os
import subprocess
import sys
from datetime import date

import pytest

from digest.model import Health, Severity
from digest.sources import read
from digest.sources.feeds import guard, parsing
from digest.sources.feeds.conventions import web_address

SAVED = date(2026, 11, 22)
ABSTRACT = "We count terns by their shadows. One camera on a pole does the work of five people."


def item(inner="", title="Counting Terns"):
    return f"<item><title>{title}</title>{inner}</item>"


def rss(*items, head=""):
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def feed_of(data, **options):
    return read(data, name="feed", latest=SAVED, **options)


def large(*items, head=""):
    """A feed that is parsed in a process of its own."""
    return rss(*items, item(f"<description>{ABSTRACT * 300}</description>", title="Long"), head=head)


def test_a_large_feed_is_read_as_a_small_one_is():
    inner = f"<description>&lt;p&gt;{ABSTRACT} $k&lt;n$ &#xe9;鳥&lt;/p&gt;</description>"
    facts = "<dc:creator>A. B, C. D</dc:creator>"
    facts += "<pubDate>Tue, 10 Mar 2026 00:00:00 GMT</pubDate><category>birds</category><guid>http://x.org/1</guid>"
    small, big = feed_of(rss(item(inner + facts))), feed_of(large(item(inner + facts)))

    assert big.records[0] == small.records[0]
    assert [r.paper.title for r in big.records] == ["Counting Terns", "Long"]
    assert big.format == small.format == "rss"


def test_an_answer_survives_the_way_between_processes():
    parsed = parsing.parse(
        rss(item("<description>鳥 \U0001f426</description><pubDate>2026-01-01</pubDate>")), {}, 5
    )

    assert guard.from_json(guard.to_json(parsed)) == parsed
    assert parsed.items[0].published == date(2026, 1, 1)


def test_a_feed_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(guard, "_SECONDS", 1)
    # an expression of feedparser's takes the square of this author's length
    listing = feed_of(rss(item(f"<author>{'a' * 120_000}</author>")))

    assert listing.health is Health.BROKEN
    assert "more than 1 seconds" in listing.problems[0].what


def test_a_feed_that_takes_too_much_memory_is_stopped(monkeypatch):
    monkeypatch.setattr(guard, "_MEMORY", 70 * 1024 * 1024)
    listing = feed_of(rss(item("<a>" * 150_000)))

    assert listing.health is Health.BROKEN
    assert "memory" in listing.problems[0].what or "without an answer" in listing.problems[0].what


def test_a_process_that_cannot_be_started_is_a_problem(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    assert "no process" in feed_of(large()).problems[0].what


BOMB = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "terns"}">' for i in range(10))


def test_a_large_feed_that_declares_entities_is_refused():
    listing = feed_of(large(item("<description>&a9;</description>"), head=f"<!DOCTYPE rss [{BOMB}]>"))

    assert listing.health is Health.BROKEN
    assert "entities" in listing.problems[0].what


def test_a_small_bomb_is_read_without_going_off():
    listing = feed_of(rss(item("<description>A &a9; b</description>"), head=f"<!DOCTYPE rss [{BOMB}]>"))

    assert len(listing.records) == 1
    assert len(listing.records[0].raw_abstract) < 100
    assert [p.severity for p in listing.problems] == [Severity.NOTE]


def test_an_entity_of_text_is_read():
    head = '\n<!DOCTYPE rss [\n<!ENTITY site "Terns of the North">\n]>\n'

    assert feed_of(rss(item(title="On &site;"), head=head)).records[0].raw_title == "On Terns of the North"


@pytest.mark.parametrize("codec", ["idna", "punycode", "undefined", "hex", "unicode_escape", "no-such-thing"])
def test_an_encoding_that_is_none_never_raises(codec):
    data = rss(item("<description>Ä</description>")).replace(
        b'"1.0"', f'"1.0" encoding="{codec}"'.encode(), 1
    )

    assert feed_of(data).records or feed_of(data).problems


def test_the_encoding_may_stand_in_the_answer_alone():
    data = rss(item(title="Крачки")).decode().encode("cp1251")
    listing = feed_of(data, headers={"Content-Type": "text/xml; charset=windows-1251"})

    assert listing.records[0].raw_title == "Крачки"
    assert listing.problems == ()


def test_a_type_without_an_encoding_does_not_make_the_feed_ascii():
    listing = feed_of(rss(item(title="Café")), headers={"Content-Type": "text/xml"})

    assert listing.records[0].raw_title == "Café"
    assert listing.problems == ()


def test_a_link_is_completed_by_the_place_of_the_feed():
    listing = feed_of(
        rss(item("<link>/1.html</link>")), headers={"Content-Location": "https://x.org/feed.xml"}
    )

    assert listing.records[0].paper.url == "https://x.org/1.html"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-32", "cp037", "utf-8-sig"])
def test_a_feed_is_known_in_any_encoding(codec):
    data = (
        rss(item())
        .decode()
        .replace('"1.0"', f'"1.0" encoding="{codec.removesuffix("-sig")}"', 1)
        .encode(codec)
    )

    assert [r.raw_title for r in feed_of(data).records] == ["Counting Terns"]


def test_more_entries_than_wanted_are_cut_and_said():
    listing = feed_of(rss(*(item(title=f"Terns {i}") for i in range(9))), max_records=5)

    assert len(listing.records) == 5
    assert [(p.severity, p.where) for p in listing.problems] == [(Severity.LOST, "feed, record 6")]
    assert "9 entries" in listing.problems[0].what


def test_a_blog_that_links_arxiv_in_its_text_is_no_paper_of_arxiv():
    text = "See &lt;a href='https://arxiv.org/abs/2401.00001'&gt;this&lt;/a&gt;, arXiv:2401.00001v1."
    (record,) = feed_of(rss(item(f"<description>{text}</description><link>https://x.org/a</link>"))).records

    assert (record.paper.arxiv_id, record.paper.doi) == (None, None)
    assert record.paper.url == "https://x.org/a"


def test_a_listing_of_arxiv_that_says_a_day_to_come_is_listed_when_it_is_read():
    inner = (
        "<description>arXiv:2611.01234v1 Announce Type: new Abstract: Terns.</description>"
        "<pubDate>Mon, 30 Nov 2026 00:00:00 GMT</pubDate>"
    )
    listing = feed_of(rss(item(inner)))

    assert listing.day is None
    assert "is after 2026-11-22" in listing.problems[0].what
    assert listing.records[0].paper.arxiv_id == "2611.01234"


def test_an_endless_text_is_cut_and_said():
    listing = feed_of(rss(item(f"<description>{'terns ' * 5_000}</description>", title="long " * 200)))

    assert len(listing.records[0].raw_title) <= 500
    assert len(listing.records[0].raw_abstract) <= 20_000
    assert [p.severity for p in listing.problems] == [Severity.NOTE, Severity.NOTE]


def test_numbers_and_depth_that_json_cannot_take_are_a_problem():
    start = '{"version": "https://jsonfeed.org/version/1", "items": [{"title": "a"}, '
    for end in ("[" * 100_000, "9" * 10_000, '{"a":' * 100_000):
        listing = feed_of((start + end).encode())
        assert [r.raw_title for r in listing.records] == ["a"]
        assert listing.health is Health.PARTIAL


@pytest.mark.parametrize("items", ["7", "{}", "null"])
def test_a_json_feed_without_a_list_is_refused(items):
    data = json.dumps({"version": "https://jsonfeed.org/version/1", "items": json.loads(items)}).encode()

    assert feed_of(data).health is Health.BROKEN


def test_html_with_an_item_in_it_is_no_feed():
    page = b"<!DOCTYPE html><html><body><item><title>Terns</title></item></body></html>"

    assert feed_of(page).format == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "ftp://x.org/a",
        "http://",
        "//x.org",
        "https://[",
        "http://x y",
        "http://x/\x1b",
    ],
)
def test_only_web_addresses_are_addresses(text):
    assert web_address(text) is None


OPENED = """
import sys
from datetime import date
from digest.sources import read
import feedparser, feedparser.api, html.entities, encodings.idna, encodings.cp1252, xml.sax.expatreader
from digest.sources.feeds import guard
guard._SMALL = 10**9  # all in this process, which is watched
seen = []
EVENTS = ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "urllib.Request")
def audit(event, args):
    if event in EVENTS:
        if event != "open" or not str(args[0]).endswith((".py", ".pyc")):
            seen.append((event, str(args[0])))
warm = b'<rss version="2.0"><channel><item><title>a</title></item></channel></rss>'
read(warm, name="warm", latest=date(2026, 11, 22))
sys.addaudithook(audit)
for line in sys.stdin.buffer:
    data = bytes.fromhex(line.decode().strip())
    read(data, name="feed", latest=date(2026, 11, 22))
print(seen)
"""


def opened_while_reading(*feeds):
    """What a process that reads `feeds` opens, asks for or starts."""
    done = subprocess.run(
        [sys.executable, "-c", OPENED],
        input="".join(data.hex() + "\n" for data in feeds),
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    return done.stdout.strip()


def test_no_feed_opens_a_file_or_a_connection(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    declared = f'<!ENTITY x SYSTEM "file://{secret}"><!ENTITY % y SYSTEM "http://127.0.0.1:9/"> %y;'
    head = f'<!DOCTYPE rss SYSTEM "file://{secret}" [{declared}]>'
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    feeds = [
        rss(item("<description>&x;</description>"), head=head),
        rss(item(f"<description>{include}</description>"), head=f'<?xml-stylesheet href="file://{secret}"?>'),
        rss(item(f"<link>file://{secret}</link>")),
        str(secret).encode(),
        b"http://127.0.0.1:9/feed.xml",
    ]

    assert opened_while_reading(*feeds) == "[]"
    assert not any("hidden" in r.raw_abstract for data in feeds for r in feed_of(data).records)
