"""What mail systems say when they refuse, in the words that recur.

Each pattern is searched in lower-case text of bounded length. None can take more than linear time:
no pattern holds two unbounded repetitions of overlapping characters.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Sign(StrEnum):
    """What a server's words speak of."""

    FULL = "full"
    BLOCKED = "blocked"
    GONE = "gone"
    FOR_NOW = "for now"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


_FULL = _any(
    # whatever is said of a quota of the reader's; the sender's is another matter
    r"(?<!sending )(?<!sender )\b(?:disk|mail|user|userdisk|domaindisk)?quota(?:exceeded\w*)?\b",
    r"\b(?:mail ?)?(?:box|folder|dir) (?:is )?full\b",
    r"\bfull mailbox\b",
    r"(?:exceed\w*|out of|insufficient|not enough|maximum allowed) (?:\w+ )?(?:storage|disk|space)",
    r"\b(?:disk|storage|enough) space\b",
    r"storage (?:is )?(?:full|exceeded|limit)",
    r"space has been used up",
    r"mailbox (?:has )?(?:exceed\w*|size limit)",
    r"too many messages (?:on the server|in)",
    r"(?:postfach|mailbox)[\w\s]{0,40} (?:voll|überfüllt)",
    r"bo[iî]te[\w\s]{0,60} (?:pleine|saturée)",
    r"(?:buz[oó]n|casilla)[\w\s]{0,40} llen[oa]",
    r"casella[\w\s]{0,40} piena",
    r"caixa[\w\s]{0,40} cheia",
    r"(?:メール)?ボックス[^\n]{0,10}(?:一杯|いっぱい|満杯|超過)",
)

_BLOCKED = _any(
    r"spam",
    r"unsolicited",
    r"\bbulk (?:e-?)?mail",
    r"mass mail",
    r"(?:black|block|deny) ?list",
    r"\b(?:dns[bw]l|rbl|uribl|surbl)\b",
    r"\bblocked\b",
    r"reputation",
    r"\b(?:dmarc|spf|dkim)\b",
    r"unauthenticated",
    r"not authenticated",
    r"authentication (?:level|required|checks?|failed)",
    r"(?:local|security|organi[sz]ation(?:al)?|message|content) (?:polic|settings)",
    r"polic(?:y|ies) (?:reasons?|restrictions?|violation|rejection|reject)",
    r"(?:by|due to|against|violates|because of) (?:\w+ ){0,3}polic",
    r"protocol violation",
    r"content (?:rejected|filter|restriction|denied)",
    r"(?:rejecting|rejected|unacceptable|banned|objectionable)(?: (?!mail server)[\w-]+){0,4} content",
    r"message (?:was )?filtered",
    r"pattern detection",
    r"illegal attachment",
    r"(?:invalid|illegal) header|headers? (?:error|(?:are|is) not)",
    r"non-?member|not subscribed|closed mailing list|members-only",
    r"(?:no|missing|without|not have a|bad dns|lacks a) ptr",
    r"reverse dns",
    r"dynamic ip",
    r"\byour (?:ip|isp|network|mail ?server|hostname|helo)\b",
    r"\b(?:of|from|to) your isp\b",
    r"cannot (?:find|resolve) your",
    r"name lookup failed",
    r"unresolvable",
    r"client host rejected",
    r"may not be mail exchanger",
    r"open (?:proxy|relay|resolver)",
    r"not allowed to send",
    r"no access from",
    r"accept(?:ing)? mail from",
    r"confirm this mail server",
    r"relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed|prohibited)",
    r"unable to relay|list of allowed rcpthosts",
    r"sender(?:'s)? (?:address |domain )?(?:rejected|denied|verify failed|refused|unknown)",
    r"(?:sending|sender) (?:limit|quota)",
    r"(?:message|mail)(?: file)? (?:size )?exceeds",
    r"message (?:is |was )?too (?:large|big)",
    r"message size",
    r"virus|malware|phishing|suspicious",
    r"rate ?limit",
    r"too (?:many|much) (?:messages|mails?|complaints|recipients)(?! on the server)",
    r"user complaints",
    r"access denied, sending domain",
    r"\[(?:hm|ts|tss|cs|bl)\d+\]",
    r"\(s3\d{3}\)",
)

_WHO: Final = r"(?:user|mail ?box|recipient|address|account|alias|domain|host|person|employee|customer)"

