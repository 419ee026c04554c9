"""The command `why`: whether a paper was sent to a subscriber, and the whole arithmetic of its score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from digest.cli import arithmetic_documents, documents
from digest.cli.globals import open_app
from digest.cli.options import Json, ThePaper, Whose
from digest.cli.papers import reason_line
from digest.cli.terminal import number_of, say
from digest.text import printable

if TYPE_CHECKING:
    from digest.pipeline import Why
    from digest.rank import Arithmetic, HitSum, InterestSum, NearSum, StrengthSum

#: so many related words are shown one by one
_RELATED_WORDS = 6


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(why)


def why(
    context: typer.Context,
    paper: ThePaper,
    whose: Whose = None,
    as_json: Json = False,
) -> None:
    """Say why a paper was or was not sent to a subscriber, with the whole arithmetic of its score."""
    from digest import pipeline  # noqa: PLC0415 - heavy

    app = open_app(context)
    with app.reading() as transaction:
        subscriber = pipeline.subscribing.find(transaction, whose)
        house = app.house_of(transaction.instance.get())
        found = pipeline.find_paper(transaction, paper)
        answer = pipeline.why(transaction, house, found, subscriber, now=app.now)
    if as_json:
        documents.print_json(
            documents.match(answer.match)
            | {
                "subscriber": subscriber.name,
                "line": answer.line,
                "verdict": _verdict(answer),
                "sent": [{"edition": s.edition, "section": s.section} for s in answer.sent],
                "arithmetic": arithmetic_documents.arithmetic(answer.arithmetic),
                "popularity": round(answer.popularity, 4),
            }
        )
        return
    say(printable(answer.paper.paper.title))
    listings = number_of(answer.paper.listings, "listing")
    say(f"first seen {answer.paper.first_seen:%Y-%m-%d %H:%M} UTC, in {listings}")
    say(_verdict(answer))
    say(f"score {answer.match.score:.1f}, the line is {answer.line:g}:")
    for reason in answer.match.evidence:
        sign = "mutes it" if reason.interest and reason.interest.muted else f"{reason.points:+6.1f}"
        say(f"  {sign}  {reason_line(reason)}")
    if not answer.match.evidence:
        say("  none of the interests' words stand in it")
    if answer.popularity:
        say(f"popular: {_votes(answer)}, {answer.popularity:+.1f} in the order of picks, not in the score")
    for line in lines(answer.arithmetic):
        say(printable(line) if not line.startswith(" ") else f"{_indent(line)}{printable(line)}")


def lines(sums: Arithmetic) -> Iterator[str]:
    """The arithmetic, step by step; what lies deeper is indented."""
    for each in sums.interests:
        yield ""
        yield from _interest(each)
    yield ""
    parts = [(each.interest.text, each.contributed) for each in sums.interests if each.counting]
    if len(parts) > 1:
        yield "the strongest counts whole, the others share what they close of the gap above it"
    parts += [("likes" if reason.points > 0 else "dislikes", reason.points) for reason in sums.learned]
    yield f"score: {_sum(parts)} = {sums.before_mutes:.1f}"
    for reason in sums.mutes:
        yield f"muted, so 0: {reason_line(reason)}"


def _interest(each: InterestSum) -> Iterator[str]:
    field = "" if each.interest.field == "anywhere" else f" ({each.interest.field})"
    yield f"{each.interest.text}{field}: contributes {each.contributed:.1f}"
    if each.words:
        yield from _strength(each.words)
        if each.words.strength:
            (low, least), (high, most) = each.words.rung
            steps = f"from {low:.3f} = {least:g} to {high:.3f} = {most:g}"
            yield f"  strength {each.words.strength:.3f} = {each.points:.1f} points ({steps})"
    elif each.name:
        yield f"  among the names: {each.points:g} points"
    else:
        yield "  not among the names"
    if each.points and each.interest.weight != 1:
        yield f"  times its weight {each.interest.weight:g}, at most 100: {each.counting:.1f}"


def _strength(words: StrengthSum) -> Iterator[str]:
    if words.hits:
        yield f"  words, as “{' '.join(words.wording)}”, at most {words.reach:.3f} in all:"
    else:
        yield "  none of its words"
    yield from (_hit(hit) for hit in words.hits)
    if words.near:
        yield from _near(words.near)


def _hit(hit: HitSum) -> str:
    parts = [(hit.title, "title"), (hit.abstract, "abstract")]
    where = ", ".join(f"{part:+.3f} {name}" for part, name in parts if part)
    return f"    {where}  {hit.kind}: {' '.join(hit.stems)}"


def _near(near: NearSum) -> Iterator[str]:
    yield f"  {near.added:+.3f} related: lift {near.lift:.3f} · gap above its words {near.gap:.3f}"
    words = f"words {near.nearness:.3f} · {near.nearness_weight:g}"
    subject = f" + subject {near.subject:.3f} · {near.subject_weight:g}" if near.subject_weight else ""
    yield f"    lift: ({words}{subject}) · sureness {near.sureness:.3f}, at most a half; its words:"
    for word in near.words[:_RELATED_WORDS]:
        yield f"    {word.product:.3f} = {word.weight:.3f} · {word.value:.3f}  {word.stem}"
    rest = near.words[_RELATED_WORDS:]
    if rest:
        yield f"    {sum(word.product for word in rest):.3f}  {number_of(len(rest), 'more word')}"


def _sum(parts: Sequence[tuple[str, float]]) -> str:
    shown = [f"{points:.1f} {name}" for name, points in parts]
    return " + ".join(shown).replace("+ -", "- ") or "0"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _votes(answer: Why) -> str:
    paper = answer.paper.paper
    known = [(paper.upvotes, "upvote"), (paper.stars, "star")]
    return ", ".join(number_of(count, noun) for count, noun in known if count)


def _verdict(answer: Why) -> str:
    """One sentence: sent when and how, or the first reason why not."""
    name = answer.subscriber.name
    if answer.sent:
        last = answer.sent[-1]
        section = {"for_you": "as a pick", "trending": "in Trending", "also_new": "as a title in Also new"}
        how = f"{section[last.section]}, edition {last.edition}"
        fate = _fate(answer)
        return f"composed for {name} {how}, but {fate}" if fate else f"sent to {name} {how}"
    if any(reason.interest and reason.interest.muted for reason in answer.match.evidence):
        return f"not sent to {name}: a mute pushes it out"
    if answer.match.score < answer.line:
        return f"not sent to {name}: its score is below the line"
    if answer.competes_until is not None:
        verb = "competed" if answer.competes_until < answer.asked_at else "competes"
        return (
            f"not sent to {name}: cut by the limit, {verb} until {answer.competes_until:%Y-%m-%d %H:%M} UTC"
        )
    if answer.before_period:
        return f"not sent to {name}: it was first seen before the period of the next issue"
    return f"not sent to {name} yet: it stands for the next issue"


def _fate(answer: Why) -> str:
    """What became of a mail that was not taken over so far; empty for a feed and for one that was."""
    delivery = answer.delivery
    if delivery is None or delivery.state == "accepted":
        return ""
    error = f": {printable(delivery.last_error)}" if delivery.last_error else ""
    return f"its mail is {delivery.state.value.replace('_', ' ')}{error}"
