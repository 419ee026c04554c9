"""Commands that look: why, issues, preview, papers, status. None of them touches anything."""

import email
import email.policy

import pytest

LINE = 50


@pytest.fixture
def published(archive, at):
    """One reader with one issue, in which the limit cut some picks and a mute pushed papers out."""
    wanted = ("--interest", "diffusion models", "--mute", "voice conversion", "--limit", "3")
    archive("subscribers", "add", "vision@reader.example", *wanted)
    report = archive.json("run", now=at(0))
    archive.issue = report["publish"]["issues"][0]
    return archive


def titles_of(issue, kind):
    return [m["paper"]["title"] for s in issue["sections"] if s["kind"] == kind for m in s["matches"]]


def test_why_has_an_answer_for_every_paper(published, at):
    issue = published.issue
    assert issue["counts"]["cut"] > 0
    picks = titles_of(issue, "for_you")
    shown = {m["paper"]["title"] for s in issue["sections"] for m in s["matches"]}
    papers = {p["title"]: p for p in published.json("papers")}
    hidden = [p for title, p in papers.items() if title not in shown]
    words = ("diffusion models", "diffusion model")
    scored = [p for p in hidden if p["abstract"].casefold().count(words[1]) > 2]
    muted = next(p for p in hidden if "voice conversion" in p["title"].casefold())

    sent = published.json("why", picks[0], now=at(0, 9))
    sums = sent["arithmetic"]
    assert sums["score"] == pytest.approx(sent["score"], abs=0.01)
    assert sum(i["contributed"] for i in sums["interests"]) == pytest.approx(sums["before_mutes"], abs=0.01)
    assert "sent to vision@reader.example as a pick, edition 2026-11-16" in sent["verdict"]
    assert sent["sent"] == [{"edition": "2026-11-16", "section": "for_you"}]
    assert sum(e["points"] for e in sent["evidence"]) == pytest.approx(sent["score"], abs=0.01)
    assert sent["score"] >= sent["line"] == LINE

    verdicts = {p["title"]: published.json("why", p["keys"][0], now=at(0, 9)) for p in scored[:3]}
    cut = [v for v in verdicts.values() if "cut by the limit" in v["verdict"]]
    assert cut
    assert all(v["score"] >= LINE and "competes until 2026-11-19" in v["verdict"] for v in cut)

    below = published.json("why", next(p for p in hidden if "diffusion" not in p["abstract"])["title"])
    assert below["score"] < LINE
    assert "below the line" in below["verdict"]
    pushed_out = published.json("why", muted["title"], "vision@reader.example")
    assert "mute" in pushed_out["verdict"]
    titled = published.json("why", titles_of(issue, "also_new")[0])
    assert "Also new" in titled["verdict"]

    told = published("why", picks[0].upper()[:40]).stdout
    assert picks[0] in told
    assert "sent to vision@reader.example" in told


def test_why_says_so_when_a_paper_is_unknown_or_not_the_only_one(published):
    for unknown in ("https://arxiv.org/abs/2501.99999", "No Such Paper"):
        refused = published("why", unknown, code=2)
        assert refused.stdout == ""
        assert unknown in refused.stderr
    several = published("why", "diffusion", code=2)
    named = [line.removeprefix("  - ") for line in several.stderr.splitlines()[1:]]
    assert len(named) > 1
    assert all(title.casefold().startswith("diffusion") for title in named)
    # also a command that is refused closes the database: a copy of this one file is a whole backup
    beside = {p.name.removeprefix("digest.db") for p in published.folder.glob("digest.db*")}
    assert beside == {"", ".generation", ".lock"}


def test_a_past_issue_is_printed_as_it_was_sent(published, at):
    (path,) = published.mails
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",)).get_content()
    # whatever changes afterwards
    published("subscribers", "edit", "vision@reader.example", "--interest", "speech", "--name", "other")
    told = published("issues", "vision@reader.example", "--day", "2026-11-16", now=at(3)).stdout
    assert body.split() == told.split("\n\n", 1)[1].split()
    assert f"Subject: {mail['Subject']}" in told
    assert f"Message-ID: {mail['Message-ID']}" in told
    (document,) = published.json("issues", "other", "--day", "2026-11-16")
    assert document["as_sent"].encode() == path.read_bytes()
    assert document["delivery"]["state"] == "accepted"
    assert len(document["papers"]) == document["counts"]["shown"] == published.issue["counts"]["shown"]
    assert published.json("issues", "--day", "2026-11-15") == []


def test_a_preview_is_the_mail_to_come_and_touches_nothing(archive, at, tmp_path):
    archive("subscribers", "add", "vision@reader.example", "--interest", "diffusion models")
    before = archive.snapshot()
    printed = archive("preview", now=at(0)).stdout
    written = archive("preview", "vision@reader.example", "--out", tmp_path / "out", now=at(0)).stdout
    assert archive.snapshot() == before
    files = {p.suffix: p for p in (tmp_path / "out").iterdir()}
    assert set(files) == {".html", ".txt", ".eml"}
    assert all(str(path) in written for path in files.values())

    archive("run", now=at(0))
    (path,) = archive.mails
    assert files[".eml"].read_bytes() == path.read_bytes()
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert mail.get_body(("plain",)).get_content().split() == files[".txt"].read_text().split()
    assert printed.startswith(f"Subject: {mail['Subject']}\n")


def test_papers_are_found_by_words_by_day_and_by_being_new(archive):
    found = archive.json("papers", "--search", "Speech Synthesis")
    assert 0 < len(found) < 50
    for paper in found:
        text = f"{paper['title']} {paper['abstract']}".casefold()
        assert "speech" in text
        assert "synthesis" in text
    listed = archive.json("papers", "--day", "2026-05-29")
    assert len(listed) == 56
    assert all("2026-05-29" in [s["day"] for s in p["sightings"]] for p in listed)
    told = archive("papers", "--search", "speech synthesis").stdout
    assert f"{len(found)} papers" in told
    assert archive.json("papers", "--search", "100%_nothing") == []
