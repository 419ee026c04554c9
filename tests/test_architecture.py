"""The walls of the house, read from the imports of every module, those inside functions too.

The tables say what may know what. A rule is a function from a `House` to the places that break it,
so that each is tried on a made-up house as well: a test that sees nothing would pass always.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

#: from the ground up; an arrow points to a lower floor only
FLOORS = (
    ("digest", "exits", "later"),
    ("model", "errors"),
    (
        *("text", "days", "repair", "identity", "cadence", "tokens", "ports", "files"),
        *("monitor", "watching", "config", "elapsed", "stopping", "maillog", "apart", "packing"),
        *("copies", "alongside"),
    ),
    ("sources", "store", "rank", "issue", "health", "render", "deliver", "returns", "mailbox"),
    ("pipeline", "doctor"),
    ("app", "frontdesk"),
    ("examining",),
    ("scheduler", "web"),
    ("cli",),  # above both, because `digest serve` starts them
    ("__main__",),
)
#: on this floor neighbours know each other; the others know nobody on their own
SOCIABLE = 2

#: library → the only rooms that speak with it
LIBRARIES = {
    "alembic": {"store"},
    "apscheduler": {"scheduler"},
    "cryptography": {"config", "deliver"},  # keys are read with the configuration, and signed with later
    "checkdmarc": {"doctor"},
    "dns": {"doctor"},
    "feedparser": {"sources"},
    "flufl": {"returns"},
    "httpcore": {"sources"},
    "h11": {"web"},
    "httpx": {"sources"},
    "jinja2": {"render"},
    "imaplib": {"mailbox"},
    "litestar": {"web"},
    "lxml": {"sources"},
    "msgspec": {"store"},
    "mjml": {"render"},
    "pydantic": {"config"},
    "pydantic_core": {"config"},
    "numpy": {"rank"},
    "rapidfuzz": {"identity"},
    "rich": {"cli"},
    # a run has no room for them: loading them takes 80 MB
    "scipy": set(),
    "sklearn": set(),
    "smtplib": {"deliver"},
    "sqlalchemy": {"store"},
    "sqlite3": {"store"},
    "Stemmer": {"rank"},
    "typer": {"cli"},
    "uvicorn": {"web"},
    "click": {"cli"},
    "watchfiles": {"watching"},
    "yaml": {"config"},
    "zstandard": {"maillog", "packing", "sources"},
}

#: rooms that decide and never look: no clock, file, socket, process or chance
PURE = {
    "exits",
    "model",
    "errors",
    "text",
    "repair",
    "identity",
    "cadence",
    "days",
    "tokens",
    "ports",
    "rank",
    "issue",
    "health",
    "render",
    "returns",
}
WORLD = {
    *("asyncio", "fcntl", "ftplib", "glob", "http", "logging", "multiprocessing", "os", "pathlib"),
    *(
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
    ),
    *("threading", "time", "urllib.request", "uuid"),
}
MAY_TOUCH = {
    ("digest.returns.plain", "logging"): "silences a library that logs what it cannot read",
    ("digest.render.folders", "pathlib"): "reads the templates, from a package or an operator's folder",
    ("digest.render.templates", "pathlib"): "is told the operator's folder",
}

#: modules that may ask a clock → the calls they may use
CLOCKS = {
    # each tick and each request is a moment of its own
    "digest.scheduler.staying": {"datetime.now"},
    "digest.scheduler.ticker": {"datetime.now"},
    "digest.web.application": {"datetime.now"},
    "digest.web.guard": {"datetime.now"},
    # seconds of a request and of a run, never a date
    "digest.sources.fetch.wire": {"time.monotonic"},
    "digest.sources.fetch.stopwatch": {"time.monotonic", "time.sleep"},
    "digest.elapsed": {"time.monotonic"},
    # waits and their ends, never a date
    "digest.pipeline.sending.lanes": {"time.monotonic"},
    # seconds that are left for an answer
    "digest.doctor.names": {"time.monotonic"},
    "digest.store.examination": {"time.monotonic"},
    "digest.store.lock": {"time.monotonic", "time.sleep"},  # waits for another run, measures no date
}
CLOCK_OF_THE_COMMANDS = {"datetime.now"}  # a command's moment is the clock's unless --now says it

DYNAMIC = {
    "digest.later": "loads what is heavy on first use; the `_LATER` of each door names what may come",
}

LONGEST = 400
LONG = 250


@dataclass(frozen=True)
class Import:
    """One import of ours or of a library, as it stands in one module."""

    importer: str
    line: int
    #: the module that is loaded: `digest.store`, `digest.store.papers`, `sqlalchemy.orm`
    target: str
    #: what `from` takes out of a module, else `None`
    name: str | None

    def __str__(self):
        return f"{self.importer}:{self.line} imports {self.target}"


class House:
    """Every module of a package folder `digest`, parsed."""

    def __init__(self, root: Path) -> None:
        self.text = {_dotted(root, path): path.read_text("utf-8") for path in sorted(root.rglob("*.py"))}
        self.trees = {name: ast.parse(text) for name, text in self.text.items()}
        self.packages = {_dotted(root, path) for path in root.rglob("__init__.py")}

    @cached_property
    def imports(self) -> list[Import]:
        return [found for name, tree in self.trees.items() for found in self._imports(name, tree)]

    def _imports(self, importer: str, tree: ast.Module) -> Iterator[Import]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(importer, node.lineno, alias.name, None)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    target = whole if whole in self.trees else base
                    yield Import(importer, node.lineno, "." * node.level + target, alias.name)

    @property
    def ours(self) -> list[Import]:
        return [i for i in self.imports if i.target.split(".")[0] == "digest"]

    def door(self, room: str) -> set[str]:
        """The public names of a room."""
        for node in self.trees[room].body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                return set(ast.literal_eval(node.value))
        return set()


def _dotted(root: Path, path: Path) -> str:
    parts = (root.name, *path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else module


# ── the rules ─────────────────────────────────────────────────────────────────────────────────


def homeless(house: House) -> list[str]:
    known = {room for floor in FLOORS for room in floor}
    return [f"{name} stands on no floor" for name in house.trees if room_of(name) not in known]


def arrows(house: House) -> list[str]:
    """Imports that do not point down, and neighbours that know each other."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    found = []
    for one in house.ours:
        here, there = room_of(one.importer), room_of(one.target)
        if here == there:
            continue
        if there not in floor or here not in floor or floor[there] > floor[here]:
            found.append(f"{one}: upwards")
        elif floor[there] == floor[here] != SOCIABLE:
            found.append(f"{one}: a sibling")
    return found


