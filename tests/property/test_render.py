"""Whatever stands in a paper: mail, feeds and page stay sound, small and the same."""

import binascii
import email
import email.policy
import io
import json
from datetime import timedelta
from email.header import decode_header
from itertools import pairwise

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from digest.model import Counts, Evidence, Field, Interest, Match, SectionKind
from digest.render import (
    Envelope,
    FeedItem,
    FeedView,
    MailParts,
    PageRow,
    PageView,
    RenderSettings,
    Templates,
    Unsubscribe,
    encode,
    feeds,
    item_id,
    mail,
    page,
)
from digest.render.marks import merged, pieces, safe, safe_with
from digest.render.quoted import Quoted
from tests.builders import NOON, issue, known

TEMPLATES = Templates()
SETTINGS = RenderSettings(tag_prefix="tag:reader.example,2026:", site_url="https://reader.example")
WAYS_OUT = Unsubscribe(mailto="leave@reader.example", url="https://reader.example/u/t")
calm = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: surrogates too: JSON may hold them
any_text = st.text(st.characters(exclude_categories=()), max_size=120) | st.text(
    st.sampled_from("<>&\"'{}%[]()\\/\r\n\t\0 \u202e\u2028\ufffe=?.,;a1é猫\x1b"), max_size=60
)
long_text = any_text | st.builds(lambda t, n: t * n, any_text, st.integers(1, 200))
some_spans = st.lists(st.tuples(st.integers(-5, 130), st.integers(-5, 130)), max_size=4).map(tuple)


@st.composite
def matches(draw, size):
    """Matches of papers with ids from 0, every text of them anything."""
    found = []
    for number in range(draw(st.integers(0, size))):
        paper = known(
            number,
            draw(long_text),
            draw(long_text),
            authors=tuple(draw(st.lists(any_text, max_size=4))),
            organization=draw(st.none() | any_text),
            url=draw(st.none() | any_text.map("https://host.example/".__add__) | any_text),
            code_url=draw(st.none() | any_text),
            arxiv_id=draw(st.none() | any_text | st.just("2501.01234")),
            doi=draw(st.none() | any_text | any_text.map("10.1000/".__add__)),
            first_seen=NOON - timedelta(hours=draw(st.integers(0, 1))),
        )
        reasons = tuple(
            Evidence(
                interest=Interest(text=draw(any_text)),
                field=draw(st.sampled_from(Field)),
                words=tuple(draw(st.lists(any_text, max_size=2))),
                points=draw(st.floats(0, 50)),
                spans=draw(some_spans),
            )
            for _ in range(draw(st.integers(0, 2)))
        )
        found.append(Match(paper=paper, score=draw(st.floats(0, 100)), evidence=reasons))
    return found


def composed(found, first, second):
    picks = [
        m
        if m.evidence
        else Match(
            paper=m.paper,
            score=m.score,
            evidence=(Evidence(interest=Interest(text="x"), field=Field.TITLE, words=(), points=1.0),),
        )
        for m in found[:first]
    ]
    shown = len(found)
    return issue(
        picks=picks,
        trending=found[first:second],
        also_new=found[second:],
        counts=Counts(listed=shown + 9, sent_before=2, shown=shown, below=4, cut=3),
    )


def shown_titles(value):
    return [safe(m.paper.paper.title, 300) or "Untitled" for m in value.shown]


@calm
@given(found=matches(12), first=st.integers(0, 8), more=st.integers(0, 3), limit=st.integers(9_000, 95_000))
def test_any_issue_becomes_a_mail_that_fits_and_adds_up(found, first, more, limit):
    value = composed(found, first, first + more)
    limited = RenderSettings(max_html_bytes=limit)
    shown, parts = mail(TEMPLATES, value, limited, WAYS_OUT)
    assert len(parts.html.encode("utf-8")) <= limit
    counts = shown.counts
    assert counts.listed == counts.sent_before + counts.shown + counts.below + counts.cut == len(found) + 9
    assert counts.shown == len(shown.shown)
    assert {m.paper.id for m in shown.shown} <= set(range(len(found)))
    assert counts.cut - 3 == len(value.matches(SectionKind.FOR_YOU)) - len(shown.matches(SectionKind.FOR_YOU))


@calm
@given(found=matches(8), first=st.integers(0, 5))
def test_both_parts_hold_the_same_papers_and_read_back_equal(found, first):
    shown, parts = mail(TEMPLATES, composed(found, first, first + 1), SETTINGS, WAYS_OUT)
    tree = lxml_html.document_fromstring(parts.html)
    seen = " ".join(tree.text_content().split())
    for title in shown_titles(shown):
        assert " ".join(title.split()) in seen
        assert title in parts.text
    assert {str(url).split(":")[0] for url in tree.xpath("//@href")} <= {"http", "https", "mailto"}
    assert not tree.xpath("//script | //img | //iframe | //form | //body//style")
    message = encode(parts, envelope())
    back = email.message_from_bytes(message.data, policy=email.policy.default)
    text, html = back.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == parts.text
    assert html.get_content().replace("\r\n", "\n") == parts.html
    assert_wire(message.data)


FILLED_EACH_TIME = Templates(keep=False)


@calm
@given(found=matches(10), first=st.integers(0, 8), more=st.integers(0, 3), limit=st.integers(9_000, 95_000))
def test_from_fragments_or_filled_each_time_a_mail_is_the_same(found, first, more, limit):
    value, limited = composed(found, first, first + more), RenderSettings(max_html_bytes=limit)
    anew = mail(FILLED_EACH_TIME, value, limited, WAYS_OUT)
    assert mail(TEMPLATES, value, limited, WAYS_OUT) == anew
    assert mail(TEMPLATES, value, limited, WAYS_OUT) == anew


