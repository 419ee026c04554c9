"""Whether our addresses accept mail (A09), and whether our address has a name (A05)."""

import pytest

from digest.doctor import mailboxes

MAIL = {"from_address": "papers@list.example", "unsubscribe_address": "leave@other.example"}


def found(case):
    return {f.subject: f for f in mailboxes.check_mailboxes(case)}


@pytest.fixture
def case(port, case_of):
    return case_of(mail=MAIL)


def test_each_domain_is_looked_at_once_and_said_to_be_fine(zone, case):
    zone["list.example", "MX"] = ["20 second.example.", "10 first.example."]
    zone["first.example", "AAAA"] = ["2001:db8::5"]
    zone["other.example", "MX"] = ["10 first.example."]

    assert [(f.subject, f.verdict, f.what) for f in found(case).values()] == [
        ("mail to list.example", "fine", "goes to first.example"),
        ("mail to other.example", "fine", "goes to first.example"),
    ]


def test_a_null_mx_a_missing_domain_and_one_without_any_address_are_broken(zone, case):
    zone["list.example", "MX"] = ["0 ."]
    one, two = found(case).values()
    assert (one.verdict, two.verdict) == ("broken", "broken")
    assert "null MX" in one.what
    assert "no such domain" in two.what
    assert "mail.unsubscribe_address" in two.remedy
    assert one.rule == two.rule == "A09"


def test_a_domain_with_neither_mx_nor_address_is_broken_and_one_with_an_address_is_advice(zone, case):
    zone["list.example", "TXT"] = ["nothing"]
    zone["other.example", "A"] = ["192.0.2.9"]
    one, two = found(case).values()

    assert (one.verdict, two.verdict) == ("broken", "advice")
    assert "neither MX nor address" in one.what


def test_an_mx_that_leads_to_no_address_is_broken(zone, case):
    zone["list.example", "MX"] = ["10 gone.example."]

    assert found(case)["mail to list.example"].verdict == "broken"


def test_a_silent_dns_is_no_proof_of_anything_and_is_told(zone, case):
    zone.silent |= {"list.example", "other.example"}

    assert {f.verdict for f in found(case).values()} == {"skipped"}
    (told,) = mailboxes.check_answers(case)
    assert told.verdict == "advice"
    assert "in time" in told.what


def test_where_the_dns_answers_nothing_is_told(zone, case):
    found(case)

    assert list(mailboxes.check_answers(case)) == []


# ── PTR ───────────────────────────────────────────────────────────────────────────────────────

HERE = {"smtp": {"host": "localhost"}} | MAIL
ADDRESS, ARPA = "198.51.100.7", "7.100.51.198.in-addr.arpa"


@pytest.fixture
def pointers(port, case_of, monkeypatch):
    # documentation's addresses stand for public ones here, so that no test speaks of somebody's machine
    monkeypatch.setattr(mailboxes, "is_public_address", lambda address: str(address) != "10.0.0.1")

    def look(*own, mail=HERE):
        return list(mailboxes.check_pointers(case_of(mail=mail, own=own)))

    return look


def test_an_address_with_a_name_that_leads_back_is_fine(zone, pointers):
    zone[ARPA, "PTR"] = ["list.example."]
    zone["list.example", "A"] = [ADDRESS]
    (found,) = pointers(ADDRESS)

    assert (found.verdict, found.rule) == ("fine", "A05")


def test_without_a_name_or_with_one_that_leads_elsewhere_there_is_advice(zone, pointers):
    (found,) = pointers(ADDRESS)
    assert found.verdict == "advice"
    assert "no name" in found.what

    zone[ARPA, "PTR"] = ["list.example."]
    zone["list.example", "A"] = ["198.51.100.8"]
    (found,) = pointers(ADDRESS)
    assert found.verdict == "advice"
    assert "does not lead back" in found.what


def test_a_private_address_says_nothing_and_a_silent_dns_neither(zone, pointers):
    (found,) = pointers("10.0.0.1")
    assert found.verdict == "skipped"

    zone.silent.add(ARPA)
    (found,) = pointers(ADDRESS)
    assert found.verdict == "skipped"


def test_where_another_server_sends_on_its_name_is_its_keepers_affair(pointers):
    elsewhere = MAIL | {"smtp": {"host": "mail.example"}}

    assert pointers(ADDRESS, mail=elsewhere) == []
