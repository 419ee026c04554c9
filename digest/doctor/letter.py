"""The test mail of `digest doctor --send`: one real mail by the real way out."""

from __future__ import annotations

import asyncio
import html
import secrets
from collections.abc import Iterator

from digest import deliver, render
from digest.doctor.case import Case, domain_of
from digest.doctor.findings import Finding, broken, fine
from digest.model import Letter, Outcome, OutcomeKind
from digest.ports import Sender

#: seconds for the whole conversation; a server may think about a mail for long
PATIENCE = 90.0
_SUBJECT = "handing over"
_WORDS = """\
This is a test mail of digest, sent by `digest doctor --send`.

It left by the way that the readers' mails take. What to look at, in "show original" of your mail program:

- spf=pass, dkim=pass and dmarc=pass in Authentication-Results;
- whether it came to the inbox or to spam;
- whether your answer to it arrives.
"""


def send_test_mail(case: Case, recipient: str, sender: Sender) -> Iterator[Finding]:
    """Send the test mail to `recipient` and say what was answered. The sender is closed at the end."""
    try:
        letter = compose(case, recipient)
    except ValueError as error:
        yield broken(_SUBJECT, f"the mail cannot be written: {error}", "give another address")
        sender.close()
        return
    outcome = asyncio.run(_hand_over(letter, sender))
    said = f"{outcome.code} {outcome.detail}" if outcome.code else outcome.detail
    signed = "signed" if case.signers else "not signed by digest"
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            yield fine(_SUBJECT, f"accepted for {recipient}, {signed}: {said}")
        case OutcomeKind.UNKNOWN:
            remedy = "look whether it arrived; if so, the server answers too slowly"
            yield broken(_SUBJECT, f"nobody knows whether the server took it: {said}", remedy)
        case OutcomeKind.PERMANENT:
            yield broken(_SUBJECT, f"the server refused it: {said}", "the server's words say what it wants")
        case OutcomeKind.TRANSIENT:
            remedy = "try again in some minutes; the server's words say what it wants"
            yield broken(_SUBJECT, f"the server does not take it for now: {said}", remedy)


def compose(case: Case, recipient: str) -> Letter:
    """The finished, signed test mail in its envelope; raises `ValueError` for an impossible address."""
    mail = case.settings.mail
    parts = render.MailParts.of(
        subject=f"{mail.title}: a test mail",
        text=_WORDS,
        html=f'<!doctype html><html lang="en"><title>{html.escape(mail.title)}: a test mail</title>'
        f"<body><pre>{html.escape(_WORDS)}</pre></body></html>",
    )
    envelope = render.Envelope(
        from_address=mail.from_address,
        from_name=mail.from_name,
        to_address=recipient,
        message_id=f"<doctor.{secrets.token_hex(16)}@{domain_of(mail.from_address)}>",
        date=case.now,
        list_name=mail.title,
        list_id=mail.list_id,
        unsubscribe=render.Unsubscribe(mailto=mail.unsubscribe_address),
    )
    message = render.encode(parts, envelope)
    return Letter(
        sender=case.bounce_address,
        recipient=message.recipient,
        data=deliver.sign(message.data, case.signers) if case.signers else message.data,
        message_id=message.message_id,
    )


async def _hand_over(letter: Letter, sender: Sender) -> Outcome:
    lane = sender.lane()
    kind = OutcomeKind.TRANSIENT
    try:
        async with asyncio.timeout(PATIENCE):
            refused = await lane.offer(letter)
            if refused is not None:
                return refused
            kind = OutcomeKind.UNKNOWN  # from here on the server may have it
            return await lane.transmit(letter, None)
    except TimeoutError:
        return Outcome(kind=kind, detail=f"no answer within {PATIENCE:g} seconds")
    finally:
        await lane.close()
        sender.close()
