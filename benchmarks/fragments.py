"""Rendering and encoding mails of 20 cards from fragments, against doing all of it for each reader.

The reference makes the same view, fills the same MJML template, compiles it with the same compiler for
each reader, and lets `email.message` encode the parts as quoted-printable. Issues are composed before
the clock runs. Readers share interests as often as texts share words, or else hardly at all: then most
cards are new.
"""

import gc
import time
from email.message import EmailMessage
from email.policy import SMTP

from benchmarks import seeds, table
from digest import render
from digest.model import SectionKind
from digest.render.fit import ROOMS
from digest.render.view import view_of

CARDS = 20
#: both take turns, so that a busy moment of the machine costs both
READERS, BLOCK, SAMPLE = 4_000, 200, 10
UNSUBSCRIBE = render.Unsubscribe(
    mailto="mailto:digest@digest.example?subject=unsubscribe%20AQEeCsxKJ2PbDyLIVQxDrXtU",
    url="https://digest.example/u/AQEeCsxKJ2PbDyLIVQxDrXtU",
)
SETTINGS = render.RenderSettings(title="Paper digest")


def main():
    known = seeds.papers()
    for exponent, how in ((1.0, "interests shared as words are"), (0.0, "no interests shared")):
        subscribers = seeds.readers(known, READERS, shared=exponent, limit=CARDS)
        own, theirs, size, _ = measure(known, subscribers)
        what = f"render and encode {CARDS} cards ({size / 1e3:.0f} kB), {how}"
        reference = "MJML compiled per mail, EmailMessage"
        if exponent:
            table.faster(what, own, reference, theirs, aim=10)
        else:
            table.figure(what, own, reference, theirs)


def measure(known, subscribers):
    """Seconds for a mail of ours and of the reference, the mean size, and how many mails."""
    templates = render.Templates()
    own = theirs = size = 0
    mails = sampled = 0
    for place in range(0, len(subscribers), BLOCK):
        issues = [
            issue
            for issue in seeds.compose_all(known, subscribers[place : place + BLOCK])
            if len(issue.matches(SectionKind.FOR_YOU)) == CARDS
        ]
        gc.collect()
        start = time.perf_counter()
        sizes = [len(ours(templates, issue)) for issue in issues]
        took = time.perf_counter() - start
        start = time.perf_counter()
        for issue in issues[:SAMPLE]:
            reference(templates, issue)
        if place:  # the first block warms both
            own, theirs = own + took, theirs + time.perf_counter() - start
            size, mails, sampled = size + sum(sizes), mails + len(sizes), sampled + len(issues[:SAMPLE])
    return own / mails, theirs / sampled, size / mails, mails


def ours(templates, issue):
    _, parts = render.mail(templates, issue, SETTINGS, UNSUBSCRIBE)
    return render.encode(parts, envelope(issue)).data


def reference(templates, issue):
    view = view_of(issue, SETTINGS, UNSUBSCRIBE, ROOMS[0])
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "digest@digest.example", issue.subscriber.address
    mail["Subject"] = templates.fill("email/digest/subject.txt.j2", v=view)
    mail.set_content(templates.fill("email/digest/body.txt.j2", v=view), cte="quoted-printable")
    html = templates.compile_filled("email/digest/body.mjml.j2", v=view)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def envelope(issue):
    return render.Envelope(
        from_address="digest@digest.example",
        from_name="Paper digest",
        to_address=issue.subscriber.address,
        message_id=f"<2026-11-20.{issue.subscriber.id}@digest.example>",
        date=issue.composed_at,
        list_name="Paper digest",
        list_id="daily.digest.example",
        unsubscribe=UNSUBSCRIBE,
    )


if __name__ == "__main__":
    main()
