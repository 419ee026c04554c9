"""A source that was good yesterday and is not today: nothing known is lost, and everybody hears of it."""

import email
import email.policy
import json
import shutil

import pytest

READER = ("subscribers", "add", "vision@reader.example", "--interest", "diffusion models", "--limit", "100")


@pytest.fixture
def page(workspace, dumps):
    """A source that is one page, written anew every day; it was good on the first day."""
    path = workspace.folder / "page.txt"
    workspace.configure(
        sources=[{"name": "daily", "path": "page.txt", "settle": "0s"}],
        defaults={"empty": "say"},
        schedule={"wait_until": "0s"},
    )
    workspace(*READER)
    shutil.copyfile(dumps[0], path)
    return path


def body(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return " ".join(message.get_body(("plain",)).get_content().split())


def items(workspace):
    feed = json.loads((workspace.folder / "out/feeds/feed.json").read_text())
    return [item["id"] for item in feed["items"]], feed["description"]


def test_a_broken_page_replaces_nothing_and_mail_feed_page_and_status_say_it(workspace, page, at):
    assert workspace("run", now=at(0)).returncode == 0
    papers, (before, description) = workspace.json("papers"), items(workspace)
    first_page = (workspace.folder / "out/days/2026-11-16.html").read_bytes()
    page.write_text("<h1>503 Service Unavailable</h1>\n")

    done = workspace("run", now=at(1), code=4)

    assert "page.txt" in done.stderr
    assert workspace.json("papers") == papers
    assert items(workspace)[0] == before
    assert description == "New research papers, as they are listed"
    assert items(workspace)[1].startswith(f"{description}. daily could not be read: page.txt: no listing")
    assert (workspace.folder / "out/days/2026-11-16.html").read_bytes() == first_page
    assert "daily could not be read: page.txt" in body(workspace.mails[-1])
    (source,) = workspace.json("status")["sources"]
    assert (source["health"], source["newest_day"]) == ("broken", "2026-03-12")
    assert source["last_good"] == "2026-11-16T08:00:00Z"
    assert "broken: page.txt: no listing" in " ".join(workspace("status").stdout.split())


def test_a_page_that_is_well_again_is_forgiven_by_the_next_run(workspace, page, dumps, at):
    page.write_text("<h1>503 Service Unavailable</h1>\n")
    workspace("run", now=at(0), code=4)
    shutil.copyfile(dumps[1], page)

    workspace("run", now=at(1), code=0)

    assert "could not be read" not in body(workspace.mails[-1])
    assert "could not be read" not in items(workspace)[1]
    assert workspace.json("status")["sources"][0]["health"] == "ok"


def test_feeds_are_not_written_again_while_nothing_changes(workspace, page, at):
    page.write_text("<h1>503 Service Unavailable</h1>\n")
    workspace("run", now=at(0, 8), code=4)
    feeds = workspace.folder / "out/feeds"
    before = {path: path.stat().st_mtime_ns for path in feeds.glob("*.*")}

    workspace("run", now=at(0, 9), code=4)

    assert before
    assert {path: path.stat().st_mtime_ns for path in feeds.glob("*.*")} == before


def test_lost_papers_are_told_with_numbers_and_are_4(workspace, page, dumps, at):
    workspace("run", now=at(0))
    text = page.read_text(encoding="utf-8")
    page.write_text(text[: len(text) // 3].rsplit("\n\n", 2)[0] + "\n", encoding="utf-8")

    done = workspace("run", now=at(0, 12), code=4)

    assert "partial: " in done.stderr
    (told,) = workspace.json("ingest", now=at(0, 13), code=4)["sources"]
    assert told["health"] == "partial"
    assert "when it was read at 08:00 UTC on Mon 16 Nov" in told["what"]
    assert len(workspace.json("papers")) > told["papers"]
