"""`digest doctor`: the examination as a person reads it, and as a script does."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from digest.cli import documents
from digest.cli.globals import open_app
from digest.cli.options import Json
from digest.cli.terminal import number_of, paint, progress, say, someone_watches, width_of_terminal
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.doctor import Finding, Report

#: columns for verdicts and subjects; longer subjects push what follows to the next line
_VERDICT, _SUBJECT = 8, 22
_COLOURS = {"fine": "green", "skipped": "bright_black", "advice": "yellow", "broken": "red"}
#: what `--send` without an address stands for
_MYSELF = "-"


class _SendsToMyself(TyperCommand):
    """Lets `--send` stand without its address."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own context
        """See `click.Command.parse_args`."""
        return super().parse_args(ctx, with_myself(args))


def with_myself(args: list[str]) -> list[str]:
    """`args` with an address after every `--send` that has none."""
    found: list[str] = []
    for at, word in enumerate(args):
        found.append(word)
        following = args[at + 1 : at + 2]
        if word == "--send" and (not following or following[0].startswith("-")):
            found.append(_MYSELF)
    return found


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(cls=_SendsToMyself)(doctor)


def doctor(
    context: typer.Context,
    send: Annotated[
        str | None,
        typer.Option(
            "--send",
            metavar="[ADDRESS]",
            help="Send one real mail there by the way that readers' mails take; without ADDRESS to "
            "mail.from_address.",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither mail server, DNS nor web.")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Check the whole database, however long that takes.")
    ] = False,
    as_json: Json = False,
) -> NoReturn:
    """Look at the whole installation: what is wrong, and what to do. Changes nothing.

    Ends with 0 when nothing is broken, 2 when something is to be mended here, and 3 when all is well here and
    mails would not arrive: mail server, DNS, the unsubscribe link.
    """
    if send is not None and offline:
        raise UsageError("--send needs the network, and --offline forbids it; give one of them")
    from digest.examining import examine  # noqa: PLC0415 - heavy

    app = open_app(context)
    recipient = None if send is None else _recipient(send, app.settings.mail.from_address)
    with progress() as shown:
        report = examine(app, offline=offline, thorough=thorough, send_to=recipient, progress=shown)
    if as_json:
        documents.print_json(_document(report))
    else:
        _show(report)
    raise typer.Exit(report.exit_code)


def _recipient(given: str, myself: str) -> str:
    from digest.config import parse_address  # noqa: PLC0415 - heavy

    return parse_address(myself if given == _MYSELF else given)


def _show(report: Report) -> None:
    """Every finding in its area, what to do below it, and at last what is to be mended."""
    for one in report.examined:
        say(paint(one.area.value[0].upper() + one.area.value[1:], bold=True))
        for finding in one.findings:
            _show_finding(finding)
        say()
    for line in _summary(report):
        say(line)


def _show_finding(finding: Finding) -> None:
    verdict = paint(finding.verdict.value.ljust(_VERDICT), colour=_COLOURS[finding.verdict.value])
    indent = " " * (2 + _VERDICT + _SUBJECT)
    rule = f" ({finding.rule})" if finding.rule and finding.remedy else ""
    what = _wrapped(finding.what + rule, indent)
    if len(finding.subject) < _SUBJECT:
        say(f"  {verdict}{finding.subject.ljust(_SUBJECT)}{what[0]}")
        what = what[1:]
    else:
        say(f"  {verdict}{finding.subject}")
        what[0] = indent + what[0]
    for line in what:
        say(line)
    if finding.remedy:
        first, *rest = _wrapped(finding.remedy, indent + "  ")
        say(f"{indent}→ {first}")
        for line in rest:
            say(line)


def _wrapped(text: str, indent: str) -> list[str]:
    """`text` in lines, the first without the indent; whole, where nobody watches."""
    if not someone_watches():
        return [text]
    width = max(40, width_of_terminal() - len(indent))
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    return [lines[0], *(indent + line for line in lines[1:])]


def _summary(report: Report) -> list[str]:
    """How it stands in a line, and what is broken by its place."""
    from digest.doctor import Verdict  # noqa: PLC0415 - heavy

    broken, advice = report.count(Verdict.BROKEN), report.count(Verdict.ADVICE)
    parts = [
        f"{number_of(broken, 'thing')} to mend" if broken else "nothing is broken",
        *([f"{advice} to consider"] if advice else []),
        f"{report.count(Verdict.FINE)} fine",
        *([f"{skipped} not looked at"] if (skipped := report.count(Verdict.SKIPPED)) else []),
    ]
    colour = "red" if broken else "yellow" if advice else "green"
    lines = [paint(", ".join(parts), colour=colour, bold=True)]
    for one in report.examined:
        lines += [f"  {one.area.value}: {f.subject}" for f in one.findings if f.verdict is Verdict.BROKEN]
    return lines


def _document(report: Report) -> dict[str, Any]:
    from digest.doctor import Verdict  # noqa: PLC0415 - heavy

    return {
        "exit_code": report.exit_code,
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "findings": [
            {
                "area": one.area,
                "subject": f.subject,
                "verdict": f.verdict,
                "what": f.what,
                "remedy": f.remedy,
                "rule": f.rule,
            }
            for one in report.examined
            for f in one.findings
        ],
    }
