"""`{% once %}`: filled and encoded once for all that look alike, and the same bytes as filled each time."""

import re

import pytest

from digest.errors import RenderError
from digest.render import Templates, encode, mail
from digest.render.cards import Cards, Foot, Shown
from digest.render.excerpt import read_abstract
from digest.render.fit import ROOMS
from digest.render.links import Link
from digest.render.quoted import Fragment
from digest.render.recent import Recent
from tests.builders import issue, known, match, subscriber


@pytest.fixture
def fill(tmp_path):
    """Fills a text template with `v`, as text and encoded."""

    def fill(source, v, name="one.txt.j2", **options):
        (tmp_path / name).write_text(source, encoding="utf-8")
        templates = Templates(tmp_path, **options)
        text = templates.fill(name, v=v)
        assert templates.written(name, v=v).text == text
        return text

    return fill


def foot(*labels):
    return Foot(tuple(Link(label, f"https://{label}.example") for label in labels))


# ── what it comes to ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% once v %}x{% endonce %}", "x\n"),
        ("a{% once v %}x{% endonce %}b", "a\nx\nb"),
        ("a\n{% once v %}\nx\n{% endonce %}\nb\n", "a\nx\nb\n"),
        ("{% once v %}{% endonce %}", ""),
        ("a{% once v %}{% endonce %}b", "a\nb"),
        ("{% once v %}\nx\n\n\n\ny\n{% endonce %}", "x\n\n\n\ny\n"),
        ("{% for l in v.links %}{% once v %}x{% endonce %}{% endfor %}", "x\nx\n"),
        (
            "{% once v %}a{% once links = v.links %}{{ links[0].label }}{% endonce %}b{% endonce %}c",
            "a\none\nb\nc",
        ),
        ("{% once w = v %}{{ w.links | length }}{% endonce %}", "2\n"),
        ("{% once v %}{% for l in v.links %}{{ loop.index }}{% endfor %}{% endonce %}", "12\n"),
        ("{% once v %}{{ 'ü' * 40 }} = {% endonce %}.", "ü" * 40 + " = \n."),
        ("{% set x = 'gone' %}{% once v %}{% set x = 1 %}{{ x }}{% endonce %}{{ x }}", "1\ngone"),
        (
            "{% macro m(w) %}{% once w %}[{{ w.links | length }}]{% endonce %}{% endmacro %}<{{ m(v) }}>",
            "<[2]\n>",
        ),
    ],
)
def test_a_part_stands_on_lines_of_its_own(fill, source, text):
    value = foot("one", "two")
    assert fill(source, value) == text
    assert fill(source, value) == text  # from what was kept
    assert fill(source, value, keep=False) == text


def test_html_is_escaped_inside_and_not_twice(fill):
    source = "{% once v %}{{ v.links[0].label }}{% endonce %}{{ v.links[0].label }}"
    assert fill(source, foot("<b>"), name="one.html.j2") == "&lt;b&gt;\n&lt;b&gt;"


def test_the_same_object_is_filled_once_and_another_again(tmp_path):
    (tmp_path / "one.txt.j2").write_text("{% once v %}{{ v.links | length }}{% endonce %}")
    templates = Templates(tmp_path)
    one, other = foot("a"), foot("a")
    templates.written("one.txt.j2", v=one)
    assert len(one.made) == 1
    one.links = ()
    assert templates.fill("one.txt.j2", v=one) == "1\n"  # kept, whatever became of it
    assert templates.fill("one.txt.j2", v=other) == "1\n"
    other.links = ()
    assert Templates(tmp_path, keep=False).fill("one.txt.j2", v=other) == "0\n"


def test_two_templates_keep_apart_what_they_make_of_one_value(tmp_path):
    value = foot("a")
    for name, text in (("one.txt.j2", "one"), ("two.txt.j2", "two")):
        (tmp_path / name).write_text(f"{{% once v %}}{text}{{% endonce %}}")
    templates = Templates(tmp_path)
    assert [templates.fill(f"{n}.txt.j2", v=value) for n in ("one", "two", "one")] == [
        "one\n",
        "two\n",
        "one\n",
    ]
    assert Templates(tmp_path).fill("two.txt.j2", v=value) == "two\n"


@pytest.mark.parametrize("value", ["text", 7, None, ["a", "list"], {"a": 1}, Link("a", "https://a.example")])
def test_other_values_are_filled_each_time(fill, value):
    assert fill("{% once v %}{{ v }}{% endonce %}", value) == f"{value}\n"


