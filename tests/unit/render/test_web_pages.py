import base64
import hashlib
import re
from dataclasses import fields

import pytest
from lxml import html as lxml_html

from digest.render import web_pages
from tests.unit.render.samples import HOSTILE, contrast

NAMES = ("question", "goodbye", "unknown", "refused", "later")


@pytest.fixture
def pages(templates):
    return web_pages(templates, title="Example Papers", contact="leave@digest.example")


def tree_of(page):
    return lxml_html.document_fromstring(page.body.decode("utf-8"))


def test_there_is_a_page_for_everything(pages):
    assert tuple(f.name for f in fields(pages)) == NAMES
    texts = {name: tree_of(getattr(pages, name)).findtext(".//h1") for name in NAMES}
    assert texts == {
        "question": "Unsubscribe?",
        "goodbye": "You are unsubscribed",
        "unknown": "This link does not work",
        "refused": "This is not answered here",
        "later": "Not now, please try again",
    }


@pytest.mark.parametrize("name", NAMES)
def test_h03_a_page_can_be_read_by_whoever_does_not_see_it(pages, name):
    tree = tree_of(getattr(pages, name))
    assert (tree.get("lang"), tree.get("dir")) == ("en", "ltr")
    assert tree.findtext(".//title") == f"{tree.findtext('.//h1')} · Example Papers"
    assert len(tree.xpath("//main")) == len(tree.xpath("//h1")) == 1
    assert tree.xpath("//h2 | //h3 | //img | //table") == []
    assert all(control.text_content().strip() for control in tree.xpath("//a | //button"))


@pytest.mark.parametrize("name", NAMES)
def test_h04_and_h05_colours_can_be_told_apart_by_day_and_by_night(pages, name):
    style = tree_of(getattr(pages, name)).findtext(".//style")
    schemes = re.findall(r":root \{ ([^}]*--paper[^}]*) \}|:root \{ (--paper[^}]*) \}", style)
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", "".join(scheme)))
        for ink in ("ink", "text", "soft", "accent"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5, ink
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
        assert contrast(colours["paper"], colours["ink"]) >= 4.5  # the button under a pointer
    assert "prefers-color-scheme: dark" in style
    assert tree_of(pages.question).xpath("//meta[@name='color-scheme']/@content") == ["light dark"]


@pytest.mark.parametrize("name", NAMES)
def test_h09_nothing_is_loaded_and_nothing_can_run(pages, name):
    page = getattr(pages, name)
    tree = tree_of(page)
    assert tree.xpath("//script | //iframe | //object | //*[@style]") == []
    assert {a for a in tree.xpath("//@src | //@href") if not a.startswith("mailto:")} == {"data:,"}
    assert not any(a.startswith("on") for e in tree.iter() for a in e.attrib)
    digest = base64.b64encode(hashlib.sha256(tree.findtext(".//style").encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.policy
    for wall in ("default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert wall in page.policy


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_a_narrow_screen(pages, name):
    tree = tree_of(getattr(pages, name))
    assert tree.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
    style = tree.findtext(".//style")
    assert "overflow-wrap: break-word" in style
    assert re.search(r"[^-]width: \d{3,}px", style) is None


def test_the_only_form_is_the_button_and_it_posts_to_its_own_page(pages):
    (form,) = tree_of(pages.question).forms
    assert (form.method, form.get("action"), form.get("target")) == ("POST", None, None)
    assert form.form_values() == [("from", "page")]
    assert all(not tree_of(getattr(pages, name)).forms for name in NAMES[1:])


def test_the_way_back_is_named_where_there_is_one(templates, pages):
    assert tree_of(pages.goodbye).xpath("//main//a/@href") == ["mailto:leave@digest.example"]
    alone = web_pages(templates, title="Example Papers", contact=None)
    assert tree_of(alone.goodbye).xpath("//main//a") == []
    assert "can take you back" in tree_of(alone.goodbye).text_content()


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_shows_and_never_acts(templates, title):
    pages = web_pages(templates, title=title, contact="a'b@digest.example")
    for name in NAMES:
        tree = tree_of(getattr(pages, name))
        assert tree.xpath("//script | //img | //iframe") == []
        assert len(tree.xpath("//main")) == 1
