"""Sources: files and bytes become listings of papers.

fetch.find, fetch.load   places to files, files to bytes; bounded, never hanging
read                     bytes to a `Listing`, with the wire shape found from the bytes
load_stream              standard input to bytes, bounded
unpack                   a packed file's bytes to the files in it, bounded
shelve                   a file that was read out of the way
unreadable               a `Listing` for what could not be loaded
"""

from digest.sources.fetch import MAX_BYTES, Found, find, load, load_stream
from digest.sources.reader import read, unreadable
from digest.sources.registry import READER_VERSION
from digest.sources.shelf import shelve
from digest.sources.unpack import Member, unpack

__all__ = [
    "MAX_BYTES",
    "READER_VERSION",
    "Found",
    "Member",
    "find",
    "load",
    "load_stream",
    "read",
    "shelve",
    "unpack",
    "unreadable",
]
