import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from lxml import html as lxml_html

from digest.model import Counts, Evidence, Field, Health, Interest, Quiet, SectionKind, SourceNote, WhenEmpty
from digest.render import RenderSettings, Unsubscribe, mail
from tests.builders import NOON, issue, known, match, subscriber
from tests.unit.render.samples import HOSTILE, contrast, visible


@pytest.fixture
def press(templates, settings, ways_out):
    return lambda value: mail(templates, value, settings, ways_out)[1]


def test_an_issue_that_fits_is_shown_as_it_is(templates, settings, ways_out):
    value = issue(picks=[match()], also_new=[match(known(2, "Another"))])
    assert mail(templates, value, settings, ways_out)[0] is value


def test_the_subject_says_how_many_for_whom_and_when(press):
    assert press(issue(picks=[match()])).subject == "1 for you · A Study of Fast Diffusion · Fri 20 Nov"


def test_the_subject_takes_a_shorter_title_that_is_nearly_as_strong(press):
    long = match(known(1, "An Exceedingly Long Title About Diffusion " * 4), score=90.0)
    assert (
        "· Short and Strong ·"
        in press(issue(picks=[long, match(known(2, "Short and Strong"), score=85.0)])).subject
    )
    assert (
        "· An Exceedingly Long"
        in press(issue(picks=[long, match(known(2, "Short and Weak"), score=40.0)])).subject
    )


@pytest.mark.parametrize("title", HOSTILE)
def test_a_subject_is_one_line_of_at_most_78_characters(press, title):
    subject = press(issue(picks=[match(known(1, title))])).subject
    assert len(subject) <= 78
    assert subject.isprintable()
    assert subject.startswith("1 for you · ")
    assert subject.endswith(" · Fri 20 Nov")


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(press, title):
    card = match(
        known(
            1,
            title,
            title,
            authors=(title,),
            organization=title,
            url="javascript:alert(1)",
            code_url="https://x\r\ny",
        ),
        interest=title[:200],
        words=(title,),
        spans=((0, 9),),
    )
    value = issue(
        picks=[card],
        trending=[match(known(2, title))],
        also_new=[match(known(3, title))],
        reader=subscriber(interests=(title,)),
        notes=(SourceNote(source=title, health=Health.BROKEN, what=title),),
    )
    parts = press(value)
    tree = lxml_html.document_fromstring(parts.html)
    for tag in ("script", "img", "iframe", "form", "mj-include", "object", "svg"):
        assert not tree.xpath(f"//{tag}")
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    assert {url.split(":")[0] for url in tree.xpath("//@href")} <= {"https", "http", "mailto"}
    assert "49" not in visible(parts.html)
    for text in (parts.text, parts.html):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)


def test_both_parts_hold_the_same_papers(press, real_papers):
    picks = [match(p) for p in real_papers[:12]]
    trending = [match(p) for p in real_papers[12:15]]
    parts = press(issue(picks=picks, trending=trending, also_new=[match(p) for p in real_papers[15:55]]))
    seen = visible(parts.html)
    for paper in real_papers[:55]:
        assert paper.paper.title in parts.text
        assert paper.paper.title in seen
    assert "https://papers.reader.example/u/token" in parts.text
    assert "mailto:leave@reader.example" in parts.text
    assert len(parts.html.encode()) < 60_000


def test_matched_words_are_marked_in_title_and_abstract(press):
    spans = {Field.TITLE: (16, 25), Field.ABSTRACT: (14, 23)}
    evidence = tuple(
        Evidence(
            interest=Interest(text="diffusion"), field=field, words=("diffusion",), points=5.0, spans=(span,)
        )
        for field, span in spans.items()
    )
    html = press(issue(picks=[replace(match(), evidence=evidence)])).html
    tree = lxml_html.document_fromstring(html)
    assert [b.text for b in tree.xpath("//h3//b")] == ["Diffusion"]
    assert [b.text for b in tree.xpath("//p//b")] == ["diffusion"]
    assert "diffusion — in the title and abstract" in visible(html)


def test_marks_escape_the_text_around_and_inside_them(press):
    html = press(issue(picks=[match(known(1, "<i> & <b>"), spans=((4, 9),))])).html
    heading = lxml_html.document_fromstring(html).xpath("//h3")[0]
    assert heading.text_content().startswith("<i> & <b>")
    assert not heading.xpath(".//i")


def test_only_papers_of_this_run_are_marked_new(press):
    old = known(2, "Old", first_seen=NOON - timedelta(hours=1))
    parts = press(issue(picks=[match(known(1, "Fresh")), match(old)]))
    assert "Fresh  [new]" in parts.text
    assert "Old  [new]" not in parts.text
    assert visible(parts.html).count("\u00a0new") + visible(parts.html).count(" new ") == 1


