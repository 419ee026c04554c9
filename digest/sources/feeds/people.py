"""Authors that a feed gives in one string, told apart."""

from __future__ import annotations

import re

from digest.text import join_space

_INITIALS = re.compile(r"(?:[^\W\d_]\.?[ -]?){1,4}(?:,? ?(?:Jr|Sr|I{2,3}|IV)\.?)?")
_SEPARATOR = re.compile(r"\s*;\s*|\s+&\s+")
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_ADDRESS = re.compile(r"[^\s()<>@]{1,200}@[^\s()<>@]{1,200}")
_MOST = 3_000


def split(text: str) -> tuple[str, ...]:
    """The names in `text`: `A. Lovelace, C. Babbage`, `Lovelace, A., Babbage, C.`, by `;`, by `and`.

    `Lovelace, Ada` alone is one person: a surname of one word with a given name after it.
    """
    text = join_space(_ADDRESS.sub(" ", text)).strip(" ,;()<>")
    parts = [part for part in _SEPARATOR.split(text) if part]
    if len(parts) > 1:
        return tuple(parts[:_MOST])
    parts = [part for part in _COMMA.split(text) if part]
    if len(parts) > 1 and _surnames_first(parts):
        return tuple(f"{given} {surname}" for surname, given in zip(parts[::2], parts[1::2], strict=True))[
            :_MOST
        ]
    if len(parts) == 2 and not any(" " in part for part in parts) and " and " not in text:
        return (f"{parts[1]} {parts[0]}",)
    return tuple(parts[:_MOST])


def _surnames_first(parts: list[str]) -> bool:
    """Whether every second part is nothing but initials: `Lovelace`, `A.`, `Babbage`, `C. H.`."""
    if len(parts) % 2:
        return False
    return all(_INITIALS.fullmatch(part) for part in parts[1::2]) and not any(
        _INITIALS.fullmatch(part) for part in parts[::2]
    )
