import json
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from lxml import etree

from digest.model import Health, SourceNote
from digest.render import FeedItem, FeedView, feeds, item_id
from tests.builders import NOON, known, match
from tests.unit.render.samples import HOSTILE


def view(items, **facts):
    values = {
        "title": "digest: vision",
        "description": "Papers picked for vision",
        "home_url": "https://papers.reader.example/",
        "rss_url": "https://papers.reader.example/feeds/rss.xml",
        "atom_url": "https://papers.reader.example/feeds/atom.xml",
        "json_url": "https://papers.reader.example/feeds/feed.json",
        "feed_id": "tag:reader.example,2026:feed/vision",
        "items": tuple(items),
    }
    return FeedView(**(values | facts))


@pytest.fixture
def item(settings):
    def item(paper, hours=0, **facts):
        return FeedItem(
            id=item_id(paper, settings), paper=paper, published=NOON - timedelta(hours=hours), **facts
        )

    return item


def parsed(data):
    import io

    found = feedparser.parse(io.BytesIO(data))
    assert not found.bozo
    return found


def test_every_item_is_in_all_three_in_the_same_order(templates, settings, item, real_papers):
    files = feeds(templates, view(item(p, n) for n, p in enumerate(real_papers)), settings)
    rss, atom, feed = parsed(files.rss), parsed(files.atom), json.loads(files.json)
    ids = [item_id(p, settings) for p in real_papers]
    titles = [p.paper.title for p in real_papers]
    assert len(ids) > 50
    assert [e.id for e in rss.entries] == [e.id for e in atom.entries] == ids
    assert [i["id"] for i in feed["items"]] == ids
    assert [e.title for e in rss.entries] == [e.title for e in atom.entries] == titles
    assert [i["title"] for i in feed["items"]] == titles


def test_the_channel_says_what_readers_ask_for(templates, settings, item):
    files = feeds(templates, view([item(known())]), settings)
    rss = etree.fromstring(files.rss).find("channel")
    assert rss.findtext("title") == "digest: vision"
    assert rss.findtext("link") == "https://papers.reader.example/"
    assert rss.findtext("description") == "Papers picked for vision"
    assert rss.findtext("language") == "en"
    atom_link = rss.find("{http://www.w3.org/2005/Atom}link")
    assert dict(atom_link.attrib) == {
        "href": "https://papers.reader.example/feeds/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    guid = rss.find("item/guid")
    assert (guid.get("isPermaLink"), guid.text) == ("false", "tag:reader.example,2026:paper/1")
    assert rss.findtext("item/pubDate") == "Fri, 20 Nov 2026 12:00:00 +0000"
    atom = parsed(files.atom)
    assert atom.feed.id == "tag:reader.example,2026:feed/vision"
    assert atom.feed.updated == atom.entries[0].updated == "2026-11-20T12:00:00Z"
    assert atom.feed.author == "digest: vision"
    feed = json.loads(files.json)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://papers.reader.example/feeds/feed.json"
    assert feed["items"][0]["date_published"] == "2026-11-20T12:00:00Z"


def test_the_reason_the_abstract_and_the_links_are_in_every_format(templates, settings, item):
    paper = known(7, abstract="We study <fast> diffusion & more.", arxiv_id="2501.01234", authors=("A", "B"))
    files = feeds(templates, view([item(paper, match=match(paper), heading="diffusion")]), settings)
    rss, atom, feed = parsed(files.rss), parsed(files.atom), json.loads(files.json)
    contents = (
        rss.entries[0].description,
        atom.entries[0].content[0].value,
        feed["items"][0]["content_html"],
    )
    for content in contents:
        assert "diffusion — in the title" in content
        assert "We study &lt;fast&gt; diffusion &amp; more." in content
        assert 'href="https://arxiv.org/pdf/2501.01234"' in content
    assert rss.entries[0].link == atom.entries[0].link == feed["items"][0]["url"]
    assert feed["items"][0]["url"] == "https://arxiv.org/abs/2501.01234"
    assert [a["name"] for a in feed["items"][0]["authors"]] == ["A", "B"]
    assert rss.entries[0].tags[0].term == atom.entries[0].tags[0].term == "diffusion"
    assert feed["items"][0]["tags"] == ["diffusion"]


def test_a_paper_without_an_address_links_to_a_search_here_too(templates, settings, item):
    files = feeds(templates, view([item(known(1, "Two Words"))]), settings)
    assert parsed(files.rss).entries[0].link == "https://search.example/?q=Two%20Words"
    assert ">find</a>" in json.loads(files.json)["items"][0]["content_html"]


@pytest.mark.parametrize("title", [*HOSTILE, "\x00\x0b\x1f\ufffe\uffff\ud800", "]]>&<"])
def test_hostile_text_is_inert_in_every_format(templates, settings, item, title):
    paper = known(1, title, title, authors=(title,), organization=title, url="javascript:alert(1)")
    facts = {"match": match(paper, interest=title[:100], words=(title,)), "heading": title}
    files = feeds(templates, view([item(paper, **facts)], title=title, description=title), settings)
    for data in (files.rss, files.atom):
        etree.fromstring(data)
        parsed(data)
    feed = json.loads(files.json)
    content = etree.HTML(feed["items"][0]["content_html"])
    assert {e.tag for e in content.iter()} <= {"html", "body", "p", "em", "a", "b"}
    assert all(url.startswith("https://") for url in content.xpath("//@href"))


def test_the_same_items_give_the_same_bytes_and_only_a_new_item_moves_the_date(templates, settings, item):
    items = [item(known(1)), item(known(2, "Two"), 5)]
    one = feeds(templates, view(items), settings)
    assert one == feeds(templates, view(items), settings)
    newer = feeds(templates, view([item(known(3, "Three"), -5), *items]), settings)
    assert parsed(newer.atom).feed.updated > parsed(one.atom).feed.updated


def test_an_empty_feed_is_sound_and_dated_from_its_making(templates, settings):
    files = feeds(templates, view([], made=NOON), settings)
    assert parsed(files.rss).entries == parsed(files.atom).entries == json.loads(files.json)["items"] == []
    assert parsed(files.atom).feed.updated == "2026-11-20T12:00:00Z"


def test_a_feed_without_public_addresses_names_none(templates, settings, item):
    bare = view([item(known())], rss_url=None, atom_url=None, json_url=None, home_url=None)
    files = feeds(templates, bare, settings)
    assert b'rel="self"' not in files.rss + files.atom
    assert {"feed_url", "home_page_url"}.isdisjoint(json.loads(files.json))
    parsed(files.rss)


def test_a_naive_date_is_refused(templates, settings, item):
    wrong = replace(item(known()), published=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="UTC"):
        feeds(templates, view([wrong]), settings)


def test_trouble_with_sources_is_said_by_the_feed_itself_and_is_no_item(templates, settings, item):
    note = SourceNote(source="daily", health=Health.BROKEN, what="HTTP status 500 <&>")
    plain = feeds(templates, view([item(known())]), settings)
    files = feeds(templates, view([item(known())], notes=(note,)), settings)
    rss, atom, feed = parsed(files.rss), parsed(files.atom), json.loads(files.json)

    said = "Papers picked for vision. daily could not be read: HTTP status 500 <&>"
    assert feed["description"] == etree.fromstring(files.rss).findtext("channel/description") == said
    assert etree.fromstring(files.atom).findtext("{*}subtitle") == said
    assert len(rss.entries) == len(atom.entries) == len(feed["items"]) == 1
    assert parsed(plain.atom).feed.updated == atom.feed.updated
