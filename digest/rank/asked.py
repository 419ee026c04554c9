"""What an interest asks for, whatever its weight."""

from __future__ import annotations

from typing import NamedTuple

from digest.model import Field, Interest


class Asked(NamedTuple):
    """What an interest asks for, whatever its weight: see `Interest`."""

    text: str
    field: Field = Field.ANYWHERE
    within: int | None = None


def asked(interest: Interest) -> Asked:
    """The part of `interest` that decides what it finds."""
    return Asked(interest.text, interest.field, interest.within)
