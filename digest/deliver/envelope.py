"""Addresses as an SMTP envelope spells them (RFC 5321 4.1.2, RFC 5891, RFC 6531)."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: what could end an address, a command or a line, or is not shown
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0<>\u2028\u2029\ud800-\udfff]")
#: characters that the two versions of IDNA send to different domains
_AMBIGUOUS = re.compile("[\u00df\u03c2\u200c\u200d]")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[A-Za-z0-9.:]+\]", re.ASCII)
_LONGEST = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeAddress:
    """One address, ready to stand between `<` and `>`."""

    #: the domain is ASCII; the part before the @ may not be
    text: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 can take it."""
        return not self.text.isascii()


def envelope_address(address: str) -> EnvelopeAddress:
    """The address with its domain as an A-label.

    Raises `ValueError` with a reason fit for a person, which does not repeat the address.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("the address is not of the form name@domain")
    if len(address) > _LONGEST:
        raise ValueError(f"the address is longer than {_LONGEST} characters")
    if _UNSAFE.search(address):
        raise ValueError("the address holds blanks, angle brackets or control characters")
    return EnvelopeAddress(text=f"{local}@{_a_label(domain)}")


def _a_label(domain: str) -> str:
    if _AMBIGUOUS.search(domain):
        raise ValueError("the address's domain can mean two domains: write it in its xn-- form")
    try:
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("the address's domain is no international domain name") from error
    if not _HOST.fullmatch(host):
        raise ValueError("the address's domain is no domain name")
    return host
