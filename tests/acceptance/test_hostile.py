"""Titles that try to act: they stay words in mails, headers, feeds, pages and in the terminal."""

import email
import email.policy
import hashlib
import json
import re
from collections import Counter
from contextlib import contextmanager

import feedparser
import pytest
from lxml import html

from digest.app import App
from digest.model import Health, Listing, Paper, Record

HEADER = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nMar 12\n\n"
ABSTRACT = (
    "We study diffusion models of kind {n} and how they learn. {attack} Our diffusion models need half the"
    " steps of others on four data sets, and they keep their quality. The code will be published with the"
    " paper, together with the weights of all diffusion models that we trained for it."
)
ATTACKS = {
    "script": "<script>alert(1)</script>",
    "event": "<img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)',
    "jinja": "{{ 7*7 }} {% for x in y %}",
    "mjml": "</mj-text></mj-column></mj-section><mj-raw>",
    "direction": "\u202egnp.exe\u202c \u2066isolated\u2069 \u200f",
    "separator": "before\u2028after\u2029end",
    "terminal": "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x9b2J",
    "comment": "<!-- --> ]]> <![CDATA[ &lt;b&gt; &#x3c;i&#x3e;",
    "markdown": "[bold]not[/bold] [x](javascript:alert(1))",
}
LONG = "Diffusion Models " + "of Everything and More " * 434 + "ends."
#: what no reader's screen should get: controls, escapes, direction marks, line separators
ACTS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
READER = ("subscribers", "add", "vision@reader.example", "--format", "both", "--limit", "20")


def dump(attacks):
    """A page of papers, each with one attack in title and abstract."""
    pairs = [
        f"Diffusion Models {attack} of Kind {n}\n\n{ABSTRACT.format(n=n, attack=attack)}\n"
        for n, attack in enumerate(attacks)
    ]
    return HEADER + "\n".join([*pairs, f"{LONG}\n\n{ABSTRACT.format(n='long', attack='')}\n"])


class Products:
    """Everything that came out of one run, parsed."""

    def __init__(self, workspace):
        self.workspace = workspace
        (path,) = workspace.mails
        self.raw = path.read_bytes()
        self.mail = email.message_from_bytes(self.raw, policy=email.policy.default)
        self.text = self.mail.get_body(("plain",)).get_content()
        self.html = self.mail.get_body(("html",)).get_content()
        out = workspace.folder / "out"
        self.pages = [p.read_text(encoding="utf-8") for p in (out / "index.html", *out.glob("days/*.html"))]
        self.feeds = {p: p.read_bytes() for p in out.glob("feeds/**/*.*")}

    def contents(self):
        """The HTML of every entry of every feed."""
        for path, data in self.feeds.items():
            if path.suffix == ".json":
                yield from ((i["title"], i["content_html"]) for i in json.loads(data)["items"])
            else:
                for e in feedparser.parse(data).entries:
                    yield e.title, e.content[0].value if "content" in e else e.summary


@pytest.fixture(scope="module")
def hostile(workspace_in, tmp_path_factory, at):
    """What comes of a page of attacks."""
    return Products(ran(workspace_in(tmp_path_factory.mktemp("hostile") / "work"), ATTACKS.values(), at(0)))


@pytest.fixture(scope="module")
def harmless(workspace_in, tmp_path_factory, at):
    """The same page with a harmless word in the place of each attack."""
    tame = [f"plain{n}" for n in range(len(ATTACKS))]
    return Products(ran(workspace_in(tmp_path_factory.mktemp("harmless") / "work"), tame, at(0)))


def ran(workspace, attacks, now):
    workspace(*READER, "--interest", "diffusion models", now=now)
    workspace.put(dump(attacks), name="page.txt")
    assert workspace("run", now=now).stderr == ""
    return workspace


def elements(page):
    return Counter(e.tag for e in html.document_fromstring(page).iter() if isinstance(e.tag, str))


def assert_inert(page):
    """No element that acts, no attribute that listens, no link that is not a plain one."""
    for element in html.document_fromstring(page).iter():
        assert element.tag not in {"script", "iframe", "object", "embed", "form", "img", "base", "svg"}
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name)
            if name in {"href", "src"}:
                assert not re.match(r"\s*(javascript|vbscript|file)", value, re.IGNORECASE)


def test_every_attack_was_really_read_and_sent(hostile):
    papers = hostile.workspace.json("papers")
    raw = "\n".join(p["raw_title"] for p in papers)
    assert len(papers) == len(ATTACKS) + 1
    for attack in ATTACKS.values():
        assert " ".join(attack.split()) in raw
    assert max(len(p["raw_title"]) for p in papers) >= 10_000
    (issue,) = hostile.workspace.json("issues")
    assert [p["section"] for p in issue["papers"]] == ["for_you"] * len(papers)


def test_the_mail_has_the_same_elements_as_one_without_attacks(hostile, harmless):
    assert elements(hostile.html) == elements(harmless.html)
    assert_inert(hostile.html)
    words = html.document_fromstring(hostile.html).text_content()
    for shown in (ATTACKS["script"], ATTACKS["jinja"], ATTACKS["mjml"]):
        assert shown in words
        assert shown in " ".join(hostile.text.split())
    assert not ACTS.search(words)
    assert not ACTS.search(hostile.text)
    assert len(hostile.html.encode()) < 95_000


