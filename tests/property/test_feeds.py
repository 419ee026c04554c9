"""What must hold for any markup, any feed and any archive."""

import gzip
import io
import json
import re
import zipfile
from datetime import date
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Health, Severity
from digest.sources import Member, read, unpack
from digest.sources.feeds.html_text import html_text, safe_text
from digest.text import join_space

SAVED = date(2026, 11, 22)
ACTING = re.compile(
    r"<\s*(?:script|style|iframe|object|embed|svg|textarea)(?=[\s/>])[^<>]*>"
    r"|<[a-z][^<>]*[\s/\"'](?:on\w+|style|href|src|formaction)\s*=[^<>]*>",
    re.IGNORECASE,
)

markup = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "<script>",
                    "</script>",
                    "<scr",
                    "ipt>",
                    "<b>",
                    "</b>",
                    "<p ",
                    "<!--",
                    "-->",
                    "<![CDATA[",
                    "]]>",
                ),
                *(
                    "<iframe src=x>",
                    "<svg/onload=alert(1)>",
                    "<img src=x onerror=alert(1)>",
                    "<a href='",
                    "'>",
                    '">',
                ),
                *(
                    "<",
                    ">",
                    "</",
                    "/>",
                    "=",
                    '"',
                    "'",
                    " ",
                    "onclick=",
                    "x",
                    "1",
                    "<style",
                    "<sty",
                    "le>",
                    "<?",
                    "<!",
                ),
            ]
        ),
        st.text(st.characters(exclude_characters="&"), max_size=6),
    ),
    max_size=25,
).map("".join)


@settings(max_examples=500)
@given(markup)
def test_nothing_is_left_of_markup_that_a_browser_would_obey(text):
    for shown in (html_text(text), safe_text(text)):
        assert not ACTING.search(shown)


@given(st.text(max_size=200))
def test_what_was_escaped_is_read_back(text):
    assert join_space(html_text(escape(text.replace("&#", "")))) == join_space(text.replace("&#", ""))


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Sm"]), min_size=1, max_size=12)


def is_mojibake(text):
    """Whether feedparser takes it for UTF-8 that somebody encoded twice, and repairs it."""
    try:
        return text.encode("latin-1").decode() != text
    except UnicodeError:
        return False


def is_fit(text):
    return any(c.isalnum() for c in text) and not is_mojibake(text)


texts = st.lists(words, min_size=1, max_size=8).map(" ".join).filter(is_fit)
entries = st.lists(st.tuples(texts, texts), max_size=6)


@given(entries, st.sampled_from(["utf-8", "utf-16"]))
def test_a_well_made_atom_feed_is_read_back_exactly(wanted, codec):
    # plain text by the book: it is written with its `<` escaped once, and is no HTML
    wanted = [tuple(re.sub(r"[<>]", "≶", text) for text in pair) for pair in wanted]
    inner = "".join(
        f"<entry><title>{escape(title)}</title><summary>{escape(text)}</summary></entry>"
        for title, text in wanted
    )
    feed = f'<?xml version="1.0" encoding="{codec}"?><feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'
    listing = read(feed.encode(codec), name="feed", latest=SAVED)

    assert [(r.raw_title, r.raw_abstract) for r in listing.records] == [
        (join_space(title), join_space(text)) for title, text in wanted
    ]
    assert listing.health is (Health.OK if wanted else Health.QUIET)


@given(entries)
def test_a_well_made_json_feed_is_read_back_exactly(wanted):
    wanted = [tuple(re.sub(r"[<>]", "≶", text) for text in pair) for pair in wanted]
    items = [{"id": str(i), "title": title, "content_text": text} for i, (title, text) in enumerate(wanted)]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items})
    listing = read(feed.encode(), name="feed", latest=SAVED)

    assert [(r.raw_title, r.raw_abstract) for r in listing.records] == [
        (join_space(title), join_space(text)) for title, text in wanted
    ]


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "<rss>",
                    "<channel>",
                    "<item>",
                    "</item>",
                    "<title>",
                    "</title>",
                    "<description>",
                    "</description>",
                ),
                *(
                    "<feed xmlns='http://www.w3.org/2005/Atom'>",
                    "<entry>",
                    "</entry>",
                    "<![CDATA[",
                    "]]>",
                    "&lt;b&gt;",
                ),
                *(
                    "<pubDate>",
                    "</pubDate>",
                    "2026-01-01",
                    "<link>http://x/</link>",
                    "&#xD800;",
                    "&#0;",
                    "&x;",
                    "<!--",
                ),
                *(
                    "<?xml version='1.0' encoding='idna'?>",
                    "<?xml version='1.0' encoding='utf-7'?>",
                    "\xff",
                    "\0",
                ),
                *(
                    "<dc:creator>",
                    "<content type='xhtml'>",
                    "<content mode='base64'>",
                    "a@b.c",
                    "<guid>",
                    "</guid>",
                ),
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=25,
).map("".join)


@settings(max_examples=300)
@given(pieces, st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_pieces_of_feeds_in_any_order_give_a_listing(text, codec):
    data = ("<rss>" + text).encode(codec, "replace")
    listing = read(data, name="feed", latest=SAVED)

    assert listing.records or listing.problems or listing.health is Health.QUIET
    assert all(r.paper.title and r.number for r in listing.records)
    severities = {p.severity for p in listing.problems}
    assert (listing.health is Health.BROKEN) == (Severity.FATAL in severities)


@given(st.text(max_size=300))
def test_any_text_after_the_beginning_of_a_json_feed_gives_a_listing(text):
    start = '{"version": "https://jsonfeed.org/version/1", "items": [{"title": "a"}, '
    listing = read((start + text).encode("utf-8", "replace"), name="feed", latest=SAVED)

    assert [r.raw_title for r in listing.records][:1] == ["a"]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06"]),
)
def test_any_bytes_can_be_given_to_be_unpacked(data, magic):
    found = unpack(magic + data, name="a", max_bytes=10_000)

    assert found
    assert sum(len(one.data) for one in found if isinstance(one, Member)) <= max(10_000, len(data))


@given(st.binary(min_size=20, max_size=400), st.data())
def test_a_damaged_archive_never_raises_and_never_invents(content, data):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    packed = bytearray(data.draw(st.sampled_from([target.getvalue(), gzip.compress(content)])))
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(3, len(packed) - 1))] ^= data.draw(st.integers(1, 255))

    assert unpack(bytes(packed), name="z", max_bytes=100_000)
