"""Counts the packaged word statistics anew, from the example dumps: `make background`."""

from pathlib import Path

from benchmarks import seeds
from digest.rank import Background
from digest.rank.archive.beginning import write

TARGET = Path(__file__).parents[1] / "digest" / "rank" / "archive" / "beginning.txt"


def counted():
    """The text that the example dumps lead to."""
    return write(Background.empty().updated(known.paper for known in seeds.papers()))


def main():
    TARGET.write_text(counted(), "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
