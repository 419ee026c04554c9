"""Rendering and encoding mails of 20 cards from fragments, against doing all of it for each reader.

The reference makes the same view, fills the same MJML template, compiles it with the same compiler for
each reader, and lets `email.message` encode the parts as quoted-printable. Issues are composed before
the clock runs. A paper's card looks the same to readers who want the same of it: once each set of
interests has twenty readers, and once nobody shares anything, where hardly a card was made before.
"""

import random
import time
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

from benchmarks import seeds, table
from digest import render
from digest.render.fit import ROOMS
from digest.render.view import view_of

CARDS = 20
SETS, SHARING = 100, 20
#: both take turns, so that a busy moment of the machine costs both
BLOCK, SAMPLE = 50, 3
UNSUBSCRIBE = render.Unsubscribe(
    mailto="mailto:digest@digest.example?subject=unsubscribe%20AQEeCsxKJ2PbDyLIVQxDrXtU",
    url="https://digest.example/u/AQEeCsxKJ2PbDyLIVQxDrXtU",
)
SETTINGS = render.RenderSettings(title="Paper digest")


def main():
    known = seeds.papers()
    issues = [issue for _, issue in seeds.composed(known, seeds.readers(known, SETS), picks=CARDS)]
    many = [
        replace(
            issue, subscriber=replace(issue.subscriber, id=number * SETS + place, name=f"{number} {place}")
        )
        for number in range(SHARING)
        for place, issue in enumerate(issues)
    ]
    random.Random(7).shuffle(many)
    for readers, how, aim in ((many, f"{SHARING} readers of each kind", 10), (issues, "nobody alike", 3)):
        own, theirs, size = measure(readers)
        what = f"render and encode {CARDS} cards ({size / 1e3:.0f} kB), {how}"
        table.faster(what, own, "MJML compiled per mail, EmailMessage", theirs, aim=aim)


def measure(issues):
    """Seconds for a mail of ours and of the reference, and the mean size of ours."""
    templates = render.Templates()
    ours(templates, issues[0])
    own = theirs = 0.0
    size = sampled = 0
    for place in range(0, len(issues), BLOCK):
        block = issues[place : place + BLOCK]
        start = time.perf_counter()
        sizes = [len(ours(templates, issue)) for issue in block]
        own += time.perf_counter() - start
        start = time.perf_counter()
        for issue in block[:SAMPLE]:
            reference(templates, issue)
        theirs += time.perf_counter() - start
        size, sampled = size + sum(sizes), sampled + len(block[:SAMPLE])
    return own / len(issues), theirs / sampled, size / len(issues)


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
