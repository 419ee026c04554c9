"""What a web server may do, and what follows: one case for each row of the table in docs/sources.md.

Every case comes after a good answer of the same address an hour before, whose paper and whose
validators must outlive whatever comes now.
"""

import gzip
from dataclasses import dataclass, field
from datetime import timedelta

from digest.model import FetchOutcome, Health
from tests.source_server import Reply, packed
from tests.unit.pipeline.test_rank_files import IMAGES, SPEECH, page

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=10)
#: what the server answers before the case begins
GOOD = Reply(
    body=page(SPEECH).encode(),
    headers={"ETag": 'W/"monday"', "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"},
)
NEXT = page(IMAGES).encode()
#: caps of the tests: whatever is endless or slow ends by them
MAX_BYTES = 100_000
SECONDS = 0.5
BOMB = gzip.compress(b"0" * 10_000_000, mtime=0)
#: forty minutes after the moment of asking, which is 13:00
LATER = "Fri, 20 Nov 2026 13:40:00 GMT"


@dataclass
class Case:
    """One thing a server does."""

    does: str
    follows: str
    replies: dict = field(default_factory=dict)
    outcome: FetchOutcome = FetchOutcome.FAILED
    #: of the reading that is noted; `None` where none is
    health: Health | None = Health.BROKEN
    #: stands in the problem
    words: str = ""
    #: new papers
    new: int = 0
    #: until the address may be asked again, from now
    again: timedelta = SOON
    #: until the host may be asked for anything, from now
    alone: timedelta | None = None
    #: `None` as before, else the new ETag
    etag: str | None = None
    moved: str | None = None
    #: an expected failure has a short time
    slow: bool = False


def one(reply, **targets):
    return {"/": reply} | {f"/{name}": r for name, r in targets.items()}


def to(status, location):
    return Reply(status=status, headers={"Location": location})


def wait(status, value):
    return Reply(status=status, headers={"Retry-After": value})


FETCHED, UNCHANGED = FetchOutcome.FETCHED, FetchOutcome.UNCHANGED
#: an answered address waits its `every`, an hour, ten minutes less at most
IN_TURN = HOUR - HOUR / 10
ADDED = "its papers are added, its validators kept"
FAILED = "reported; asked again after 10 minutes, then ever later, up to `every`"
SILENT = "reported; asked again after 10 minutes, and nobody else on that host before"

