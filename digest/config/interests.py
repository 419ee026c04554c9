"""Interests as people write them: `speech synthesis^2`, `title:survey`, `"exact phrase"`, `"both words"~5`.

One grammar for the command line and for `config.yaml`. The last `^` starts the weight; a phrase
that itself holds a `^` therefore ends in an explicit one (`l^p spaces^1`). A phrase that would read
as bound to a place by accident is written with `anywhere:` in front. A long text pasted in is a phrase too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from digest.errors import UsageError
from digest.model import Field, Interest
from digest.text import printable, words

MAX_WEIGHT: Final = 10.0
MAX_PHRASE: Final = 5_000
MAX_WITHIN: Final = 50
#: in a longer phrase, which nobody typed, a `^` is a weight only when a number ends the text
_TYPED: Final = 200

_PLACES: Final = {
    "title": Field.TITLE,
    "author": Field.AUTHOR,
    "org": Field.ORGANIZATION,
    "organization": Field.ORGANIZATION,
    "anywhere": Field.ANYWHERE,
}
_PREFIX: Final = {Field.TITLE: "title:", Field.AUTHOR: "author:", Field.ORGANIZATION: "org:"}
#: likely slips for a place, better refused than searched for as words
_NEAR_PLACES: Final = frozenset(
    {
        "abstract",
        "authors",
        "titles",
        "titel",
        "auther",
        "organisation",
        "organisations",
        "organizations",
        "orgs",
    }
)
_BOUND = re.compile(r"([A-Za-z]+)\s*:\s*(.*)", re.DOTALL)
_QUOTED = re.compile(r"[\"“„]([^\"“”„]+)[\"“”]\s*(?:~\s*(.*))?", re.DOTALL)
_NAMES: Final = (Field.AUTHOR, Field.ORGANIZATION)
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e-?[0-9]+)?", re.ASCII)


def parse_interest(text: str) -> Interest:
    """The interest that `text` writes down: `[title:|author:|org:]phrase[^weight]`.

    The phrase in quotes must stand as written; with `~5` behind them its words must stand together, with
    five others between them at most. Quotes around a name mean nothing. Raises `UsageError` naming the
    part that is wrong.
    """
    field, rest = _split_place(printable(text))
    phrase, weight = _split_weight(rest)
    return _interest(*_split_quotes(phrase), weight, field)


def parse_mute(text: str) -> Interest:
    """The interest with weight -1 that pushes papers out; the grammar of `parse_interest` without weight."""
    return _muted(parse_interest(text))


def format_interest(interest: Interest) -> str:
    """How `interest` is written: `parse_interest` (or, where muted, `parse_mute`) reads it back."""
    if interest.field is Field.ABSTRACT:
        raise ValueError("an interest cannot be bound to the abstract alone")
    prefix = _PREFIX.get(interest.field, "anywhere:" if _names_place(interest.text) else "")
    weight = abs(interest.weight)
    phrase = interest.text if interest.within is None else f'"{interest.text}"'
    if interest.within:
        phrase += f"~{interest.within}"
    if weight == 1 and "^" not in interest.text:
        return f"{prefix}{phrase}"
    return f"{prefix}{phrase}^{repr(weight).removesuffix('.0')}"


def read_interest(value: object) -> Interest:
    """An interest from YAML: text in the grammar, or a mapping with text, weight, field and within.

    `author: Ada Lovelace`, which YAML takes for a mapping, means `author:Ada Lovelace`.
    Raises `UsageError`.
    """
    match value:
        case Interest():
            return value
        case str():
            return parse_interest(value)
        case Mapping():
            return _from_mapping({str(k): v for k, v in value.items()})
        case None:
            raise UsageError("an empty entry; write a phrase or remove the line")
        case _:
            raise UsageError(f"expected a phrase, found {value}; put it in quotes if it is meant as text")


def read_mute(value: object) -> Interest:
    """A muted phrase from YAML, in the forms of `read_interest` but without a weight."""
    if isinstance(value, Interest) and value.muted:
        return value
    return _muted(read_interest(value))


def _muted(interest: Interest) -> Interest:
    if interest.weight != 1:
        raise UsageError(f'a muted phrase takes no weight: write "{interest.text}" alone')
    return replace(interest, weight=-1.0)


def _from_mapping(given: dict[str, object]) -> Interest:
    bound = [key for key in given if key in _PLACES]
    allowed = {"text", "weight", "field", "within"} if "text" in given else {"weight", *bound[:1]}
    if extra := [key for key in given if key not in allowed]:
        raise UsageError(f'"{extra[0]}" does not belong to an interest; it holds text, weight, field, within')
    if "text" in given:
        phrase, within = _phrase(given["text"]), _within(given.get("within"))
        return _interest(phrase, within, _number(given.get("weight", 1)), _field(given.get("field")))
    if not bound:
        raise UsageError("an interest needs a text")
    phrase, weight = _split_weight(_phrase(given[bound[0]]))
    return _interest(*_split_quotes(phrase), _number(given.get("weight", weight)), _PLACES[bound[0]])


def _phrase(value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"expected a phrase, found {value}; put it in quotes if it is meant as text")
    return printable(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"the weight {value} is not a number above 0 and up to {MAX_WEIGHT:g}")
    return float(value)


def _within(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise UsageError(f"within {value}: expected how many words, 0 to {MAX_WITHIN}; 0 is the exact phrase")
    return value


def _field(value: object) -> Field:
    if value is None:
        return Field.ANYWHERE
    if not isinstance(value, str) or value not in _PLACES:
        raise UsageError(f'the field "{value}" is none of anywhere, title, author, org')
    return _PLACES[value]


def _split_place(text: str) -> tuple[Field, str]:
    found = _BOUND.fullmatch(text)
    if found is None or not _names_place(text):
        return Field.ANYWHERE, text
    name = found[1].lower()
    if name not in _PLACES:
        raise UsageError(
            f'"{name}:" is not a place to look; use title:, author: or org:, or anywhere: before a phrase '
            "that really begins so"
        )
    return _PLACES[name], found[2]


def _names_place(text: str) -> bool:
    found = _BOUND.fullmatch(text)
    return found is not None and found[1].lower() in _PLACES.keys() | _NEAR_PLACES


def _split_weight(text: str) -> tuple[str, float]:
    phrase, mark, tail = text.rpartition("^")
    if not mark:
        return text, 1.0
    if len(text) > _TYPED and not _NUMBER.fullmatch(tail.strip()):
        return text, 1.0
    if tail.strip().startswith("-"):
        raise UsageError(f'"{text}" has a negative weight; to mute a phrase, list it under mute instead')
    if not _NUMBER.fullmatch(tail.strip()):
        raise UsageError(
            f'in "{text}" a weight such as 2 or 0.5 must follow the last ^ '
            "(to keep a ^ in the phrase, end it with ^1)"
        )
    return phrase.strip(), float(tail)


def _split_quotes(text: str) -> tuple[str, int | None]:
    """The phrase, and how many words may stand between its words if it is in quotes."""
    found = _QUOTED.fullmatch(text)
    if found is None:
        return text, None
    if found[2] is not None and not (found[2].isascii() and found[2].isdigit() and len(found[2]) <= 4):
        raise UsageError(f"in {text} a number of words such as 5 must follow the ~")
    return found[1].strip(), int(found[2] or 0)


def _interest(phrase: str, within: int | None, weight: float, field: Field) -> Interest:
    if not words(phrase):
        raise UsageError(f'"{phrase}" holds no word to look for' if phrase else "the phrase is empty")
    if phrase.startswith(("-", "−")):
        raise UsageError(f'"{phrase}" begins with a minus; to mute a phrase, list it under mute instead')
    if len(phrase) > MAX_PHRASE:
        raise UsageError(f'"{phrase[:40]}…" is longer than {MAX_PHRASE} characters')
    if not math.isfinite(weight) or not 0 < weight <= MAX_WEIGHT:
        raise UsageError(f'the weight {weight:g} of "{phrase}" is not above 0 and up to {MAX_WEIGHT:g}')
    if within is not None and not 0 <= within <= MAX_WITHIN:
        raise UsageError(
            f'"{phrase}" within {within} words: at most {MAX_WITHIN} may stand between its words'
        )
    if within and field in _NAMES:
        raise UsageError(f'"{phrase}"~{within} is not for names; write {_PREFIX[field]}{phrase}')
    return Interest(text=phrase, weight=weight, field=field, within=None if field in _NAMES else within)
