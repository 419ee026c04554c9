"""The documents are true: links lead somewhere, commands exist and work, words are explained."""

import configparser
import enum
import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer

from digest import __version__, model
from digest.cli import app
from digest.exits import EXIT_CODES
from digest.sources.decode import decode

ROOT = Path(__file__).resolve().parents[1]
#: nobody's words: made while working, or a cache
NOT_OURS = {".git", ".venv", "out", "build", "dist", "node_modules"}
COMMANDS = typer.main.get_command(app)


def tracked_files():
    """Every file of the project: as git knows them, or without git all that are not made by working."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        # files that are not added yet count as well, or a new page would escape
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        names = listed.stdout.decode().split("\0")
        return sorted(p for name in names if name and (p := ROOT / name).is_file())
    return sorted(
        p
        for p in ROOT.rglob("*")
        if p.is_file()
        and not any(
            part in NOT_OURS or part.endswith(("_cache", "__pycache__")) for part in p.relative_to(ROOT).parts
        )
    )


FILES = tracked_files()
#: a case's `input.md` is data, whatever its links say
PAGES = [p for p in FILES if p.suffix == ".md" and p.stem != "input"]
README = ROOT / "README.md"


def name_of(path):
    return str(path.relative_to(ROOT))


def read(path):
    return path.read_text(encoding="utf-8")


# ── links ─────────────────────────────────────────────────────────────────────────────────────

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")


def prose(page):
    return FENCE.sub("", read(page))


def blocks(page, language):
    """The blocks of code in one language."""
    return [body for written_in, body in FENCE.findall(read(page)) if written_in == language]


def links(page):
    return [a or b for a, b in LINK.findall(re.sub(r"`[^`\n]*`", "", prose(page)))]


def anchors(page):
    """The anchors that a page's headings get: lower case, blanks as hyphens, punctuation gone."""
    headings = re.findall(r"^#+ +(.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def broken_links(page):
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or not target.is_relative_to(ROOT):
            yield f"{link}: nothing there"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page):
    assert list(broken_links(page)) == []


def test_a_link_that_leads_nowhere_is_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# A heading, at last\n")
    page = tmp_path / "page.md"
    page.write_text(
        '[a](there.md#a-heading-at-last) [b](there.md#none) [c](gone.md) `[d](gone.md)` <img src="e.png">'
        "\n```sh\n[f](gone.md)\n```\n[g](https://digest.example/gone.md) [h](../above.md)\n"
    )
    assert {found.partition(":")[0] for found in broken_links(page)} == {
        "there.md#none",
        "gone.md",
        "e.png",
        "../above.md",
    }


def test_nothing_in_a_page_is_loaded_from_elsewhere():
    remote = [
        f"{name_of(p)}: {link}" for p in PAGES for link in re.findall(r"!\[[^]]*\]\((https?:[^)]+)", read(p))
    ]
    remote += [
        f"{name_of(p)}: {link}"
        for p in PAGES
        for link in re.findall(r"src(?:set)?=\"(https?:[^\"]+)", read(p))
    ]
    assert remote == []


def test_every_page_of_the_docs_is_in_the_index():
    index = {(ROOT / "docs" / link).resolve() for link in links(ROOT / "docs" / "README.md")}
    decisions = {
        (ROOT / "docs/decisions" / link).resolve() for link in links(ROOT / "docs/decisions/README.md")
    }
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or page in index
    for page in (ROOT / "docs/decisions").glob("0*.md"):
        assert page in decisions


# ── commands ──────────────────────────────────────────────────────────────────────────────────


def commands(group=COMMANDS, above=()):
    """Every command with its name as written, such as `subscribers add`."""
    for name, command in group.commands.items():
        path = (*above, name)
        if hasattr(command, "commands"):
            yield from commands(command, path)
        else:
            yield " ".join(path), command


def in_code(page):
    """All that stands in code on a page: blocks and words."""
    text = read(page)
    fenced = [body for _, body in FENCE.findall(text)]
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))])


def test_every_command_is_told_of_in_the_documents():
    told = "\n".join(in_code(p) for p in PAGES)
    missing = [name for name, _ in commands() if not re.search(rf"\bdigest (-c \S+ )?{name}\b", told)]
    assert missing == []


def test_every_command_and_option_explains_itself():
    silent = [name for name, command in commands() if not command.help]
    silent += [
        f"{name} {option.opts[-1]}"
        for name, command in commands()
        for option in command.params
        if not (getattr(option, "help", None) or "").strip()
    ]
    assert silent == []


@dataclass(frozen=True)
class Written:
    """A call of digest as it stands somewhere."""

    place: str
    words: tuple[str, ...]

    def __str__(self):
        return f"{self.place}: digest {' '.join(self.words)}"


#: `digest` where a command stands: at a line's start, after `&&`, `sudo`, variables, or in a unit
CALL = re.compile(
    r"(?:^|&& |sudo -u digest (?:env \S+ )?|ExecStart=|^[A-Z_]+=\S+ )(?:/\S+/)?digest(?= |$)(.*)$"
)
#: where a call ends and something else begins
END = re.compile(r"\s+(?:#|\||&&|;)(?:\s|$)")


