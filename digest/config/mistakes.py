"""Mistakes in a configuration: each with its place, its line and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from digest.config.keys import Place, suggestion
from digest.config.kinds import shown
from digest.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing wrong. `str()` of it is the sentence for the operator."""

    path: str
    what: str
    #: in the file, from 1; 0 where the mistake is not in the file
    line: int = 0

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.path, f"line {self.line}" if self.line else "") if part)
        return printable(f"{place}: {self.what}" if place else self.what)


@dataclass(slots=True)
class Places:
    """Where each value came from."""

    #: line in the file, from 1
    lines: dict[Place, int] = field(default_factory=dict)
    #: environment variable
    variables: dict[Place, str] = field(default_factory=dict)
    #: a key's name as written, where it is a synonym
    spellings: dict[Place, str] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing above it."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return 0

    def mistake(self, place: Place, what: str) -> Mistake:
        """A mistake at `place`; a value from the environment is named by its variable."""
        for end in range(len(place), 0, -1):
            if variable := self.variables.get(place[:end]):
                rest = self._path(place, end).removeprefix(".")
                return Mistake(path=f"{variable} ({rest})" if rest else variable, what=what)
        return Mistake(path=self._path(place, 0), what=what, line=self.line(place))

    def _path(self, place: Place, start: int) -> str:
        """Such as `subscribers[0].limit`, keys spelled as they were written."""
        written = ""
        for end in range(start + 1, len(place) + 1):
            part = place[end - 1]
            if isinstance(part, int):
                written += f"[{part}]"
            else:
                written += f".{self.spellings.get(place[:end], part)}"
        return written.removeprefix(".") if start == 0 else written


def explain(error: ValidationError, places: Places) -> Iterator[tuple[Place, Mistake]]:
    """Each finding of pydantic in our words, with the place that it names."""
    for finding in error.errors(include_url=False):
        place: Place = finding["loc"]
        kind = finding["type"]
        if kind == "default_factory_not_called":
            continue  # follows from another finding
        if kind == "extra_forbidden":
            what = f"unknown key; {suggestion(place[:-1], str(place[-1]))}"
        elif kind == "missing":
            what = "is missing"
        elif kind == "value_error":
            what = str(finding["ctx"]["error"])
        elif kind in {"model_type", "model_attributes_type", "dict_type"}:
            what = (
                f'found {shown(finding["input"])}; allowed: keys with values ("key: value"), indented below'
            )
        else:
            what = f"found {shown(finding['input'])}; {finding['msg']}"
        yield place, places.mistake(place, what)
