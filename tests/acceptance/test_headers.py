"""The form of every mail: RFC 5322, 2045-2047, 2369, 2919, 3834, 6531 and 8058, read from the wire."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from digest import tokens
from tests.acceptance.mailbox import Mail, Newsroom, decoded_words, liked, other, plain
from tests.unit.deliver.mail_server import running

FIRST = datetime(2026, 11, 16, 7, 5, tzinfo=UTC)
MAIL = {
    "from_address": "digest@digest.example",
    "from_name": "Täglicher Überblick, „neu“",
    "title": "Täglicher Überblick",
    "list_id": "daily.digest.example",
    "unsubscribe_address": "leave@digest.example",
    "base_url": "https://go.digest.example",
    "folder": "mail",
}
READERS = ("vision@reader.example", "speech@reader.example", "leser@bücher.example")
#: what a title may hold and must come out as it went in
SCRIPTS = {
    "CJK": "扩散模型 diffusion models による画像生成の研究",
    "right to left": "نماذج الانتشار diffusion models في توليد الصور",
    "emoji": "Diffusion Models 🧠🚀 for 👩‍🔬 Everybody",
    "combining": "Diffusion Models à la Schro\u0308dinger",
    "LaTeX": r"Diffusion Models in $\mathcal{O}(n^2 \log n)$ \& Beyond = Better",
    "long": "Diffusion Models " + "über alle Maßen lang " * 14,
    "dot": ".",
    "From": "From Here To There: Diffusion Models",
    "encoded": "=?utf-8?q?Diffusion_Models?= are Diffusion Models",
}
#: what a title may hold and must never do
HOSTILE = {
    "line end": "Diffusion Models\r\nBcc: thief@evil.example\r\n\r\n<b>gone</b>",
    "lone LF": "Diffusion Models of LF\nX-Evil: yes",
    "NUL": "Diffusion Models\x00 of NUL\x1b[31m",
    "separators": "Diffusion Models\u2028X-Evil: yes\x85X-Evil: yes",
    "final dot": "Diffusion Models\r\n.\r\nMAIL FROM:<thief@evil.example>",
}
ASKED = ["diffusion models"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running({"plain": {}}, tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="module")
def received(server, dumps, tmp_path_factory):
    """What the server took: a day of a real dump, and two days of titles from everywhere."""
    facts = server.settings()
    room = Newsroom(
        tmp_path_factory.mktemp("room"),
        sources=[{"name": "dumps", "path": "inbox", "settle": "0s"}],
        mail=MAIL | {"smtp": {"host": facts.host, "port": facts.port}},
    )
    for number, address in enumerate(READERS):
        room.join(FIRST - timedelta(hours=1), f"reader {number}", address=address, interests=ASKED, limit=40)
    room.lay(dumps[0])
    room.run(FIRST)
    for day, titles in enumerate((SCRIPTS, HOSTILE), 1):
        room.list_papers(FIRST + timedelta(days=day, hours=-2), *papers_of(titles))
        # after another listing they carry no mark "new": a title stands on a line of its own
        room.list_papers(FIRST + timedelta(days=day, hours=-1), other(day))
        room.run(FIRST + timedelta(days=day))
    for day, title in enumerate((SCRIPTS | HOSTILE).values(), 3):
        # alone, so that it stands in the subject
        room.run(FIRST + timedelta(days=day), liked(day, title=f"{title} once more"))
    return server.received()


def papers_of(titles):
    text = "Diffusion models. We show diffusion models."
    return [liked(n, title=title, abstract=f"{text} {n}") for n, title in enumerate(titles.values())]


@pytest.fixture(scope="module")
def mails(received):
    assert len(received) == 3 * (3 + len(SCRIPTS) + len(HOSTILE))
    return [Mail(r["data"]) for r in received]


# ── the message ────────────────────────────────────────────────────────────────────────────────


def test_every_mail_parses_without_a_defect(mails):
    for mail in mails:
        assert mail.parsed.defects == []
        for part in mail.parsed.walk():
            assert part.defects == []
        for value in mail.parsed.values():
            assert value.defects == ()


@pytest.mark.parametrize("name", ["From", "Date", "Subject", "Message-ID", "To"])
def test_there_is_exactly_one(mails, name):
    assert {len(mail.parsed.get_all(name)) for mail in mails} == {1}
    assert {len(mail.raw_headers(name)) for mail in mails} == {1}


def test_the_date_is_the_moment_of_composing_with_a_numeric_zone(mails):
    dates = sorted({mail["Date"].datetime for mail in mails})
    assert dates == [FIRST + timedelta(days=day) for day in range(len(dates))]
    assert all(
        re.fullmatch(rb"\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d \+0000", m.raw_headers("Date")[0])
        for m in mails
    )


def test_no_line_of_a_body_is_longer_than_78_and_none_of_the_head_than_998(mails):
    for mail in mails:
        assert max(map(len, mail.head.split(b"\r\n"))) <= 998
        assert max(map(len, mail.body.split(b"\r\n"))) <= 78


def test_lines_end_at_cr_lf_only_and_no_control_stands_in_them(mails):
    for mail in mails:
        assert b"\r" not in mail.raw.replace(b"\r\n", b"")
        assert b"\n" not in mail.raw.replace(b"\r\n", b"")
        assert re.search(rb"[^\x20-\x7e\r\n]", mail.raw) is None
        assert mail.raw.endswith(b"\r\n")


def test_a_dot_alone_on_a_line_survives_the_way(mails):
    lone = [mail for mail in mails if "." in mail.text.splitlines()]
    assert len(lone) == len(READERS)
    assert all(">.</a>" in mail.html for mail in lone)


def test_encoded_words_are_short_and_each_decodes_alone(mails):
    found = 0
    for mail in mails:
        for name in ("From", "Subject", "List-Id"):
            for word, decoded in decoded_words(mail.raw_headers(name)[0]):
                ((text, charset),) = decoded
                text.decode(charset)
                found += 1
                assert len(word) <= 75
        assert str(mail["From"]).startswith('"Täglicher Überblick, „neu“"')
    assert found > 2 * len(mails)


def test_both_parts_declare_utf_8_and_an_encoding_with_lines_of_at_most_76(mails):
    for mail in mails:
        for part in mail.parsed.iter_parts():
            assert part.get_content_charset() == "utf-8"
            assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert max(map(len, mail.body.split(b"\r\n"))) <= 76


@pytest.mark.parametrize("script", SCRIPTS)
def test_titles_of_every_script_come_out_as_they_went_in(mails, script):
    title = " ".join(SCRIPTS[script].split())
    wanted = title if len(title) <= 300 else title[:250]
    holders = [mail for mail in mails if any(line.startswith(wanted) for line in mail.text.splitlines())]
    assert len(holders) == 2 * len(READERS)
    for mail in holders:
        shown = re.sub(r"<[^>]*>", "", mail.html)
        for piece in re.split(r"[&<>\"']", wanted):
            assert piece in shown


def test_an_international_domain_is_sent_in_ascii(received, mails):
    (address,) = {r["recipients"][0] for r in received} - set(READERS)
    assert address == "leser@xn--bcher-kva.example"
    assert {m["To"] for m in mails} == {READERS[0], READERS[1], address}


def test_a_name_beyond_ascii_before_the_at_stands_in_its_own_mail_alone(tmp_path):
    room = Newsroom(tmp_path)
    for name, address in (("a", "lëser@bücher.example"), ("b", "b@reader.example")):
        room.join(FIRST - timedelta(hours=1), name, address=address)
    ran = room.run(FIRST, liked(1))
    theirs = "lëser@xn--bcher-kva.example"
    assert ran.sent == [theirs, "b@reader.example"]
    other, mine = sorted((data for _, data in room.frozen(FIRST).values()), key=bytes.isascii)
    assert other.decode().count(theirs) == 1
    assert f"\r\nTo: {theirs}\r\n" in other.decode()
    assert other.replace(theirs.encode(), b"").isascii()
    assert mine.isascii()
    assert room.run(FIRST + timedelta(minutes=1)).sent == []


def test_the_text_comes_first_and_html_last_with_the_same_papers_and_ways_out(mails, dumps):
    known = {plain(line) for line in dumps[0].read_text(encoding="utf-8").splitlines()}
    known = (known | {plain(title) for title in SCRIPTS.values()}) - {""}
    papers = Counter()
    for mail in mails:
        assert mail.parsed.get_content_type() == "multipart/alternative"
        parts = [part.get_content_type() for part in mail.parsed.iter_parts()]
        assert parts == ["text/plain", "text/html"]
        assert mail.text_titles(known) == mail.html_titles(known)
        papers.update(mail.text_titles(known))
        (url,) = re.findall(rb"<(https://[^>]+)>", mail.raw_headers("List-Unsubscribe")[0])
        assert f"Unsubscribe: {url.decode()}\n" in mail.text
        assert f'href="{url.decode()}"' in mail.html
    assert len(papers) > 40


def test_the_message_id_is_each_readers_own_and_shows_no_address(mails):
    ids = [mail["Message-ID"] for mail in mails]
    assert len(set(ids)) == len(ids)
    for mail in mails:
        assert re.fullmatch(r"<[a-z0-9.-]+@digest\.example>", mail["Message-ID"])
        local = mail["To"].addresses[0].username
        assert local not in mail["Message-ID"]
        assert "reader" not in mail["Message-ID"]


def test_the_message_id_is_a_function_of_edition_and_reader(tmp_path):
    room = Newsroom(tmp_path)
    room.join(FIRST - timedelta(hours=1))
    before = room.app(FIRST)
    room.run(FIRST, liked(1))
    (message_id,) = room.frozen(FIRST)
    with before.reading() as transaction:
        secrets = transaction.instance.secrets()
    keys = tokens.KeyRing(secrets=secrets, current=max(secrets))
    assert message_id == tokens.message_id("2026-11-16", 1, "digest.example", keys)


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_title_can_make_a_header_or_a_second_message(mails, kind):
    allowed = {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "List-Unsubscribe"),
        *("List-Unsubscribe-Post", "List-Help", "List-Owner", "List-Post", "MIME-Version", "Content-Type"),
    }
    stem = HOSTILE[kind].split()[0]
    assert sum(stem in str(mail["Subject"]) for mail in mails) >= len(READERS)
    for mail in mails:
        assert set(mail.parsed.keys()) == allowed
        assert len(mail.parsed.keys()) == len(allowed)
        assert "thief" not in f"{mail['To']} {mail['From']}"
        assert "<b>gone</b>" not in mail.html


def test_each_message_has_one_recipient_and_names_nobody_else(received):
    people = {"vision", "speech", "leser", "xn--bcher-kva", "bücher"}
    for each in received:
        (recipient,) = each["recipients"]
        assert each["sender"] == "digest@digest.example"
        mail = message_from_bytes(each["data"], policy=policy.default)
        everything = each["data"].decode("ascii") + "".join(p.get_content() for p in mail.iter_parts())
        local, _, domain = recipient.partition("@")
        others = people - {local} - ({"xn--bcher-kva", "bücher"} if domain.startswith("xn") else set())
        assert not [name for name in others if f"{name}@" in everything or f"@{name}" in everything]


# ── the list ───────────────────────────────────────────────────────────────────────────────────


def test_unsubscribing_takes_one_https_link_for_one_click_or_one_mail(mails):
    links = set()
    for mail in mails:
        (value,) = mail.raw_headers("List-Unsubscribe")
        found = re.fullmatch(rb"<(https://[^<>\s]+)>, <(mailto:[^<>\s]+)>", value)
        assert found, value
        assert found[1].startswith(b"https://go.digest.example/u/")
        token = found[1].rpartition(b"/")[2]
        assert found[2] == b"mailto:leave@digest.example?subject=unsubscribe%20" + token
        assert mail.raw_headers("List-Unsubscribe-Post") == [b"List-Unsubscribe=One-Click"]
        links.add((mail["To"], token))
    assert len(links) == len({token for _, token in links}) == len(READERS)


def test_without_a_base_url_there_is_no_promise_of_one_click(tmp_path):
    room = Newsroom(tmp_path)
    room.join(FIRST - timedelta(hours=1))
    room.run(FIRST, liked(1), other(1))
    (mail,) = room.mails
    assert re.fullmatch(rb"<mailto:[^<>\s]+>", mail.raw_headers("List-Unsubscribe")[0])
    assert mail["List-Unsubscribe-Post"] is None


def test_the_list_headers_are_the_same_for_everybody_every_day(mails):
    for mail in mails:
        (list_id,) = mail.raw_headers("List-Id")
        assert list_id.endswith(b" <daily.digest.example>")
        assert len(list_id) <= 255
        assert mail.raw_headers("List-Post") == [b"NO"]
        for name in ("List-Help", "List-Owner"):
            (value,) = mail.raw_headers(name)
            assert re.fullmatch(rb"<mailto:leave@digest\.example(\?subject=help)?>", value)
    assert len({mail.raw_headers("List-Id")[0] for mail in mails}) == 1


def test_every_mail_says_that_a_program_sent_it(mails):
    assert {mail["Auto-Submitted"] for mail in mails} == {"auto-generated"}
