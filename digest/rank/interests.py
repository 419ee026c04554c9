"""An interest as it is looked for: its words, how rare they are, and the wordings it may take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.rank.archive.background import Background
from digest.rank.asked import Asked
from digest.rank.words.tokens import Tokens

#: how far one word alone may reach, by the share of papers that hold it: the most and the least
_ORDINARY, _ORDINARY_REACH = 0.02, 0.583
_RARE, _RARE_REACH = 0.0015, 0.9
#: nobody repeats a sentence word by word: what each word beyond the fourth adds, and to how many
_LONG, _LONG_STEP, _LONGEST = 4, 0.15, 7
#: of a text with more words than a sentence, papers like it say a small part: how the reach grows with it
_SENTENCE, _GROWTH, _MOST_GROWN = 12, 0.45, 3.0

#: in a longer interest no acronyms are looked for
_LONGEST_WITH_ACRONYMS = 8
#: what an acronym reaches that was not asked for, of what it would reach if it had been
_ACRONYM = 0.85
#: `Long Form (LF)`: both are ways to say it
_BRACKETED = re.compile(r"^\s*(\S.*?)\s*[(\[]\s*([^()\[\]]*[^()\[\]\s])\s*[)\]]\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say an interest; the tuples are equally long."""

    exact: tuple[str, ...]
    stems: tuple[str, ...]
    #: inverse document frequency of each word
    rarities: tuple[float, ...]
    #: how far each word stands behind the first: one place a word, and one for what divides two
    offsets: tuple[int, ...]
    #: the most that its strength can be; all of it counts up to 1
    reach: float
    #: as of `Interest`
    within: int | None = None


def wordings(wanted: Asked, background: Background) -> tuple[Wording, ...]:
    """The ways to say what is `wanted`, at least one word each: itself, or both halves of `Long Form (LF)`.

    Where the archive's papers define an acronym of it, or what an acronym in it stands for, these too.
    A phrase that must stand as written, or its words together, has no other way.
    """
    text, _, within = wanted
    read = background.analyser.read
    if within is not None:
        return (_wording(read(text), background, within=within),) if read(text).stems else ()
    halves = _BRACKETED.match(text)
    texts = (halves[1], halves[2]) if halves and _abbreviates(halves[2], halves[1]) else (text,)
    found: dict[tuple[str, ...], Wording] = {}
    for tokens in map(read, texts):
        if tokens.stems:
            found.setdefault(tuple(tokens.exact), _wording(tokens, background))
            for other in _otherwise(tokens, background):
                # an acronym may mean something else in a paper, all of its words do not
                worth = 1.0 if len(other) > len(tokens) else _ACRONYM
                found.setdefault(tuple(other.exact), _wording(other, background, worth=worth))
    return tuple(found.values())


def _otherwise(tokens: Tokens, background: Background) -> Iterator[Tokens]:
    """The same with an acronym instead of words, or words instead of an acronym."""
    if len(tokens) > _LONGEST_WITH_ACRONYMS:
        return
    places = tokens.positions
    for start, end, other in background.acronyms.variants(tokens.exact):
        within = background.analyser.read(other)
        later = places[start] + within.positions[-1] - places[end - 1]
        yield Tokens(
            text="",
            exact=[*tokens.exact[:start], *within.exact, *tokens.exact[end:]],
            stems=[*tokens.stems[:start], *within.stems, *tokens.stems[end:]],
            positions=[
                *places[:start],
                *(places[start] + place for place in within.positions),
                *(place + later for place in places[end:]),
            ],
        )


def _wording(
    tokens: Tokens, background: Background, *, worth: float = 1.0, within: int | None = None
) -> Wording:
    many = len(tokens) > 1
    reach = _reach_of_many(len(tokens)) if many else _reach_of_one(background.share(tokens.stems[0]))
    return Wording(
        exact=tuple(tokens.exact),
        stems=tuple(tokens.stems),
        rarities=tuple(background.rarity(stem) for stem in tokens.stems),
        offsets=tuple(place - tokens.positions[0] for place in tokens.positions),
        reach=reach * worth,
        within=within,
    )


def _reach_of_one(share: float) -> float:
    """How far a word in this share of papers reaches; one word has no neighbours to prove it is meant.

    An ordinary word reaches the send line from the title or when repeated. The rarer it is, the less
    it needs: one that stands in a paper of three hundred says enough when it is mentioned at all.
    """
    rare = math.log(_ORDINARY / share) / math.log(_ORDINARY / _RARE)
    return _ORDINARY_REACH + (_RARE_REACH - _ORDINARY_REACH) * min(max(rare, 0.0), 1.0)


def _reach_of_many(words: int) -> float:
    grown: float = min((max(words, _SENTENCE) / _SENTENCE) ** _GROWTH, _MOST_GROWN)
    return (1 + _LONG_STEP * (min(max(words, _LONG), _LONGEST) - _LONG)) * grown


def _abbreviates(short: str, long: str) -> bool:
    """Whether `short` starts as `long` does and its letters stand in `long` in this order."""
    initials = re.findall(r"(?<![^\W_])[^\W_]", long.casefold())
    letters = [c for c in short.removesuffix("s").casefold() if c.isalnum()]
    rest = iter(long.casefold())
    return len(letters) > 1 and letters[0] in initials[:1] and all(letter in rest for letter in letters)
