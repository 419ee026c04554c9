"""Commands about papers: `ingest`, `rank`, `papers`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from digest import __version__
from digest.cli import documents
from digest.cli.globals import now_of, open_app
from digest.cli.options import Json, Wait
from digest.cli.terminal import complain, number_of, piped_in, progress, say, table
from digest.errors import UsageError
from digest.text import clip, printable

if TYPE_CHECKING:
    from digest.model import Evidence, KnownPaper, Match
    from digest.pipeline import FetchReport, IngestReport


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(ingest)
    app.command()(rank)
    app.command()(papers)


def ingest(
    context: typer.Context,
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PLACE...",
            help="Files, folders, globs, https:// addresses, or - for standard input; without any, the "
            "configured sources.",
        ),
    ] = None,
    date_: Annotated[
        str | None,
        typer.Option(
            "--date",
            metavar="DAY",
            help="The listing's day, such as 2026-11-22: for pages that name none, or name no year.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; store nothing.")] = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Read dumps of paper listings into the archive; PLACEs are read at once.

    Reading the same file again adds nothing, whatever it is called. With --dry-run --json every
    record is printed as it stands in the file; a dry run asks no web server, and says what it would.
    """
    app = open_app(context)
    day = parse_day(date_, app.now.date())
    with progress() as shown, app.rehearsing() if dry_run else app.writing(wait, shown) as where:
        report = app.ingest(
            where,
            [place if "://" in place else Path(place) for place in places or ()] or None,
            day=day,
            rehearse=dry_run,
            standard_input=piped_in(),
            progress=shown,
        )
    if as_json:
        documents.print_json(documents.ingest_report(report, records=dry_run) | {"dry_run": dry_run})
    else:
        show_ingest(report)
        if dry_run:
            say("nothing was stored (--dry-run)")
    raise typer.Exit(report.exit_code)


def show_ingest(report: IngestReport) -> None:
    """One line for each file, then the problems."""
    rows = [
        (
            f.source,
            f.listing.name,
            f.listing.format,
            f.listing.day_label or "",
            f.listing.count,
            f.new,
            f.known,
            "read before" if f.seen_before else "",
        )
        for f in report.files
    ]
    if rows:
        table(("source", "file", "format", "page date", "read", "new", "known", ""), rows)
    for fetch in report.fetches:
        if line := _fetch_line(fetch):
            say(line)
    for problem in report.problems:
        complain(f"{problem.where}: {problem.what}")
    for line in report.alarm_lines:
        complain(line)
    for path in report.waiting:
        say(f"{printable(str(path))} was changed just now and waits for the next run")
    if not (report.files or report.waiting or report.fetches):
        say("no files to read")


def _fetch_line(fetch: FetchReport) -> str:
    """What came of an address; empty where the table or a problem says it all."""
    if fetch.outcome in {"failed", "gone"} or (fetch.outcome == "fetched" and "moved" not in fetch.what):
        return ""
    until = f"; asked again from {fetch.until:%Y-%m-%d %H:%M} UTC" if fetch.until else ""
    return printable(f"{fetch.source}: {fetch.url}: {fetch.what}{until}")


