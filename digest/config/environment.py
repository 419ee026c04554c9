"""The environment over the file: `DIGEST__MAIL__SMTP__HOST` stands for `mail.smtp.host`.

An empty variable counts as not set, `null` takes a value away. Lists and sections are given as YAML
on one line; `DIGEST__SOURCES__0__PATH` reaches into the first entry of a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from digest.config.keys import PASSWORDS, PREFIX, Kind, Place, canonical, general, keys, suggestion
from digest.config.mistakes import Mistake
from digest.config.tree import Tree, read_tree


def overlay(tree: Tree, environ: Mapping[str, str]) -> None:
    """Put every `DIGEST__…` variable into `tree`; those that fit nowhere become mistakes."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and environ[variable]:
            _put(tree, variable, environ[variable])


def _put(tree: Tree, variable: str, text: str) -> None:
    place = _place(variable.removeprefix(PREFIX))
    key = keys().get(general(place))
    # a whole entry of a list has no key of its own
    whole_entry = bool(place) and isinstance(place[-1], int) and general(place[:-1]) in keys()
    if key is None and not whole_entry:
        hint = suggestion(place[:-1], str(place[-1]))
        tree.mistakes.append(Mistake(path=variable, what=f"unknown setting; {hint}"))
        return
    value: Any = text
    if key is None or key.kind is not Kind.VALUE:
        inner = read_tree(text, place)
        tree.mistakes += [Mistake(path=variable, what=m.what) for m in inner.mistakes]
        value = inner.value
    elif text == "null" and place not in PASSWORDS:
        value = None
    holder = _holder(tree, place)
    if not _set(holder, place[-1], value):
        tree.mistakes.append(Mistake(path=variable, what="the file has no such entry to change"))
        return
    tree.places.variables[place] = variable


def _place(name: str) -> Place:
    place: Place = ()
    for part in name.lower().split("__"):
        place = (
            *place,
            int(part) if part.isascii() and part.isdigit() and len(part) < 6 else canonical(place, part),
        )
    return place


def _holder(tree: Tree, place: Place) -> object:
    """What `place` stands in, with missing sections and the next entry of a list made on the way."""
    if tree.value is None:
        tree.value = {}
    holder = tree.value
    for part, below in pairwise(place):
        empty: Any = [] if isinstance(below, int) else {}
        if isinstance(holder, dict) and isinstance(part, str):
            holder = holder.setdefault(part, empty)
        elif isinstance(holder, list) and isinstance(part, int) and part <= len(holder):
            if part == len(holder):
                holder.append(empty)
            holder = holder[part]
        else:
            return None
    return holder


def _set(holder: object, part: str | int, value: object) -> bool:
    if isinstance(holder, dict) and isinstance(part, str):
        holder[part] = value
        if value is None:
            del holder[part]
        return True
    if isinstance(holder, list) and isinstance(part, int) and part <= len(holder):
        holder[part : part + 1] = [value]
        return True
    return False