# ── what may stand inside ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("\n{% once v %}{{ w }}{% endonce %}", 2, "inside {% once v %} only v can be used, not w"),
        (
            "{% for a in v.links %}\n{% once a %}{{ v.x }}{{ loop.index }}{% endonce %}{% endfor %}",
            2,
            "not loop, v",
        ),
        ("{% once a = v.links %}{{ v }}{% endonce %}", 1, "only a can be used, not v"),
        ("\n\n{% once v %}", 3, "endonce"),
        ("{% once %}{% endonce %}", 1, ""),
        ("{% once v.links %}{% endonce %}", 1, ""),
        ("{% once 3 %}{% endonce %}", 1, ""),
        ("\n{% once v %}\n{{ 1 / 0 }}{% endonce %}", 3, "division by zero"),
        ("{% once v %}\n\n{{ v.nothing_there }}{% endonce %}", 3, "nothing_there"),
        ("{% once v %}{{ v.__class__ }}{% endonce %}", 1, ""),
    ],
)
def test_a_broken_part_is_named_with_its_line(tmp_path, source, line, words):
    file = tmp_path / "one.txt.j2"
    file.write_text(source)
    for way in ("fill", "written"):
        with pytest.raises(RenderError, match=f"^{re.escape(str(file))}:{line}: .*{re.escape(words)}"):
            getattr(Templates(tmp_path), way)("one.txt.j2", v=foot("a"))


def test_a_part_of_mjml_is_named_with_the_line_of_its_source(tmp_path):
    file = tmp_path / "one.mjml.j2"
    file.write_text(
        "<mjml><mj-body><mj-section><mj-column>\n<mj-raw><!--{% once v %}--></mj-raw>\n"
        "<mj-text>\n{{ v.nothing }}</mj-text>\n<mj-raw><!--{% endonce %}--></mj-raw>\n"
        "</mj-column></mj-section></mj-body></mjml>"
    )
    for way in ("fill_mjml", "written_mjml"):
        with pytest.raises(RenderError, match=f"^{re.escape(str(file))}:4: "):
            getattr(Templates(tmp_path), way)("one.mjml.j2", v=foot("a"))


# ── mails ─────────────────────────────────────────────────────────────────────────────────────

#: as operators wrote it before there was the tag
FLAT = """{% for group in v.groups %}{% for card in group.cards %}
{{ card.title }}|{{ card.byline }}|{{ card.plain }}|{{ card.why }}|{{ card.is_new }}|{{ card.link.url }}
{% for link in card.links %}{{ link.label }} {% endfor %}
{% for text, marked in card.marked %}{{ "*" if marked }}{{ text }}{% endfor %}
{% for text, marked in card.excerpt %}{{ "*" if marked }}{{ text }}{% endfor %}
{% endfor %}{% endfor %}
"""


def test_a_template_without_the_tag_sees_all_of_a_card(tmp_path, settings, ways_out):
    (tmp_path / "email" / "digest").mkdir(parents=True)
    (tmp_path / "email" / "digest" / "body.txt.j2").write_text(FLAT)
    paper = known(1, authors=("Ada Lovelace",), url="https://papers.example/1")
    _, parts = mail(Templates(tmp_path), issue(picks=[match(paper)]), settings, ways_out)
    assert parts.text == (
        "A Study of Fast Diffusion|Ada Lovelace|We study fast diffusion. It works well.|"
        "diffusion — in the title|True|https://papers.example/1\n"
        "paper A Study of Fast *DiffusionWe study fast diffusion. It works well.\n"
    )


def test_readers_to_whom_a_card_looks_the_same_share_it_and_others_do_not(settings):
    cards, paper = Cards(), known(1)
    one, same = (cards.card(match(paper), False, settings, ROOMS[0]) for _ in range(2))
    assert one.look is same.look
    assert one.head is same.head
    other = cards.card(
        match(paper, interest="fast", words=("Fast",), spans=((11, 15),)), False, settings, ROOMS[0]
    )
    assert other.look is not one.look
    assert other.foot is one.foot
    assert other.body is one.body
    new = cards.card(match(paper), True, settings, ROOMS[0])
    short = cards.card(match(paper), False, settings, ROOMS[2])
    twin = cards.card(match(known(1)), False, settings, ROOMS[0])
    assert len({id(c.look) for c in (one, new, short, twin)}) == 4
    assert short.head is one.head
    assert new.head is not one.head


def test_points_and_weights_alone_make_no_other_look(settings):
    cards, paper = Cards(), known(1)
    looks = {
        id(cards.card(match(paper, score=score), False, settings, ROOMS[0]).look) for score in (50.0, 80.0)
    }
    assert len(looks) == 1


def test_readers_with_the_very_same_match_share_the_card(settings):
    cards, one = Cards(), match()
    card = cards.card(one, False, settings, ROOMS[0])
    assert cards.card(one, False, settings, ROOMS[0]) is card
    for is_new, room in ((True, ROOMS[0]), (False, ROOMS[1])):
        other = cards.card(one, is_new, settings, room)
        assert other.look is not card.look
        assert other.head.is_new is is_new
    # the latest alone is at hand; any other is made again, from what is kept of it
    again = cards.card(one, False, settings, ROOMS[0])
    assert again is not card
    assert again.look is card.look
    assert cards.card(one, False, type(settings)(), ROOMS[0]).look is not card.look