def relative(house: House) -> list[str]:
    return [f"{i}: relative" for i in house.imports if i.target.startswith(".")]


def behind_doors(house: House) -> list[str]:
    """Names that outsiders take from inside a room instead of from its door."""
    found = []
    for one in house.ours:
        parts = one.target.split(".")
        room = ".".join(parts[:2])
        if room not in house.packages or room == "digest" or room_of(one.importer) == room_of(room):
            continue
        inside = len(parts) - 2
        if one.name and inside <= 1 and (inside == 0 or one.name == parts[2]):
            if one.name != parts[1] and one.name not in house.door(room):
                found.append(f"{one}: {one.name} does not stand at the door")
        elif inside:
            found.append(f"{one}: behind the door")
    return found + [
        f"{name}:{node.lineno} uses {room}.{node.attr}, which does not stand at the door"
        for name, tree in house.trees.items()
        for room, node in _uses_of_rooms(house, name, tree)
        if node.attr not in house.door(room)
    ]


def _uses_of_rooms(house: House, name: str, tree: ast.Module) -> Iterator[tuple[str, ast.Attribute]]:
    rooms = {
        alias.asname or alias.name: f"digest.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "digest"
        for alias in node.names
        if f"digest.{alias.name}" in house.packages and room_of(name) != alias.name
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            yield rooms[node.value.id], node


def cycles(house: House) -> list[str]:
    graph = {name: {i.target for i in house.ours if i.importer == name} for name in house.trees}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" ← ".join(error.args[1])]
    return []


def libraries(house: House) -> list[str]:
    return [
        f"{i}: only {', '.join(sorted(LIBRARIES[library]))} may"
        for i in house.imports
        if (library := i.target.split(".")[0]) in LIBRARIES and room_of(i.importer) not in LIBRARIES[library]
    ]