def test_trending_says_why_and_also_new_says_how_many_are_left(press):
    parts = press(
        issue(
            picks=[match()],
            trending=[match(known(2, "Liked", upvotes=120))],
            also_new=[match(known(3, "Rest"))],
            counts=Counts(listed=221, sent_before=0, shown=3, below=218, cut=0),
        )
    )
    for text in (parts.text, visible(parts.html)):
        assert "120 upvotes" in text
        assert "… and 218 more" in text
        assert "221 listed: 3 shown, 218 below your line" in text


def test_quiet_days_open_the_issue(press):
    quiet = Quiet(days=(date(2026, 11, 17), date(2026, 11, 18)), listed=61)
    parts = press(issue(picks=[match()], quiet=quiet))
    for text in (parts.text, visible(parts.html)):
        assert "Quiet Tue, Wed: 61 listed, none above your line" in text


def test_an_issue_without_picks_is_one_honest_line(press):
    reader = subscriber(when_empty=WhenEmpty.SAY)
    counts = Counts(listed=61, sent_before=0, shown=0, below=61, cut=0)
    parts = press(issue(reader=reader, counts=counts))
    assert parts.subject == "Nothing above your line · Fri 20 Nov"
    for text in (parts.text, visible(parts.html)):
        assert text.count("Nothing above your line today: 61 listed, none close to what you read.") == 1
    assert "<h2" not in parts.html
    assert "<h3" not in parts.html


def test_notes_on_sources_are_shown(press):
    note = SourceNote(source="arXiv cs.CV", health=Health.STALE, what="nothing since Tuesday")
    parts = press(issue(picks=[match()], notes=(note,)))
    for text in (parts.text, visible(parts.html)):
        assert "arXiv cs.CV shows nothing new: nothing since Tuesday" in text


def test_without_a_site_and_without_a_way_out_no_link_is_invented(templates):
    _, parts = mail(templates, issue(picks=[match()]), RenderSettings(), Unsubscribe())
    tree = lxml_html.document_fromstring(parts.html)
    assert {a.text for a in tree.xpath("//a")} <= {"find", None, "A Study of Fast "}
    assert "nsubscribe" not in parts.text


def test_assistive_programs_find_their_way(press, real_papers):
    html = press(
        issue(picks=[match(p) for p in real_papers[:3]], also_new=[match(p) for p in real_papers[3:9]])
    ).html
    tree = lxml_html.document_fromstring(html)
    root = tree.getroottree().getroot()
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
    assert tree.xpath("//body//div[@lang='en' and @dir='ltr']")
    assert tree.xpath("//title")[0].text == "digest · Friday 20 November 2026"
    assert all(table.get("role") == "presentation" for table in tree.xpath("//table"))
    levels = [int(h.tag[1]) for h in tree.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(a.text_content().strip() for a in tree.xpath("//a"))


def test_a_language_written_from_right_to_left_turns_the_page(templates, ways_out):
    _, parts = mail(templates, issue(picks=[match()]), RenderSettings(language="he-IL"), ways_out)
    root = lxml_html.document_fromstring(parts.html).getroottree().getroot()
    assert (root.get("lang"), root.get("dir")) == ("he-IL", "rtl")


def test_nothing_is_loaded_from_elsewhere(press, real_papers):
    html = press(issue(picks=[match(p) for p in real_papers[:3]])).html
    assert not re.search(r"\bsrc=|url\(|@import|<link|<base", html)


def test_every_colour_of_text_stands_out_in_light_and_dark(press, real_papers):
    html = press(
        issue(
            picks=[match(p) for p in real_papers[:3]],
            trending=[match(real_papers[4])],
            also_new=[match(real_papers[5])],
        )
    ).html
    dark_block = re.search(r"prefers-color-scheme: dark\)(.*?)</style>", html, re.DOTALL).group(1)
    paper = re.search(r"<body[^>]*background-color:(#[0-9a-f]{6})", html).group(1)
    night = re.search(r"background: (#[0-9a-f]{6})", dark_block).group(1)
    light = set(re.findall(r"(?<![-\w])color:(#[0-9a-f]{6})", html.split("<h1")[1]))
    dark = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", dark_block))
    assert len(light) >= 3
    assert len(dark) >= 3
    for colour in light:
        assert contrast(colour, paper) >= 4.5, colour
    for colour in dark:
        assert contrast(colour, night) >= 4.5, colour


def test_the_same_issue_gives_the_same_mail(press, real_papers):
    value = issue(picks=[match(p) for p in real_papers[:12]])
    assert press(value) == press(value)


def test_a_heading_is_there_even_for_a_pick_without_an_interest(press):
    value = issue(picks=[match()])
    section = replace(value.sections[0], heading="\u202e", kind=SectionKind.FOR_YOU)
    assert "FOR YOU" in press(replace(value, sections=(section,))).text
