"""`digest subscribers`: add, list, show, edit, remove; `feedback.py` adds learn, learned, forget."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import documents
from digest.cli.globals import open_app
from digest.cli.options import Json, Wait
from digest.cli.terminal import number_of, say, table
from digest.errors import LockedError, UsageError
from digest.text import printable

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Interest, Preferences, Subscriber

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The people who read: add, list, show, edit, remove; and what is learned of their taste.",
    epilog="""\b
Interests are phrases. A weight may follow (2 counts double), a place may stand in front. In quotes
the exact phrase is wanted, with ~5 its words with five others between them at most:
  --interest "diffusion models" --interest "speech synthesis^2"
  --interest '"world model"' --interest '"speech synthesis"~5'
  --interest "title:survey" --interest "author:Ada Lovelace" --interest "org:CERN"
""",
)

Address = Annotated[
    str | None, typer.Argument(metavar="ADDRESS", help="The mail address; a reader by feed only has none.")
]
Who = Annotated[str, typer.Argument(metavar="ADDRESS", help="Address or name.")]
Interests = Annotated[
    list[str] | None, typer.Option("--interest", "-i", metavar="PHRASE", help="Wanted; may be repeated.")
]
Mutes = Annotated[
    list[str] | None, typer.Option("--mute", metavar="PHRASE", help="Never wanted; may be repeated.")
]
Name = Annotated[str | None, typer.Option("--name", help="A name of their own (default: the address).")]
At = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="Local time of day.")]
TimeZone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help="Such as Europe/Berlin.")]
Every = Annotated[
    str | None, typer.Option("--every", metavar="HOW OFTEN", help="day, weekday, week or month.")
]
On = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="mon to sun for week, 1 to 28 for month.")
]
Limit = Annotated[int | None, typer.Option("--limit", help="How many papers an issue picks at most.")]
Format = Annotated[str | None, typer.Option("--format", help="mail, feed or both.")]
Empty = Annotated[str | None, typer.Option("--empty", help="On a day without picks: skip, or say so.")]


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(group, name="subscribers")


@group.command()
def add(
    context: typer.Context,
    address: Address = None,
    interest: Interests = None,
    mute: Mutes = None,
    name: Name = None,
    at: At = None,
    time_zone: TimeZone = None,
    every: Every = None,
    on: On = None,
    limit: Limit = None,
    format_: Format = None,
    empty: Empty = None,
    despite_complaint: Annotated[
        bool,
        typer.Option("--despite-complaint", help="Also somebody who complained, because they asked for it."),
    ] = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> None:
    """Add a subscriber; one who left before comes back and is sent nothing twice."""
    from digest.app import wish_of  # noqa: PLC0415 - heavy
    from digest.config import subscriber_settings  # noqa: PLC0415
    from digest.model import Origin  # noqa: PLC0415
    from digest.pipeline import subscribing  # noqa: PLC0415

    app = open_app(context)
    if not interest:
        raise UsageError('say at least one interest, such as --interest "diffusion models"')
    wanted = _chosen(at, time_zone, every, on, limit, format_, empty)
    wanted |= {"address": address, "name": name, "interests": interest, "mute": mute}
    chosen = subscriber_settings(wanted, app.settings.defaults)
    wish = wish_of(chosen, app.settings.defaults, app.settings.ranking.sections)
    with app.writing(wait) as database, database.write() as transaction:
        subscriber = subscribing.subscribe(
            transaction,
            wish,
            origin=Origin.COMMAND,
            now=app.now,
            despite_complaint=despite_complaint,
        )
    if as_json:
        documents.print_json(documents.subscriber(subscriber))
        return
    say(f"added {printable(subscriber.name)}: {_when(subscriber.preferences)}, {_interests(subscriber)}")
    if subscriber.by_feed:
        folder = app.settings.output.folder / "feeds" / subscriber.feed_token
        say(f"their feed: {folder}/rss.xml (or atom.xml, feed.json)")


@group.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """Show all subscribers."""
    app = open_app(context)
    with app.reading() as transaction:
        found = transaction.subscribers.all()
    if as_json:
        documents.print_json([documents.subscriber(s) for s in found])
        return
    rows = [
        (s.name, s.address or "feed only", _status(s), _when(s.preferences), _interests(s)) for s in found
    ]
    if rows:
        table(
            ("name", "address", "status", "when", "interests"),
            rows,
            wide=("name", "address", "when", "interests"),
        )
    say(
        number_of(len(found), "subscriber")
        if found
        else "no subscribers yet; `digest subscribers add` adds one"
    )


@group.command()
def show(context: typer.Context, who: Who, as_json: Json = False) -> None:
    """Show one subscriber with everything chosen."""
    from digest.pipeline import learning, subscribing  # noqa: PLC0415 - heavy

    app = open_app(context)
    with app.reading() as transaction:
        subscriber = subscribing.find(transaction, who)
        feedback = learning.taste_of(transaction, subscriber)
    if as_json:
        documents.print_json(documents.subscriber(subscriber))
        return
    preferences = subscriber.preferences
    facts = {
        "name": subscriber.name,
        "address": subscriber.address or "none: by feed only",
        "status": _status(subscriber),
        "kept in": _kept_in(app, subscriber),
        "when": _when(preferences),
        "limit": preferences.limit,
        "empty day": preferences.when_empty,
        "interests": ", ".join(_phrase(i) for i in subscriber.interests if not i.muted),
        "muted": ", ".join(_phrase(i) for i in subscriber.interests if i.muted) or "nothing",
        "feedback": f"{number_of(feedback.likes, 'like')}, {number_of(feedback.dislikes, 'dislike')}",
        "feed": f"{app.settings.output.folder}/feeds/{subscriber.feed_token}/"
        if subscriber.by_feed
        else "no",
    }
    for fact, value in facts.items():
        say(f"{fact:10}  {printable(str(value))}")


@group.command()
def edit(
    context: typer.Context,
    who: Who,
    interest: Interests = None,
    mute: Mutes = None,
    name: Name = None,
    new_address: Annotated[str | None, typer.Option("--address", help="A new mail address.")] = None,
    at: At = None,
    time_zone: TimeZone = None,
    every: Every = None,
    on: On = None,
    limit: Limit = None,
    format_: Format = None,
    empty: Empty = None,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> None:
    """Change what is given and keep the rest.

    --interest and --mute replace all of their kind; --mute "" mutes nothing any more.
    """
    from digest.app import wish_of  # noqa: PLC0415 - heavy
    from digest.config import as_defaults, parse_interest, parse_mute, subscriber_settings  # noqa: PLC0415
    from digest.pipeline import subscribing  # noqa: PLC0415

    app = open_app(context)
    with app.writing(wait) as database, database.write() as transaction:
        subscriber = subscribing.find(transaction, who)
        _refuse_listed(app, subscriber, "edit")
        defaults = as_defaults(subscriber.preferences)
        wanted = _chosen(at, time_zone, every, on, limit, format_, empty)
        wanted |= {"address": new_address or subscriber.address, "name": name or _own_name(subscriber)}
        chosen = subscriber_settings(wanted, defaults)
        kept = [i for i in subscriber.interests if not i.muted]
        kept_mutes = [i for i in subscriber.interests if i.muted]
        interests = [parse_interest(text) for text in interest] if interest else kept
        mutes = [parse_mute(text) for text in mute if text.strip()] if mute is not None else kept_mutes
        wish = replace(
            wish_of(chosen, defaults, app.settings.ranking.sections), interests=(*interests, *mutes)
        )
        changed = subscribing.change(transaction, subscriber, wish)
    if as_json:
        documents.print_json(documents.subscriber(changed))
    else:
        say(f"changed {printable(changed.name)}: {_when(changed.preferences)}, {_interests(changed)}")


@group.command()
def remove(
    context: typer.Context,
    who: Who,
    forget: Annotated[
        bool, typer.Option("--forget", help="Also delete everything kept about them, past issues included.")
    ] = False,
    wait: Wait = 30.0,
) -> None:
    """Send a subscriber nothing more, and delete their likes, dislikes and what was learned from them.

    The mails stop at once, also those of a run that is at work; what is deleted waits for its end.

    What they were sent is remembered unless --forget is given, so that nothing comes twice on a return.
    """
    from digest.pipeline import subscribing, withdraw_feed  # noqa: PLC0415 - heavy

    app = open_app(context)
    _stop_mails(app, who)
    try:
        with app.writing(wait) as database, database.write() as transaction:
            subscriber = subscribing.find(transaction, who)
            _refuse_listed(app, subscriber, "remove")
            subscribing.leave(transaction, subscriber, forget=forget)
    except LockedError as error:
        what = f"{printable(who)} is sent nothing more, but what is kept about them is not deleted yet"
        raise LockedError(f"{what}: another run is at work; remove them again once it is over") from error
    withdraw_feed(app.settings.output.folder, subscriber)
    say(f"{'forgot' if forget else 'removed'} {printable(subscriber.name)}")


def _stop_mails(app: App, who: str) -> None:
    """From here on, without the lock, which a run may hold for hours: it asks right before each mail."""
    from digest.pipeline import subscribing  # noqa: PLC0415 - heavy

    if app.database.is_ready():
        with app.database.write() as transaction:
            subscriber = subscribing.find(transaction, who)
            _refuse_listed(app, subscriber, "remove")
            subscribing.stop(transaction, subscriber)


def _chosen(
    at: str | None,
    time_zone: str | None,
    every: str | None,
    on: str | None,
    limit: int | None,
    format_: str | None,
    empty: str | None,
) -> dict[str, Any]:
    return {
        "at": at,
        "time_zone": time_zone,
        "every": every,
        "on": on,
        "limit": limit,
        "format": format_,
        "empty": empty,
    }


def _refuse_listed(app: App, subscriber: Subscriber, verb: str) -> None:
    """What `config.yaml` lists is changed there."""
    from digest.model import Origin  # noqa: PLC0415 - heavy

    listed = any(s.label == subscriber.name for s in app.settings.subscribers)
    if listed and subscriber.origin is Origin.CONFIG:
        place = _kept_in(app, subscriber)
        raise UsageError(f"cannot {verb} {subscriber.name}: change their entry in {place}")


def _kept_in(app: App, subscriber: Subscriber) -> str:
    from digest.model import Origin  # noqa: PLC0415 - heavy

    if subscriber.origin is Origin.COMMAND:
        return "the database"
    lines = [s.line for s in app.settings.subscribers if subscriber.name == s.label]
    return f"{app.config_path}, line {lines[0]}" if lines else str(app.config_path)


def _status(subscriber: Subscriber) -> str:
    """The status, and why where the reader or their mail server decided it."""
    why = f" ({subscriber.status_reason})" if subscriber.status_reason else ""
    return f"{subscriber.status}{why}"


def _own_name(subscriber: Subscriber) -> str | None:
    return subscriber.name if subscriber.name != subscriber.address else None


def _phrase(interest: Interest) -> str:
    from digest.config import format_interest  # noqa: PLC0415 - heavy

    return format_interest(replace(interest, weight=abs(interest.weight)))


def _interests(subscriber: Subscriber) -> str:
    wanted = ", ".join(printable(_phrase(i)) for i in subscriber.interests if not i.muted)
    muted = ", ".join(printable(_phrase(i)) for i in subscriber.interests if i.muted)
    return wanted + (f"; never: {muted}" if muted else "")


def _when(preferences: Preferences) -> str:
    from digest.model import Frequency  # noqa: PLC0415 - heavy

    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    how_often = {
        Frequency.DAY: "every day",
        Frequency.WEEKDAY: "Monday to Friday",
        Frequency.WEEK: f"every {weekdays[preferences.weekday]}",
        Frequency.MONTH: f"on day {preferences.month_day} of each month",
    }[preferences.frequency]
    return f"{how_often} at {preferences.at:%H:%M} {preferences.time_zone} by {preferences.format}"
