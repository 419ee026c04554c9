"""The fault matrix: read from its one table, and written as a page for people.

`python -m tests.faults` brings `docs/reliability.md` up to date.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tests" / "data" / "deliver" / "faults.toml"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- generated from tests/data/deliver/faults.toml by python -m tests.faults -->\n"
END = "<!-- end of what is generated -->\n"

_FACTS = tomllib.loads(TABLE.read_text(encoding="utf-8"))
POINTS: dict[str, str] = _FACTS["points"]
FAULTS: dict[str, str] = _FACTS["faults"]


@dataclass(frozen=True)
class Cell:
    """What becomes of messages when one fault happens at one point."""

    point: str
    fault: str
    message: str
    connection: str
    others: str
    note: str = ""

    @property
    def words(self):
        """As a cell of the page says it."""
        follows = {
            ("none", "wait"): "others wait",
            ("new", "go on"): "others go on by a new connection",
            ("kept", "go on"): "others go on",
        }[self.connection, self.others]
        note = f" ({self.note})" if self.note else ""
        return f"**{self.message.replace('_', ' ')}**{note}; {follows}"


CELLS = [Cell(point, fault, **_FACTS["cells"][point][fault]) for point in POINTS for fault in FAULTS]


def markdown():
    """The matrix as a table, points downwards."""
    lines = [
        "| at | " + " | ".join(FAULTS.values()) + " |",
        "|---" * (len(FAULTS) + 1) + "|",
    ]
    for point, meaning in POINTS.items():
        cells = [cell.words for cell in CELLS if cell.point == point]
        lines.append(f"| `{point}`, {meaning} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def written_into(page):
    """The page with the present table between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{markdown()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written_into(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
