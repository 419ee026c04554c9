"""YAML text → plain values, with the line of each.

Plain words mean what they look like (YAML 1.2, core schema): `on`, `off`, `yes` and `no` are text,
`07:00` is text and no number of minutes, `2026-01-01` is text. A key without a value counts as not
written, so that a section whose keys are all commented out keeps its defaults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from digest.config.keys import Place, canonical
from digest.config.mistakes import Mistake, Places

_TAG: Final = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_HINTS: Final = {
    "mapping values are not allowed": "put a value that holds a colon in quotes",
    "found character '\\t'": "indent with blanks, not with tabs",
    "cannot start any token": "put a value that begins with a special character in quotes",
    "did not find expected": "check the indentation and the quotes",
    "could not find expected ':'": "check the indentation and the quotes",
}


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C where it was built
    """Resolves plain words by the core schema of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to replace the table


_Reader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF"))
_Reader.add_implicit_resolver(f"{_TAG}null", re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""])
# PyYAML matches from the start only
_Reader.add_implicit_resolver(f"{_TAG}int", re.compile(rf"(?:{_INT.pattern})$"), list("-+0123456789"))
_Reader.add_implicit_resolver(f"{_TAG}float", re.compile(rf"(?:{_FLOAT.pattern})$"), list("-+0123456789."))


@dataclass(slots=True)
class Tree:
    """What a text holds: plain values under the schema's names, where they stand, and what was wrong."""

    value: Any = None
    places: Places = field(default_factory=Places)
    mistakes: list[Mistake] = field(default_factory=list)


def read_tree(text: str, place: Place = ()) -> Tree:
    """The values of a YAML text that stands for `place`; broken YAML gives one mistake and no value."""
    tree = Tree()
    try:
        node = yaml.compose(text, Loader=_Reader)
        if node is not None:
            tree.value = _Builder(tree).build(node, place)
    except yaml.MarkedYAMLError as error:
        tree.mistakes.append(_broken(error))
    except yaml.YAMLError as error:
        tree.mistakes.append(Mistake(path="", what=f"this is not YAML: {error}"))
    except RecursionError:
        tree.mistakes.append(Mistake(path="", what="this is nested too deeply"))
    return tree


def _broken(error: yaml.MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "cannot be read"
    place = f"column {mark.column + 1}" if mark else ""
    hint = next((f" ({advice})" for words, advice in _HINTS.items() if words in said), "")
    return Mistake(path=place, line=mark.line + 1 if mark else 0, what=f"this is not YAML: {said}{hint}")


class _Builder:
    """Turns nodes into values, noting lines, twice-written keys and what is not read here."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, place: Place) -> object:
        lines = self._tree.places.lines
        lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self._seen:
            # a handful of nested aliases could grow into gigabytes
            self._wrong(place, "aliases (*name) are not read here; write the value out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(entry, (*place, i)) for i, entry in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        values: dict[str, object] = {}
        first: dict[str, int] = {}
        for key, child in node.value:
            written = key.value if isinstance(key, yaml.ScalarNode) else "?"
            name = canonical(place, written)
            here = (*place, name)
            line = key.start_mark.line + 1
            if name in first:
                self._wrong(place, f'"{written}" is given twice, first in line {first[name]}', line)
                continue
            first[name] = self._tree.places.lines[here] = line
            if name != written:
                self._tree.places.spellings[here] = written
            value = self.build(child, here)
            if value is not None:
                values[name] = value
        return values

    def _scalar(self, node: yaml.Node, place: Place) -> object:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool" if text.lower() in {"true", "false"}:
                return text.lower() == "true"
            # thousands of digits are no number that anybody means
            case "int" if _INT.fullmatch(text) and len(text) < 20:
                return int(text)
            case "float" if _FLOAT.fullmatch(text):
                return float(text)
            case "str" | "int" | "float" | "bool":
                return text
        self._wrong(place, f'the tag "{node.tag.removeprefix(_TAG)}" is not read here; write a plain value')
        return None

    def _wrong(self, place: Place, what: str, line: int | None = None) -> None:
        found = self._tree.places.mistake(place, what)
        self._tree.mistakes.append(Mistake(path=found.path, what=what, line=line or found.line))
