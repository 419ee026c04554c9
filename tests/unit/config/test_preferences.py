from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import (
    DefaultSettings,
    SectionSettings,
    as_defaults,
    load,
    subscriber_preferences,
    subscriber_settings,
)
from digest.errors import UsageError
from digest.model import Format, Frequency, Preferences, WhenEmpty

DEFAULTS = DefaultSettings()
SECTIONS = SectionSettings()


def chosen(defaults=DEFAULTS, **values):
    values.setdefault("address", "vision@reader.example")
    return subscriber_preferences(subscriber_settings(values, defaults), defaults, SECTIONS)


def test_nothing_chosen_gives_the_defaults():
    assert subscriber_preferences(None, DEFAULTS, SECTIONS) == Preferences()
    assert chosen() == Preferences()


def test_choices_come_before_defaults():
    assert chosen(
        at="06:30", tz="Europe/Berlin", every="week", on="fri", limit=5, format="both", empty="say"
    ) == Preferences(
        at=time(6, 30),
        time_zone="Europe/Berlin",
        frequency=Frequency.WEEK,
        weekday=4,
        limit=5,
        format=Format.BOTH,
        when_empty=WhenEmpty.SAY,
    )


def test_sections_come_from_the_ranking():
    sections = SectionSettings(trending=0, also_new=7)
    preferences = subscriber_preferences(None, DEFAULTS, sections)
    assert (preferences.trending, preferences.also_new) == (0, 7)


def test_a_reader_without_address_reads_by_feed():
    assert chosen(address=None, name="language").format is Format.FEED


def test_the_default_day_holds_only_for_its_frequency():
    weekly = DefaultSettings(every=Frequency.WEEK, on="fri")
    assert chosen(weekly).weekday == 4
    assert chosen(weekly, on="tue").weekday == 1
    monthly = chosen(weekly, every="month")
    assert (monthly.frequency, monthly.month_day, monthly.weekday) == (Frequency.MONTH, 1, 0)
    assert chosen(weekly, every="day").frequency is Frequency.DAY


def test_the_command_and_the_file_give_the_same(tmp_path):
    (tmp_path / "config.yaml").write_text("""
subscribers:
  - address: vision@reader.example
    interests: [diffusion models, speech synthesis^2, 'title:survey']
    mute: [medical imaging]
    every: month
    on: 15
    at: 06:30
""")
    settings = load(tmp_path / "config.yaml", {})
    by_command = subscriber_settings(
        {
            "address": "vision@reader.example",
            "interests": ["diffusion models", "speech synthesis^2", "title:survey"],
            "mute": ["medical imaging"],
            "every": "month",
            "on": "15",
            "at": "06:30",
            "name": None,
            "limit": None,
        },
        settings.defaults,
    )
    by_file = settings.subscribers[0]
    assert by_command == by_file.model_copy(update={"line": 0})
    sections = settings.ranking.sections
    assert subscriber_preferences(by_command, settings.defaults, sections) == subscriber_preferences(
        by_file, settings.defaults, sections
    )


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"address": None}, "an address is missing"),
        ({"at": "25:00"}, "at: "),
        ({"time_zone": "Nowhere"}, "time_zone: "),
        ({"every": "daily"}, "did you mean"),
        ({"on": "fri"}, "not with every day"),
        ({"every": "week", "on": "30"}, "on: "),
        ({"limit": 0}, "from 1 to 100"),
        ({"interests": ["x^y"]}, "interests[0]: "),
        ({"colour": "red"}, "colour: unknown key"),
    ],
)
def test_wrong_choices_are_told(values, why):
    with pytest.raises(UsageError) as caught:
        chosen(**values)
    assert why in str(caught.value)


def test_all_wrong_choices_are_told_at_once():
    with pytest.raises(UsageError) as caught:
        chosen(at="x", limit="y", mute=["-"])
    assert len(str(caught.value).splitlines()) == 3


PREFERENCES = st.builds(
    Preferences,
    format=st.sampled_from(Format),
    frequency=st.sampled_from(Frequency),
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia"]),
    limit=st.integers(1, 100),
    when_empty=st.sampled_from(WhenEmpty),
)


@given(PREFERENCES, st.integers(0, 6), st.integers(1, 28))
def test_an_edit_that_names_nothing_changes_nothing(preferences, weekday, month_day):
    if preferences.frequency is Frequency.WEEK:
        preferences = Preferences(**{**as_values(preferences), "weekday": weekday})
    if preferences.frequency is Frequency.MONTH:
        preferences = Preferences(**{**as_values(preferences), "month_day": month_day})
    assert subscriber_preferences(None, as_defaults(preferences), SECTIONS) == preferences


def test_an_edit_changes_only_what_it_names():
    before = Preferences(frequency=Frequency.WEEK, weekday=4, limit=5, time_zone="Europe/Berlin")
    after = chosen(as_defaults(before), at="09:00")
    assert after == Preferences(**{**as_values(before), "at": time(9)})


def as_values(preferences):
    return {name: getattr(preferences, name) for name in Preferences.__slots__}
