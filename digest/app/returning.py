"""The mailbox that mails come back to, as the configuration wants it."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest import mailbox, returns
from digest.config import MailboxSettings
from digest.errors import MailboxError
from digest.ports import Mailbox

#: mails of an IMAP server that are older are left alone: a bounce comes within days
_REACH = timedelta(days=30)


def mailbox_of(settings: MailboxSettings, *, now: datetime, look_only: bool) -> Mailbox | None:
    """The mailbox that is named, `None` where there is none; raises `MailboxError` for half a login."""
    imap = settings.imap
    if settings.maildir is not None:
        return mailbox.MaildirMailbox(settings.maildir, longest=returns.LONGEST)
    if imap.host is None:
        return None
    if imap.lacks:
        raise MailboxError(imap.lacks)
    wanted = mailbox.ImapSettings(
        host=imap.host,
        port=imap.port,
        security=mailbox.ImapSecurity(imap.security),
        verify=imap.verify,
        username=imap.username or "",
        password=imap.password.get_secret_value() if imap.password else "",
        folder=imap.folder,
        timeout=imap.timeout.total_seconds(),
    )
    since = (now - _REACH).date()
    return mailbox.ImapMailbox(wanted, since=since, longest=returns.LONGEST, look_only=look_only)
