"""Deliver: hand finished messages over, and decide what becomes of those that did not go.

The only room that speaks SMTP. Senders answer with outcomes; the retry rule is pure.
"""

from digest.deliver.connect import Security, SmtpSettings
from digest.deliver.console import ConsoleSender
from digest.deliver.folder import FolderSender
from digest.deliver.retry import RetryPolicy, Step, next_step, too_late
from digest.deliver.smtp import SmtpSender

__all__ = [
    "ConsoleSender",
    "FolderSender",
    "RetryPolicy",
    "Security",
    "SmtpSender",
    "SmtpSettings",
    "Step",
    "next_step",
    "too_late",
]
