from datetime import timedelta

import pytest
from pydantic import SecretStr

from digest.app import ways
from digest.config import MailSettings, SmtpSettings
from digest.errors import UsageError
from digest.model import Rate


def mail(**facts):
    return MailSettings(**facts)


@pytest.mark.parametrize(
    ("settings", "lanes", "repeatable"),
    [
        (mail(), 1, True),
        (mail(maildir="box"), 1, True),
        (mail(sendmail="/usr/sbin/sendmail"), 1, False),
        (mail(smtp=SmtpSettings(host="localhost")), 4, False),
        (mail(smtp=SmtpSettings(host="localhost", connections=9)), 9, False),
    ],
)
def test_the_way_out_that_is_set_is_taken(settings, lanes, repeatable):
    sender = ways.sender(settings)
    assert (sender.lanes, sender.repeatable) == (lanes, repeatable)
    sender.close()


def test_a_stream_comes_before_every_way(capsys):
    import sys

    assert not ways.sender(mail(), sys.stdout).repeatable


def test_a_login_without_its_password_is_told_before_anything_is_sent():
    smtp = SmtpSettings(host="localhost", username="digest")
    with pytest.raises(UsageError, match="DIGEST__MAIL__SMTP__PASSWORD"):
        ways.sender(mail(smtp=smtp))
    found = ways.smtp_settings(
        mail(smtp=smtp.model_copy(update={"password": SecretStr("open sesame")})), "localhost"
    )
    assert (found.username, found.password) == ("digest", "open sesame")


def test_domains_of_limits_are_compared_as_they_travel():
    limits = ways.limits(mail(rate="10/s", domain_rates={"Bücher.example": "5/m", "*": "1/s"}))
    assert limits.whole == Rate(count=10, period=timedelta(seconds=1))
    assert limits.of("xn--bcher-kva.example") == Rate(count=5, period=timedelta(minutes=1))
    assert limits.of("reader.example") == Rate(count=1, period=timedelta(seconds=1))
