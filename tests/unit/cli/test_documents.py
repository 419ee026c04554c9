import json
from collections import Counter
from dataclasses import fields
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from digest import pipeline
from digest.app import RunReport
from digest.cadence import NotDueReason
from digest.cli import documents
from digest.model import (
    DeliveryState,
    Edition,
    Field,
    Health,
    Interest,
    Paper,
    Problem,
    Provenance,
    Quiet,
    ReturnKind,
    Severity,
    Sighting,
    Skipped,
    SkipReason,
    SourceNote,
    SubscriberStatus,
)
from digest.store import StoredPaper
from tests.builders import NOON, issue, known, match, paper, subscriber
from tests.listings import listing

PROBLEM = Problem(where="größe.txt:3", what="no abstract", severity=Severity.LOST)
FILE = pipeline.FileReport(
    source="dumps",
    listing=listing(paper("T"), paper("U"), problems=(PROBLEM,), day_label="Mar 12", day=date(2026, 3, 12)),
    day=date(2026, 3, 12),
    new=1,
    known=1,
)
INGEST = pipeline.IngestReport(files=(FILE,), waiting=(Path("inbox/now.txt"),))
ISSUE = issue(
    picks=[match()],
    quiet=Quiet(days=(date(2026, 11, 18),), listed=61),
    notes=(SourceNote(source="dumps", health=Health.PARTIAL, what="one lost"),),
)
SKIP = Skipped(
    subscriber=subscriber(),
    edition=Edition(day=date(2026, 11, 20)),
    composed_at=NOON,
    reason=SkipReason.NOTHING_NEW,
    listed=0,
)
PUBLISH = pipeline.PublishReport(
    issues=(ISSUE,),
    skipped=(SKIP,),
    not_due=(pipeline.NotDue(subscriber=subscriber(), reason=NotDueReason.ALREADY, next=NOON),),
    messages=1,
    problems=(PROBLEM,),
)
DELIVER = pipeline.DeliverReport(
    deliveries=(
        pipeline.Delivered(
            recipient="a@reader.example",
            edition="2026-11-20",
            state=DeliveryState.DEFERRED,
            detail="450 later",
        ),
    ),
    counts=Counter({DeliveryState.DEFERRED: 1}),
    stopped="no route",
)
OUTPUT = pipeline.OutputReport(files=9, written=2)


def printed(document, capsys):
    documents.print_json(document)
    out = capsys.readouterr().out
    return out, json.loads(out)


RETURNED = pipeline.ReturnReport(
    mails=(
        pipeline.ReturnedMail(
            place="new/1.host",
            kind=ReturnKind.HARD,
            recipient="r1@reader.example",
            status="5.1.1",
            detail="550 \x9b User unknown",
            proven=True,
            became=SubscriberStatus.BOUNCED,
            why="hard bounce 5.1.1",
        ),
    )
)