def rank(
    context: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Dumps to rank, or - for standard input.")
    ],
    interest: Annotated[
        list[str],
        typer.Option(
            "--interest", "-i", metavar="PHRASE", help='What you want, such as "speech synthesis^2".'
        ),
    ],
    mute: Annotated[
        list[str] | None, typer.Option("--mute", metavar="PHRASE", help="What you never want.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many papers to show (default: 12, and all with --trec).")
    ] = None,
    trec: Annotated[
        str | None,
        typer.Option(
            "--trec",
            metavar="TOPIC",
            help="Print a TREC run for evaluation programs: TOPIC Q0 paper rank score tag.",
        ),
    ] = None,
    as_json: Json = False,
) -> NoReturn:
    """Rank the papers of any dump by your interests and say why: no configuration, no database."""
    from digest.config import parse_interest, parse_mute  # noqa: PLC0415 - heavy
    from digest.model import Severity  # noqa: PLC0415
    from digest.pipeline import rank_files  # noqa: PLC0415
    from digest.rank import SEND_LINE  # noqa: PLC0415

    if trec is not None and (as_json or len(trec.split()) != 1):
        raise UsageError("--trec wants one word for the topic, such as --trec speech-1, and no --json")
    if limit is None and trec is None:
        limit = 12
    interests = [parse_interest(text) for text in interest] + [parse_mute(text) for text in mute or ()]
    found = rank_files(paths, interests, now=now_of(context), limit=limit, standard_input=piped_in())
    if as_json:
        documents.print_json(
            {
                "papers": found.papers,
                "line": SEND_LINE,
                "matches": [documents.match(m) for m in found.matches],
                "problems": [documents.problem(p) for p in found.problems],
            }
        )
    elif trec is not None:
        for number, match in enumerate(found.matches, 1):
            say(_trec_line(trec.strip(), number, match))
    else:
        for number, match in enumerate(found.matches, 1):
            show_match(number, match, SEND_LINE)
        if not found.matches:
            say(f"none of {number_of(found.papers, 'paper')} holds what you want")
    if not as_json:
        for problem in found.problems:
            complain(f"{problem.where}: {problem.what}")
    lost = any(p.severity is not Severity.NOTE for p in found.problems)
    raise typer.Exit(4 if lost else 0)


def _trec_line(topic: str, place: int, match: Match) -> str:
    """One line of a run. A paper goes by its arXiv id or DOI, as it is, or by its title's key."""
    key = match.paper.keys[0]
    name = key if key.startswith("title:") else key.partition(":")[2]
    return printable(f"{topic} Q0 {name} {place} {match.score:.6f} digest-{__version__}")


def show_match(number: int, match: Match, line: float) -> None:
    """A paper with its score, where its words stood and their points."""
    below = "" if match.score >= line else "  (below the line)"
    say(f"{number:3}. {match.score:5.1f}  {clip(printable(match.paper.paper.title), 100)}{below}")
    for reason in match.evidence:
        say(f"            {reason.points:5.1f}  {reason_line(reason)}")


def reason_line(reason: Evidence) -> str:
    """What was found of an interest and where, or what stands for it."""
    words = ", ".join(printable(word) for word in dict.fromkeys(reason.words))
    name = reason.interest.text if reason.interest else "likes"
    if reason.kind == "words":
        return printable(f"{name}: {words} ({reason.field})")
    return printable(f"{name}: {words or 'close in subject'} ({reason.kind})")


def papers(
    context: typer.Context,
    search: Annotated[str | None, typer.Option(help="Words that title or abstract hold.")] = None,
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="Listed on this day, such as 2026-11-22.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="First seen in the latest reading only.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many at most (default: 20 in the terminal, all as JSON).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is stored, newest first."""
    app = open_app(context)
    with app.reading() as transaction:
        since = transaction.listings.latest_new() if new else None
        nothing_new = new and since is None
        found = (
            [] if nothing_new else transaction.papers.search(words=search, day=parse_day(day), since=since)
        )
    found.sort(key=lambda p: (-p.known.first_seen.timestamp(), p.known.id))
    if as_json:
        documents.print_json([documents.stored_paper(p) for p in found[:limit]])
        return
    shown = found[: limit or 20]
    if shown:
        rows = [_row(p.known) for p in shown]
        table(("first seen", "listings", "title", "key"), rows, wide=("title",))
    rest = len(found) - len(shown)
    hidden = f", {rest} not shown: --limit {len(found)} or --json shows all" if rest else ""
    say(number_of(len(found), "paper") + hidden)


def _row(known: KnownPaper) -> tuple[object, ...]:
    key = known.keys[0]
    return f"{known.first_seen:%Y-%m-%d}", known.listings, known.paper.title, clip(key, 24)


def parse_day(text: str | None, latest: date | None = None) -> date | None:
    """A day as written on the command line; `latest` is the last one allowed."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it like 2026-11-22") from None
    if latest is not None and day > latest:
        raise UsageError(f"{day} is in the future; a listing's day is {latest} at the latest")
    return day