def test_the_headers_are_the_same_and_each_is_one_line(hostile, harmless):
    assert [name for name, _ in hostile.mail.items()] == [name for name, _ in harmless.mail.items()]
    assert not hostile.mail.defects
    assert all(not value.defects for _, value in hostile.mail.items())
    assert not any(ACTS.search(str(value)) for _, value in hostile.mail.items())
    assert max(map(len, hostile.raw.split(b"\r\n"))) <= 998
    assert b"\n" not in hostile.raw.replace(b"\r\n", b"")


def test_the_feeds_parse_and_their_entries_hold_no_more_elements(hostile, harmless):
    assert len(hostile.feeds) == 6
    for path, data in hostile.feeds.items():
        if path.suffix == ".xml":
            assert not feedparser.parse(data).bozo, path
        assert not ACTS.search(data.decode())
    found, tame = list(hostile.contents()), list(harmless.contents())
    assert len(found) == len(tame) > 3 * len(ATTACKS)
    for title, content in found:
        assert_inert(content)
        assert not ACTS.search(title)
    assert Counter(str(elements(c)) for _, c in found) == Counter(str(elements(c)) for _, c in tame)


def test_the_pages_have_the_same_elements_as_ones_without_attacks(hostile, harmless):
    assert len(hostile.pages) == len(harmless.pages) == 2
    for page, tame in zip(hostile.pages, harmless.pages, strict=True):
        assert elements(page) == elements(tame)
        assert_inert(page)
        assert "{{ 7*7 }}" in html.document_fromstring(page).text_content()
        assert not ACTS.search(page)


def test_the_terminal_sees_words_only(hostile, at):
    here = hostile.workspace
    page = here.inbox / "page.txt"
    for command in (
        ("ingest", page),
        ("ingest", page, "--dry-run", "--json"),
        ("rank", "--interest", "diffusion models", page),
        ("papers",),
        ("papers", "--json"),
        ("issues",),
        ("issues", "vision@reader.example", "--day", "2026-11-16"),
        ("why", "Diffusion Models [31mred"),
        ("why", "Diffusion Models gnp.exe", "--json"),
    ):
        shown = here(*command, now=at(0))
        assert not ACTS.search(shown.stdout + shown.stderr), command
    (here.folder / "an \x1b[31m \u202e dump.txt").write_text("nothing of ours")
    refused = here("ingest", here.folder / "an \x1b[31m \u202e dump.txt", code=4)
    assert not ACTS.search(refused.stdout + refused.stderr)


def test_line_breaks_and_nul_through_the_door_of_the_app_are_inert(workspace, at):
    attack = "Diffusion Models\r\nBcc: all@reader.example\r\n\r\n<b>body</b>\x00 of Doors"
    papers = [
        Paper(
            title=f"{attack} {n}",
            abstract=f"{ABSTRACT.format(n=n, attack=attack)} {attack}",
            authors=("Ada\r\nBcc: all@reader.example", "B\x00ob", "\x1b[31mEve"),
            organization='<img src=x onerror="alert(1)">\r\n',
            url="javascript:alert(1)",
            code_url='https://code.example/"><script>alert(1)</script>',
            keywords=("a\r\nb",),
            summary="a\x00b\r\n.\r\nQUIT",
        )
        for n in range(3)
    ]
    workspace(*READER, "--interest", "diffusion models")
    with opened(workspace, at(0)) as (app, database):
        add(database, papers, at(0))
        report = app.run(database, rehearse=False)
    assert report.problem_lines() == []
    products = Products(workspace)
    assert [name for name, _ in products.mail.items() if name.lower() in {"bcc", "cc", "resent-to"}] == []
    assert products.mail["To"].addresses[0].addr_spec == "vision@reader.example"
    assert len(products.mail["To"].addresses) == 1
    assert "Bcc" in products.text  # it was sent: as words
    assert not ACTS.search(products.text)
    assert b"\x00" not in products.raw
    assert b"\n" not in products.raw.replace(b"\r\n", b"")
    for page in (products.html, *products.pages, *(c for _, c in products.contents())):
        assert_inert(page)
        assert not ACTS.search(page)
    for path, data in products.feeds.items():
        assert path.suffix == ".json" or not feedparser.parse(data).bozo
        assert not ACTS.search(data.decode())
    for command in (
        ("papers",),
        ("papers", "--json"),
        ("why", "title:1:x"),
        ("why", "Diffusion"),
        ("issues",),
    ):
        shown = workspace(*command, now=at(0), code=None)
        assert shown.returncode in (0, 2)
        assert not ACTS.search(shown.stdout + shown.stderr), command


@contextmanager
def opened(workspace, now):
    app = App.open(workspace.config, now=now, environ={})
    with app.writing() as database:
        yield app, database
    app.database.close()


def add(database, papers, now):
    """What a source of richer listings would bring."""
    records = tuple(
        Record(position=n, line=n, raw_title=p.title, raw_abstract=p.abstract, paper=p)
        for n, p in enumerate(papers, 1)
    )
    listing = Listing(
        name="door",
        format="door",
        fingerprint=hashlib.sha256(b"door").hexdigest(),
        reader_version=1,
        day_label="Mar 12\r\nBcc: x",
        day=None,
        records=records,
        problems=(),
        health=Health.OK,
    )
    with database.write() as transaction:
        listing_id = transaction.listings.put(listing, source="door", day=now.date(), read_at=now)
        transaction.papers.add(records, listing_id=listing_id, day=now.date(), seen_at=now)
