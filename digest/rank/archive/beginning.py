"""Word statistics that come with the package, so that the first day is not blind.

`make background` counts them anew, from the example dumps, into `beginning.txt`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from digest.rank.archive.background import Background
from digest.rank.archive.numbered import NumberedWords

#: words in fewer papers tell nothing about other papers
_FEWEST = 2


@lru_cache(maxsize=1)
def beginning() -> Background:
    """What papers are like, by those that came with the package."""
    return parse(files("digest.rank.archive").joinpath("beginning.txt").read_text("utf-8"))


def parse(text: str) -> Background:
    """What `write` wrote."""
    head, *lines = text.splitlines()
    numbers = {name: int(number) for name, number in (fact.split("=") for fact in head.split())}
    frequencies: dict[str, int] = {}
    for line in lines:
        count, *words = line.split()
        frequencies |= dict.fromkeys(words, int(count))
    return Background(
        papers=numbers["papers"],
        title_words=numbers["title_words"],
        abstract_words=numbers["abstract_words"],
        frequencies=NumberedWords.of(frequencies),
    )


def write(background: Background) -> str:
    """The statistics as text, by counts: the number of papers, then the words that so many hold."""
    by_count: dict[int, list[str]] = {}
    for word, count in sorted(background.frequencies.items()):
        if count >= _FEWEST:
            by_count.setdefault(count, []).append(word)
    names = ("papers", "title_words", "abstract_words")
    head = " ".join(f"{name}={getattr(background, name)}" for name in names)
    lines = (f"{count} {' '.join(words)}" for count, words in sorted(by_count.items(), reverse=True))
    return "\n".join([head, *lines, ""])