def touches(house: House) -> list[str]:
    """Where a pure room looks at the world."""
    found = []
    for one in house.imports:
        names = {one.target, one.target.split(".")[0], f"{one.target}.{one.name}"}
        if room_of(one.importer) in PURE:
            touched = {thing for thing in names & WORLD if (one.importer, thing) not in MAY_TOUCH}
            found += [f"{one}: touches the world by {thing}" for thing in touched]
    for name, tree in house.trees.items():
        if room_of(name) in PURE:
            found += [
                f"{name}:{node.lineno} opens a file"
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open"
            ]
    return found


def clocks(house: House) -> list[str]:
    """Where a clock is asked; a moment is a parameter everywhere else."""
    found = [
        f"{i}: import the module, so that calls can be seen"
        for i in house.imports
        if i.target == "time" and i.name
    ]
    for name, tree in house.trees.items():
        allowed = CLOCK_OF_THE_COMMANDS if room_of(name) == "cli" else CLOCKS.get(name, set())
        found += [f"{name}:{line} calls {call}" for line, call in _clock_calls(tree) if call not in allowed]
    return found


def _clock_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    asked = {"now", "utcnow", "today"}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = getattr(node.value, "id", None) or getattr(node.value, "attr", None)
        if (owner in {"datetime", "date"} and node.attr in asked) or (
            owner == "time"
            and getattr(node.value, "id", "")
            and node.attr not in {"min", "max", "fromisoformat"}
        ):
            yield node.lineno, f"{owner}.{node.attr}"


def dynamic(house: House) -> list[str]:
    return [
        f"{name}:{node.lineno} imports by a name made while running"
        for name, tree in house.trees.items()
        if name not in DYNAMIC
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "import_module")
        or (isinstance(node, ast.Name) and node.id in {"import_module", "__import__", "exec", "eval"})
    ]


def without_docstring(house: House) -> list[str]:
    return [f"{name} has no docstring" for name, tree in house.trees.items() if not ast.get_docstring(tree)]


def too_long(house: House) -> list[str]:
    lengths = {name: text.count("\n") for name, text in house.text.items()}
    found = [f"{name} has {count} lines" for name, count in lengths.items() if count > LONGEST]
    long = [name for name, count in lengths.items() if count > LONG]
    if len(long) * 10 > len(lengths):
        found.append(f"too many long modules: {', '.join(long)}")
    return found


RULES = (
    homeless,
    arrows,
    relative,
    behind_doors,
    cycles,
    libraries,
    touches,
    clocks,
    dynamic,
    without_docstring,
    too_long,
)


# ── the tests ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def our_house():
    return House(Path(__file__).resolve().parents[1] / "digest")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_walls(our_house, rule: Callable[[House], list[str]]):
    assert rule(our_house) == []


def test_every_name_in_the_tables_stands_for_something(our_house):
    rooms = {room_of(name) for name in our_house.trees}
    modules = {*CLOCKS, *DYNAMIC, *(module for module, _ in MAY_TOUCH)}

    assert {room for floor in FLOORS for room in floor} == rooms
    assert PURE.issubset(rooms)
    assert modules <= our_house.trees.keys()


EXCEPTIONS = ((touches, MAY_TOUCH), (clocks, CLOCKS), (dynamic, DYNAMIC))


@pytest.mark.parametrize(("rule", "table"), EXCEPTIONS, ids=["touches", "clocks", "dynamic"])
def test_an_exception_that_nobody_needs_any_more_goes(our_house, monkeypatch, rule, table):
    needed = [key if isinstance(key, str) else key[0] for key in table]
    for key in list(table):
        monkeypatch.delitem(table, key)

    found = "\n".join(rule(our_house))

    assert [name for name in needed if name not in found] == []


@pytest.fixture
def build(tmp_path):
    def _build(files: dict[str, str]) -> House:
        root = tmp_path / "digest"
        for name, text in ({"__init__.py": "", "model.py": ""} | files).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'"""Made up."""\n{text}\n')
        return House(root)

    return _build


STORE = {
    "store/__init__.py": "from digest.store.tables import Paper\n__all__ = ['Paper']",
    "store/tables.py": "",
}