_GONE = _any(
    r"(?:unknown|invalid|illegal|non-?existent|no such|unrecogni[sz]ed|undefined|bad|inactive|disabled) "
    rf"(?:(?:or|/) ?\w+ )?(?:virtual |e-?mail |local[ -]?)?(?:{_WHO}|part)",
    r"invalid/inactive",
    rf"{_WHO}(?:\(s\)|s)?(?: name| address|'s)?(?:[\s<(\"][\w\s<>()@.\"'-]{{0,120}}?)? "
    r"(?:(?:is|was|were|has been|currently|temporarily|name) ){0,2}"
    r"(?:unknown|invalid|not found|not known|not recogni[sz]ed|not listed|not present|not active|not exist"
    r"|not accepted|not local|not ok|unavaill?able|unavaiable|disabled|inactive|discontinued|suspend(?:ed)?"
    r"|expired|deactivated|closed|terminated|frozen|missing|non-?existent)\b",
    r"does ?n[o']t exist|do not exist|doesn't exist",
    r"user[\w\s@.-]{0,30} doesn't have an? (?:[\w.]{1,40} )?account",
    r"\bno (?:valid )?(?:account|mail ?box|recipients?|such)\b",
    r"no one at this address",
    r"no longer (?:valid|accepts|exists|in use|available|active)",
    r"(?:not|isn't) an? (?:valid|known|active|local|deliverable)",
    r"deactivated mailbox",
    r"does not like recipient",
    r"can't accept user",
    r"refuses to accept your mail",
    r"envelope recipient has been denied",
    r"bad ?(?:rcpt|recipient)(?:to|s)?\b|validrcptto",
    r"recipient address rejected|address rejected|rejected (?:the )?recipients?\b|rejected address",
    r"recipient ?(?:rejected|notfound)|recipnotfound",
    r"(?:couldn't|could not) (?:be found|find any host)",
    r"\bin (?:name )?directory\b",
    r"is currently suspended",
    r"unroute?able",
    r"host or domain name not found",
    r"does not accept mail|null ?mx",
    r"recipient (?:name )?is not recogni[sz]ed",
    r"empfänger[\w\s]{0,60} unbekannt",
    r"(?:adresse|benutzer|postfach|konto)[\w\s-]{0,60} "
    r"(?:unbekannt|existiert nicht|nicht gefunden|gibt es nicht|nicht vorhanden)",
    r"(?:adresse|utilisateur|destinataire|compte)[\w\s-]{0,60} "
    r"(?:inconnue?|n'existe pas|introuvable|inexistante?)",
    r"no existe|(?:usuario|dirección|destinatario|cuenta)[\w\s-]{0,60} (?:desconocid[oa]|no encontrad[oa])",
    r"nessun utente|(?:utente|indirizzo|destinatario)[\w\s-]{0,60} (?:sconosciuto|inesistente|non esiste)",
    r"(?:usuário|endereço|destinatário)[\w\s-]{0,60} (?:desconhecido|não existe|inexistente)",
    r"(?:アドレス|ユーザー?|宛先)[^\n]{0,30}(?:見つかりません|存在しません|不明)",
)

_FOR_NOW = _any(
    r"timed? ?out",
    r"retry time(?:out)? (?:exceeded|not reached)",
    r"(?:queue|message)\.?[\w\s,]{0,30}expired",
    r"in the queue too long",
    r"connection (?:refused|reset|lost|dropped)",
    r"grey-?listed|greylist",
    r"try again (?:later|in)",
    r"temporar(?:y|ily)",
    r"name server (?:timeout|failure)",
    r"too many (?:hops|connections|open)",
    r"\bloop",
    r"unknown mailer error",
    r"wasn't able to establish an smtp connection",
)

#: the first that matches counts: a full mailbox may be called unavailable, and so may a blocked sender
_ORDER: Final = ((Sign.FULL, _FULL), (Sign.BLOCKED, _BLOCKED), (Sign.GONE, _GONE), (Sign.FOR_NOW, _FOR_NOW))

DELAYED: Final = _any(
    r"(?:has |have )?not (?:yet )?been delivered (?:to one or more|after)",
    r"has not yet been delivered",
    r"(?:this is a )?warning (?:message )?only",
    r"delivery attempts will continue",
    r"will (?:be retried|retry|keep trying|continue to be made)",
    r"message still undelivered after",
    r"still being retried",
    r"delivery (?:is |has been )?delayed",
    r"delivery to the following recipients? has been delayed",
)

#: the answer came after the whole message was handed over: it speaks of the message
AFTER_DATA: Final = _any(
    r"in reply to end of data",
    r"after (?:pipelined )?(?:end of data|sending data block)",
    r"after data was sent",
)


def sign_of(text: str) -> Sign | None:
    """What a server's words speak of, `None` for words that say nothing known."""
    low = text.lower()
    return next((sign for sign, pattern in _ORDER if pattern.search(low)), None)
