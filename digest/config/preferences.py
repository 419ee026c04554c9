"""A subscriber's choices → `Preferences`: one way for the command line and for `config.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from digest.config.keys import canonical
from digest.config.mistakes import Places, explain
from digest.config.moments import WEEKDAYS, parse_on
from digest.config.rules import chosen_format, subscriber_rules
from digest.config.schema import DefaultSettings, SectionSettings, SubscriberSettings
from digest.errors import UsageError
from digest.model import Frequency, Preferences


def subscriber_settings(values: Mapping[str, object], defaults: DefaultSettings) -> SubscriberSettings:
    """A subscriber from loose values, such as the options of a command; `None` counts as not given.

    The keys are those of an entry in `config.yaml`. Raises `UsageError` with all mistakes.
    """
    given = {canonical(("subscribers", 0), key): v for key, v in values.items() if v is not None}
    places = Places()
    try:
        chosen = SubscriberSettings.model_validate(given)
    except ValidationError as error:
        raise UsageError("\n".join(str(mistake) for _, mistake in explain(error, places))) from None
    broken = [places.mistake(rule.place, rule.what) for rule in subscriber_rules(chosen, defaults)]
    if broken:
        raise UsageError("\n".join(str(mistake) for mistake in broken))
    return chosen


def subscriber_preferences(
    chosen: SubscriberSettings | None, defaults: DefaultSettings, sections: SectionSettings
) -> Preferences:
    """What `chosen` asks for, completed by `defaults`; `None` chose nothing.

    A default day holds only for the frequency that it was meant for.
    """
    chosen = chosen or SubscriberSettings(address=None, format=defaults.format)
    every = chosen.every or defaults.every
    inherited = defaults.on if every is defaults.every else None
    weekday, month_day = parse_on(every, chosen.on if chosen.on is not None else inherited)
    return Preferences(
        format=chosen_format(chosen, defaults),
        frequency=every,
        at=chosen.at or defaults.at,
        time_zone=chosen.time_zone or defaults.time_zone,
        weekday=weekday,
        month_day=month_day,
        limit=chosen.limit or defaults.limit,
        when_empty=chosen.empty or defaults.empty,
        trending=sections.trending,
        also_new=sections.also_new,
    )


def as_defaults(preferences: Preferences) -> DefaultSettings:
    """`preferences` as defaults, so that an edit changes only what it names."""
    days: dict[Frequency, str | int] = {
        Frequency.WEEK: WEEKDAYS[preferences.weekday],
        Frequency.MONTH: preferences.month_day,
    }
    return DefaultSettings(
        at=preferences.at,
        time_zone=preferences.time_zone,
        every=preferences.frequency,
        on=days.get(preferences.frequency),
        limit=preferences.limit,
        format=preferences.format,
        empty=preferences.when_empty,
    )
