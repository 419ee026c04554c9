"""SPF of the domain that bounces go to (A03, RFC 7208)."""

import pytest

from digest.doctor import mailboxes, spf

MAIL = {"from_address": "papers@list.example"}
HERE = MAIL | {"smtp": {"host": "localhost"}}
ADDRESS = "198.51.100.7"


@pytest.fixture
def look(port, case_of, monkeypatch):
    monkeypatch.setattr(mailboxes, "is_public_address", lambda _: True)
    monkeypatch.setattr(spf, "is_public_address", lambda _: True)

    def _look(mail=MAIL, own=()):
        (found,) = spf.check_spf(case_of(mail=mail, own=own))
        assert found.rule == "A03"
        return found

    return _look


def test_a_record_within_the_limits_is_fine_and_counted(zone, look):
    zone["list.example", "TXT"] = ["another text", "v=spf1 include:_spf.relay.example mx -all"]
    zone["_spf.relay.example", "TXT"] = ["v=spf1 ip4:192.0.2.0/24 -all"]
    zone["list.example", "MX"] = ["10 mx.list.example."]
    zone["mx.list.example", "A"] = ["192.0.2.1"]
    found = look()

    assert found.verdict == "fine"
    assert "2 of 10 lookups, 0 of 2 empty ones" in found.what


def test_without_a_record_there_is_advice_with_one_to_begin_with(zone, look):
    zone["list.example", "TXT"] = ["v=spf10 looks like one"]
    found = look()

    assert found.verdict == "advice"
    assert '"v=spf1 mx -all"' in found.remedy


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (["v=spf1 -all", "v=spf1 mx -all"], "2 SPF records"),
        (["v=spf1 ipv4:192.0.2.1 -all"], "ipv4"),
        (["v=spf1 include:none.example -all"], "none.example"),
        (["v=spf1 include:list.example -all"], "loop"),
        (["v=spf1 -all"], "nobody sends mail"),
        (["v=spf1 " + " ".join(f"a:h{n}.list.example" for n in range(11)) + " -all"], "11/10"),
        (["v=spf1 a:x.example a:y.example a:z.example -all"], "void"),
    ],
    ids=["two", "syntax", "include of nothing", "loop", "nobody", "lookups", "void lookups"],
)
def test_a_record_that_receivers_take_for_an_error_is_broken(zone, look, records, words):
    for n in range(11):
        zone[f"h{n}.list.example", "A"] = ["192.0.2.1"]
    zone["list.example", "TXT"] = records
    found = look()

    assert found.verdict == "broken"
    assert words.lower() in found.what.lower()


@pytest.mark.parametrize("end", ["+all", "?all", ""])
def test_a_record_that_forbids_nobody_is_advice(zone, look, end):
    zone["list.example", "TXT"] = [f"v=spf1 ip4:192.0.2.1 {end}".strip()]

    assert look().verdict == "advice"


@pytest.mark.parametrize(
    "record",
    [
        f"v=spf1 ip4:{ADDRESS} -all",
        "v=spf1 ip4:198.51.100.0/24 -all",
        "v=spf1 a -all",
        "v=spf1 mx -all",
        "v=spf1 include:deep.example -all",
        "v=spf1 redirect=deep.example",
    ],
)
def test_a_record_that_names_this_machine_is_known_where_mails_leave_from_here(zone, look, record):
    zone["list.example", "TXT"] = [record]
    zone["list.example", "A"] = [ADDRESS]
    zone["list.example", "MX"] = ["10 mx.list.example."]
    zone["mx.list.example", "A"] = [ADDRESS]
    zone["deep.example", "TXT"] = [f"v=spf1 ip4:192.0.2.1 ip4:{ADDRESS} ~all"]
    found = look(HERE, own=[ADDRESS])

    assert found.verdict == "fine"
    assert "names this machine" in found.what


def test_a_record_that_leaves_this_machine_out_is_advice(zone, look):
    zone["list.example", "TXT"] = [f"v=spf1 ip4:192.0.2.1 -ip4:{ADDRESS} exists:%{{i}}.list.example -all"]
    found = look(HERE, own=[ADDRESS])

    assert found.verdict == "advice"
    assert ADDRESS in found.what


def test_a_silent_dns_is_not_taken_for_a_broken_record(zone, look):
    zone.silent.add("list.example")
    assert look().verdict == "skipped"


def test_nor_is_one_that_is_silent_for_an_include(zone, look):
    zone["list.example", "TXT"] = ["v=spf1 include:silent.example -all"]
    zone.silent.add("silent.example")

    assert look().verdict == "skipped"


def test_what_a_strangers_record_says_cannot_act_on_a_terminal(zone, look):
    zone["list.example", "TXT"] = ["v=spf1 \x1b[31mred -all"]
    found = look()

    assert found.verdict == "broken"
    assert found.what.isprintable()