def calls():
    """Every call of digest in a block of shell or cron, and in `deploy/`."""
    for page in PAGES:
        for body in (*blocks(page, "sh"), *blocks(page, "cron")):
            yield from _calls(name_of(page), body)
    for path in FILES:
        if path.parent == ROOT / "deploy":
            lines = [line for line in read(path).splitlines() if not line.lstrip().startswith("#")]
            yield from _calls(name_of(path), "\n".join(lines))


def _calls(place, body):
    for line in body.splitlines():
        if found := CALL.search(line):
            yield Written(place, tuple(shlex.split(END.split(found[1])[0])))


def parsed(words):
    """Hand `words` to the parser as the shell would; whatever they mean is not done."""
    command = COMMANDS
    context = command.make_context("digest", list(words))
    while hasattr(command, "commands"):
        # the words that the group itself left over; where the library keeps them is its own affair
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, list(rest), parent=context)
    return context


def test_there_are_calls_to_look_at():
    found = list(calls())
    assert {c.place for c in found} >= {
        "README.md",
        "docs/operating.md",
        "deploy/crontab",
        "deploy/digest.service",
        "deploy/digest-serve.service",
    }
    assert len(found) > 20


@pytest.mark.parametrize("call", list(calls()), ids=str)
def test_every_call_in_the_documents_is_one_that_digest_understands(call):
    parsed(call.words)


@pytest.mark.parametrize("words", [["rnu"], ["run", "--dry"], ["subscribers", "ad"], ["init", "a", "b"]])
def test_a_call_that_digest_does_not_understand_is_seen(words):
    with pytest.raises(Exception, match=r"(?i)no such|unexpected"):
        parsed(words)


# ── the readme, done ──────────────────────────────────────────────────────────────────────────


def do_all(page, folder):
    """Every command in a page's blocks of shell, in one shell, in a folder like a checkout; what was said."""
    (folder / "examples").symlink_to(ROOT / "examples")
    program = folder / ".venv" / "bin" / "digest"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m digest "$@"\n')
    program.chmod(0o755)
    script = "set -eu\n" + "\n".join(b for b in blocks(page, "sh") if not b.startswith("make "))
    kept = {k: v for k, v in os.environ.items() if k in {"HOME", "PATH", "TMPDIR"}}
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_the_readmes_commands_work_one_after_another_and_servers_show_what_they_make(tmp_path):
    said = do_all(README, tmp_path)
    (ranked,) = [body for body in blocks(README, "text") if body.startswith("  1. ")]
    assert ranked in said
    assert len(list((tmp_path / "mine/mail").glob("*.eml"))) == 1

    out = tmp_path / "mine/out"
    made = [f"/{p.relative_to(out)}" for p in out.rglob("*") if p.is_file()]
    # a page, its day, the public feed and a personal one
    assert len(made) >= 8
    assert [address for address in [*made, "/"] if not nginx_shows(address)] == []
    assert [address for address in [*made, "/"] if not caddy_shows(address)] == []


def test_the_readme_is_one_that_people_finish():
    assert read(README).count("\n") < 200
    assert "docs/pictures/" in read(README)[:1500]
    assert "make run" in read(README)[:2500]


# ── what the servers in deploy/ show ──────────────────────────────────────────────────────────


def nginx_shows(address):
    text = read(ROOT / "deploy/nginx.conf")
    exact = re.findall(r"location = (\S+) \{", text)
    patterns = re.findall(r'location ~ "([^"]+)" \{', text)
    return address in exact or any(re.search(p, address) for p in patterns)


def caddy_shows(address):
    (pattern,) = re.findall(r"@shown path_regexp (\S+)$", read(ROOT / "deploy/Caddyfile"), re.MULTILINE)
    return bool(re.search(pattern, address))


@pytest.mark.parametrize("shows", [nginx_shows, caddy_shows])
@pytest.mark.parametrize(
    "address",
    [
        "/mail/2026-11-20 vision@reader.example 1f3a5b7c.eml",
        "/digest.db",
        "/digest.db-wal",
        "/config.yaml",
        "/feeds/",
        "/feeds/zbGrD1fwM4dI1V3uGbktQdZBwL2LETAm/",
        "/feeds/.rss.xml.part",
        "/days/",
        "/days/2026-11-20.html.part",
        "/.index.html",
        "/feeds/../mail/rss.xml.eml",
    ],
)
def test_the_examples_show_nothing_else(shows, address):
    assert not shows(address)


