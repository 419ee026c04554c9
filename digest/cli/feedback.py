"""Commands about taste: `like`, `dislike`, `unlike`, `similar`; `subscribers learn`, `learned`, `forget`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from digest.cli import documents, subscribers, taste_documents
from digest.cli.globals import open_app
from digest.cli.options import Json, ThePaper, Wait
from digest.cli.terminal import complain, number_of, piped_in, progress, say
from digest.text import clip, printable

if TYPE_CHECKING:
    from digest.pipeline import LearningReport

_WORDS = typer.Argument(
    metavar="PAPER...",
    help="Papers, each by arXiv id, DOI, link, number or part of the title; then whose opinion it is, not "
    "needed where there is one subscriber.",
)
Words = Annotated[list[str], _WORDS]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; keep nothing.")]
#: how many papers without a place are named
_NAMED = 20


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(like)
    app.command()(dislike)
    app.command()(unlike)
    app.command()(similar)
    for command in (learn, learned, forget):
        subscribers.group.command()(command)


def like(
    context: typer.Context, words: Words, dry_run: DryRun = False, wait: Wait = 30.0, as_json: Json = False
) -> NoReturn:
    """Say that a subscriber likes papers: what is like them comes higher from now on.

    The last word is ADDRESS if it is a subscriber's address or name. A title may be cut anywhere; where
    several papers have such a part, they are listed and nothing is noted. `unlike` takes it back.
    """
    _opine(context, words, "like", dry_run=dry_run, wait=wait, as_json=as_json)


def dislike(
    context: typer.Context, words: Words, dry_run: DryRun = False, wait: Wait = 30.0, as_json: Json = False
) -> NoReturn:
    """Say that a subscriber dislikes papers: what is like them comes lower from now on.

    PAPER and ADDRESS are those of `like`. `unlike` takes it back.
    """
    _opine(context, words, "dislike", dry_run=dry_run, wait=wait, as_json=as_json)


def _opine(
    context: typer.Context, words: list[str], opinion: str, *, dry_run: bool, wait: float, as_json: bool
) -> NoReturn:
    from digest.model import Opinion  # noqa: PLC0415 - heavy
    from digest.pipeline import learning  # noqa: PLC0415 - likewise

    app = open_app(context)
    with progress() as shown, app.rehearsing() if dry_run else app.writing(wait, shown) as where:
        report = learning.opine(where, words, Opinion(opinion), now=app.now)
    _finish(report, dry_run=dry_run, as_json=as_json)


def unlike(
    context: typer.Context, words: Words, dry_run: DryRun = False, wait: Wait = 30.0, as_json: Json = False
) -> NoReturn:
    """Take back that a subscriber likes or dislikes papers.

    PAPER and ADDRESS are those of `like`; papers that came from a library file are found as well.
    """
    from digest.pipeline import learning  # noqa: PLC0415 - heavy

    app = open_app(context)
    with progress() as shown, app.rehearsing() if dry_run else app.writing(wait, shown) as where:
        report = learning.take_back(where, words, now=app.now)
    _finish(report, dry_run=dry_run, as_json=as_json)


def learn(
    context: typer.Context,
    who: subscribers.Who,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="BibTeX, an export of Zotero (BibTeX, CSL-JSON, CSV, RIS), or a list of arXiv ids and DOIs, "
            "one in each line; - is standard input.",
        ),
    ],
    dry_run: DryRun = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Like every paper of a library file.

    A paper that the archive does not have is learned from by its title and abstract in the file; one that
    has neither there is not found. Learning the same file again adds what came since.
    """
    from digest.pipeline import learning  # noqa: PLC0415 - heavy

    app = open_app(context)
    with progress() as shown, app.rehearsing() if dry_run else app.writing(wait, shown) as where:
        report = learning.learn_library(where, who, file, now=app.now, standard_input=piped_in())
    _finish(report, dry_run=dry_run, as_json=as_json)


