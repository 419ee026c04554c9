"""Subscribers by command, by configuration, and by feed only."""

import fcntl

import feedparser

TEAM = """\
sources: [{name: inbox, path: inbox, settle: 0s}]
subscribers:
  - address: first@reader.example
    interests: [speech]

  - name: team
    address: team@reader.example
    keywords: [diffusion models]
    limit: 2
"""


def test_a_subscriber_is_added_shown_changed_removed_and_comes_back(archive, at):
    add = ("subscribers", "add", "vision@reader.example", "--name", "vision")
    options = ("--at", "06:30", "--tz", "Europe/Berlin", "--every", "week", "--on", "fri", "--limit", "5")
    wanted = ("--interest", "video generation^2", "--mute", "medical imaging", "--empty", "say")
    added = archive.json(*add, *options, *wanted, now=at(0, 7))
    assert (added["name"], added["address"], added["status"]) == ("vision", "vision@reader.example", "active")
    chosen = added["preferences"]
    assert (chosen["at"], chosen["time_zone"]) == ("06:30", "Europe/Berlin")
    assert (chosen["frequency"], chosen["weekday"], chosen["limit"]) == ("week", 4, 5)
    assert chosen["when_empty"] == "say"

    again = archive(*add, *wanted, code=2)
    assert "vision" in again.stderr
    assert "edit" in again.stderr

    changed = archive.json(
        "subscribers", "edit", "vision", "--every", "day", "--interest", "diffusion models"
    )
    assert changed["preferences"] == chosen | {"frequency": "day", "weekday": 0}
    assert [i["text"] for i in changed["interests"]] == ["diffusion models"]
    assert [m["text"] for m in changed["mutes"]] == ["medical imaging"]  # not named, so kept
    shown = archive.json("subscribers", "show", "vision@reader.example")
    assert shown == changed == archive.json("subscribers", "list")[0]
    told = archive("subscribers", "show", "vision").stdout
    for words in ("vision", "06:30 Europe/Berlin", "diffusion models", "medical imaging", "the database"):
        assert words in told

    archive("run", now=at(0))
    sent = {p["paper"]["id"] for i in archive.json("issues") for p in i["papers"]}
    assert len(archive.mails) == 1
    archive("subscribers", "remove", "vision")
    assert archive.json("subscribers", "show", "vision")["status"] == "unsubscribed"
    archive("run", now=at(1))
    assert len(archive.mails) == 1

    back = archive.json(*add, *wanted, now=at(1, 12))
    assert (back["id"], back["status"]) == (added["id"], "active")
    archive("run", now=at(2))
    issues = archive.json("issues")
    assert len(issues) == 2
    later = {p["paper"]["id"] for i in issues if i["edition"] == "2026-11-18" for p in i["papers"]}
    assert later
    assert not later & sent  # the ledger outlives the leaving


def test_somebody_who_is_forgotten_leaves_no_trace(archive, at):
    archive("subscribers", "add", "gone@reader.example", "--interest", "diffusion models")
    archive("run", now=at(0))
    archive("like", "flashspeech")
    assert archive.rows("SELECT count(*) FROM delivery") == [(1,)]
    archive("subscribers", "remove", "gone@reader.example", "--forget")
    assert archive.json("subscribers", "list") == []
    for table in ("subscriber", "interest", "issue", "ledger", "delivery", "message", "feedback", "learned"):
        assert archive.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    archive("issues", "gone@reader.example", code=2)


def test_a_removed_reader_gets_no_mail_of_a_run_that_is_at_work(archive, at):
    archive("subscribers", "add", "gone@reader.example", "--interest", "diffusion models")
    archive("publish", now=at(0))
    with archive.database.with_name("digest.db.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = archive("subscribers", "remove", "gone@reader.example", "--forget", "--wait", 0, code=5).stderr
    assert "gone@reader.example is sent nothing more" in told
    assert archive.json("subscribers", "list")[0]["status"] == "unsubscribed"
    archive("deliver", now=at(0))
    assert archive.rows("SELECT state FROM delivery") == [("suppressed",)]
    assert archive.mails == []
    archive("subscribers", "remove", "gone@reader.example", "--forget")
    assert archive.json("subscribers", "list") == []


def test_the_configuration_lists_readers_whom_only_it_changes(workspace, dumps, at):
    workspace.config.write_text(TEAM)
    workspace.put(dumps[0])
    workspace("run", now=at(0))
    listed = {s["name"]: s for s in workspace.json("subscribers", "list")}
    assert {name: s["origin"] for name, s in listed.items()} == {
        "first@reader.example": "config",
        "team": "config",
    }
    for verb in (("edit", "team", "--limit", "9"), ("remove", "team@reader.example")):
        refused = workspace("subscribers", *verb, code=2)
        assert "config.yaml, line 6" in refused.stderr
    assert {s["name"]: s for s in workspace.json("subscribers", "list")} == listed

    # a changed entry is applied by the next run, one that is gone gets nothing more
    shorter = TEAM.replace("limit: 2", "limit: 3").replace(
        "  - address: first@reader.example\n    interests: [speech]\n", ""
    )
    workspace.config.write_text(shorter)
    workspace("run", now=at(1))
    listed = {s["name"]: s for s in workspace.json("subscribers", "list")}
    assert listed["team"]["preferences"]["limit"] == 3
    assert listed["first@reader.example"]["status"] == "unsubscribed"
    recipients = [path.name.split()[1] for path in workspace.mails]
    assert recipients == ["first@reader.example", "team@reader.example", "team@reader.example"]


def test_a_reader_by_feed_only_gets_picks_and_no_mail(archive, at):
    refused = archive("subscribers", "add", "--format", "feed", "--interest", "human feedback", code=2)
    assert "name" in refused.stderr
    added = archive(
        "subscribers", "add", "--name", "words", "--format", "feed", "--interest", "human feedback"
    )
    token = archive.json("subscribers", "show", "words")["feed"].split("/")[1]
    assert token in added.stdout
    assert len(token) >= 32
    archive("run", now=at(0))
    assert archive.mails == []
    assert archive.rows("SELECT count(*) FROM delivery") == [(0,)]
    (issue,) = archive.json("issues", "words")
    assert issue["delivery"] is None
    picked = [p["paper"]["title"] for p in issue["papers"]]
    feed = feedparser.parse((archive.folder / "out" / "feeds" / token / "rss.xml").read_bytes())
    assert not feed.bozo
    assert sorted(entry.title for entry in feed.entries) == sorted(picked)
    assert picked
    told = archive("issues", "words", "--day", "2026-11-16").stdout
    assert all(title[:60] in told for title in picked)
