"""`config.yaml` and the environment → `Settings`, or every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr, ValidationError

from digest.config.environment import overlay
from digest.config.keys import PASSWORD, Place
from digest.config.kinds import shown
from digest.config.mistakes import Mistake, Places, explain
from digest.config.rules import broken_rules
from digest.config.schema import Settings
from digest.config.signing import read_key
from digest.config.tree import Tree, read_tree
from digest.errors import ConfigError, UsageError

#: larger than any configuration, small enough to hold
MAX_BYTES: Final = 4_000_000


def load(path: Path, environ: Mapping[str, str], *, keys: bool = True) -> Settings:
    """The settings in the file at `path`, with `DIGEST__…` variables of `environ` put over them.

    Without `keys`, files with private keys need not be there yet.

    Relative paths count from the file's folder; all paths of the result are absolute. The database goes
    by its own name, whatever links lead to it: its lock stands beside it. Raises `UsageError` when the
    file cannot be read and `ConfigError` with all mistakes, by line, otherwise.
    """
    path = path.absolute()
    tree = read_tree(_text(path))
    if not tree.mistakes or tree.value is not None:
        _refuse_password(tree)
        overlay(tree, environ)
    settings, mistakes = _checked(tree, path.parent)
    if keys and settings is not None:
        mistakes += _broken_keys(settings, tree.places)
    if mistakes or settings is None:
        by_line = sorted(mistakes, key=lambda m: (not m.line, m.line))
        raise ConfigError(str(path), [str(m) for m in by_line])
    return settings.model_copy(update={"database": Path(os.path.realpath(settings.database))})


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no configuration at {path}; `digest init` writes one") from None
    except OSError as error:
        raise UsageError(f"cannot read the configuration at {path}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(str(path), ["the file is larger than 4 MB: this is no configuration"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(path), [f"line {line}: the file is not UTF-8 text"]) from error


def _refuse_password(tree: Tree) -> None:
    """Take a password that stands in YAML out of the tree; its value is never shown."""
    section: Any = tree.value
    for part in PASSWORD[:-1]:
        section = section.get(part) if isinstance(section, dict) else None
    if isinstance(section, dict) and section.pop(PASSWORD[-1], None) is not None:
        what = (
            "passwords do not belong in this file; set DIGEST__MAIL__SMTP__PASSWORD in the environment, or "
            "name a file by mail.smtp.password_file"
        )
        tree.mistakes.append(tree.places.mistake(PASSWORD, what))


def _checked(tree: Tree, base: Path) -> tuple[Settings | None, list[Mistake]]:
    """The settings as far as they can be made, and all mistakes.

    What is wrong is dropped and the rest checked again, so that one wrong value hides no other mistake.
    """
    mistakes, places = list(tree.mistakes), tree.places
    values = {} if tree.value is None else tree.value
    if not isinstance(values, dict):
        what = f'found {shown(values)}; allowed: keys with values ("key: value")'
        return None, mistakes or [Mistake(path="", what=what, line=1)]
    _number_entries(values, places, mistakes)
    kept: dict[str, list[int]] = {}
    wrong: list[Place] = []
    try:
        settings = Settings.model_validate(values, context={"base": base})
    except ValidationError as error:
        found = dict(explain(error, places))
        wrong += found
        mistakes += found.values()
        kept = _drop(values, wrong)
        try:
            settings = Settings.model_validate(values, context={"base": base})
        except ValidationError:
            return None, mistakes
    settings = _with_password(settings, places, mistakes)
    for rule in broken_rules(settings, kept):
        beside = rule.place[:-1] if rule.place and isinstance(rule.place[-1], str) else rule.place
        shaky = [(*beside, key) for key in rule.rests_on]
        # a list is wrong where one of its entries is
        if not any(place[: len(below)] == below for below in shaky for place in wrong):
            mistakes.append(places.mistake(rule.place, rule.what))
    return settings, mistakes


def _number_entries(values: dict[str, Any], places: Places, mistakes: list[Mistake]) -> None:
    """Note in each subscriber's entry the line that it begins in."""
    entries = values.get("subscribers")
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            place: Place = ("subscribers", i)
            if "line" in entry:
                mistakes.append(places.mistake((*place, "line"), "unknown key"))
            elsewhere = place in places.variables or place[:-1] in places.variables
            entry["line"] = 0 if elsewhere else places.lines.get(place, 0)


def _drop(values: dict[str, Any], wrong: Iterable[Place]) -> dict[str, list[int]]:
    """Remove what stands at the wrong places; for lists, the written positions of what was kept."""
    spoilt: set[Place] = set()
    # an entry's keys are dropped whole, however many of their parts are wrong
    for place in dict.fromkeys(place[:3] for place in wrong):
        holder: Any = values
        for part in place[:-1]:
            holder = holder[part]
        if isinstance(holder, dict) and place[-1] in holder:
            del holder[place[-1]]
        else:
            # an entry that is no mapping, or that lacks a key
            spoilt.add(place[:2])
    kept: dict[str, list[int]] = {}
    for name in ("sources", "subscribers"):
        entries = values.get(name)
        if isinstance(entries, list):
            kept[name] = [i for i in range(len(entries)) if (name, i) not in spoilt]
            values[name] = [entries[i] for i in kept[name]]
    return kept


def _with_password(settings: Settings, places: Places, mistakes: list[Mistake]) -> Settings:
    """`settings` with the password that `mail.smtp.password_file` holds; the environment's comes first."""
    smtp = settings.mail.smtp
    if smtp.password is not None or smtp.password_file is None:
        return settings
    word, why = _first_line(smtp.password_file)
    if why is not None:
        mistakes.append(places.mistake(("mail", "smtp", "password_file"), why))
    # also after a mistake, so that no second one tells of a missing password
    with_secret = smtp.model_copy(update={"password": SecretStr(word)})
    mail = settings.mail.model_copy(update={"smtp": with_secret})
    return settings.model_copy(update={"mail": mail})


def _broken_keys(settings: Settings, places: Places) -> list[Mistake]:
    """What is wrong with the files of keys that mails are signed with."""
    found = []
    for name, path, kind, _selector in settings.mail.dkim.keys:
        try:
            read_key(path, kind)
        except UsageError as error:
            found.append(places.mistake(("mail", "dkim", name), str(error)))
    return found


def _first_line(path: Path) -> tuple[str, str | None]:
    """The first line of the file at `path`, and what is wrong with it."""
    try:
        with path.open("rb") as file:
            word = file.readline(10_000).decode().rstrip("\r\n")
    except OSError as error:
        return "", f"cannot read {path}: {error.strerror}"
    except UnicodeDecodeError:
        return "", f"{path} is not text"
    if not word:
        return "", f"the first line of {path} is empty"
    return word, f"{path} is not text" if "\0" in word else None
