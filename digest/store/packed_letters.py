"""Letters as the outbox keeps them: unpacked without the database, by whoever has the time."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import StoreError
from digest.model import Delivery, Letter
from digest.packing import Dictionary, Packed, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLetter:
    """A message of the outbox in its envelope, its bytes still packed."""

    delivery: Delivery
    #: `None` where the outbox holds none
    packed: Packed | None
    #: what it was packed with; an error where that is lost or damaged
    dictionary: Dictionary | StoreError | None = None

    def unpacked(self) -> Letter | StoreError:
        """The letter, its bytes checked against their digest; an error in the place of damaged ones."""
        one = self.delivery
        if self.packed is None:
            return lost(one.id)
        try:
            data = frozen_bytes(one.id, self.packed, self.dictionary)
        except StoreError as error:
            return error
        return Letter(sender=one.sender, recipient=one.recipient, data=data, message_id=one.message_id)


def frozen_bytes(delivery_id: int, packed: Packed, dictionary: Dictionary | StoreError | None) -> bytes:
    """What was frozen; raises `StoreError` where it or its dictionary is damaged."""
    if isinstance(dictionary, StoreError):
        raise StoreError(
            f"the bytes of delivery {delivery_id} cannot be unpacked: {dictionary}"
        ) from dictionary
    return unpacked(packed["data"], packed["sha256"], f"delivery {delivery_id}", dictionary)


def lost(delivery_id: int) -> StoreError:
    """The error for a delivery without bytes."""
    return StoreError(f"the outbox holds no bytes for delivery {delivery_id}; it cannot be sent")
