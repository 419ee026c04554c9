"""DMARC of the domain that readers see (A04, RFC 9989)."""

import pytest

from digest import deliver
from digest.doctor import dmarc
from tests.unit.doctor.conftest import names_at

MAIL = {"from_address": "papers@daily.list.example"}
GOOD = "v=DMARC1; p=reject; rua=mailto:dmarc@list.example"


@pytest.fixture(scope="session")
def key():
    return deliver.make_key(1024)


@pytest.fixture
def look(port, case_of):
    return lambda mail=MAIL: list(dmarc.check_dmarc(case_of(mail=mail)))


def about(findings, subject="DMARC"):
    return [(f.verdict.value, f.what) for f in findings if f.subject == subject]


def test_a_record_of_the_domains_own_is_fine(zone, look):
    zone["_dmarc.daily.list.example", "TXT"] = [GOOD]

    assert about(look()) == [("fine", "_dmarc.daily.list.example: p=reject")]


def test_the_record_of_the_organization_holds_for_the_domains_below_it_by_sp(zone, look):
    zone["_dmarc.list.example", "TXT"] = [f"{GOOD}; sp=quarantine"]

    assert about(look()) == [("fine", "_dmarc.list.example: sp=quarantine")]


def test_without_any_record_there_is_advice_with_one_to_publish(look):
    (found,) = look()

    assert (found.verdict, found.rule) == ("advice", "A04")
    assert "_dmarc.daily.list.example" in found.remedy
    assert "v=DMARC1; p=none" in found.remedy


def test_tags_that_rfc_9989_removed_are_flagged_and_unknown_ones_are_ignored_with_a_word(zone, look):
    zone["_dmarc.daily.list.example", "TXT"] = [f"{GOOD}; pct=50; rf=afrf; ri=86400; colour=red"]
    removed, unknown = about(look())

    assert (removed[0], unknown[0]) == ("advice", "advice")
    assert "pct, rf, ri, which RFC 9989 removed" in removed[1]
    assert "colour" in unknown[1]


def test_a_record_without_reports_is_advice(zone, look):
    zone["_dmarc.daily.list.example", "TXT"] = ["v=DMARC1; p=none"]

    ((verdict, what),) = about(look())
    assert verdict == "advice"
    assert "without rua" in what


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([GOOD, "v=DMARC1; p=none"], "2 DMARC records"),
        (["v=DMARC1; p=nothing"], "nothing"),
        (["v=DMARC1; p=none; p=reject"], "Duplicate p"),
        (["v=DMARC1; p none"], "p none"),
    ],
    ids=["two", "value", "twice", "syntax"],
)
def test_a_record_that_receivers_ignore_is_broken(zone, look, records, words):
    zone["_dmarc.daily.list.example", "TXT"] = records
    (found,) = look()

    assert found.verdict == "broken"
    assert words in found.what


def test_what_only_looks_like_a_record_is_none(zone, look):
    zone["_dmarc.daily.list.example", "TXT"] = ["v=DMARC10; p=none", "v=dmarc1; p=none", "verification=1"]
    (found,) = look()

    assert "no DMARC record" in found.what


def test_a_silent_dns_is_no_missing_record(zone, look):
    zone.silent.add("_dmarc.list.example")
    (found,) = look()

    assert found.verdict == "skipped"


# ── alignment ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "strict", "is_aligned"),
    [
        ("list.example", "list.example", True, True),
        ("daily.list.example", "list.example", False, True),
        ("daily.list.example", "bounces.list.example", False, True),
        ("daily.list.example", "list.example", True, False),
        ("daily.list.example", "other.example", False, False),
        # the two hosts are customers of one public suffix
        ("a.host.example", "b.host.example", False, False),
        ("x.a.host.example", "y.a.host.example", False, True),
        # psd=n: a department that is an organization of its own
        ("own.list.example", "list.example", False, False),
        ("x.own.list.example", "own.list.example", False, True),
        # nobody published anything: each stands for itself
        ("a.silent.test", "silent.test", False, False),
    ],
)
def test_alignment_goes_by_the_tree_walk(zone, port, *, one, other, strict, is_aligned):
    zone["_dmarc.list.example", "TXT"] = [GOOD]
    zone["_dmarc.other.example", "TXT"] = [GOOD]
    zone["_dmarc.host.example", "TXT"] = ["v=DMARC1; psd=y"]
    zone["_dmarc.own.list.example", "TXT"] = [f"{GOOD}; psd=n"]

    assert dmarc.aligned(one, other, names_at(port), strict=strict) is is_aligned


def test_a_long_name_costs_eight_questions_at_most(zone, names):
    dmarc.policy(".".join("abcdefghijklmnop") + ".example", names)

    assert len(zone.asked) == 8
    assert zone.asked[0][0].startswith("_dmarc.a.b.c.")
    assert zone.asked[1][0] == "_dmarc.k.l.m.n.o.p.example"


def test_the_public_suffix_speaks_where_the_organization_does_not(zone, names):
    zone["_dmarc.host.example", "TXT"] = ["v=DMARC1; p=reject; psd=y"]

    assert dmarc.policy("x.a.host.example", names) == ("host.example", ("v=DMARC1; p=reject; psd=y",))


@pytest.mark.parametrize(
    ("bounces", "signed", "record", "verdict"),
    [
        ("papers@daily.list.example", None, GOOD, "fine"),
        ("bounces@list.example", None, GOOD, "fine"),
        ("bounces@list.example", None, f"{GOOD}; aspf=s", "broken"),
        ("bounces@other.example", None, GOOD, "broken"),
        ("bounces@list.example", "list.example", GOOD, "fine"),
        ("bounces@other.example", "list.example", GOOD, "advice"),
        ("bounces@list.example", "other.example", GOOD, "advice"),
        ("bounces@other.example", "list.example", f"{GOOD}; adkim=s", "broken"),
        ("bounces@other.example", "daily.list.example", f"{GOOD}; adkim=s", "advice"),
    ],
)
def test_signature_and_bounces_should_be_of_the_readers_domain_and_one_must(
    zone, port, case_of, key, *, bounces, signed, record, verdict
):
    zone["_dmarc.list.example", "TXT"] = [record]
    zone["_dmarc.other.example", "TXT"] = [GOOD]
    signers = (deliver.Signer(domain=signed, selector="s", key=key),) if signed else ()
    case = case_of(mail=MAIL | {"bounce_address": bounces}, signers=signers)
    (found,) = about(dmarc.check_dmarc(case), "alignment")

    assert found[0] == verdict