def test_a_card_whose_look_is_gone_is_made_again(settings):
    cards, one = Cards(3_000), match()
    card = cards.card(one, False, settings, ROOMS[0])
    for number in range(2, 9):
        cards.card(match(known(number)), False, settings, ROOMS[0])
    assert not card.look.kept
    again = cards.card(one, False, settings, ROOMS[0])
    assert again.look is not card.look
    assert again.look.kept


def test_of_what_is_not_kept_nothing_that_takes_much_stays(settings):
    cards, one = Cards(3_000), match()
    look = cards.card(one, False, settings, ROOMS[0]).look
    look.made[1] = Fragment((b"x" * 2_000,), 2_000, 2_000)
    cards.grew(look, 2_000)
    cards.card(match(known(2)), False, settings, ROOMS[0])
    assert (look.kept, look.made) == (False, {})


def test_what_a_shared_card_needs_is_kept_before_what_nobody_asks_for(settings):
    cards, one = Cards(5_000), match()
    card = cards.card(one, False, settings, ROOMS[0])
    for number in range(2, 20):
        assert cards.card(one, False, settings, ROOMS[0]) is card
        cards.card(match(known(number)), False, settings, ROOMS[0])


def test_an_abstract_is_read_only_where_it_is_shown(settings):
    read_abstract.cache_clear()
    body = Cards().card(match(), False, settings, ROOMS[0]).body
    assert read_abstract.cache_info().misses == 0
    assert body.plain == "".join(piece.text for piece in body.excerpt)
    assert body.plain
    assert read_abstract.cache_info().misses == 1


def test_what_a_card_has_not_is_not_there(settings):
    card = Cards().card(match(), False, settings, ROOMS[0])
    with pytest.raises(AttributeError):
        _ = card.nothing
    assert card.title == card.head.title


def test_other_settings_or_very_many_papers_begin_anew(settings, monkeypatch):
    monkeypatch.setattr("digest.render.cards._MOST_PAPERS", 3)
    cards = Cards()
    papers = [known(n, f"Paper {n}") for n in range(10)]
    lines = [cards.line(paper, False, settings) for paper in papers]
    assert [line.title for line in lines] == [f"Paper {n}" for n in range(10)]
    assert cards.line(papers[9], False, settings) is lines[9]
    assert cards.line(papers[0], False, settings) is not lines[0]
    assert cards.line(papers[9], False, type(settings)()) is not lines[9]


def test_what_is_kept_is_bounded(settings, ways_out, real_papers, envelope):
    templates = Templates()
    templates.cards._most = 60_000
    templates.cards._forget()
    plain = Templates(keep=False)
    for number in range(8):
        picks = [match(p) for p in real_papers[number * 5 : number * 5 + 30]]
        value = issue(picks=picks, also_new=[match(p) for p in real_papers], reader=subscriber(id=number + 1))
        from_kept, anew = (
            encode(mail(t, value, settings, ways_out)[1], envelope) for t in (templates, plain)
        )
        assert from_kept == anew
        kept = templates.cards._kept
        assert sum(each.size for each in kept._values.values()) == kept.held < 60_000


def test_recent_values_stay_and_old_ones_go():
    recent = Recent(20_000)
    values = [Shown() for _ in range(30)]
    for number, value in enumerate(values):
        recent.put(number, value)
        assert recent.get(0) is values[0]  # asked for again and again
    assert recent.get(29) is values[29]
    assert recent.get(1) is None
    assert (len(recent), recent.held) == (20, 20_000)
    recent.grow(values[1], 500)  # gone: it counts no more
    assert (values[1].size, recent.held) == (1_500, 20_000)
    recent.grow(values[29], 5_500)
    assert (len(recent), recent.held) == (14, 19_500)
    recent.grow(values[29], 50_000)
    assert recent.get(29) is values[29]  # the newest stays, whatever it takes
    assert len(recent) == 1
    recent.put(99, values[0])
    assert (len(recent), recent.held) == (1, 1_000)


def test_what_was_asked_for_since_stays_and_the_newest_does_too():
    recent = Recent(3_000)
    values = [Shown() for _ in range(4)]
    for number, value in enumerate(values[:3]):
        recent.put(number, value)
    for value in values[:3]:
        value.asked = True
    recent.put(3, values[3])
    assert [value.kept for value in values] == [False, True, True, True]  # all were: the oldest goes
    values[1].asked = True
    recent.put(4, Shown())
    assert [value.kept for value in values] == [False, True, False, True]
    values[1].asked = values[3].asked = True
    recent.put(5, newest := Shown())
    recent.grow(newest, 50_000)
    assert (newest.kept, len(recent), recent.held) == (True, 1, 51_000)
