"""The ways out as the configuration wants them: settings become a `Sender` and its limits."""

from __future__ import annotations

from typing import TextIO

from digest import deliver
from digest.config import MailSettings
from digest.errors import UsageError
from digest.ports import Sender


def sender(mail: MailSettings, stream: TextIO | None = None) -> Sender:
    """The way out that is set, else a folder; `stream` prints instead. Raises `UsageError`."""
    if stream is not None:
        return deliver.OneByOne(deliver.ConsoleSender(stream))
    if mail.sendmail is not None:
        return deliver.OneByOne(deliver.SendmailSender(mail.sendmail))
    if mail.maildir is not None:
        return deliver.OneByOne(deliver.MaildirSender(mail.maildir))
    if mail.smtp.host is None:
        return deliver.OneByOne(deliver.FolderSender(mail.folder))
    return deliver.SmtpSender(smtp_settings(mail, mail.smtp.host))


def smtp_settings(mail: MailSettings, host: str) -> deliver.SmtpSettings:
    """How the mail server at `host` is used. Raises `UsageError` without a password that is needed."""
    smtp = mail.smtp
    if smtp.lacks_password:
        raise UsageError(
            f"mail.smtp.username is {smtp.username}, but its password is missing: set "
            "DIGEST__MAIL__SMTP__PASSWORD or mail.smtp.password_file"
        )
    return deliver.SmtpSettings(
        host=host,
        port=smtp.port,
        security=deliver.Security(smtp.security),
        verify=smtp.verify,
        username=smtp.username,
        password=smtp.password.get_secret_value() if smtp.password else None,
        connections=smtp.connections,
        timeout=smtp.timeout.total_seconds(),
    )


def limits(mail: MailSettings) -> deliver.Limits:
    """How fast mails may begin."""
    domains = {deliver.domain_of(name): rate for name, rate in mail.domain_rates.items()}
    return deliver.Limits(whole=mail.rate, domains=domains)
