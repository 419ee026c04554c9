"""What is said of a mail server, by what was seen of it; and of the folder in its place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.deliver import Probe, ProbeStep
from digest.doctor import way_out
from digest.store import Audience, Facts
from tests.unit.deliver.mail_server import running

MAIL = {"from_address": "papers@list.example", "smtp": {"host": "mail.example", "security": "starttls"}}
#: a server with which all is well
WELL = Probe(
    addresses=("192.0.2.1",),
    greeting="mail.example ESMTP",
    offers={"SIZE": "20000000", "PIPELINING": "", "8BITMIME": "", "SMTPUTF8": ""},
    offers_tls=True,
    tls="TLSv1.3",
)


@pytest.fixture
def judge(case_of, now):
    def _judge(mail=MAIL, facts=None, ends=60, **changes):
        seen = replace(WELL, certificate_ends=now + timedelta(days=ends), **changes)
        return {f.subject: f for f in way_out.judge(seen, case_of(mail=mail, facts=facts))}

    return _judge


def test_a_good_server_is_fine_in_everything(judge):
    found = judge()

    assert {f.verdict.value for f in found.values()} == {"fine"}
    assert found["offers"].what == "mails up to 20,000,000 bytes, PIPELINING, 8BITMIME, SMTPUTF8"
    assert "2027-01-21" in found["encryption"].what


@pytest.mark.parametrize("step", ProbeStep)
def test_each_step_that_fails_is_broken_with_something_to_do(judge, step):
    trouble = "mail.example:587 is not ready: 550 no"
    known = {"tls": WELL.tls if step is ProbeStep.LOGIN else None}
    if step in {ProbeStep.NAME, ProbeStep.CONNECT}:
        known |= {"greeting": "", "offers": {}}
    found = judge(failed=step, trouble=trouble, **known)
    broken = [f for f in found.values() if f.verdict == "broken"]

    (one,) = broken
    assert one.what == trouble
    assert one.remedy


def test_what_went_well_before_a_failure_is_told_as_well(judge):
    found = judge(failed=ProbeStep.LOGIN, trouble="it says 535 no")

    assert found["login"].verdict == "broken"
    assert found["server"].verdict == found["encryption"].verdict == "fine"


def test_a_certificate_near_its_end_is_advice(judge):
    assert judge(ends=13)["encryption"].verdict == "advice"
    assert judge(ends=15)["encryption"].verdict == "fine"


def test_encryption_that_is_offered_and_not_used_is_advice(judge):
    mail = MAIL | {"smtp": {"host": "mail.example"}}
    assert judge(mail=mail, tls=None)["encryption"].rule == "A05"
    assert "encryption" not in judge(mail=mail, tls=None, offers_tls=False)

    here = MAIL | {"smtp": {"host": "127.0.0.1"}}
    assert "encryption" not in judge(mail=here, tls=None)


def test_a_size_limit_below_our_longest_mail_is_advice(judge):
    assert judge(offers={"SIZE": "399999"})["size limit"].verdict == "advice"
    assert "size limit" not in judge(offers={"SIZE": "0"})
    assert "size limit" not in judge(offers={})


def test_readers_whose_names_the_server_cannot_take_are_counted(judge, tmp_path):
    facts = Facts(path=tmp_path / "digest.db", audience=Audience(recipients=9, beyond_ascii=2))
    without = {k: v for k, v in WELL.offers.items() if k != "SMTPUTF8"}

    assert judge(facts=facts, offers=without)["addresses"].what.startswith("2 readers")
    assert "addresses" not in judge(facts=facts)


def test_a_real_server_is_asked(case_of, tmp_path):
    with running({"plain": {}}, tmp_path) as server:
        settings = server.settings("plain")
        smtp = {"host": settings.host, "port": settings.port, "security": "none"}
        found = list(way_out.check_server(case_of(mail=MAIL | {"smtp": smtp})))
        assert server.received() == []

    assert {f.verdict.value for f in found} == {"fine"}
    assert "recorder.example" in found[0].what


def test_without_a_server_mails_reach_nobody_and_none_is_asked(case_of, tmp_path):
    case = case_of()
    (found,) = way_out.check_folder(case)

    assert (found.subject, found.verdict) == ("mail.folder", "advice")
    assert str(tmp_path / "mail") in found.what
    assert list(way_out.check_server(case)) == []
    (found,) = way_out.check_folder(case_of(mail={"maildir": "Maildir"}))
    assert (found.subject, found.verdict) == ("mail.maildir", "advice")


def test_a_program_has_to_be_there_and_to_be_one(case_of, tmp_path):
    program = tmp_path / "sendmail"
    case = case_of(mail={"sendmail": str(program)})

    def look():
        (found,) = way_out.check_program(case)
        return found.verdict

    assert look() == "broken"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o644)
    assert look() == "broken"
    program.chmod(0o755)
    assert look() == "fine"
    assert list(way_out.check_folder(case)) == list(way_out.check_server(case)) == []


def test_without_its_password_a_server_is_not_asked(case_of):
    mail = MAIL | {"smtp": MAIL["smtp"] | {"username": "digest"}}

    assert list(way_out.check_server(case_of(mail=mail))) == []