CASES = (
    Case(
        "answers 200 with a listing",
        ADDED,
        one(Reply(body=NEXT, headers={"ETag": '"tuesday"'})),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag='"tuesday"',
    ),
    Case(
        "answers 200 with the same bytes under another ETag",
        "noted as read before; the new validators are kept",
        one(Reply(body=GOOD.body, headers={"ETag": '"other"'})),
        FETCHED,
        Health.OK,
        again=IN_TURN,
        etag='"other"',
    ),
    Case(
        "answers 200 without validators",
        "its papers are added; the next request is unconditional",
        one(Reply(body=NEXT)),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag="",
    ),
    Case(
        "packs its answer with gzip",
        ADDED,
        one(packed(NEXT, headers={"ETag": '"packed"'})),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag='"packed"',
    ),
    Case(
        "names a wrong content type or charset",
        "the bytes decide: its papers are added",
        one(Reply(body=NEXT, headers={"Content-Type": "image/png; charset=utf-16", "ETag": '"odd"'})),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag='"odd"',
    ),
    Case(
        "answers 304, unchanged",
        "the earlier reading stands and is noted again",
        one(Reply(status=304)),
        UNCHANGED,
        Health.OK,
        again=IN_TURN,
    ),
    Case(
        "answers 301 or 308, moved for good",
        "followed, remembered, asked there from now on, and reported: change `url` in config.yaml",
        one(to(308, "/new"), new=Reply(body=NEXT, headers={"ETag": '"new"'})),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag='"new"',
        moved="/new",
    ),
    Case(
        "answers 302, 303 or 307, elsewhere for now",
        "followed, not remembered",
        one(to(302, "/there"), there=Reply(body=NEXT, headers={"ETag": '"there"'})),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag='"there"',
    ),
    Case(
        "redirects for good, to a page that is no listing",
        "reported; neither the move nor the validators are kept",
        one(to(301, "/sold"), sold=Reply(body=b"<p>This domain is for sale.</p>", headers={"ETag": '"s"'})),
        words="no listing of papers",
    ),
    Case(
        "redirects in a circle",
        FAILED,
        one(to(302, "/a"), a=to(302, "/b"), b=to(302, "/a")),
        words="round in a circle",
    ),
    Case(
        "redirects without end",
        "five are followed; " + FAILED,
        one(to(302, "/1"), **{str(n): to(302, f"/{n + 1}") for n in range(1, 9)}),
        words="more than 5 redirects",
    ),
    Case(
        "redirects to this machine or into its network",
        "refused; " + FAILED,
        one(to(302, "http://127.0.0.1:9/")),
        words="127.0.0.1 is no public address",
    ),
    Case(
        "redirects to the address that tells a cloud machine its secrets",
        "refused; " + FAILED,
        one(to(307, "http://169.254.169.254/latest/")),
        words="169.254.169.254 is no public address",
    ),
    Case(
        "redirects to a name that means a private address",
        "refused; " + FAILED,
        one(to(302, "http://inside.example/")),
        words="inside.example is no public address",
    ),
    Case(
        "redirects to `file:` or another scheme",
        "refused; " + FAILED,
        one(to(302, "file:///etc/passwd")),
        words="only http:// and https:// addresses are asked",
    ),
    Case(
        "redirects to an address with a password in it",
        "refused, the password not shown; " + FAILED,
        one(to(302, "http://ada:secret@papers.example/")),
        words="a name or password in front of the host",
    ),
    Case(
        "redirects without an address",
        FAILED,
        one(Reply(status=302)),
        words="302",
    ),
    Case("answers 404", FAILED, one(Reply(status=404)), words="no such page (404)"),
    Case(
        "answers 410, gone for good",
        "reported; not asked again for a week",
        one(Reply(status=410)),
        FetchOutcome.GONE,
        words="gone for good (410)",
        again=7 * DAY,
    ),
    Case(
        "answers 429 or 503 with seconds in Retry-After",
        "reported; the address and its host are left alone that long, a day at most",
        one(wait(429, "1800")),
        words="too often (429)",
        again=HOUR / 2,
        alone=HOUR / 2,
    ),
    Case(
        "answers 429 or 503 with a date in Retry-After",
        "reported; the address and its host are left alone until then, a day at most",
        one(wait(503, LATER)),
        words="busy (503)",
        again=timedelta(minutes=40),
        alone=timedelta(minutes=40),
    ),
    Case(
        "answers 429 with nothing sensible in Retry-After",
        SILENT,
        one(wait(429, "soon, perhaps")),
        words="(429)",
        alone=SOON,
    ),
    Case("answers 500 or another failure", FAILED, one(Reply(status=500)), words="answered 500"),
    Case("answers 200 with nothing", FAILED, one(Reply()), words="empty"),
    Case(
        "answers 200 with something else, such as a page to log in",
        "reported; its validators are not kept. " + FAILED.removeprefix("reported; ").capitalize(),
        one(Reply(body=b"<h1>Please log in</h1>" * 9, headers={"ETag": '"login"'})),
        words="no listing of papers",
    ),
    Case(
        "is killed in the middle of its answer",
        FAILED,
        one(Reply(body=NEXT, cut=40, reset=True)),
        words="broke off",
    ),
    Case(
        "sends less than it announced",
        FAILED,
        one(Reply(body=NEXT, cut=40)),
        words="broke off",
    ),
    Case(
        "sends more than it announced",
        "what was announced is read; the rest is not looked at",
        one(Reply(body=NEXT + b"\n\nGARBAGE", length=len(NEXT))),
        FETCHED,
        Health.OK,
        new=1,
        again=IN_TURN,
        etag="",
    ),
    Case(
        "breaks off inside a packed answer",
        FAILED,
        one(
            Reply(body=gzip.compress(NEXT, mtime=0)[:-12], headers={"Content-Encoding": "gzip"}, length=None)
        ),
        words="breaks off",
    ),
    Case(
        "announces more than `fetch.max_size`",
        "not read; " + FAILED,
        one(Reply(body=NEXT, length=MAX_BYTES + 1)),
        words="announces 100001 bytes",
    ),
    Case(
        "sends without end",
        "read up to `fetch.max_size`; " + FAILED,
        one(Reply(body=b"x" * 4096, length=None, endless=True)),
        words="more than 100,000 bytes",
    ),
    Case(
        "sends a bomb of gzip",
        "unpacked up to `fetch.max_size`; " + FAILED,
        one(Reply(body=BOMB, headers={"Content-Encoding": "gzip"})),
        words="more than 100,000 bytes",
    ),
    Case(
        "says gzip and sends something else",
        FAILED,
        one(Reply(body=NEXT, headers={"Content-Encoding": "gzip"})),
        words="is not",
    ),
    Case(
        "packs its answer in a way that was not asked for",
        FAILED,
        one(Reply(body=NEXT, headers={"Content-Encoding": "br"})),
        words="packed as “br”",
    ),
    Case(
        "sends its headers byte by byte",
        "given up after `fetch.timeout`; " + SILENT,
        one(Reply(body=NEXT, slow="head")),
        words="no complete answer within",
        alone=SOON,
        slow=True,
    ),
    Case(
        "sends its answer byte by byte",
        "given up after `fetch.timeout`; " + SILENT,
        one(Reply(body=NEXT, length=MAX_BYTES, slow="body")),
        words="no complete answer within",
        alone=SOON,
        slow=True,
    ),
    Case(
        "sends headers without end",
        FAILED,
        one(Reply(head=b"HTTP/1.1 200 OK\r\n", body=b"X-More: again and again\r\n" * 200, endless=True)),
        words="no HTTP",
    ),
    Case(
        "speaks no HTTP",
        FAILED,
        one(Reply(head=b"220 mail.example ESMTP ready\r\n")),
        words="no HTTP",
    ),
    Case(
        "closes without a word",
        FAILED,
        one(Reply(head=b"")),
        words="no HTTP",
    ),
)
