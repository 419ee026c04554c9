"""The configuration: `config.yaml` and the environment → frozen `Settings`.

This room's door. What needs pydantic or YAML is imported on first use, so that reading one interest
on the command line costs neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.config.addresses import (
    Listen,
    ascii_host,
    parse_address,
    parse_domain,
    parse_listen,
    parse_selector,
)
from digest.config.interests import format_interest, parse_interest, parse_mute
from digest.config.moments import (
    WEEKDAYS,
    format_duration,
    parse_at,
    parse_day,
    parse_duration,
    parse_on,
)
from digest.later import later

if TYPE_CHECKING:
    from digest.config.loading import load
    from digest.config.mailing import (
        BounceSettings,
        DkimSettings,
        ImapSettings,
        MailboxSettings,
        MailSettings,
        Security,
        SmtpSettings,
    )
    from digest.config.preferences import as_defaults, subscriber_preferences, subscriber_settings
    from digest.config.schema import (
        AfterReading,
        DefaultSettings,
        FeedSettings,
        FetchSettings,
        LinkSettings,
        OutputSettings,
        RankingSettings,
        ScheduleSettings,
        SectionSettings,
        Settings,
        SourceSettings,
        SubscriberSettings,
        WebSettings,
    )
    from digest.config.signing import LEAST_BITS, MOST_BITS, KeyKind, read_key
    from digest.config.template import template_text, write_template

__all__ = [
    "LEAST_BITS",
    "MOST_BITS",
    "WEEKDAYS",
    "AfterReading",
    "BounceSettings",
    "DefaultSettings",
    "DkimSettings",
    "FeedSettings",
    "FetchSettings",
    "ImapSettings",
    "KeyKind",
    "LinkSettings",
    "Listen",
    "MailSettings",
    "MailboxSettings",
    "OutputSettings",
    "RankingSettings",
    "ScheduleSettings",
    "SectionSettings",
    "Security",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "SubscriberSettings",
    "WebSettings",
    "as_defaults",
    "ascii_host",
    "format_duration",
    "format_interest",
    "load",
    "parse_address",
    "parse_at",
    "parse_day",
    "parse_domain",
    "parse_duration",
    "parse_interest",
    "parse_listen",
    "parse_mute",
    "parse_on",
    "parse_selector",
    "read_key",
    "subscriber_preferences",
    "subscriber_settings",
    "template_text",
    "write_template",
]

_LATER: Final = {
    "AfterReading": "schema",
    "DefaultSettings": "schema",
    "FeedSettings": "schema",
    "FetchSettings": "schema",
    "LinkSettings": "schema",
    "OutputSettings": "schema",
    "RankingSettings": "schema",
    "ScheduleSettings": "schema",
    "SectionSettings": "schema",
    "Settings": "schema",
    "SourceSettings": "schema",
    "SubscriberSettings": "schema",
    "WebSettings": "schema",
    "LEAST_BITS": "signing",
    "MOST_BITS": "signing",
    "KeyKind": "signing",
    "read_key": "signing",
    "DkimSettings": "mailing",
    "load": "loading",
    "BounceSettings": "mailing",
    "ImapSettings": "mailing",
    "MailSettings": "mailing",
    "MailboxSettings": "mailing",
    "Security": "mailing",
    "SmtpSettings": "mailing",
    "as_defaults": "preferences",
    "subscriber_preferences": "preferences",
    "subscriber_settings": "preferences",
    "template_text": "template",
    "write_template": "template",
}

__getattr__ = later(__name__, _LATER)