DOCUMENTS = {
    "ingest": documents.ingest_report(INGEST, records=True),
    "publish": documents.publish_report(PUBLISH),
    "deliver": documents.deliver_report(DELIVER),
    "run": documents.run_report(RunReport(ingest=INGEST, publish=PUBLISH, output=OUTPUT, deliver=DELIVER)),
    "dry run": documents.run_report(RunReport(ingest=INGEST, publish=PUBLISH, output=None, deliver=None)),
    "returned": documents.return_report(RETURNED),
    "subscriber": documents.subscriber(subscriber()),
    "match": documents.match(match()),
    "issue": documents.issue(ISSUE),
    "skip": documents.skipped(SKIP),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_every_report_is_one_json_document(document, capsys):
    out, read = printed(document, capsys)

    assert out.endswith("}\n")
    assert read.keys() == document.keys()


def test_a_stored_paper_says_everything_kept_about_it(capsys):
    whole = Paper(
        title="Größe\u2028of\x1b[31m",
        authors=("Ada Lovelace",),
        published=date(2026, 7, 1),
        listed=date(2026, 7, 2),
        keywords=("a", "b"),
    )
    seen = Sighting(source="dumps", day=date(2026, 7, 2), position=3, seen_at=NOON)
    stored = StoredPaper(
        known=known(7, first_seen=NOON, listings=2, keys=("title:1:x",)),
        raw_title="RAW",
        raw_abstract="RAW TOO",
        provenance={"title": Provenance(source="dumps", day=date(2026, 7, 2))},
        sightings=(seen,),
    )
    _, read = printed(documents.stored_paper(stored), capsys)
    _, facts = printed(documents.paper(whole), capsys)

    assert list(facts) == [f.name for f in fields(Paper)]
    assert facts["title"] == whole.title
    assert (facts["authors"], facts["keywords"]) == (["Ada Lovelace"], ["a", "b"])
    assert (facts["published"], facts["listed"], facts["doi"]) == ("2026-07-01", "2026-07-02", None)
    assert read.keys() >= facts.keys()
    assert (read["id"], read["keys"], read["listings"]) == (7, ["title:1:x"], 2)
    assert (read["raw_title"], read["raw_abstract"]) == ("RAW", "RAW TOO")
    assert read["provenance"] == {"title": {"source": "dumps", "day": "2026-07-02", "is_replacement": False}}
    assert read["sightings"] == [
        {"source": "dumps", "day": "2026-07-02", "position": 3, "first_seen": "2026-11-20T12:00:00Z"}
    ]


def test_a_file_says_what_was_read_and_with_records_each_as_it_stands(capsys):
    _, short = printed(documents.file_report(FILE, records=False), capsys)
    _, whole = printed(documents.file_report(FILE, records=True), capsys)

    assert "records" not in short
    assert (short["file"], short["read"], short["new"], short["known"]) == ("monday.txt", 2, 1, 1)
    assert (short["page_date"], short["day"]) == ("Mar 12", "2026-03-12")
    assert short["problems"] == [{"where": "größe.txt:3", "what": "no abstract", "severity": "lost"}]
    assert [r["position"] for r in whole["records"]] == [1, 2]
    assert (
        whole["records"][0].items()
        >= {"raw_title": "T", "page_date": "Mar 12", "page_day": "2026-03-12"}.items()
    )


def test_a_subscriber_says_preferences_interests_and_mutes(capsys):
    mute = Interest(text="medical imaging", weight=-1.0, within=0)
    person = subscriber(
        interests=(Interest(text="speech", weight=2.0, field=Field.TITLE), mute), at=time(23, 59)
    )
    _, read = printed(documents.subscriber(person), capsys)

    assert read["preferences"].items() >= {"at": "23:59", "frequency": "day", "format": "mail"}.items()
    assert read["interests"] == [{"text": "speech", "weight": 2.0, "field": "title", "within": None}]
    assert read["mutes"] == [{"text": "medical imaging", "field": "anywhere", "within": 0}]


def test_evidence_says_where_and_how_much(capsys):
    _, read = printed(documents.match(match(score=80.0)), capsys)

    assert read["score"] == 80.0
    assert read["evidence"] == [
        {
            "kind": "words",
            "interest": "diffusion",
            "weight": 1.0,
            "field": "title",
            "words": ["Diffusion"],
            "points": 80.0,
            "spans": [[16, 25]],
        }
    ]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (datetime(2026, 11, 20, 7, 30, tzinfo=UTC), "2026-11-20T07:30:00Z"),
        (date(2026, 11, 20), "2026-11-20"),
        (time(7, 5), "07:05"),
        (Severity.LOST, "lost"),
        (Path("a/b"), "a/b"),
    ],
)
def test_what_json_has_no_word_for_has_one_here(value, word):
    assert documents.plain(value) == word


def test_anything_else_is_a_bug_and_not_a_guess():
    with pytest.raises(TypeError, match="object has no place"):
        documents.plain(object())
