"""Mailboxes that mails come back to: a Maildir, a folder of an IMAP server, a pipe, files.

Reading only: nothing is answered, and nothing is deleted. The only room that speaks IMAP; what is
not needed is not loaded.
"""

from typing import TYPE_CHECKING, Final

from digest.later import later

if TYPE_CHECKING:
    from digest.mailbox.files import FilesMailbox
    from digest.mailbox.imap import ImapMailbox, ImapSecurity, ImapSettings
    from digest.mailbox.maildir import MaildirMailbox
    from digest.mailbox.piped import PipedMailbox

__all__ = [
    "FilesMailbox",
    "ImapMailbox",
    "ImapSecurity",
    "ImapSettings",
    "MaildirMailbox",
    "PipedMailbox",
]

_LATER: Final = {
    "FilesMailbox": "files",
    "ImapMailbox": "imap",
    "ImapSecurity": "imap",
    "ImapSettings": "imap",
    "MaildirMailbox": "maildir",
    "PipedMailbox": "piped",
}

__getattr__ = later(__name__, _LATER)
