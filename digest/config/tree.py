"""YAML text → plain values, with the line of each.

Plain words mean what they look like (YAML 1.2, core schema): `on`, `off`, `yes` and `no` are text,
`07:00` is text and no number of minutes, `2026-01-01` is text. A key without a value counts as not
written, so that a section whose keys are all commented out keeps its defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from digest.config.keys import Place, canonical
from digest.config.mistakes import Mistake, Places

_TAG: Final = "tag:yaml.org,2002:"
#: what may be said of a value, because it changes nothing ("!" alone means text)
_TAGS: Final = frozenset({"", "!", "str", "map", "seq"})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_SWITCH: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
#: deeper than any setting; recursion in C would end the whole process
_MAX_DEPTH: Final = 30
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_HINTS: Final = {
    "mapping values are not allowed": "put a value that holds a colon in quotes",
    "found character '\\t'": "indent with blanks, not with tabs",
    "tab character": "indent with blanks, not with tabs",
    "cannot start any token": "put a value that begins with a special character in quotes",
    "did not find expected": "check the indentation and the quotes",
    "could not find expected ':'": "check the indentation and the quotes",
}


@dataclass(slots=True)
class Tree:
    """What a text holds: plain values under the schema's names, where they stand, and what was wrong."""

    value: Any = None
    places: Places = field(default_factory=Places)
    mistakes: list[Mistake] = field(default_factory=list)


def read_tree(text: str, place: Place = ()) -> Tree:
    """The values of a YAML text that stands for `place`; broken YAML gives one mistake and no value."""
    tree = Tree()
    # written in C where PyYAML was built so
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree.value = _Builder(tree, yaml.parse(text, Loader=loader)).document(place)
    except yaml.MarkedYAMLError as error:
        tree.mistakes.append(_broken(error))
    except yaml.YAMLError as error:
        tree.mistakes.append(Mistake(path="", what=f"this cannot be read as YAML: {error}"))
    return tree


def _broken(error: yaml.MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "cannot be read"
    place = f"column {mark.column + 1}" if mark else ""
    hint = next((f" ({advice})" for words, advice in _HINTS.items() if words in said), "")
    return Mistake(
        path=place, line=mark.line + 1 if mark else 0, what=f"this cannot be read as YAML: {said}{hint}"
    )


class _Builder:
    """Turns the parser's events into values, noting lines and what is not read here."""

    def __init__(self, tree: Tree, events: Iterator[yaml.Event]) -> None:
        self._tree = tree
        self._events = events

    def document(self, place: Place) -> object:
        """The value of the one document."""
        value: object = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
            elif isinstance(event, yaml.NodeEvent) and documents == 1:
                value = self._value(event, place)
            if documents > 1:
                raise _refused("a second document begins here; one file holds one", event)
        return value

    def _value(self, event: yaml.Event, place: Place, depth: int = 0) -> object:
        self._tree.places.lines.setdefault(place, _line(event))
        if depth > _MAX_DEPTH:
            raise _refused("this is nested too deeply", event)
        tag = (getattr(event, "tag", None) or "").removeprefix(_TAG)
        if tag not in _TAGS:
            self._wrong(place, f'the tag "{tag}" is not read here; write a plain value')
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(place, depth)
            case yaml.SequenceStartEvent():
                return self._sequence(place, depth)
            case yaml.ScalarEvent():
                # a style of None is plain, the others are quotes and blocks
                return event.value if event.style or tag else _plain(event.value)
        # a handful of nested aliases could grow into gigabytes
        self._wrong(place, "aliases (*name) are not read here; write the value out")
        return None

    def _sequence(self, place: Place, depth: int) -> list[object]:
        values: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*place, len(values)), depth + 1))
        return values

    def _mapping(self, place: Place, depth: int) -> dict[str, object]:
        values: dict[str, object] = {}
        first: dict[str, int] = {}
        places = self._tree.places
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise _refused("a key must be a plain word", key)
            name = canonical(place, key.value)
            here, line = (*place, name), _line(key)
            again = name in first
            if again:
                self._wrong(place, f'"{key.value}" is given twice, first in line {first[name]}', line)
            else:
                first[name] = places.lines[here] = line
                if name != key.value:
                    places.spellings[here] = key.value
            value = self._value(next(self._events), here, depth + 1)
            if value is not None and not again:
                values[name] = value
        return values

    def _wrong(self, place: Place, what: str, line: int | None = None) -> None:
        found = self._tree.places.mistake(place, what)
        self._tree.mistakes.append(Mistake(path=found.path, what=what, line=line or found.line))


def _plain(text: str) -> object:
    """What a word without quotes stands for."""
    if text in _NULL:
        return None
    if text in _SWITCH:
        return _SWITCH[text]
    if len(text) > 20:
        return text  # thousands of digits are no number that anybody means
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refused(what: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)  # type: ignore[arg-type]  # stubs know one of two marks
