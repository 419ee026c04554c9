"""The trending page: papers with one sentence by somebody else, a repository and its stars.

The sentence is a summary and never stands for the abstract. Most papers are there twice, once for
wide and once for narrow screens.
"""

from __future__ import annotations

import re

from digest.sources.renderings import markdown, rendering
from digest.sources.shape import Page, Shape, Wire

_NAME = re.compile(r"^[ \t#*\[]{0,9}trending papers\b", re.IGNORECASE | re.MULTILINE)


def _matches(wire: Wire) -> bool:
    if not _NAME.search(wire.text, 0, rendering.HEAD):
        return False
    seen = markdown.survey(wire.text)
    return seen is not None and seen.is_trending


def _read(wire: Wire, max_records: int) -> Page:
    return markdown.read(wire, max_records, name="trending", summaries=True)


PAGE = Shape(
    name="trending",
    looks_for="a trending page",
    matches=_matches,
    read=_read,
)
