"""The command line: what works without a configuration, options anywhere, JSON everywhere."""

import json
import re
import subprocess
import sys

import pytest

from digest.cli import main

#: imports that would make `digest --help` slow
HEAVY = ("sqlalchemy", "alembic", "jinja2", "mjml", "pydantic", "yaml", "apscheduler", "rich.markdown")
INTERESTS = ("--interest", "diffusion models^2", "--interest", "title:survey", "--mute", "medical imaging")


@pytest.fixture
def call(monkeypatch, capsys):
    """`call(*args)`: a command that ends before it opens a database, without a process of its own."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["digest", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return run


def test_help_teaches_and_imports_nothing_heavy(workspace):
    helped = subprocess.run(
        [sys.executable, "-X", "importtime", *workspace.invocation("--help")["args"][1:]],
        **{k: v for k, v in workspace.invocation().items() if k != "args"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in helped.stderr.splitlines()}
    assert "typer" in imported
    assert not {name for name in imported if name in HEAVY or name.startswith(tuple(f"{h}." for h in HEAVY))}
    for word in ("digest init", "digest subscribers add", "digest run", "digest rank", "--config", "--now"):
        assert word in helped.stdout


@pytest.mark.parametrize(
    "args",
    [
        ["ingest", "dump.txt"],
        ["ingest", "--dry-run", "dump.txt"],
        ["papers"],
        ["subscribers", "add", "vision@reader.example", "--interest", "diffusion"],
        ["subscribers", "list"],
        ["publish"],
        ["deliver"],
        ["run"],
        ["run", "--dry-run"],
        ["preview"],
        ["issues"],
        ["why", "EvTexture"],
        ["like", "EvTexture"],
        ["dislike", "EvTexture"],
        ["unlike", "EvTexture"],
        ["similar", "EvTexture"],
        ["subscribers", "learn", "vision", "refs.bib"],
        ["subscribers", "learned", "vision"],
        ["subscribers", "forget", "vision"],
        ["doctor"],
        ["status"],
        ["serve"],
    ],
    ids=" ".join,
)
def test_without_a_configuration_a_command_names_init_and_leaves_nothing(call, monkeypatch, tmp_path, args):
    monkeypatch.chdir(tmp_path)
    code, printed, complaint = call(*args)
    assert (code, printed) == (2, "")
    assert "digest init" in complaint
    assert list(tmp_path.iterdir()) == []


def test_without_a_configuration_one_can_rank_ask_for_help_and_begin(digest, dumps, tmp_path):
    ranked = digest("rank", "--interest", "speech synthesis", *dumps, "--json", cwd=tmp_path)
    assert (ranked.returncode, ranked.stderr) == (0, "")
    matches = json.loads(ranked.stdout)["matches"]
    assert "Speech Synthesis" in matches[0]["paper"]["title"]
    for match in matches:
        assert sum(e["points"] for e in match["evidence"]) == pytest.approx(match["score"], abs=0.01)
    assert list(tmp_path.iterdir()) == []
    assert re.fullmatch(r"digest \d+\.\d+\.\d+\n", digest("--version", cwd=tmp_path).stdout)

    assert digest("init", cwd=tmp_path).returncode == 0
    written = (tmp_path / "config.yaml").read_bytes()
    (tmp_path / "config.yaml").write_bytes(written + b"# mine\n")
    again = digest("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "stays as it is" in again.stderr
    assert (tmp_path / "config.yaml").read_bytes() == written + b"# mine\n"
    assert digest("status", cwd=tmp_path).returncode == 0


def test_all_mistakes_of_a_configuration_are_told_at_once_by_path_and_line(call, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(
        "database: 7\n"
        "sourcs: []\n"
        "mail:\n"
        "  smtp: {port: 99999, security: maybe, password: hush}\n"
        "schedule: {catch_up: soon}\n"
        "subscribers:\n"
        "  - {address: nobody, interests: [a]}\n"
        "  - {name: words, interests: [a], every: fortnight}\n"
    )
    code, printed, complaint = call("status", "--config", config)
    assert (code, printed) == (2, "")
    assert "hush" not in complaint
    first, *mistakes = complaint.splitlines()
    assert str(config) in first
    places = [re.match(r"  - (\S+), line (\d+): ", mistake).groups() for mistake in mistakes]
    assert sorted(places) == sorted(
        [
            ("database", "1"),
            ("sourcs", "2"),
            ("mail.smtp.port", "4"),
            ("mail.smtp.security", "4"),
            ("mail.smtp.password", "4"),
            ("schedule.catch_up", "5"),
            ("subscribers[0].address", "7"),
            ("subscribers[1].every", "8"),
        ]
    )
    assert "none, starttls, tls" in complaint
    assert "day, weekday, week, month" in complaint


def test_config_and_now_are_understood_before_and_after_the_command(archive, tmp_path, digest):
    config, now = str(archive.config), "2026-11-20T12:00Z"
    spellings = [
        ["--config", config, "--now", now, "status", "--json"],
        ["status", "--json", f"--now={now}", f"--config={config}"],
        ["--now", now, "subscribers", "list", "-c", config, "--json"],
    ]
    answers = [digest(*words, cwd=tmp_path) for words in spellings]
    assert [a.returncode for a in answers] == [0, 0, 0]
    assert json.loads(answers[0].stdout) == json.loads(answers[1].stdout)
    assert json.loads(answers[0].stdout)["papers"] == 516
    assert json.loads(answers[2].stdout) == []
    added = digest(
        "subscribers",
        "add",
        "a@reader.example",
        "-i",
        "x",
        "--now",
        now,
        "--json",
        "-c",
        config,
        cwd=tmp_path,
    )
    assert json.loads(added.stdout)["created_at"] == "2026-11-20T12:00:00Z"


def test_every_report_is_one_json_document_and_a_digest_comes_of_it(workspace, dumps, at):
    """`workspace.json` fails for anything on standard output beside one document."""
    read = workspace.json("ingest", dumps[0], now=at(0, 6))
    assert [f["new"] for f in read["listings"]] == [90]
    reader = workspace.json("subscribers", "add", "vision@reader.example", *INTERESTS)
    assert [(i["text"], i["weight"], i["field"]) for i in reader["interests"]] == [
        ("diffusion models", 2.0, "anywhere"),
        ("survey", 1.0, "title"),
    ]
    assert [m["text"] for m in reader["mutes"]] == ["medical imaging"]

    rehearsed = workspace.json("publish", "--dry-run", now=at(0))
    published = workspace.json("publish", now=at(0))
    assert rehearsed["issues"] == published["issues"] != []
    counts = published["issues"][0]["counts"]
    assert counts["listed"] == 90
    assert counts["listed"] == sum(counts[k] for k in ("sent_before", "shown", "below", "cut"))
    delivered = workspace.json("deliver", now=at(0))
    assert [d["state"] for d in delivered["deliveries"]] == ["accepted"]

    workspace.put(dumps[1])
    ran = workspace.json("run", now=at(1))
    assert [len(ran[part][what]) for part, what in (("ingest", "listings"), ("publish", "issues"))] == [1, 1]
    assert [d["state"] for d in ran["deliver"]["deliveries"]] == ["accepted"]

    issues = workspace.json("issues")
    assert [i["edition"] for i in sorted(issues, key=lambda i: i["edition"])] == ["2026-11-16", "2026-11-17"]
    status = workspace.json("status", now=at(1))
    assert (status["papers"], status["issues"], status["outbox"]["accepted"]) == (145, 2, 2)
    assert status["sources"][0]["source"] == "files"
    papers = workspace.json("papers", "--new")
    assert {p["first_seen"] for p in papers} == {"2026-11-17T08:00:00Z"}
    assert len(papers) == 55
    fields = set(papers[0])
    assert fields >= {
        *(
            "title",
            "abstract",
            "authors",
            "author_count",
            "organization",
            "arxiv_id",
            "doi",
            "url",
            "code_url",
        ),
        *("stars", "upvotes", "comments", "keywords", "summary", "published", "listed"),
        *("keys", "raw_title", "raw_abstract", "sightings"),
    }


@pytest.mark.parametrize("existing", [False, True])
def test_a_dry_run_of_everything_changes_no_byte_and_sends_nothing(archive, workspace, dumps, at, existing):
    here = archive if existing else workspace
    if existing:
        here("subscribers", "add", "vision@reader.example", *INTERESTS)
    else:  # no database yet: this reader stands in the configuration
        here.configure(subscribers=[{"address": "vision@reader.example", "interests": ["diffusion models"]}])
    here.put(dumps[2])
    before = here.snapshot()
    report = here.json("run", "--dry-run", now=at(0))
    assert here.snapshot() == before
    assert (report["dry_run"], report["output"], report["deliver"]) == (True, None, None)
    assert report["publish"]["messages"] == 1
    assert report["ingest"]["new"] == (0 if existing else 272)
    told = here("run", "--dry-run", now=at(0))
    assert "nothing was kept" in told.stdout
    assert here.snapshot() == before
