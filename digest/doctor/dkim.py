"""DKIM: the published keys are those that sign (RFC 6376, RFC 8301, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest import deliver
from digest.doctor.case import Case, is_public
from digest.doctor.findings import Finding, advice, broken, fine, skipped
from digest.doctor.names import Reply

if TYPE_CHECKING:
    from digest.deliver import Signer

_SUBJECT = "DKIM"
_RULE = "A01"
#: what is made today; receivers take 1024 still (RFC 8301 3.2)
_USUAL_BITS = 2048
#: no public key is shorter
_LEAST_BYTES = 32


def check_dkim(case: Case) -> Iterator[Finding]:
    """The configured keys, and the records by which receivers check their signatures."""
    if not case.signers:
        yield _without_key(case)
    for signer in case.signers:
        bits = getattr(signer.key, "key_size", _USUAL_BITS)
        if bits < _USUAL_BITS:
            what = f"the key has {bits} bits, and {_USUAL_BITS} are usual"
            remedy = "make another by `digest dkim new`, under a selector of its own, and publish its record"
            yield advice(_SUBJECT, what, remedy, rule=_RULE)
        if is_public(signer.domain):
            yield from _published(case, signer)


def _without_key(case: Case) -> Finding:
    remedy = "look into a mail that arrived for dkim=pass, or make a key for digest by `digest dkim new`"
    if case.settings.mail.base_url is None:
        what = "digest has no key: mails are signed only if the mail server does that"
        return advice(_SUBJECT, what, remedy, rule=_RULE)
    what = (
        "digest has no key, and the one-click link counts only in signed mails: the server must sign "
        "both List-Unsubscribe headers"
    )
    return advice(_SUBJECT, what, remedy, rule="U03")


def _published(case: Case, signer: Signer) -> Iterator[Finding]:
    name = f"{signer.selector}._domainkey.{signer.domain}"
    answer = case.names.ask(name, "TXT")
    ours = deliver.record(signer.key)
    kind = _tags(ours)["k"]
    rule = _RULE if kind == "rsa" else "A02"
    publish = f'publish TXT at {name}: "{ours}" (`digest dkim show`)'
    if answer.reply is Reply.FAILED:
        yield skipped(_SUBJECT, f"{name}: {answer.why}", rule=rule)
    elif not answer.records:
        yield broken(_SUBJECT, f"there is no key at {name}: no signature can be checked", publish, rule=rule)
    elif len(answer.records) > 1:
        what = f"{name} has {len(answer.records)} records, and receivers take either"
        yield broken(_SUBJECT, what, "leave one of them", rule=rule)
    elif why := wrong_with(answer.records[0], ours):
        yield broken(_SUBJECT, f"{name} {why}", publish, rule=rule)
    elif "y" in _list(_tags(answer.records[0]), "t", ""):
        what = f"{name} is the key that signs, but says t=y: receivers treat signatures as a test"
        yield advice(_SUBJECT, what, "take t=y out of the record", rule=rule)
    else:
        yield fine(_SUBJECT, f"{name} is the {kind} key that signs", rule=rule)


def wrong_with(published: str, ours: str) -> str | None:
    """Why signatures by the key in `ours` fail by the published record, or `None` (RFC 6376 3.6.1)."""
    tags, mine = _tags(published), _tags(ours)
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return "is no DKIM record"
    if not tags["p"]:
        return "is revoked (p= is empty)"
    if tags.get("k", "rsa") != mine["k"]:
        return f"is for another kind of key ({tags.get('k', 'rsa')[:20]})"
    if "sha256" not in _list(tags, "h", "sha256"):
        return "does not allow sha256"
    if not {"*", "email"} & set(_list(tags, "s", "*")):
        return "is not for mail (s=)"
    return _another_key(tags["p"], mine["p"])


def _another_key(published: str, ours: str) -> str | None:
    try:
        theirs = base64.b64decode("".join(published.split()), validate=True)
    except (binascii.Error, ValueError):
        return "holds a key that is cut or mistyped (p=)"
    mine = base64.b64decode(ours)
    # some publish an RSA key bare, as RFC 6376 has it: the end of the form with its algorithm
    if theirs == mine or (len(theirs) > _LEAST_BYTES and mine.endswith(theirs)):
        return None
    return "is another key than the one that signs"


def _tags(record: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip(), value.strip())
    return found


def _list(tags: dict[str, str], name: str, default: str) -> list[str]:
    return tags.get(name, default).replace(" ", "").split(":")
