"""Sources: files, addresses and bytes become listings of papers.

find, load               places to files, files to bytes; bounded, never hanging
plan, turn, ask          what to ask web servers for and when; an address to bytes, guarded and bounded
begun, read_state, …     what follows from an answer, for the next request
read                     bytes to a `Listing`, with the wire shape found from the bytes
load_stream              standard input to bytes, bounded
read_library             bytes of a reference manager's export to a `Library`
unpack                   a packed file's bytes to the files in it, bounded
shelve                   a file that was read out of the way
unreadable               a `Listing` for what could not be loaded
"""

from digest.sources.fetch import (
    MAX_BYTES,
    PATIENCE,
    Allowed,
    Answer,
    Failed,
    Fetched,
    Found,
    Plan,
    Request,
    Stopwatch,
    Unchanged,
    Wait,
    WebSettings,
    ask,
    begun,
    failed,
    find,
    host_after,
    host_of,
    is_missed,
    load,
    load_stream,
    plan,
    shown_url,
    state_after_reading,
    turn,
    unchanged,
    user_agent,
    wrong_with_url,
)
from digest.sources.library.library import read_library
from digest.sources.packed.unpack import Member, unpack
from digest.sources.reader import read, unreadable
from digest.sources.recording import Known
from digest.sources.registry import READER_VERSION
from digest.sources.shelf import shelve

__all__ = [
    "MAX_BYTES",
    "PATIENCE",
    "READER_VERSION",
    "Allowed",
    "Answer",
    "Failed",
    "Fetched",
    "Found",
    "Known",
    "Member",
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
    "read",
    "read_library",
    "shelve",
    "shown_url",
    "state_after_reading",
    "turn",
    "unchanged",
    "unpack",
    "unreadable",
    "user_agent",
    "wrong_with_url",
]