FORBIDDEN = {
    "a room that nobody planned": (homeless, {"attic.py": ""}, "digest.attic"),
    "an arrow upwards": (arrows, {"store/__init__.py": "", "text.py": "import digest.store"}, "upwards"),
    "an arrow upwards inside a function": (
        arrows,
        {"pipeline/__init__.py": "", "rank/__init__.py": "def f():\n    from digest import pipeline"},
        "digest.rank:3",
    ),
    "a sibling": (arrows, STORE | {"rank/index.py": "from digest.store import Paper"}, "a sibling"),
    "the ground floor knowing itself": (arrows, {"errors.py": "from digest.model import Paper"}, "a sibling"),
    "a relative import": (relative, {"rank/a.py": "", "rank/b.py": "from . import a"}, "digest.rank.b"),
    "a module behind a door": (
        behind_doors,
        STORE | {"app.py": "from digest.store.tables import Paper"},
        "behind the door",
    ),
    "a whole module behind a door": (
        behind_doors,
        STORE | {"app.py": "import digest.store.tables"},
        "behind the door",
    ),
    "a module taken through the door": (
        behind_doors,
        STORE | {"app.py": "from digest.store import tables"},
        "tables does not stand at the door",
    ),
    "a name that the door does not show": (
        behind_doors,
        STORE | {"app.py": "from digest.store import Row"},
        "Row does not stand at the door",
    ),
    "an attribute that the door does not show": (
        behind_doors,
        STORE | {"app.py": "from digest import store\nstore.tables.Paper"},
        "digest.store.tables",
    ),
    "a cycle": (
        cycles,
        {"text.py": "from digest.tokens import f", "tokens.py": "def g():\n    import digest.text"},
        "digest.text",
    ),
    "a room that uses its own door": (
        cycles,
        STORE | {"store/tables.py": "from digest.store import Paper"},
        "digest.store.tables",
    ),
    "a library in the wrong room": (libraries, {"app.py": "from sqlalchemy.orm import x"}, "only store may"),
    "a socket in a pure room": (touches, {"rank/index.py": "import socket"}, "digest.rank.index:2"),
    "a part of a package in a pure room": (
        touches,
        {"render/a.py": "from urllib import request"},
        "render.a",
    ),
    "an opened file in a pure room": (touches, {"issue.py": "open('x')"}, "opens a file"),
    "a clock": (clocks, {"store/a.py": "import datetime\ndatetime.datetime.now()"}, "datetime.now"),
    "a day": (clocks, {"issue.py": "from datetime import date\ndate.today()"}, "date.today"),
    "seconds": (clocks, {"store/lock.py": "import time\ntime.time()"}, "time.time"),
    "a clock handed on": (clocks, {"pipeline/a.py": "from datetime import datetime\nf(datetime.now)"}, "a:3"),
    "a clock's function alone": (clocks, {"scheduler.py": "from time import time"}, "import the module"),
    "an import by a made-up name": (
        dynamic,
        {"app.py": "import importlib\nimportlib.import_module('digest.' + 'store')"},
        "digest.app",
    ),
    "a hall that everything enters": (too_long, {"app.py": "\n" * 400}, "digest.app has"),
    "many long modules": (too_long, {"app.py": "\n" * 300}, "too many long modules"),
}


@pytest.mark.parametrize(("rule", "files", "words"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_broken_wall_is_seen(build, rule, files, words):
    found = rule(build(files))

    assert found
    assert words in found[0]


def test_a_missing_docstring_is_seen(tmp_path):
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest/model.py").write_text("x = 1\n")

    assert without_docstring(House(tmp_path / "digest")) == ["digest.model has no docstring"]


ALLOWED = {
    "a room's own modules": STORE | {"store/papers.py": "from digest.store.tables import Paper"},
    "a name at the door": STORE | {"app.py": "from digest.store import Paper"},
    "a room by its name": STORE | {"app.py": "from digest import store\nstore.Paper"},
    "a module that stands at the door": {
        "pipeline/__init__.py": "from digest.pipeline import people\n__all__ = ['people']",
        "pipeline/people.py": "",
        "app.py": "from digest.pipeline import people",
    },
    "the ground floor": {
        "rank/__init__.py": "from digest.model import Paper\nfrom digest.text import fold",
        "text.py": "",
    },
    "the moment as a parameter": {
        "issue.py": "from datetime import datetime, time\ndef f(now: datetime): time.min"
    },
    "a clock in a command": {"cli/__init__.py": "from datetime import datetime\ndatetime.now()"},
}


@pytest.mark.parametrize("files", ALLOWED.values(), ids=ALLOWED.keys())
def test_good_manners_are_not_taken_for_a_broken_wall(build, files):
    house = build(files)

    assert [problem for rule in RULES for problem in rule(house)] == []
