"""JSON of any build to the objects that should be papers.

They stand in a list, in lists under names (`dailyPapers`, `papers`, a day such as `2026-10-02`), one on
each line, or alone; and an item may be a text that holds JSON or Python's notation once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from digest.sources import values
from digest.sources.json_lists import jsontext, records
from digest.sources.json_lists.jsontext import Part, UnreadableError

#: names under which papers stand; of several the first that holds any, as a page shows them
_LISTS = (
    *("searchResults", "dailyPapers", "papers", "results", "items", "data", "entries", "records"),
    *("articles", "listings", "hits", "docs"),
)
_DAY_OF_ALL = ("date", "dateString", "day")
_IS_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DEEPEST = 5
_MOST_MEMBERS = 1_000


class Item(NamedTuple):
    """What stands where a paper should."""

    value: Mapping[str, Any]
    #: why there is nothing, if so
    flaw: str = ""
    #: the day under whose name it stands
    listed: date | None = None


class Walk:
    """One way through a text; the attributes are right when `items` is at its end."""

    def __init__(self) -> None:
        #: whether the text ends before its JSON does
        self.cut = False
        #: whether it does so in the middle of an item
        self.cut_record = False
        #: whether there was a list for papers, perhaps an empty one
        self.has_list = False
        #: the day that an object around the papers states
        self.day: date | None = None
        #: how many characters of texts in texts may still be read
        self._patience = jsontext.LONGEST_PYTHON

    def items(self, text: str) -> Iterator[Item]:
        """The items of `text` in order, good and bad."""
        try:
            text = jsontext.from_python(text) if jsontext.is_python(text) else text
        except UnreadableError as reason:
            yield Item({}, str(reason))
            return
        for root in jsontext.roots(text):
            yield from self._part(text, root, None, 0)

    def _part(self, text: str, part: Part, listed: date | None, depth: int) -> Iterator[Item]:
        """What stands at `part`: parsed in one piece if that goes, else each of its pieces."""
        self.cut = self.cut or not part.whole
        part = jsontext.stripped(text, part)
        if part.start == part.end:
            return
        try:
            value = jsontext.parse(text, part)
        except UnreadableError as reason:
            flaw = str(reason) if part.whole else "the file ends in the middle of this record"
            yield from self._pieces(text, part, Item({}, flaw, listed), depth)
        else:
            yield from self._value(value, listed, depth)

    def _pieces(self, text: str, part: Part, whole: Item, depth: int) -> Iterator[Item]:
        lists = [(part, whole.listed)] if text[part.start] == "[" and depth < _DEEPEST else []
        if text[part.start] == "{" and depth < _DEEPEST:
            found = {m.key: m for m in islice(jsontext.members(text, part), _MOST_MEMBERS)}
            chosen = _chosen({key: _NESTS.get(text[m.start : m.start + 1]) for key, m in found.items()})
            self._note_day({key: _or_none(text, m) for key, m in found.items() if key in _DAY_OF_ALL})
            lists = [(found[key], values.day(key) or whole.listed) for key in chosen]
        if not lists:
            self.cut_record = self.cut_record or not part.whole
            yield whole
        for one, listed in lists:
            self.has_list = True
            for element in jsontext.elements(text, one) if text[one.start] == "[" else (one,):
                yield from self._part(text, element, listed, depth + 1)

    def _value(self, value: object, listed: date | None, depth: int) -> Iterator[Item]:
        if isinstance(value, dict):
            yield from self._object(value, listed, depth)
        elif isinstance(value, list) and depth < _DEEPEST and (depth == 0 or _is_list_of_items(value)):
            self.has_list = True
            for one in value:
                yield from self._value(one, listed, depth + 1)
        elif isinstance(value, str) and depth < _DEEPEST and value.lstrip()[:1] in {"{", "["}:
            yield from self._string(value, listed, depth)
        else:
            yield Item({}, f"a record that is no paper but {records.kind(value)}", listed)

    def _object(self, value: dict[str, Any], listed: date | None, depth: int) -> Iterator[Item]:
        chosen = _chosen(value) if depth < _DEEPEST else []
        if not chosen:
            yield Item(self._with_paper(value), "", listed)
            return
        self._note_day(value)
        for key in chosen:
            yield from self._value(value[key], values.day(key) or listed, depth + 1)

    def _string(self, value: str, listed: date | None, depth: int) -> Iterator[Item]:
        try:
            parsed = self._parsed(value)
        except UnreadableError as reason:
            yield Item({}, str(reason), listed)
        else:
            yield from self._value(parsed, listed, depth + 1)

    def _with_paper(self, value: dict[str, Any]) -> dict[str, Any]:
        """The item, with a `paper` that is written as a text made an object."""
        paper = value.get("paper")
        if not isinstance(paper, str):
            return value
        try:
            return {**value, "paper": self._parsed(paper)}
        except UnreadableError:
            return value

    def _parsed(self, text: str) -> object:
        self._patience -= len(text)
        if self._patience < 0:
            raise UnreadableError("too many texts that hold records")
        return jsontext.parse_any(text)

    def _note_day(self, wrapper: Mapping[str, Any]) -> None:
        for name in _DAY_OF_ALL:
            self.day = self.day or values.day(wrapper.get(name))


#: what stands for a list or an object of which only the beginning was looked at
_NESTS = {"[": [{}], "{": {"": None}}


def _chosen(held: Mapping[str, Any]) -> list[str]:
    """Under which names of an object papers stand; none if it is a paper itself."""
    if records.is_surely_record(held):
        return []
    if days := [name for name, value in held.items() if _IS_DAY.fullmatch(name) and _is_nest(value)]:
        return days
    if named := [name for name in _LISTS if _is_nest(held.get(name))]:
        return [next((name for name in named if held[name]), named[0])]
    if records.is_record(held):
        return []
    return [name for name, value in held.items() if isinstance(value, list) and value and _is_nest(value[0])]


def _is_list_of_items(value: list[Any]) -> bool:
    return not value or isinstance(value[0], dict | list | str)


def _is_nest(value: object) -> bool:
    return isinstance(value, list | dict)


def _or_none(text: str, part: Part) -> object:
    try:
        return jsontext.parse(text, part)
    except UnreadableError:
        return None
