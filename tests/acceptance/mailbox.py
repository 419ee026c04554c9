"""A newsroom: one digest driven in-process at chosen moments, and what its readers find in their hands.

Titles are compared by a rule of the tests' own (letters and digits, `+` and `#`, case folded), never
by a key that digest made.
"""

import json
import re
import shutil
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
import yaml
from lxml import html as lxml_html

from digest.app import App
from digest.model import Health, Listing, Origin, Paper, Record
from digest.pipeline.subscribing import Wish, change, find, leave, subscribe
from digest.store import Reading

#: what a subscriber gets in most tests who says nothing else
INTERESTS = ("diffusion models",)


def plain(title):
    """A title as people compare it."""
    folded = unicodedata.normalize("NFKD", title).casefold()
    return "".join(c for c in folded if c.isalnum() or c in "+#")


def liked(number, **facts):
    """A paper that a reader of diffusion models wants; another number is another paper."""
    text = f"We train diffusion models of kind {number}. Diffusion models improve."
    return Paper(**({"title": f"Diffusion Models for Task {number}", "abstract": text} | facts))


def other(number, **facts):
    """A paper that this reader does not want."""
    text = f"Soil sample {number} holds bacteria. They grow."
    return Paper(**({"title": f"Bacteria of Soil Sample {number}", "abstract": text} | facts))


class Newsroom:
    """digest in a folder of its own; every action names its moment."""

    def __init__(self, folder, **settings):
        self.folder = Path(folder)
        self.settings = {
            "sources": [],
            "output": {"folder": "out"},
            "ranking": {"line": 30},
            "mail": {
                "from_address": "digest@digest.example",
                "list_id": "daily.digest.example",
                "folder": "mail",
            },
        }
        self.configure(**settings)
        (self.folder / "digest.db").write_bytes(_empty_database())

    def configure(self, **settings):
        """Write `config.yaml` anew with these sections changed."""
        self.settings = {**self.settings, **settings}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(yaml.safe_dump(self.settings, allow_unicode=True, sort_keys=False))

    @property
    def config(self):
        return self.folder / "config.yaml"

    def app(self, now):
        return App.open(self.config, now=now, environ={})

    def lay(self, dump):
        """Put a dump into the inbox."""
        inbox = self.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        shutil.copyfile(dump, inbox / dump.name)

    def list_papers(self, now, *papers, source="door"):
        """Papers come in as one listing, with whatever ids they hold."""
        with self.app(now).writing() as database:
            self._list(database, now, papers, source)

    @staticmethod
    def _list(database, now, papers, source):
        listing = listing_of(papers, now)
        with database.write() as transaction:
            listing_id = transaction.listings.put(listing, source=source, day=now.date(), read_at=now)
            added = transaction.papers.add(
                listing.records, listing_id=listing_id, day=now.date(), seen_at=now
            )
            reading = Reading(
                source=source,
                name=listing.name,
                read_at=now,
                day=now.date(),
                health=Health.OK,
                records=len(papers),
                new=len(added.new),
                problems=(),
            )
            transaction.listings.note(reading, listing_id)

    def run(self, now, *papers):
        """What `digest run` does once, after `papers` came in."""
        app = self.app(now)
        with app.writing(wait=0) as database:
            if papers:
                self._list(database, now, papers, "door")
            report = app.run(database, rehearse=False)
        app.database.close()
        return Ran(report)

    def publish(self, now, *papers):
        """The same without writing files and sending."""
        app = self.app(now)
        with app.writing(wait=0) as database:
            if papers:
                self._list(database, now, papers, "door")
            report = app.publish(database)
        app.database.close()
        return report

    def deliver(self, now):
        app = self.app(now)
        with app.writing(wait=0) as database:
            report = app.deliver(database)
        app.database.close()
        return report

    def join(self, now, name="reader", *, interests=INTERESTS, address="", **chosen):
        """Somebody subscribes by command; without an address given it is `NAME@reader.example`."""
        with self.app(now).writing() as database, database.write() as transaction:
            wish = self._wish(now, name, interests, address, chosen)
            return subscribe(transaction, wish, origin=Origin.COMMAND, now=now)

    def edit(self, now, name="reader", *, interests=INTERESTS, address="", **chosen):
        with self.app(now).writing() as database, database.write() as transaction:
            wish = self._wish(now, name, interests, address, chosen)
            return change(transaction, find(transaction, name), wish)

    def part(self, now, name="reader", *, forget=False):
        """Somebody unsubscribes."""
        with self.app(now).writing() as database, database.write() as transaction:
            leave(transaction, find(transaction, name), forget=forget)

    def _wish(self, now, name, interests, address, chosen):
        from digest.config import subscriber_preferences, subscriber_settings

        settings = self.app(now).settings
        where = f"{name}@reader.example" if address == "" else address
        values = {"name": name, "address": where, "interests": list(interests), **chosen}
        one = subscriber_settings(values, settings.defaults)
        preferences = subscriber_preferences(one, settings.defaults, settings.ranking.sections)
        return Wish(name=name, address=where, preferences=preferences, interests=one.all_interests)

    # ── what is there afterwards ──────────────────────────────────────────────────────────────

    def ask(self, now, question):
        """What `question` answers about a transaction that changes nothing."""
        with self.app(now).reading() as transaction:
            return question(transaction)

    def moments(self, now, name="reader"):
        """Stored issues and quiet days of one subscriber, oldest first."""
        return self.ask(now, lambda t: t.issues.past(subscriber_id=find(t, name).id))

    def picks(self, now, name="reader"):
        """For each edition the titles picked for this subscriber."""

        def question(transaction):
            found = {}
            for past in transaction.issues.past(subscriber_id=find(transaction, name).id):
                lines = [] if past.skipped else transaction.issues.sent_by(past.id)
                if not past.skipped:
                    found[past.edition] = [x.match.paper.paper.title for x in lines if x.section == "for_you"]
            return found

        return self.ask(now, question)

    def frozen(self, now):
        """Message-ID → (delivery, the frozen bytes), for everything in the outbox."""

        def question(transaction):
            issues = transaction.issues.past()
            deliveries = [d for i in issues if (d := transaction.outbox.of_issue(i.id))]
            return {d.message_id: (d, transaction.outbox.data(d.id)) for d in deliveries}

        return self.ask(now, question)

    def states(self, now):
        """State → number of messages, those with any."""
        counts = self.ask(now, lambda t: t.outbox.counts())
        return {state.value: count for state, count in counts.items() if count}

    @property
    def mails(self):
        """The mails that went to the folder, by name."""
        return [Mail(path.read_bytes()) for path in sorted((self.folder / "mail").glob("*.eml"))]

    def feeds(self, name=None, now=None):
        """The public feeds, or one subscriber's own, by format."""
        folder = self.folder / "out" / "feeds"
        if name is not None:
            folder /= self.ask(now, lambda t: find(t, name).feed_token)
        return Feeds(folder)


