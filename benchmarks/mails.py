"""Rendering and encoding mails from composed issues, against compiling MJML for each recipient.

The reference fills the same MJML template, compiles it with the same compiler for each reader and
lets `email.message` encode the parts as quoted-printable. Both make the view and the text part.
"""

import time
from email.message import EmailMessage
from email.policy import SMTP

from benchmarks import seeds, table
from digest import render
from digest.model import SectionKind
from digest.render.fit import ROOMS
from digest.render.view import view_of

#: both take turns, so that a busy moment of the machine costs both
BLOCK = 50
#: of each block, as the reference is slow; from so long before that nothing of it is remembered
SAMPLE, BEFORE = 20, 500
UNSUBSCRIBE = render.Unsubscribe(mailto="mailto:digest@digest.example?subject=unsubscribe%20x")
SETTINGS = render.RenderSettings(title="Paper digest")


def main():
    known = seeds.papers()
    subscribers = seeds.readers(known)
    start = time.perf_counter()
    issues = seeds.compose_all(known, subscribers)
    composing = time.perf_counter() - start
    templates = render.Templates()
    _ours(templates, issues[:5])
    _reference(templates, issues[0])
    own, theirs, sizes, sampled = 0.0, 0.0, [], 0
    for place in range(0, len(issues), BLOCK):
        start = time.perf_counter()
        sizes += _ours(templates, issues[place : place + BLOCK])
        own += time.perf_counter() - start
        start = time.perf_counter()
        for issue in issues[max(place - BEFORE, 0) : max(place - BEFORE + SAMPLE, 0)]:
            _reference(templates, issue)
            sampled += 1
        theirs += time.perf_counter() - start
    own, theirs = own / len(issues), theirs / sampled
    picks = sum(len(i.matches(SectionKind.FOR_YOU)) for i in issues) / len(issues)
    what = f"render and encode a mail ({picks:.0f} cards, {sum(sizes) / len(sizes) / 1e3:.0f} kB)"
    table.faster(what, own, "MJML compiled per mail, EmailMessage", theirs, aim=3)
    table.figure(f"rank and compose, per reader (of {len(subscribers):,})", composing / len(subscribers))


def _ours(templates, issues):
    sizes = []
    for issue in issues:
        _, parts = render.mail(templates, issue, SETTINGS, UNSUBSCRIBE)
        sizes.append(len(render.encode(parts, _envelope(issue)).data))
    return sizes


def _reference(templates, issue):
    view = view_of(issue, SETTINGS, UNSUBSCRIBE, ROOMS[0])
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "digest@digest.example", issue.subscriber.address
    mail["Subject"] = templates.fill("email/digest/subject.txt.j2", v=view)
    mail.set_content(templates.fill("email/digest/body.txt.j2", v=view), cte="quoted-printable")
    html = templates.compile_filled("email/digest/body.mjml.j2", v=view)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def _envelope(issue):
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
