"""Questions to the DNS: every answer has its word, and waiting has an end."""

from digest import doctor
from tests.unit.doctor import name_server

FOUND, NO_RECORD, NO_NAME, FAILED = "found", "no record", "no such name", "failed"


def test_a_text_of_several_strings_is_one_text(zone, names):
    long = "v=DKIM1; p=" + "A" * 600
    zone["mail.example", "TXT"] = [long]

    assert names.ask("mail.example", "TXT").records == (long,)


def test_an_answer_too_large_for_udp_comes_by_tcp(zone, names):
    texts = [f"{n} " + "x" * 200 for n in range(20)]
    zone["mail.example", "TXT"] = texts

    assert set(names.ask("mail.example", "TXT").records) == set(texts)


def test_nothing_there_and_no_such_name_are_two_answers(zone, names):
    zone["mail.example", "A"] = ["192.0.2.1"]

    assert names.ask("mail.example", "MX").reply == NO_RECORD
    assert names.ask("other.example", "MX").reply == NO_NAME
    assert names.unanswered == 0


def test_a_server_that_is_silent_or_fails_says_neither_yes_nor_no(zone, names):
    zone.silent.add("silent.example")
    zone.failing.add("failing.example")

    assert names.ask("silent.example", "A").reply == FAILED
    assert "in time" in names.ask("silent.example", "A").why
    assert names.ask("failing.example", "A").reply == FAILED
    assert names.unanswered == 2


def test_the_time_for_all_questions_ends_however_many_there_are(zone):
    zone.silent |= {f"{n}.example" for n in range(40)}
    with name_server.running(zone) as port:
        names = doctor.Names(("127.0.0.1",), port, question=0.2, all_seconds=0.3)
        replies = {names.ask(f"{n}.example", "A").reply for n in range(40)}

    assert replies == {FAILED}
    # after the time for all is over nothing is waited for: 40 questions would take eight seconds
    assert len(zone.asked) < 10


def test_nothing_is_asked_twice(zone, names):
    zone["mail.example", "A"] = ["192.0.2.1"]
    for _ in range(3):
        names.addresses("mail.example")

    assert sorted(zone.asked) == [("mail.example", "A"), ("mail.example", "AAAA")]


def test_a_name_that_cannot_be_asked_for_is_an_answer_as_well(names):
    assert names.ask("a" * 70 + ".example", "A").reply == FAILED
    assert names.ask("..", "A").reply == FAILED


def test_addresses_lead_back_to_names(zone, names):
    zone["1.2.0.192.in-addr.arpa", "PTR"] = ["Mail.Example."]

    assert names.pointers("192.0.2.1").records == ("mail.example",)
    assert names.pointers("2001:db8::1").reply == NO_NAME
    assert names.pointers("192.0.2.1").reply == FOUND