@cache
def _empty_database():
    """A database just made: the same for every newsroom, for making one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        config = Path(folder, "config.yaml")
        config.write_text("{}")
        app = App.open(config, now=datetime(2026, 1, 1, tzinfo=UTC), environ={})
        with app.writing():
            pass
        app.database.close()
        return Path(folder, "digest.db").read_bytes()


@dataclass(frozen=True)
class Ran:
    """A run's report, in the words of the tests."""

    report: object

    @property
    def issues(self):
        """Subscriber → the issue of this run."""
        return {issue.subscriber.name: issue for issue in self.report.publish.issues}

    @property
    def skipped(self):
        return {skip.subscriber.name: skip for skip in self.report.publish.skipped}

    @property
    def deliveries(self):
        """Recipient → state."""
        return {d.recipient: d.state.value for d in self.report.deliver.deliveries}

    @property
    def sent(self):
        return [recipient for recipient, state in self.deliveries.items() if state == "accepted"]

    @property
    def exit_code(self):
        return self.report.exit_code


def listing_of(papers, now):
    """A listing as a source with ids would bring it."""
    records = tuple(
        Record(
            position=number,
            line=number,
            raw_title=paper.title,
            raw_abstract=paper.abstract,
            paper=replace(paper, listed=paper.listed or now.date()),
        )
        for number, paper in enumerate(papers, 1)
    )
    return Listing(
        name=f"door {now:%Y-%m-%d %H:%M:%S}",
        format="door",
        fingerprint=f"{now.isoformat()} {len(papers)} {papers[0].title}",
        reader_version=1,
        day_label=None,
        day=None,
        records=records,
        problems=(),
        health=Health.OK,
    )


class Mail:
    """One mail, parsed by the standard library."""

    def __init__(self, raw):
        self.raw = raw
        self.parsed = message_from_bytes(raw, policy=policy.default)
        self.head, _, self.body = raw.partition(b"\r\n\r\n")
        text, html = self.parsed.iter_parts()
        self.text, self.html = (part.get_content().replace("\r\n", "\n") for part in (text, html))

    def __getitem__(self, name):
        return self.parsed[name]

    def raw_headers(self, name):
        """Every line of this name as it stands on the wire, unfolded."""
        unfolded = re.sub(rb"\r\n[ \t]+", b" ", self.head)
        lines = (line.split(b":", 1) for line in unfolded.split(b"\r\n"))
        return [value.strip() for key, value in lines if key.lower() == name.lower().encode()]

    def text_titles(self, known):
        """Which of the known titles (compared by `plain`) stand on a line of their own, in order."""
        lines = (line.removeprefix("- ").removesuffix("  [new]") for line in self.text.splitlines())
        return [found for line in lines if (found := plain(line)) in known]

    def html_titles(self, known):
        """Which of the known titles are what one link of the HTML part says, in order."""
        links = lxml_html.fromstring(self.html).iter("a")
        return [found for link in links if (found := plain(link.text_content())) in known]


def decoded_words(value):
    """The encoded-words of a raw header value, each decoded alone."""
    words = re.findall(rb"=\?[^?]+\?[bBqQ]\?[^?]*\?=", value)
    return [(word, decode_header(word.decode())) for word in words]


@dataclass(frozen=True)
class Entry:
    id: str
    title: str
    content: str


class Feeds:
    """One feed in its three formats, read by a feed reader's parser."""

    def __init__(self, folder):
        self.folder = folder
        self.paths = {name: folder / file for name, file in FILES.items()}
        self.rss, self.atom = (feedparser.parse(self.paths[n].read_bytes()) for n in ("rss", "atom"))
        self.json = json.loads(self.paths["json"].read_text(encoding="utf-8"))

    @property
    def entries(self):
        """Format → entries in order."""
        return {
            "rss": [Entry(e.id, e.title, e.summary) for e in self.rss.entries],
            "atom": [Entry(e.id, e.title, e.content[0].value) for e in self.atom.entries],
            "json": [Entry(i["id"], i["title"], i["content_html"]) for i in self.json["items"]],
        }

    @property
    def ids(self):
        """The ids in order, the same in each format."""
        rss, atom, other = ([e.id for e in entries] for entries in self.entries.values())
        assert rss == atom == other
        return rss

    @property
    def titles(self):
        return [entry.title for entry in self.entries["json"]]

    def stamps(self):
        return {path: path.stat().st_mtime_ns for path in self.paths.values()}

    def bytes(self):
        return {path: path.read_bytes() for path in self.paths.values()}


FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