def forget(
    context: typer.Context,
    who: subscribers.Who,
    dry_run: DryRun = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> NoReturn:
    """Delete all likes and dislikes of a subscriber and what was learned from them; the rest stays."""
    from digest.pipeline import learning  # noqa: PLC0415 - heavy

    app = open_app(context)
    with progress() as shown, app.rehearsing() if dry_run else app.writing(wait, shown) as where:
        report = learning.forget(where, who)
    _finish(report, dry_run=dry_run, as_json=as_json)


def learned(
    context: typer.Context,
    who: subscribers.Who,
    limit: Annotated[int, typer.Option(min=1, help="How many words of each kind.")] = 20,
    as_json: Json = False,
) -> None:
    """Show what was learned from a subscriber's likes and dislikes: the strongest and the weakest words."""
    from digest.pipeline import learning, subscribing  # noqa: PLC0415 - heavy

    app = open_app(context)
    with app.reading() as transaction:
        found = learning.taste_of(transaction, subscribing.find(transaction, who))
    if as_json:
        documents.print_json(taste_documents.taste(found, limit))
        return
    say(_state(found))
    if found.taste is None:
        say("nothing is learned yet; `digest like PAPER` begins")
        return
    strongest, weakest = taste_documents.extremes(found.taste.weights, limit)
    for heading, words in (("speaks for a paper", strongest), ("speaks against it", weakest)):
        if words:
            say(f"\n{heading}:")
        for word, weight in words:
            say(f"  {weight:+8.4f}  {printable(word)}")


def similar(
    context: typer.Context,
    paper: ThePaper,
    limit: Annotated[int, typer.Option(min=1, help="How many papers to show.")] = 10,
    as_json: Json = False,
) -> None:
    """Show the papers of the archive that are most like another one of it, and by which words."""
    from digest import pipeline  # noqa: PLC0415 - heavy

    app = open_app(context)
    with app.reading() as transaction:
        wanted = pipeline.find_paper(transaction, paper)
        found = pipeline.similar(transaction, wanted, limit)
    if as_json:
        documents.print_json(taste_documents.similar(wanted, found))
        return
    say(f"like {printable(wanted.paper.title)}:")
    for number, each in enumerate(found, 1):
        say(f"{number:3}. {100 * each.similarity:3.0f} %  {clip(printable(each.paper.paper.title), 100)}")
        say(f"            {printable(', '.join(each.words))}")
    if not found:
        say("no other paper of the archive shares a word with it")


def _finish(report: LearningReport, *, dry_run: bool, as_json: bool) -> NoReturn:
    if as_json:
        documents.print_json(taste_documents.feedback(report) | {"dry_run": dry_run})
    else:
        _show(report)
        if dry_run:
            say("nothing was kept (--dry-run)")
    raise typer.Exit(report.exit_code)


def _show(report: LearningReport) -> None:
    """What changed, and what was wrong with it."""
    for title in report.titles:
        say(f"  {clip(printable(title), 100)}")
    for problem in report.problems:
        complain(f"{problem.where}: {problem.what}")
    for place in report.not_found[:_NAMED]:
        complain(f"{place}: not in the archive, and without a title in the file")
    if len(report.not_found) > _NAMED:
        complain(f"{len(report.not_found) - _NAMED:,} more such")
    name, given = printable(report.subscriber.name), report.given
    if report.opinion is None:
        kept = f"; there was none on {given.known:,}" if given.known else ""
        say(f"{name}: {number_of(report.taken_back, 'opinion')} taken back{kept}")
    else:
        changed = f", {given.changed:,} of them thought otherwise of before" if given.changed else ""
        count = given.new + given.changed
        known = f"; {given.known:,} known already" if given.known else ""
        lost = f"; {len(report.not_found):,} not found" if report.not_found else ""
        say(f"{name}: {number_of(count, f'new {report.opinion}')}{changed}{known}{lost}")
    say(_state(report))


def _state(report: LearningReport) -> str:
    likes, dislikes = number_of(report.likes, "like"), number_of(report.dislikes, "dislike")
    return f"{likes} and {dislikes} in all"
