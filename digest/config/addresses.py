"""Mail addresses, links and list names: checked where they enter, so that nobody checks again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from digest.days import check_day
from digest.errors import UsageError
from digest.text import printable

MAX_ADDRESS: Final = 254
MAX_LOCAL: Final = 64
MAX_LINE: Final = 200
#: what `tokens.bounce_address` puts between the local part and the @
MAX_TAG: Final = 41

#: RFC 5322 atoms joined by dots
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_HOST = re.compile(r"[\w.:-]{1,253}", re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def parse_address(text: str) -> str:
    """One bare mail address, its domain in lower case; raises `UsageError` that says what is wrong.

    An international domain stays as written; it is sent as its ASCII form.
    """
    address = text.strip()
    if (why := _wrong_with(address)) is not None:
        raise UsageError(f'"{printable(address)[:80]}" is not a mail address: {why}')
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def parse_bounce_address(text: str) -> str:
    """An address that bounces go to: plain letters, and short enough for a reader's tag before the @."""
    address = parse_address(text)
    local = address.rpartition("@")[0]
    if not local.isascii():
        raise UsageError(f'"{address[:80]}" must have plain letters before the @: every mail server sees it')
    if len(local) > MAX_LOCAL - MAX_TAG:
        raise UsageError(
            f'"{address[:80]}" must have at most {MAX_LOCAL - MAX_TAG} characters before the @: a tag '
            f"of up to {MAX_TAG} is put behind them"
        )
    return address


def parse_domain(text: str) -> str:
    """The domain of a mail address, as written but in lower case; raises `UsageError`."""
    domain = text.strip().lower()
    hidden = None if printable(domain) == domain else "it holds a control or invisible character"
    if (why := hidden or _wrong_with_domain(domain)) is not None:
        raise UsageError(f'"{printable(domain)[:80]}" is not a domain such as digest.example.org: {why}')
    return domain


def parse_selector(text: str) -> str:
    """The name of a DKIM key in the DNS (RFC 6376 3.1): labels as of a domain, such as `digest2026`."""
    name = text.strip().lower()
    if len(name) > MAX_LOCAL or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise UsageError(
            f'"{printable(text)[:80]}" is not a selector: letters, digits and hyphens, such as digest2026'
        )
    return name


def _wrong_with(address: str) -> str | None:
    if not address:
        return "it is empty"
    if printable(address) != address:
        return "it holds a control or invisible character"
    if "<" in address or ">" in address:
        return "write only the part between < and >, without a name"
    if any(c in address for c in ",; "):
        return "it holds a blank, comma or semicolon; write one address"
    if "@" not in address:
        return "the @ is missing"
    local, _, domain = address.rpartition("@")
    return _wrong_with_local(local) or _wrong_with_domain(domain) or _too_long(local, domain)


def _wrong_with_local(local: str) -> str | None:
    if not local:
        return "nothing stands before the @"
    if local.startswith('"'):
        return "quoted names before the @ are not supported"
    if not _LOCAL.fullmatch(_plain(local)):
        return f'"{local[:40]}" before the @ holds a character or dot that is not allowed there'
    if len(local.encode()) > MAX_LOCAL:
        return f"the part before the @ is longer than {MAX_LOCAL} bytes"
    return None


def _plain(text: str) -> str:
    """`text` with every character beyond ASCII as `x`: those are allowed as letters (RFC 6531)."""
    return "".join(c if c.isascii() else "x" for c in text)


def _wrong_with_domain(domain: str) -> str | None:
    if not domain:
        return "nothing stands after the @"
    if domain.startswith("["):
        return "numeric addresses in brackets are not supported; use a domain"
    try:
        ascii_domain = ascii_host(domain)
    except UnicodeError:
        return f'the domain "{domain[:60]}" is not valid'
    if not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        return f'the domain "{domain[:60]}" is not valid'
    return None


def _too_long(local: str, domain: str) -> str | None:
    if len(f"{local}@{ascii_host(domain)}".encode()) > MAX_ADDRESS:
        return f"it is longer than {MAX_ADDRESS} bytes"
    return None


def ascii_host(host: str) -> str:
    """`host` as it travels: lower case, international labels in their `xn--` form (RFC 3490).

    Raises `UnicodeError` for what is no host name.
    """
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()


