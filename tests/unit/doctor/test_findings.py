"""Findings: harmless to print, and never without something to do."""

import pytest

from digest.doctor import Area, Examined, Report
from digest.doctor.findings import advice, broken, fine, skipped


@pytest.mark.parametrize("make", [advice, broken])
def test_what_is_wrong_without_something_to_do_is_no_finding(make):
    with pytest.raises(ValueError, match="what is to be done"):
        make("disk", "is full", "")


def test_what_servers_say_cannot_act_on_a_terminal_and_has_an_end():
    found = broken("server\x1b[2J", "it says \x1b[31m550\u202e" + " no" * 1000, "look\r\nBcc: x")

    for text in (found.subject, found.what, found.remedy):
        assert text.isprintable()
    assert len(found.what) <= 600
    assert found.remedy == "look Bcc: x"


def report(*findings, area=Area.DATABASE):
    return Report(examined=(Examined(area=area, findings=findings),))


@pytest.mark.parametrize(
    ("area", "code"),
    [
        (Area.CONFIGURATION, 2),
        (Area.DATABASE, 2),
        (Area.FILES, 2),
        (Area.MACHINE, 2),
        (Area.WAY_OUT, 3),
        (Area.DOMAIN, 3),
        (Area.LINK, 3),
        (Area.RETURNS, 3),
        (Area.TEST_MAIL, 3),
    ],
)
def test_the_exit_code_tells_what_is_to_be_mended_here_from_what_mails_alone_suffer_by(area, code):
    assert report(fine("a", "b"), broken("a", "b", "c"), area=area).exit_code == code
    assert report(advice("a", "b", "c"), skipped("a", "b"), area=area).exit_code == 0

    both = report(broken("a", "b", "c"), area=area).and_also(Area.FILES, [broken("a", "b", "c")])
    assert both.exit_code == 2
