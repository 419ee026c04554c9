"""The wording of a title, and in what two titles differ."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from digest.identity.blocks import LONGEST_TITLE
from digest.identity.titles import plain_title

_WORD = re.compile(r"[^\W_]+")
_MARK = re.compile(r"\d+|[+#]+")
#: words that tell one paper of a series from the next, or a claim from its contrary
_DISTINCT = frozenset(
    (
        "i ii iii iv v vi vii viii ix x xi xii one two three four five six seven eight nine ten first second third"
        " fourth fifth sixth seventh eighth ninth tenth no not non without never nor neither cannot cant isnt arent"
        " dont doesnt wont reply response rebuttal comment comments correction corrigendum erratum addendum"
        " withdrawn retracted revisited"
    ).split()
)
_FUNCTION = frozenset(
    "a an the of for in on to and or with by from at as via its is are s".split()
)
#: what a listing adds to a title
_LABELS = frozenset(
    (
        "extended abstract invited tutorial panel demo demonstration poster paper talk report short long version"
        " preprint experience industrial session keynote"
    ).split()
)
_HEADING = frozenset(
    (
        "editorial editor editors guest notes note introduction foreword preface keynote address book review reviews"
        " column panel session special issue section letter letters chair chairs message welcome contents"
        " announcements news abstracts index title summary workshop report"
    ).split()
)
_SHORTEST_FOR_SLIP = 30
_FEWEST_FOR_SLIP = 5


@dataclass(frozen=True, slots=True)
class Wording:
    """A title as it is compared."""

    words: tuple[str, ...]
    #: letters and digits without anything between them
    letters: str
    #: what must be equal in titles of one paper: numerals, `+` and `#`, ordinals, negations
    marks: tuple[str, ...]
    #: the heading of a column (`Editorial`), which many papers have
    is_heading: bool

    def likeness(self, other: Wording, *, at_least: float) -> float:
        """0 to 100, in whatever order the words stand; 0 below `at_least`."""
        if self.letters == other.letters:
            return 100.0
        from rapidfuzz import fuzz  # noqa: PLC0415 - heavy

        found = fuzz.ratio(self.letters, other.letters, score_cutoff=at_least)
        one, two = " ".join(sorted(self.words)), " ".join(sorted(other.words))
        return max(found, fuzz.ratio(one, two, score_cutoff=max(at_least, found)))


@dataclass(frozen=True, slots=True)
class Difference:
    """What only one of two titles has."""

    #: words that carry meaning and have no counterpart
    content: tuple[str, ...]
    #: pairs of words that differ by a typing error
    errors: tuple[tuple[str, str], ...]
    #: function words and labels that one of them lacks
    small: tuple[str, ...]
    is_slip: bool


@lru_cache(maxsize=2048)
def wording(title: str) -> Wording:
    """How `title` is compared, clipped to a length that no real title has."""
    plain = plain_title(title[:LONGEST_TITLE]).replace("'", "").replace("’", "")
    words = tuple(_WORD.findall(plain))
    letters = "".join(words)
    marks = _MARK.findall(plain) + [w for w in words if w in _DISTINCT or (len(w) == 1 and w not in _FUNCTION)]
    content = [w for w in words if w not in _FUNCTION]
    return Wording(words, letters or plain, tuple(sorted(marks)), set(content) <= _HEADING)


def difference(one: Wording, other: Wording) -> Difference:
    """What is left of two titles when the words they share are taken away."""
    left, right = Counter(one.words), Counter(other.words)
    mine, theirs = list((left - right).elements()), list((right - left).elements())
    if "".join(mine) == "".join(theirs):
        mine, theirs = [], []
    small = [w for w in mine + theirs if w in _FUNCTION or w in _LABELS]
    mine = [w for w in mine if w not in _FUNCTION and w not in _LABELS]
    theirs = [w for w in theirs if w not in _FUNCTION and w not in _LABELS]
    errors = []
    for word in list(mine):
        twin = next((t for t in theirs if _is_error(word, t)), None)
        if twin:
            errors.append((word, twin))
            mine.remove(word)
            theirs.remove(twin)
    content = tuple(mine + theirs)
    is_slip = (
        not content
        and not small
        and len(errors) <= 1
        and min(len(one.letters), len(other.letters)) >= _SHORTEST_FOR_SLIP
        and len(one.words) >= _FEWEST_FOR_SLIP
        and all(min(len(a), len(b)) >= 7 for a, b in errors)
    )
    return Difference(content, tuple(errors), tuple(small), is_slip)


def _is_error(left: str, right: str) -> bool:
    """Whether two words are one, typed wrongly or in another number."""
    shorter = min(len(left), len(right))
    if shorter < 4 or left[0] != right[0] or any(c.isdigit() for c in left + right):
        return False
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 - heavy

    allowed = 1 if shorter < 9 else 2
    return DamerauLevenshtein.distance(left, right, score_cutoff=allowed) <= allowed
