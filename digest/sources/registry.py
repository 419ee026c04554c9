"""All wire shapes, in the order in which they are tried.

Add a shape: write its file with a `Shape`, put it here before the shapes that would also match.
"""

from __future__ import annotations

from digest.sources.feeds import feed, json_feed
from digest.sources.json_lists import json_listing
from digest.sources.plain_text import plain
from digest.sources.renderings import bare_urls, browser, markdown, references, titles_lost, trending
from digest.sources.shape import Shape, Wire
from digest.sources.web_pages import saved_html

#: raised whenever the same bytes would be read differently
READER_VERSION = 2

SHAPES: tuple[Shape, ...] = (
    feed.FEED,
    json_feed.JSON_FEED,
    json_listing.SHAPE,
    bare_urls.PAGE,  # this and the next three before HTML, as Markdown may begin with a tag
    trending.PAGE,
    references.PAGE,
    markdown.PAGE,
    saved_html.SHAPE,
    titles_lost.PAGE,
    browser.PAGE,
    plain.PAGE,
    plain.BARE,
)


def detect(wire: Wire) -> Shape | None:
    """The first shape that matches these bytes, or `None` for what nobody wrote a shape for.

    Bytes that are no text, or none in UTF-8 or UTF-16, are shown to the shapes that decode for themselves.
    """
    asked = (shape for shape in SHAPES if shape.reads_bytes or not wire.flaw)
    return next((shape for shape in asked if shape.matches(wire)), None)