def test_unsubscribe_links_are_handed_on_to_where_serve_listens_and_not_logged():
    from digest.config import Settings

    listen = str(Settings().web.listen)
    nginx, caddy = read(ROOT / "deploy/nginx.conf"), read(ROOT / "deploy/Caddyfile")
    assert re.search(rf"location /u/ \{{\n +proxy_pass http://{re.escape(listen)};", nginx)
    assert re.search(rf"handle /u/\* \{{[^@]+reverse_proxy {re.escape(listen)}\n", caddy)
    maps = dict(re.findall(r"^map \$uri (\S+) \{\n(.*?)^\}", nginx, re.MULTILINE | re.DOTALL))
    kept = {name: dict(re.findall(r'"?(\S+?)"? +(\S.*);', body)) for name, body in maps.items()}
    assert kept["$digest_logged"]["~^/u/"] == "0"
    assert kept["$digest_cache"]["~^/u/"] == '""'  # it says itself: no-store
    (public,) = re.findall(r"@public not path_regexp (\S+)$", caddy, re.MULTILINE)
    assert re.search(public, "/u/AbCdEf")
    assert not re.search(public, "/index.html")


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy").glob("*.service")), ids=name_of)
def test_the_services_are_fenced_in_alike(unit):
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    parser.optionxform = str
    parser.read(unit)
    service = dict(parser["Service"])
    assert service["User"] == "digest"
    assert service["ExecStart"].startswith("/opt/digest/bin/digest ")
    for wall in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert service[wall] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


# ── words ─────────────────────────────────────────────────────────────────────────────────────

GLOSSARY = ROOT / "docs" / "glossary.md"
NOUNS = [
    name
    for name, value in vars(model).items()
    if (inspect.isclass(value) and value.__module__ == model.__name__) or name in {"PaperKey", "Span"}
]
STAGES = ("read", "add", "rank", "compose", "render", "sign", "enqueue", "send")


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_of_the_model_has_its_entry(noun):
    assert re.search(rf"^\*\*[A-Z][^*\n]+\*\* \(`{noun}`\): ", read(GLOSSARY), re.MULTILINE)


def test_every_value_that_a_noun_can_have_is_explained():
    kinds = [v for v in vars(model).values() if inspect.isclass(v) and issubclass(v, enum.StrEnum)]
    values = [f"{kind.__name__}.{each.value}" for kind in kinds for each in kind if kind is not enum.StrEnum]
    text = read(GLOSSARY)
    assert [v for v in values if f"`{v.partition('.')[2]}`" not in text] == []
    assert len(values) > 30


def test_stages_and_commands_are_explained():
    text = read(GLOSSARY)
    assert [s for s in STAGES if f"| **{s}** |" not in text] == []
    assert [name for name in COMMANDS.commands if f"**{name}**" not in text] == []


def test_the_exit_codes_are_the_same_everywhere():
    codes = dict(re.findall(r"(\d) ([a-z][^\n]*?)(?:   |\n|$)", EXIT_CODES))
    assert sorted(codes) == list("012345")
    for page in (README, ROOT / "docs/operating.md"):
        for code, meaning in codes.items():
            assert f"| {code} | {meaning.strip()} |" in read(page), page


# ── decisions and changes ─────────────────────────────────────────────────────────────────────

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap():
    assert [p.name[:4] for p in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_says_when_why_what_and_what_follows(page):
    text = read(page)
    assert text.startswith(f"# {page.name[:4]} · ")
    assert re.search(r"^\d{1,2} [A-Z][a-z]+ \d{4}$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_changelog_begins_with_this_version():
    assert re.findall(r"^## (\S+)", read(ROOT / "CHANGELOG.md"), re.MULTILINE)[0] == __version__


# ── what must not stand in any file ───────────────────────────────────────────────────────────

#: put together here, so that this file does not hold them
HOSTS = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
MACHINE = ["/".join(parts) for parts in (("", "work", "main"), ("", "work", "shared"), ("", "tmp", "w", ""))]
PICTURES = ("*.png", "*.db", "*.gz")


def found_in_files(patterns):
    return [
        f"{name_of(path)}: {pattern}"
        for path in FILES
        if not any(fnmatch(path.name, kind) for kind in PICTURES)
        for text in [path.read_bytes().decode("utf-8", "replace")]
        for pattern in patterns
        if pattern in text
    ]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    assert found_in_files([*HOSTS, *MACHINE]) == []


def test_the_locks_name_no_host():
    locks = [p for p in FILES if fnmatch(p.name, "requirements*.lock")]
    assert len(locks) == 2
    assert [name_of(p) for p in locks if "://" in read(p)] == []


# ── the worked example of docs/sources.md ──────────────────────────────────────────────────────


def test_the_shape_of_the_worked_example_reads_its_example():
    page = read(ROOT / "docs" / "sources.md")
    example = re.search(r"```text\n(TY  - .*?)```", page, re.DOTALL)[1]
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    module = {"__name__": "worked_example"}
    exec(compile(code, "docs/sources.md", "exec"), module)
    shape, wire = module["RIS"], decode(example.encode())
    two = example + example.replace("TI  - ", "XX  - ")

    assert shape.matches(wire)
    (entry,) = shape.read(wire, 10).entries
    assert entry.raw_title == "Slow Rivers, Fast Boats"
    assert entry.raw_abstract.startswith("Braided channels move faster")
    assert (entry.facts.authors, entry.facts.doi) == (("Lovelace, Ada",), "10.1000/slow.rivers")
    assert [f.what for f in shape.read(decode(two.encode()), 10).findings] == ["a record without a title"]
    assert not shape.matches(decode(b"Daily Papers"))
