"""Deliver: hand finished messages over, and decide what becomes of those that did not go.

The only room that speaks SMTP, and the one that signs (DKIM). Senders answer with outcomes; the retry
rule is pure. Senders are imported on first use: most commands send nothing, and none needs them all.
"""

from typing import TYPE_CHECKING, Final

from digest.deliver.pace import Limits, Pacer, domain_of
from digest.deliver.retry import RetryPolicy, cut_off, next_step, too_late
from digest.later import later

if TYPE_CHECKING:
    from digest.deliver.console import ConsoleSender
    from digest.deliver.dkim import Signer, sign
    from digest.deliver.dkim_keys import make_key, record, strings, write_key
    from digest.deliver.folder import FolderSender
    from digest.deliver.maildir import MaildirSender
    from digest.deliver.one_by_one import OneByOne
    from digest.deliver.sendmail import SendmailSender
    from digest.deliver.smtp import Probe, ProbeStep, Security, SmtpSender, SmtpSettings, probe_server

__all__ = [
    "ConsoleSender",
    "FolderSender",
    "Limits",
    "MaildirSender",
    "OneByOne",
    "Pacer",
    "Probe",
    "ProbeStep",
    "RetryPolicy",
    "Security",
    "SendmailSender",
    "Signer",
    "SmtpSender",
    "SmtpSettings",
    "cut_off",
    "domain_of",
    "make_key",
    "next_step",
    "probe_server",
    "record",
    "sign",
    "strings",
    "too_late",
    "write_key",
]

_LATER: Final = {
    "ConsoleSender": "console",
    "FolderSender": "folder",
    "MaildirSender": "maildir",
    "OneByOne": "one_by_one",
    "Probe": "smtp",
    "ProbeStep": "smtp",
    "Security": "smtp",
    "SendmailSender": "sendmail",
    "SmtpSender": "smtp",
    "SmtpSettings": "smtp",
    "Signer": "dkim",
    "make_key": "dkim_keys",
    "probe_server": "smtp",
    "record": "dkim_keys",
    "sign": "dkim",
    "strings": "dkim_keys",
    "write_key": "dkim_keys",
}

__getattr__ = later(__name__, _LATER)
