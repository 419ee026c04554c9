"""DKIM signatures (RFC 6376, 8301, 8463): a finished mail's bytes in, the same bytes signed out. Pure.

rsa-sha256 with relaxed headers and a simple body. Headers are relaxed because relays fold them anew.
The body is simple because relaxing would forgive nothing that can happen to ours: it is
quoted-printable, in which no line ends with a blank and none is longer than 76 characters. No `l=`:
what somebody appends breaks the signature. No `t=`: the mail's Date is signed already.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

#: both kinds have what it takes; RSA is the one that every receiver knows
SigningKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey

#: signed as often as they stand there, and once more: a second one put above them would be shown by mail
#: programs instead of the signed one. A missing Reply-To is signed as missing.
OVERSIGNED: Final = (
    *(b"from", b"to", b"subject", b"date", b"reply-to", b"content-type"),
    *(b"list-unsubscribe", b"list-unsubscribe-post"),
)
#: signed as far as they are there
SIGNED: Final = (
    *(b"message-id", b"mime-version", b"list-id", b"list-help", b"list-owner", b"list-post"),
    *(b"auto-submitted", b"cfbl-address"),
)

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*(?:\r\n[ \t].*)*)\r\n")
#: all that may stand between words as a blank; `split` of itself would take other characters along
_BLANKS = bytes.maketrans(b"\t\r\n", b"   ")
#: characters of a line, RFC 5322's 78 with room for a semicolon
_WIDTH = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key and where receivers find the other half of it: `SELECTOR._domainkey.DOMAIN`."""

    #: ASCII; an international domain as its A-label
    domain: str
    selector: str
    key: SigningKey = field(repr=False)


def sign(data: bytes, signers: Sequence[Signer]) -> bytes:
    """`data`, a mail with CR LF lines, with one `DKIM-Signature` for each of `signers` put before it.

    Raises `ValueError` when it holds no header or no From.
    """
    if not signers:
        return data
    head, gap, body = data.partition(b"\r\n\r\n")
    fields = _fields(head + b"\r\n") if gap else {}
    if b"from" not in fields:
        raise ValueError("DKIM: a mail without From cannot be signed")
    covered = _covered(fields)
    signed = _canonical(fields)
    body_hash = base64.b64encode(hashlib.sha256(_simple(body)).digest())
    return b"".join(_signature(signer, covered, signed, body_hash) for signer in signers) + data


def _fields(head: bytes) -> dict[bytes, list[bytes]]:
    """The values of each header by its name in lower case, from the top."""
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for name, value in _FIELD.findall(head):
        found[name.lower()].append(value)
    return found


def _covered(fields: dict[bytes, list[bytes]]) -> tuple[bytes, ...]:
    """The names to sign, each as often as `h=` names it."""
    often = [name for name in OVERSIGNED for _ in range(len(fields.get(name, ())) + 1)]
    return (*often, *[name for name in SIGNED for _ in fields.get(name, ())])


def _canonical(fields: dict[bytes, list[bytes]]) -> bytes:
    """The signed headers in the order of `_covered`, relaxed (RFC 6376 3.4.2).

    Of several of one name the lowest comes first (5.4.2).
    """
    return b"".join(
        b"%b:%b\r\n" % (name, _relaxed(value))
        for name in (*OVERSIGNED, *SIGNED)
        for value in reversed(fields.get(name, ()))
    )


# most headers of a mail stand in all others of the day as well
@lru_cache(maxsize=64)
def _relaxed(value: bytes) -> bytes:
    """`value` in one line, with one blank between its words and none around them."""
    return b" ".join(filter(None, value.translate(_BLANKS).split(b" ")))


def _simple(body: bytes) -> bytes:
    """`body` without empty lines at its end, which relays add and take away (RFC 6376 3.4.3)."""
    if body.endswith(b"\r\n") and not body.endswith(b"\r\n\r\n"):
        return body
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n"


def _signature(signer: Signer, covered: tuple[bytes, ...], signed: bytes, body_hash: bytes) -> bytes:
    """One finished header line, folded."""
    kind = b"rsa-sha256" if isinstance(signer.key, RSAPrivateKey) else b"ed25519-sha256"
    begun = (
        b"DKIM-Signature: v=1; a=%b; c=relaxed/simple;\r\n d=%b;\r\n s=%b;\r\n h=%b;\r\n bh=%b;\r\n b="
        % (
            kind,
            signer.domain.encode("ascii"),
            signer.selector.encode("ascii"),
            _folded(covered),
            body_hash,
        )
    )
    # the signature covers its own header, as if nothing stood behind `b=` and without the last line end
    proof = _sign(signer.key, signed + b"dkim-signature:" + _relaxed(begun.partition(b":")[2]))
    text = base64.b64encode(proof)
    lines = [text[: _WIDTH - 3]]
    lines += [text[at : at + _WIDTH - 1] for at in range(_WIDTH - 3, len(text), _WIDTH - 1)]
    return begun + b"\r\n ".join(lines) + b"\r\n"


def _sign(key: SigningKey, text: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(text, PKCS1v15(), SHA256())
    # the digest is what Ed25519 signs here (RFC 8463 3)
    return key.sign(hashlib.sha256(text).digest())


@lru_cache(maxsize=8)
def _folded(names: tuple[bytes, ...]) -> bytes:
    """`names` joined by colons, in lines that are short enough."""
    lines, width = [names[0]], len(" h=") + len(names[0])
    for name in names[1:]:
        if width + len(name) + 2 > _WIDTH:
            lines.append(b":\r\n ")
            width = 0
        else:
            lines.append(b":")
        lines.append(name)
        width += len(name) + 1
    return b"".join(lines)
