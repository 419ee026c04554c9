"""What ties several keys together. Each rule yields the place of a mistake and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Final, NamedTuple

from digest.config.addresses import ascii_host, parse_address
from digest.config.keys import Place
from digest.config.mailing import (
    DkimSettings,
    MailboxSettings,
    MailSettings,
    Security,
    SmtpSettings,
)
from digest.config.moments import format_duration, parse_on
from digest.config.schema import (
    DefaultSettings,
    ScheduleSettings,
    Settings,
    SourceSettings,
    SubscriberSettings,
)
from digest.errors import UsageError
from digest.model import Format


class Finding(NamedTuple):
    """One broken rule."""

    place: Place
    what: str
    #: keys beside the place's last one that the rule looked at: where one of them was already found
    #: wrong (and so read as its default), this finding may be mistaken
    rests_on: tuple[str, ...] = ()

    def below(self, *above: str | int) -> Finding:
        """The same finding, its place counted from further up."""
        return self._replace(place=(*above, *self.place))


_NO_INTEREST: Final = "at least one is missing: without interests nothing is picked"
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def broken_rules(settings: Settings, kept: Mapping[str, Sequence[int]]) -> Iterator[Finding]:
    """Every rule that `settings` break.

    `kept` has, for a list from which wrong entries were dropped, the written position of each entry.
    """
    sources = list(zip(kept.get("sources", count()), settings.sources, strict=False))
    readers = list(zip(kept.get("subscribers", count()), settings.subscribers, strict=False))
    for i, source in sources:
        yield from (f.below("sources", i) for f in _source(source))
    yield from _unique("sources", ((i, "name", source.name) for i, source in sources))
    yield from _unique("sources", ((i, "url", source.url) for i, source in sources), exact=True)
    yield from (f.below("schedule") for f in _schedule(settings.schedule))
    yield from (f.below("defaults") for f in _day(settings.defaults))
    yield from (f.below("mail") for f in _mail(settings.mail))
    yield from (f.below("mail", "dkim") for f in _dkim(settings.mail.dkim))
    yield from (f.below("mail", "smtp") for f in _smtp(settings.mail.smtp))
    yield from (f.below("mail", "mailbox") for f in _mailbox(settings.mail.mailbox))
    for i, reader in readers:
        yield from (f.below("subscribers", i) for f in subscriber_rules(reader, settings.defaults))
    yield from (
        Finding(("subscribers", i, "interests"), _NO_INTEREST, ("interests",))
        for i, reader in readers
        if not reader.interests
    )
    yield from _unique("subscribers", ((i, "name", r.name) for i, r in readers))
    yield from _unique("subscribers", ((i, "address", r.address) for i, r in readers))


def subscriber_rules(reader: SubscriberSettings, defaults: DefaultSettings) -> Iterator[Finding]:
    """The rules for one subscriber, places counted from the entry."""
    if reader.address is None and reader.name is None:
        missing = "an address is missing, or a name for a reader by feed only"
        yield Finding((), missing, ("address", "name"))
    elif reader.address is None and chosen_format(reader, defaults) is not Format.FEED:
        needed = "by mail needs an address; add one, or choose format: feed"
        yield Finding(("format",), needed, ("address", "format"))
    if reader.name is not None and "@" in reader.name and reader.name != reader.address:
        what = f'"{reader.name}" looks like an address; write it as address, or leave out the @'
        yield Finding(("name",), what, ("address",))
    yield from _day(reader, defaults)


def chosen_format(reader: SubscriberSettings, defaults: DefaultSettings) -> Format:
    """By mail, by feed or both: as chosen, else by feed where there is no address, else the default."""
    if reader.format is not None:
        return reader.format
    return Format.FEED if reader.address is None else defaults.format


def _source(source: SourceSettings) -> Iterator[Finding]:
    if source.url is None and source.path is None:
        missing = "a path or url is missing: the file, folder or address to read"
        yield Finding((), missing, ("path", "url"))
    if source.url is not None and source.path is not None:
        yield Finding((), "path and url are both given; keep one")
    if source.url is None and source.path is not None and source.allow_hosts:
        yield Finding(("allow_hosts",), "only an address can lead to a host; it goes with url", ("url",))


def _schedule(schedule: ScheduleSettings) -> Iterator[Finding]:
    if schedule.wait_until > schedule.catch_up:
        found, longest = format_duration(schedule.wait_until), format_duration(schedule.catch_up)
        what = f'found "{found}"; allowed: at most schedule.catch_up, which is {longest}'
        yield Finding(("wait_until",), what, ("wait_until", "catch_up"))


def _mail(mail: MailSettings) -> Iterator[Finding]:
    ways = {"smtp.host": mail.smtp.host, "sendmail": mail.sendmail, "maildir": mail.maildir}
    given = [name for name, value in ways.items() if value is not None]
    if len(given) > 1:
        yield Finding(
            (given[-1],), f"{' and '.join(given)} are given; mails leave by one of them, so keep one"
        )
    seen: dict[str, str] = {}
    for written in mail.domain_rates:
        domain = _domain(written)
        if domain is None:
            what = (
                'this is no domain; allowed: names such as mail.example.org, and "*" for each of the others'
            )
            yield Finding(("domain_rates", written), what)
        elif domain in seen:
            yield Finding(("domain_rates", written), f'"{seen[domain]}" is the same domain; keep one')
        else:
            seen[domain] = written


def _domain(written: str) -> str | None:
    """A recipient's domain, or `*`, as it is compared; `None` for what is neither."""
    if written == "*":
        return written
    try:
        return ascii_host(parse_address(f"name@{written}").partition("@")[2])
    except UsageError:
        return None