def envelope(**facts):
    values = {
        "from_address": "digest@reader.example",
        "from_name": "digest",
        "to_address": "vision@reader.example",
        "message_id": "<1@reader.example>",
        "date": NOON,
        "list_name": "digest",
        "list_id": "daily.reader.example",
        "unsubscribe": WAYS_OUT,
    }
    return Envelope(**(values | facts))


def assert_wire(data):
    assert data.isascii()
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 78


def decoded(raw):
    return "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in decode_header(raw)
    )


@given(names=st.tuples(any_text, any_text, any_text, any_text), body=st.tuples(long_text, long_text))
@settings(max_examples=300, deadline=None)
def test_whatever_a_header_is_given_it_stays_one_header(names, body):
    subject, name, sender, list_name = names
    parts = MailParts.of(subject=safe(subject), text=safe(body[0]), html=safe(body[1]))
    mild = envelope(to_name=safe(name), from_name=safe(sender), list_name=safe(list_name))
    data = encode(parts, mild).data
    plain = encode(MailParts.of(subject="s", text="", html=""), envelope()).data
    back, usual = email.message_from_bytes(data), email.message_from_bytes(plain)
    assert back.keys() == usual.keys()
    assert_wire(data)
    assert decoded(" ".join(back["Subject"].split("\r\n "))).split() == safe(subject).split()
    modern = email.message_from_bytes(data, policy=email.policy.default)
    assert [a.addr_spec for a in modern["To"].addresses] == ["vision@reader.example"]
    assert [a.addr_spec for a in modern["From"].addresses] == ["digest@reader.example"]
    assert back["List-Id"].endswith("<daily.reader.example>")


@given(
    field=st.sampled_from(
        [
            "from_address",
            "from_name",
            "to_address",
            "to_name",
            "message_id",
            "list_name",
            "list_id",
            "subject",
        ]
    ),
    before=any_text,
    bad=st.sampled_from(["\r\nBcc: a@b.example", "\r", "\n", "\0"]),
    after=any_text,
)
@settings(max_examples=200, deadline=None)
def test_a_line_break_in_any_header_is_refused_by_its_name(field, before, bad, after):
    names = {"from": "From", "to": "To", "message": "Message-ID", "list": "List-Id", "subject": "Subject"}
    subject = f"{before}{bad}{after}" if field == "subject" else "s"
    facts = {} if field == "subject" else {field: f"{before}{bad}{after}"}
    header = names[field.split("_", maxsplit=1)[0]]
    with pytest.raises(ValueError, match=f"^{header}: "):
        encode(MailParts.of(subject=subject, text="", html=""), envelope(**facts))


@calm
@given(found=matches(6), title=any_text, heading=any_text)
def test_any_paper_is_one_sound_item_in_every_format(found, title, heading):
    items = tuple(
        FeedItem(
            id=item_id(m.paper, SETTINGS),
            paper=m.paper,
            published=NOON - timedelta(hours=n),
            match=m,
            heading=heading,
        )
        for n, m in enumerate(found)
    )
    view = FeedView(
        title=title,
        description=title,
        home_url="https://reader.example/",
        rss_url="https://reader.example/feeds/rss.xml",
        feed_id="tag:reader.example,2026:feed",
        items=items,
    )
    files = feeds(TEMPLATES, view, SETTINGS)
    assert files == feeds(TEMPLATES, view, SETTINGS)
    rss, atom = etree.fromstring(files.rss), etree.fromstring(files.atom)
    for data in (files.rss, files.atom):
        assert not feedparser.parse(io.BytesIO(data)).bozo
    ids = [item.id for item in items]
    name = "{http://www.w3.org/2005/Atom}"
    assert [guid.text for guid in rss.iter("guid")] == ids
    assert [entry.findtext(f"{name}id") for entry in atom.iter(f"{name}entry")] == ids
    loaded = json.loads(files.json)
    assert [entry["id"] for entry in loaded["items"]] == ids
    titles = [entry["title"] for entry in loaded["items"]]
    assert [entry.findtext("title") for entry in rss.iter("item")] == titles


@calm
@given(found=matches(6), label=st.none() | any_text)
def test_any_listing_is_a_page_without_anything_that_acts(found, label):
    rows = tuple(PageRow(paper=m.paper, is_new=bool(n % 2), position=n + 1) for n, m in enumerate(found))
    view = PageView(day=NOON.date(), rows=rows, trending=tuple(m.paper for m in found), label=label)
    data = page(TEMPLATES, view, SETTINGS)
    tree = lxml_html.document_fromstring(data.decode("utf-8"))
    assert len(tree.xpath("//h3")) == len(found)
    assert not tree.xpath("//script | //img | //iframe | //form")
    assert all(str(u).startswith(("http://", "https://", "feeds/")) for u in tree.xpath("//body//@href"))


@given(text=long_text, spans=some_spans)
def test_pieces_join_to_the_text_and_marked_ones_never_touch(text, spans):
    shown = safe(text)
    marks = safe_with(text, spans, shown)
    found = pieces(shown, marks)
    assert "".join(p.text for p in found) == shown
    assert marks == merged(marks, len(shown))
    assert all(p.text for p in found)
    assert all(a.marked != b.marked for a, b in pairwise(found))


@given(text=st.text(alphabet=st.sampled_from("a= .\t\n\rß漢<\f"), max_size=300))
def test_quoting_line_by_line_is_quoting_the_whole(text):
    found = Quoted.of(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = binascii.b2a_qp(lines.encode(), istext=True, header=False)
    assert found.data == whole.replace(b"\n", b"\r\n")
    assert (found.text, found.size) == (lines, len(lines.encode()))