def parse_url(text: str) -> str:
    """An http or https address without credentials; raises `UsageError`."""
    url = text.strip()
    if printable(url) != url or " " in url:
        raise UsageError("the link holds a blank, control or invisible character")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f'"{_without_password(url)[:80]}" is not a link') from None
    if parts.username is not None:
        raise UsageError("a link with a name or password in front of the host is not accepted")
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(
            f'"{_without_password(url)[:80]}" is not a link that begins with http:// or https://'
        )
    return url


def _without_password(url: str) -> str:
    """`url` without all that may stand in front of its host."""
    start, slashes, rest = url.partition("//")
    return start + slashes + rest.rpartition("@")[2] if slashes else url.rpartition("@")[2]


def parse_source_url(text: str) -> str:
    """A link to fetch, in which `{day}` may stand for the date."""
    return check_day(parse_url(text))


def parse_contact(text: str) -> str:
    """Where the keeper of a web server can write to: a mail address or a link, in plain ASCII."""
    contact = text.strip()
    contact = parse_url(contact) if "://" in contact else parse_address(contact)
    if not contact.isascii():
        raise UsageError(f'"{contact[:80]}" travels in plain letters only; write its ASCII form')
    return contact


def parse_reach(text: str) -> str:
    """A host name, an IP address or a network such as `192.168.1.0/24`; raises `UsageError`."""
    reach = text.strip()
    if "/" in reach or ":" in reach or reach.replace(".", "").isdigit():
        try:
            return str(ip_network(reach.strip("[]")))
        except ValueError as error:
            raise UsageError(f'"{printable(reach)[:80]}" is no network: {printable(str(error))}') from None
    try:
        host = ascii_host(parse_host(reach))
    except UnicodeError:
        host = ""
    if not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise UsageError(
            f'"{printable(reach)[:80]}" is neither a host name such as nas.home.lan nor a network such as '
            "192.168.1.0/24"
        )
    return host


def parse_base_url(text: str) -> str:
    """A link that paths are appended to: without query and without the final slash."""
    url = parse_url(text)
    if "?" in url or "#" in url:
        raise UsageError(f'"{url[:80]}" must be without ? and #, because paths are appended to it')
    return url.rstrip("/")


def parse_secure_url(text: str) -> str:
    """As `parse_base_url`, https only: mail programs refuse one-click links by http (RFC 8058)."""
    url = parse_base_url(text)
    if not url.lower().startswith("https://"):
        raise UsageError(
            f'"{url[:80]}" must begin with https://, or mail programs ignore the unsubscribe link'
        )
    return url


def parse_search_url(text: str) -> str:
    """A link in which `{query}` stands once, where the words to search for go."""
    url = parse_url(text)
    if url.count("{query}") != 1:
        raise UsageError(f'"{url[:80]}" must hold {{query}} once, where the words to search for go')
    return url


def parse_list_id(text: str) -> str:
    """A list's stable name in the shape of a domain (RFC 2919), such as `daily.digest.example.org`."""
    name = text.strip().lower()
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 200 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UsageError(f'"{printable(text)[:80]}" is not a list id such as daily.digest.example.org')
    return name


def parse_host(text: str) -> str:
    """A host name or IP address; raises `UsageError`."""
    host = text.strip()
    if not _HOST.fullmatch(_plain(host)) or printable(host) != host:
        raise UsageError(f'"{printable(host)[:80]}" is not a host name such as mail.example.org')
    return host


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server listens: the address of one of this machine's networks, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_listen(text: str) -> Listen:
    """An address with a port, such as `127.0.0.1:8035` or `[::1]:8035`; port 0 means any free one."""
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    digits = port.isascii() and port.isdigit() and len(port) <= 5
    if not colon or not digits or int(port) > 65535 or (":" in host) is not bracketed:
        raise UsageError(f'"{printable(text)[:80]}" is not an address with a port such as 127.0.0.1:8035')
    return Listen(parse_host(host), int(port))


def parse_line(text: str) -> str:
    """Text on one line for a header or heading, 1 to 200 characters; raises `UsageError`."""
    line = text.strip()
    if not line:
        raise UsageError("the text is empty")
    if printable(line) != line:
        raise UsageError(
            f'"{printable(line)[:60]}" holds a control or invisible character or two blanks in a row'
        )
    if len(line) > MAX_LINE:
        raise UsageError(f'"{line[:40]}…" is longer than {MAX_LINE} characters')
    return line
