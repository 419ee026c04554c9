"""A letter made ready for a server: its commands, and why a server cannot take it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.deliver.envelope import EnvelopeAddress, envelope_address
from digest.deliver.lines import line_flaw
from digest.model import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A letter whose addresses and lines are in order."""

    letter: Letter
    sender: EnvelopeAddress
    recipient: EnvelopeAddress
    #: whether it holds bytes beyond ASCII
    eight_bit: bool

    @property
    def needs_smtputf8(self) -> bool:
        """Whether an address is not ASCII before its @ (RFC 6531)."""
        return self.sender.needs_smtputf8 or self.recipient.needs_smtputf8

    def lacks(self, offers: Mapping[str, str], size_limit: int | None) -> str | None:
        """Why a server with these offers cannot take it, or `None`."""
        size = len(self.letter.data)
        if self.needs_smtputf8 and "SMTPUTF8" not in offers:
            return "the name before the @ is not ASCII and the server offers no SMTPUTF8"
        if self.eight_bit and "8BITMIME" not in offers:
            return "the message holds bytes beyond ASCII and the server offers no 8BITMIME"
        if size_limit is not None and size > size_limit:
            return f"the message has {size} bytes and the server takes at most {size_limit} (SIZE)"
        return None

    def mail(self, offers: Mapping[str, str]) -> bytes:
        """The command MAIL with what the server is to know beforehand."""
        options = f" SIZE={len(self.letter.data)}" if "SIZE" in offers else ""
        options += " BODY=8BITMIME" if self.eight_bit else ""
        options += " SMTPUTF8" if self.needs_smtputf8 else ""
        return f"MAIL FROM:<{self.sender.text}>{options}\r\n".encode()

    def rcpt(self, offers: Mapping[str, str]) -> bytes:  # noqa: ARG002 - the same for every server
        """The command RCPT; there is one recipient."""
        return f"RCPT TO:<{self.recipient.text}>\r\n".encode()

    def envelope(self, offers: Mapping[str, str]) -> bytes:
        """Both at once."""
        return self.mail(offers) + self.rcpt(offers)


def packed(letter: Letter) -> Parcel:
    """The letter made ready; raises `ValueError` with a reason fit for a person."""
    if flaw := line_flaw(letter.data):
        raise ValueError(flaw)
    return Parcel(
        letter=letter,
        sender=envelope_address(letter.sender),
        recipient=envelope_address(letter.recipient),
        eight_bit=not letter.data.isascii(),
    )
