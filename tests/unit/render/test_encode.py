import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.render import MailParts, Unsubscribe, encode
from digest.render.quoted import Quoted

PARTS = MailParts.of(
    subject="3 for you", text="One.\n.\nFrom here\n", html="<p>One = 1 “ü” 猫 👩🏽‍🔬 אב</p>\n"
)


def read(message):
    return email.message_from_bytes(message.data, policy=email.policy.default)


def content(part):
    """The text of a part; `email` keeps the CR LF of the wire."""
    return part.get_content().replace("\r\n", "\n")


def header_lines(message):
    return message.data.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def test_the_mail_reads_back_as_it_was_written(envelope):
    message = encode(PARTS, envelope)
    back = read(message)
    assert not back.defects
    assert back.get_content_type() == "multipart/alternative"
    text, html = back.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert content(text) == PARTS.text
    assert content(html) == PARTS.html
    assert text.get_content_charset() == html.get_content_charset() == "utf-8"
    assert not text.defects
    assert not html.defects


def test_each_header_stands_there_once(envelope):
    back = read(encode(PARTS, envelope))
    names = [name.lower() for name in back]
    assert len(names) == len(set(names))
    assert back["From"] == "digest <digest@reader.example>"
    assert back["To"] == "vision@reader.example"
    assert back["Subject"] == "3 for you"
    assert back["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert back["Message-ID"] == envelope.message_id
    assert back["MIME-Version"] == "1.0"
    assert back["List-Id"] == "digest <daily.reader.example>"
    assert back["List-Post"] == "NO"
    assert back["Auto-Submitted"] == "auto-generated"
    assert back["Precedence"] is None


def test_one_click_is_promised_only_with_an_address_to_click_on(envelope):
    both = read(encode(PARTS, envelope))
    assert both["List-Unsubscribe"] == (
        "<https://papers.reader.example/u/token>, <mailto:leave@reader.example>"
    )
    assert both["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mail_only = read(encode(PARTS, replace(envelope, unsubscribe=Unsubscribe(mailto="leave@reader.example"))))
    assert mail_only["List-Unsubscribe"] == "<mailto:leave@reader.example>"
    assert mail_only["List-Unsubscribe-Post"] is None
    neither = read(encode(PARTS, replace(envelope, unsubscribe=Unsubscribe())))
    assert neither["List-Unsubscribe"] is None


def test_help_and_owner_are_named_where_known(envelope):
    back = read(
        encode(PARTS, replace(envelope, list_help="https://reader.example/help", list_owner="o@r.example"))
    )
    assert back["List-Help"] == "<https://reader.example/help>"
    assert back["List-Owner"] == "<mailto:o@r.example>"


def test_a_long_unsubscribe_address_is_not_broken(envelope):
    url = "https://papers.reader.example/u/" + "t" * 500
    message = encode(PARTS, replace(envelope, unsubscribe=Unsubscribe(url=url, mailto="a@b.example")))
    assert f"List-Unsubscribe: <{url}>,".encode() in message.data


def test_lines_end_in_cr_lf_and_are_short(envelope):
    long = MailParts.of(subject="x " * 60, text="word " * 2_000, html="<p>" + "ü" * 9_000 + "</p>")
    data = encode(long, replace(envelope, to_name="Ünal " * 20)).data
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 76
    assert data.isascii()


def test_all_kinds_of_line_ends_become_one(envelope):
    message = encode(replace(PARTS, quoted_text=Quoted.of("a\r\nb\rc\nd\n")), envelope)
    assert content(next(read(message).iter_parts())) == "a\nb\nc\nd\n"


@pytest.mark.parametrize("bad", ["\r\nBcc: x@y.example", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("from_address", "From"),
        ("from_name", "From"),
        ("to_address", "To"),
        ("to_name", "To"),
        ("message_id", "Message-ID"),
        ("list_name", "List-Id"),
        ("list_id", "List-Id"),
        ("list_help", "List-Help"),
        ("list_owner", "List-Owner"),
    ],
)
def test_no_control_character_gets_into_a_header(envelope, field, name, bad):
    value = (getattr(envelope, field) or "a@b.example") + bad + "x"
    with pytest.raises(ValueError, match=f"^{name}: "):
        encode(PARTS, replace(envelope, **{field: value}))


@pytest.mark.parametrize("bad", ["\r\nBcc: x@y.example", "\n", "\x00"])
def test_neither_through_subject_nor_unsubscribe(envelope, bad):
    with pytest.raises(ValueError, match=r"^Subject: "):
        encode(replace(PARTS, subject=f"x{bad}"), envelope)
    for way in (Unsubscribe(url=f"https://a.example/{bad}"), Unsubscribe(mailto=f"a@b.example{bad}")):
        with pytest.raises(ValueError, match=r"^List-Unsubscribe: "):
            encode(PARTS, replace(envelope, unsubscribe=way))


def test_an_encoded_word_in_a_title_stays_letters(envelope):
    subject = "=?utf-8?q?=0D=0ABcc=3A_x=40y.example?= in a title"
    message = encode(replace(PARTS, subject=subject), replace(envelope, to_name=subject))
    back = read(message)
    assert back["Bcc"] is None
    raw = next(line for line in header_lines(message) if line.startswith(b"Subject"))
    assert b"=0D=0A" not in raw.replace(b"=3D0D=3D0A", b"")
    text = email.header.decode_header(
        email.message_from_bytes(message.data)["Subject"],
    )
    assert "".join(t.decode(c or "ascii") if isinstance(t, bytes) else t for t, c in text) == subject


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("vision@bücher.example", "vision@xn--bcher-kva.example"),
        ("a.b+c@Reader.EXAMPLE", "a.b+c@reader.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_a_domain_in_other_letters_is_sent_as_a_label(envelope, address, sent):
    message = encode(PARTS, replace(envelope, to_address=address))
    assert message.recipient == sent
    assert read(message)["To"] == sent


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "",
        "@reader.example",
        "a@",
        "a b@reader.example",
        "a@b@reader.example",
        "a@reader..example",
        "a@-reader.example",
        ".a@reader.example",
        "a..b@reader.example",
        "a,b@reader.example",
        "<a@reader.example>",
        "a@" + "x" * 64 + ".example",
        "mü\u200bller@reader.example",
        "ü" * 33 + "@reader.example",
        "a@reader.example, b@reader.example",
    ],
)
def test_what_is_no_address_that_can_be_sent_to_is_refused(envelope, address):
    with pytest.raises(ValueError, match=r"^To: "):
        encode(PARTS, replace(envelope, to_address=address))


def test_a_local_part_in_other_letters_stands_in_to_as_it_is_and_nothing_else_changes(envelope):
    plain = encode(PARTS, envelope)
    other = encode(PARTS, replace(envelope, to_address="müller@bücher.example"))
    assert other.recipient == "müller@xn--bcher-kva.example"
    assert other.data == plain.data.replace(
        b"To: vision@reader.example", "To: müller@xn--bcher-kva.example".encode()
    )
    assert header_lines(other)[1].decode() == "To: müller@xn--bcher-kva.example"


@pytest.mark.parametrize("field", ["from_address", "sender", "complaints"])
def test_our_own_addresses_are_ascii(envelope, field):
    with pytest.raises(ValueError, match="ASCII letters only"):
        encode(PARTS, replace(envelope, **{field: "müller@reader.example"}))


def test_bounces_and_complaints_go_where_they_are_wanted(envelope):
    plain = encode(PARTS, envelope)
    assert (plain.sender, read(plain)["CFBL-Address"]) == ("digest@reader.example", None)
    ours = "bounces+tag@reader.example"
    tagged = encode(PARTS, replace(envelope, sender=ours, complaints=ours))
    assert tagged.sender == ours
    assert read(tagged)["CFBL-Address"] == f"{ours}; report=arf"
    assert read(tagged)["From"] == "digest <digest@reader.example>"


def test_nobody_elses_address_is_in_the_mail(envelope):
    data = encode(PARTS, envelope).data.decode()
    assert set(email.utils.re.findall(r"[\w.+-]+@[\w.-]+", data)) == {
        "digest@reader.example",
        "vision@reader.example",
        "leave@reader.example",
        "2026-11-20.8f3a@reader.example",
    }


def test_the_same_values_give_the_same_bytes_and_another_id_another_boundary(envelope):
    assert encode(PARTS, envelope) == encode(PARTS, envelope)
    other = encode(PARTS, replace(envelope, message_id="<other@reader.example>"))
    assert read(other).get_boundary() != read(encode(PARTS, envelope)).get_boundary()


def test_a_text_that_holds_the_boundary_does_not_end_the_part(envelope):
    boundary = read(encode(PARTS, envelope)).get_boundary()
    text = f"--{boundary}\nContent-Type: text/html\n\n<b>\n--{boundary}--\n"
    hostile = replace(PARTS, quoted_text=Quoted.of(text))
    text, html = read(encode(hostile, envelope)).iter_parts()
    assert content(text) == hostile.text
    assert content(html) == PARTS.html


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 11, 20, 12, 0), datetime(2026, 11, 20, tzinfo=timezone(timedelta(hours=1)))],  # noqa: DTZ001
)
def test_a_date_that_is_not_in_utc_is_refused(envelope, moment):
    with pytest.raises(ValueError, match="UTC"):
        encode(PARTS, replace(envelope, date=moment.replace(tzinfo=moment.tzinfo)))
    assert encode(PARTS, replace(envelope, date=datetime(2026, 11, 20, tzinfo=UTC)))


def test_a_date_that_is_not_in_utc_is_refused_also_when_its_moment_was_written_before(envelope):
    assert encode(PARTS, envelope)
    elsewhere = envelope.date.astimezone(timezone(timedelta(hours=1)))
    assert elsewhere == envelope.date
    with pytest.raises(ValueError, match="UTC"):
        encode(PARTS, replace(envelope, date=elsewhere))


@pytest.mark.parametrize("list_id", ["", "nodot", "a b.example", "<x.example>", "ü.example", "a." * 300])
def test_a_list_id_of_another_form_is_refused(envelope, list_id):
    with pytest.raises(ValueError, match=r"^List-Id: "):
        encode(PARTS, replace(envelope, list_id=list_id))
