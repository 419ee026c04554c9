"""Signed links, and message ids that show no address.

A token is the last part of an address such as `https://daily.example/u/TOKEN`:

    base64url( key version, 1 byte · subscriber id, 1 to 8 bytes · tag, 16 bytes )

without padding: 24 characters for the first 255 subscribers, 34 at most, and the case of the
letters counts. The tag is HMAC-SHA256 cut to 128 bits over purpose, key version and subscriber id,
so that a link made for one purpose is worthless for another. Nothing else is in a token: no
address, no date. A token has exactly one spelling.

Pure: secrets are parameters. Keys are rotated by adding a version; mail stays in inboxes, so old
versions remain in the ring and their links stay valid.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

#: a token has one byte for its key's version
MOST_KEYS = 255
_SECRET_BYTES = 32
_TAG_BYTES = 16
_ID_BYTES = 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,34}", re.ASCII)
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


class Purpose(StrEnum):
    """What a link is good for. The values are signed: never change one."""

    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    #: the sender's address of a mail: what bounces to it speaks of this subscriber
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The secrets by version; the current one signs, all of them verify.

    Raises `ValueError` unless versions are 1 to 255, secrets have 32 bytes and the current version
    is there. Secrets are never shown by `repr`.
    """

    secrets: Mapping[int, bytes] = field(repr=False, hash=False)
    current: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "secrets", dict(self.secrets))
        if self.current not in self.secrets:
            raise ValueError(f"key version {self.current} is not in the ring")
        for version, secret in self.secrets.items():
            if not 1 <= version <= MOST_KEYS:
                raise ValueError(f"key version {version} is not between 1 and {MOST_KEYS}")
            if len(secret) != _SECRET_BYTES:
                raise ValueError(f"the secret of key version {version} has not {_SECRET_BYTES} bytes")

    @classmethod
    def of(cls, secrets: Mapping[int, bytes]) -> KeyRing:
        """The ring of these secrets by version; the newest version signs."""
        return cls(secrets=secrets, current=max(secrets))

    @property
    def oldest(self) -> int:
        """The first version, which message ids are made with."""
        return min(self.secrets)


def sign(purpose: Purpose, subscriber_id: int, keys: KeyRing) -> str:
    """The token for one subscriber and purpose, made with the current key.

    Raises `ValueError` when the id is not between 1 and 2^63 - 1.
    """
    return _spelled(_signed(purpose, subscriber_id, keys))


def verify(token: str, purpose: Purpose, keys: KeyRing) -> int | None:
    """The subscriber a token was signed for, or `None` for anything but a genuine token.

    Never raises, and compares in constant time: the whole expected token is computed and compared,
    so that a second spelling of a genuine token is none.
    """
    claim = _claim(token)
    if claim is None:
        return None
    version, subscriber_id = claim
    if version not in keys.secrets or not 1 <= subscriber_id < 1 << 63:
        return None
    expected = _spelled(_raw(purpose, version, subscriber_id, keys))
    return subscriber_id if hmac.compare_digest(expected, token) else None


def bounce_address(address: str, subscriber_id: int, keys: KeyRing) -> str:
    """The envelope sender of a subscriber's mails: `bounces+TAG@host` for `bounces@host` (VERP).

    The tag is a token in lower-case base32, since not every server keeps the case of letters. It
    has at most 40 characters; the local part must leave room for them (64 in all, RFC 5321 4.5.3.1).
    """
    local, at, host = address.rpartition("@")
    tag = base64.b32encode(_signed(Purpose.BOUNCE, subscriber_id, keys)).decode("ascii").rstrip("=").lower()
    return f"{local}+{tag}{at}{host}"


def bounced_subscriber(address: str, keys: KeyRing) -> int | None:
    """The subscriber whose bounce address this is, in any case; `None` for anything but a genuine one."""
    tag = address.rpartition("@")[0].rpartition("+")[2]
    try:
        raw = base64.b32decode(_padded(tag.upper(), 8))
    except ValueError:
        return None
    return verify(base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii"), Purpose.BOUNCE, keys)


def message_id(edition_key: str, subscriber_id: int, domain: str, keys: KeyRing) -> str:
    """The Message-ID of one subscriber's issue of an edition, with its angle brackets.

    The same for ever: it is made with the *oldest* key of the ring, so rotating keys changes no id
    and a retry repeats it. The oldest key is therefore never dropped. The edition's key stands in
    front for people who read mail logs; the rest is a keyed digest in lower-case base32, which
    servers that fold case cannot spoil. An international domain is written as its A-label.

    Raises `ValueError` when `domain` is no host name.
    """
    # the length of the key keeps two neighbours from making one text
    facts = f"{len(edition_key)}:{edition_key}:{subscriber_id}"
    tag = _tag(keys.secrets[keys.oldest], "message-id", facts.encode("utf-8", "surrogatepass"))
    name = base64.b32encode(tag).decode("ascii").rstrip("=").lower()
    readable = _UNSAFE.sub("-", edition_key)[:40].strip("-")
    return f"<{readable}.{name}@{_host(domain)}>" if readable else f"<{name}@{_host(domain)}>"


def address_digest(address: str, keys: KeyRing) -> str:
    """What may be kept of the address of somebody who is forgotten: enough to know it again, no more.

    In any case the same, and made with the oldest key: the same for ever.
    """
    tag = _tag(keys.secrets[keys.oldest], "address", address.strip().lower().encode("utf-8", "surrogatepass"))
    return base64.b32encode(tag).decode("ascii").rstrip("=").lower()


def _signed(purpose: Purpose, subscriber_id: int, keys: KeyRing) -> bytes:
    """The bytes of a token, made with the current key."""
    if not 1 <= subscriber_id < 1 << 63:
        raise ValueError(f"{subscriber_id} is no subscriber id")
    return _raw(purpose, keys.current, subscriber_id, keys)


def _raw(purpose: Purpose, version: int, subscriber_id: int, keys: KeyRing) -> bytes:
    number = subscriber_id.to_bytes((subscriber_id.bit_length() + 7) // 8, "big")
    head = bytes((version,)) + number
    return head + _tag(keys.secrets[version], f"link:{purpose.value}", head)


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _padded(text: str, length: int) -> str:
    return text + "=" * (-len(text) % length)


def _claim(token: str) -> tuple[int, int] | None:
    """Key version and subscriber id as a token states them, unproven; `None` if it cannot be one."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    try:
        raw = base64.urlsafe_b64decode(_padded(token, 4))
    except ValueError:
        return None
    number = raw[1:-_TAG_BYTES]
    if not 1 <= len(number) <= _ID_BYTES:
        return None
    return raw[0], int.from_bytes(number, "big")


def _tag(secret: bytes, use: str, text: bytes) -> bytes:
    # the zero byte ends the use: no use can run on into the text of another
    return hmac.digest(secret, b"digest:" + use.encode("ascii") + b"\0" + text, hashlib.sha256)[:_TAG_BYTES]


# all ids of a run have the same
@lru_cache(maxsize=8)
def _host(domain: str) -> str:
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"{domain!r} is no host name") from error
    if not _DOMAIN.fullmatch(host):
        raise ValueError(f"{domain!r} is no host name")
    return host
