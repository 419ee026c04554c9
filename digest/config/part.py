"""What every section of the configuration is made of."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)


class Part(BaseModel):
    """A section: frozen, every key known, defaults read like written values."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        # so that default paths count from the configuration's folder as well
        validate_default=True,
        revalidate_instances="always",
    )
