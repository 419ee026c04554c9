"""Mails that ask to leave: by the link that every mail carries, or in somebody's own words.

The link makes a mail with the subject `unsubscribe TOKEN`. The word may come in any case, the
subject encoded, folded or answered; the token keeps its letters' case.
"""

from __future__ import annotations

import re

from digest.model import ReturnKind
from digest.returns.mime import Part
from digest.returns.said import Said

_SIGNED = r"([A-Za-z0-9_-]{24,34})(?![A-Za-z0-9_-])"
_SUBJECT = re.compile(rf"(?:(?:re|aw|fwd?|wg|sv|tr)\s*:\s*)*unsubscribe[\s:_+]+{_SIGNED}\s*", re.IGNORECASE)
#: a line of its own: what is quoted or linked is not asked for
_LINE = re.compile(rf"^[ \t]*unsubscribe[ \t:]+{_SIGNED}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_ASKS = re.compile(
    r"(?:(?:re|aw|fwd?|wg|sv|tr)\s*:\s*)*"
    r"(?:please )?(?:unsubscribe|remove me|abmelden|abbestellen|d[ée]sinscription|d[ée]sabonner|"
    r"darse de baja|cancella(?:mi|zione)?|配信停止)\b",
    re.IGNORECASE,
)


def wish(mail: Part, human: str) -> Said | None:
    """The wish to leave in a mail, with its token where there is one; `None` for any other mail."""
    subject = mail.header("subject")
    found = _SUBJECT.fullmatch(subject.strip()) or _LINE.search(human)
    if found:
        return Said(kind=ReturnKind.UNSUBSCRIBE, token=found[1], detail="asked to leave by mail")
    if _ASKS.match(subject.strip()):
        return Said(kind=ReturnKind.UNSUBSCRIBE, detail="asks to leave, without the token of a mail")
    return None
