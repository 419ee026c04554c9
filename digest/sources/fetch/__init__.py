"""Getting bytes: files from this machine, answers from web servers."""

from digest.sources.fetch.answers import Answer, Failed, Fetched, Unchanged
from digest.sources.fetch.files import MAX_BYTES, Found, find, load, load_stream
from digest.sources.fetch.guard import Allowed, host_of, shown_url, wrong_with_url
from digest.sources.fetch.outcome import begun, failed, host_after, state_after_reading, unchanged
from digest.sources.fetch.plan import PATIENCE, Plan, Request, Wait, is_missed, plan, turn
from digest.sources.fetch.stopwatch import Stopwatch
from digest.sources.fetch.web import WebSettings, ask, user_agent

__all__ = [
    "MAX_BYTES",
    "PATIENCE",
    "Allowed",
    "Answer",
    "Failed",
    "Fetched",
    "Found",
    "Plan",
    "Request",
    "Stopwatch",
    "Unchanged",
    "Wait",
    "WebSettings",
    "ask",
    "begun",
    "failed",
    "find",
    "host_after",
    "host_of",
    "is_missed",
    "load",
    "load_stream",
    "plan",
    "shown_url",
    "state_after_reading",
    "turn",
    "unchanged",
    "user_agent",
    "wrong_with_url",
]
