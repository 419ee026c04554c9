"""Small values for tests: each builder fills in what the test does not care about."""

from datetime import UTC, date, datetime, timedelta

from digest.model import (
    Counts,
    Edition,
    Evidence,
    Field,
    Interest,
    Issue,
    KnownPaper,
    Match,
    Origin,
    Paper,
    Preferences,
    Section,
    SectionKind,
    Subscriber,
    SubscriberStatus,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def paper(title="A Study of Fast Diffusion", abstract="We study fast diffusion. It works well.", **facts):
    return Paper(title=title, abstract=abstract, **facts)


def known(
    id=1, title="A Study of Fast Diffusion", abstract="We study fast diffusion. It works well.", **facts
):
    first_seen = facts.pop("first_seen", NOON)
    listings = facts.pop("listings", 1)
    keys = facts.pop("keys", (f"title:1:{title.casefold()}",))
    return KnownPaper(
        id=id,
        paper=paper(title, abstract, **facts),
        keys=keys,
        first_seen=first_seen,
        listings=listings,
    )


def match(known_paper=None, score=80.0, interest="diffusion", words=("Diffusion",), spans=((16, 25),)):
    reason = Evidence(
        interest=Interest(text=interest), field=Field.TITLE, words=words, points=score, spans=spans
    )
    return Match(paper=known_paper or known(), score=score, evidence=(reason,))


def subscriber(id=1, name="vision", address="vision@reader.example", interests=("diffusion",), **preferences):
    return Subscriber(
        id=id,
        name=name,
        address=address,
        status=SubscriberStatus.ACTIVE,
        preferences=Preferences(**preferences),
        interests=tuple(Interest(text=i) if isinstance(i, str) else i for i in interests),
        feed_token="feedtoken-not-secret",
        origin=Origin.COMMAND,
        created_at=NOON - timedelta(days=30),
    )


def issue(picks=(), trending=(), also_new=(), reader=None, day=date(2026, 11, 20), **facts):
    sections = []
    for heading in dict.fromkeys(m.interest.text for m in picks):
        group = tuple(m for m in picks if m.interest.text == heading)
        sections.append(Section(kind=SectionKind.FOR_YOU, heading=heading, matches=group))
    if trending:
        sections.append(Section(kind=SectionKind.TRENDING, heading="Trending", matches=tuple(trending)))
    if also_new:
        sections.append(Section(kind=SectionKind.ALSO_NEW, heading="Also new", matches=tuple(also_new)))
    shown = len(picks) + len(trending) + len(also_new)
    values = {
        "subscriber": reader or subscriber(),
        "edition": Edition(day=day),
        "composed_at": NOON,
        "period": (NOON - timedelta(days=1), NOON),
        "sections": tuple(sections),
        "counts": Counts(listed=shown, sent_before=0, shown=shown, below=0, cut=0),
        "new_since": NOON,
    }
    return Issue(**(values | facts))
