import re
from datetime import date

import pytest
from lxml import html as lxml_html

from digest.model import Health, SourceNote
from digest.render import PageRow, PageView, page, page_name
from tests.builders import known
from tests.unit.render.samples import HOSTILE, contrast

DAY = date(2026, 11, 20)


def rows(papers, new=()):
    return tuple(PageRow(paper=p, is_new=p.id in new, position=n) for n, p in enumerate(papers, 1))


@pytest.fixture
def read(templates, settings):
    return lambda **facts: lxml_html.document_fromstring(
        page(templates, PageView(**({"day": DAY, "rows": rows([known()])} | facts)), settings).decode()
    )


def test_the_whole_listing_is_there_in_order_with_its_marks(read, real_papers):
    tree = read(rows=rows(real_papers, new={real_papers[1].id}))
    titles = [h.xpath("./a")[0].text for h in tree.xpath("//h3")]
    assert titles == [p.paper.title for p in real_papers]
    assert len(tree.xpath("//h3/span[@class='new']")) == 1
    assert f"{len(real_papers)} papers listed, 1 new" in tree.text_content()


def test_a_summary_is_shown_where_there_is_no_abstract(read):
    tree = read(rows=rows([known(abstract="", summary="Boats that know the way.")]))
    assert "Boats that know the way." in tree.text_content()


def test_neighbouring_days_are_linked(read):
    tree = read(previous=date(2026, 11, 19), next=date(2026, 11, 23))
    assert tree.xpath("//a[@rel='prev']/@href") == ["days/2026-11-19.html"]
    assert tree.xpath("//a[@rel='next']/@href") == ["days/2026-11-23.html"]
    assert not read().xpath("//nav")


def test_a_page_in_a_folder_finds_its_way_out(read):
    tree = read(root="../", previous=date(2026, 11, 19), next=date(2026, 11, 23), next_is_newest=True)
    assert tree.xpath("//a[@rel='prev']/@href") == ["../days/2026-11-19.html"]
    assert tree.xpath("//a[@rel='next']/@href") == ["../index.html"]
    feeds = {"../feeds/rss.xml", "../feeds/atom.xml", "../feeds/feed.json"}
    assert set(tree.xpath("//footer//a/@href")) == set(tree.xpath("//link[@rel='alternate']/@href")) == feeds


def test_trending_label_and_notes_are_shown(read):
    note = SourceNote(source="arXiv", health=Health.QUIET, what="nothing today")
    text = read(trending=(known(5, "Liked", listings=3),), label="Nov 20", notes=(note,)).text_content()
    assert "in 3 listings" in text
    assert "printed as Nov 20" in text
    assert "arXiv has nothing new: nothing today." in text


def test_a_day_without_papers_says_so(read):
    assert "Nothing was listed." in read(rows=()).text_content()


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_text_is_inert(read, title):
    paper = known(1, title, title, authors=(title,), url="javascript:alert(1)", code_url="data:,x")
    tree = read(rows=rows([paper]), trending=(paper,), label=title)
    assert not tree.xpath("//script | //img | //iframe | //body//*[@onerror]")
    assert all(url.startswith(("https://", "feeds/")) for url in tree.xpath("//body//@href"))


def test_there_is_no_script_and_nothing_from_elsewhere(templates, settings):
    data = page(templates, PageView(day=DAY, rows=rows([known()])), settings).decode()
    assert "<script" not in data
    assert not re.search(r"\bsrc=|url\(|@import", data)
    assert "default-src 'none'" in data


def test_every_colour_of_text_stands_out_in_light_and_dark(templates, settings):
    data = page(templates, PageView(day=DAY, rows=()), settings).decode()
    blocks = re.findall(r":root \{[^}]*--paper[^}]*\}", data)
    assert len(blocks) == 2
    for block in blocks:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for name in colours.keys() & {"ink", "text", "soft", "accent"}:
            assert contrast(colours[name], colours["paper"]) >= 4.5, name


def test_a_page_is_the_same_bytes_each_time_and_has_a_name(templates, settings):
    view = PageView(day=DAY, rows=rows([known()]))
    assert page(templates, view, settings) == page(templates, view, settings)
    assert page_name(DAY) == "days/2026-11-20.html"
