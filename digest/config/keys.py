"""The keys that a configuration may hold, told from the schema itself.

Names the unknown key's neighbours, finds what an environment variable means, and lets the tests see
that every key is documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, TypeAlias, get_args, get_origin

from digest.config.part import Part
from digest.config.schema import Settings

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands: `("subscribers", 0, "limit")`, places in lists from 0."""

PREFIX: Final = "DIGEST__"
#: what never stands in YAML
PASSWORDS: Final = (("mail", "smtp", "password"), ("mail", "mailbox", "imap", "password"))

_SYNONYMS: Final = {
    ("defaults", "tz"): "time_zone",
    ("subscribers", "*", "tz"): "time_zone",
    ("subscribers", "*", "keywords"): "interests",
}
_INTERNAL: Final = ("subscribers", "*", "line")


class Kind(StrEnum):
    """What stands behind a key."""

    SECTION = "section"
    LIST = "list"
    #: values under keys of one's own, such as domains
    TABLE = "table"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key, or with `*` for the entries of a list one key of each entry."""

    path: tuple[str, ...]
    kind: Kind
    #: as the schema has it; `None` also where the default follows from another key
    default: object

    @property
    def env(self) -> str:
        """The environment variable that overrides it, `0` standing for the first entry of a list."""
        return PREFIX + "__".join("0" if part == "*" else part.upper() for part in self.path)


@cache
def keys() -> Mapping[tuple[str, ...], Key]:
    """Every key by its path, in the order of the schema."""
    found: dict[tuple[str, ...], Key] = {}
    _collect(Settings, (), found)
    return found


def _collect(part: type[Part], above: tuple[str, ...], found: dict[tuple[str, ...], Key]) -> None:
    for name, field in part.model_fields.items():
        path = (*above, name)
        if path == _INTERNAL:
            continue
        shape = field.annotation
        entry = get_args(shape)[0] if get_origin(shape) is tuple else None
        kind = Kind.SECTION if _is_part(shape) else Kind.VALUE if entry is None else Kind.LIST
        if get_origin(shape) is dict:
            kind = Kind.TABLE
        found[path] = Key(path=path, kind=kind, default=field.default)
        inner, below = (entry, (*path, "*")) if entry is not None else (shape, path)
        if _is_part(inner):
            _collect(inner, below, found)  # type: ignore[arg-type]  # narrowed by _is_part


def _is_part(shape: object) -> bool:
    return isinstance(shape, type) and issubclass(shape, Part)


def general(place: Place) -> tuple[str, ...]:
    """`place` with every position in a list as `*`: how `keys` names it."""
    return tuple("*" if isinstance(part, int) else part for part in place)


def canonical(above: Place, name: str) -> str:
    """The schema's name for the key `name` under `above`: `keywords` is `interests`, `tz` is `time_zone`."""
    return _SYNONYMS.get((*general(above), name), name)


def suggestion(above: Place, name: str) -> str:
    """The known key under `above` most like `name`, or all of them where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    prefix = general(above)
    names = [path[-1] for path in keys() if path[:-1] == prefix]
    spellings = names + [path[-1] for path in _SYNONYMS if path[:-1] == prefix]
    if near := get_close_matches(name.lower().replace("-", "_"), spellings, n=1, cutoff=0.6):
        return f'did you mean "{near[0]}"?'
    return (
        "known here: " + ", ".join(n for n in names if (*prefix, n) not in PASSWORDS)
        if names
        else "it takes no keys"
    )