def _dkim(dkim: DkimSettings) -> Iterator[Finding]:
    if dkim.ed25519_key_file is None:
        return
    if dkim.key_file is None:
        alone = "it never signs alone, for not every receiver knows it: key_file with an RSA key is missing"
        yield Finding(("ed25519_key_file",), alone, ("key_file",))
    if dkim.ed25519_selector == dkim.selector:
        what = f'"{dkim.selector}" is the selector of the RSA key as well; each key needs its own'
        yield Finding(("ed25519_selector",), what, ("selector",))


def _smtp(smtp: SmtpSettings) -> Iterator[Finding]:
    if smtp.username is None and smtp.password is not None:
        yield Finding(("username",), "there is a password, but the username is missing", ("username",))
    far = smtp.host is not None and smtp.host not in _HERE
    if far and smtp.username is not None and smtp.security is Security.NONE:
        open_words = "the password would travel readable to all; allowed with a username: starttls, tls"
        yield Finding(("security",), open_words, ("security",))


def _mailbox(mailbox: MailboxSettings) -> Iterator[Finding]:
    imap = mailbox.imap
    if mailbox.maildir is not None and imap.host is not None:
        yield Finding((), "maildir and imap are both given; keep one", ("maildir", "imap"))
    if imap.host is not None and imap.host not in _HERE and imap.security is Security.NONE:
        open_words = (
            "password and mails would travel readable to all; allowed for another machine: starttls, tls"
        )
        yield Finding(("imap", "security"), open_words, ("host", "security"))


def _day(
    chosen: DefaultSettings | SubscriberSettings, defaults: DefaultSettings | None = None
) -> Iterator[Finding]:
    every = chosen.every or (defaults.every if defaults else None)
    if every is None or chosen.on is None:
        return
    try:
        parse_on(every, chosen.on)
    except UsageError as error:
        yield Finding(("on",), str(error), ("every",))


def _unique(
    section: str, names: Iterable[tuple[int, str, str | None]], *, exact: bool = False
) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, key, name in names:
        if name is None:
            continue
        same = name if exact else name.casefold()
        if same in seen:
            what = f'"{name}" is the {key} of another entry as well; each needs its own'
            yield Finding((section, i, key), what)
        seen.add(same)
