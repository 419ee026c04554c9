"""DOIs in the forms that sources and people write them."""

from __future__ import annotations

import re

_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def doi(text: str) -> str | None:
    """The DOI that `text` is, in lower case without resolver; `None` for anything else."""
    found = _DOI.fullmatch(text.strip())
    return found.group(1).casefold().rstrip(".") if found else None
