"""The wording of a title, and in what two titles differ."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from digest.identity.blocks import LONGEST_TITLE
from digest.identity.titles import plain_title

_WORD = re.compile(r"[^\W_]+")
_APART = re.compile(r"[^\w+#]|_")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")
_MARK = re.compile(r"\d+|[+#]+")
#: words that tell one paper of a series from the next, or a claim from its contrary
_DISTINCT = (
    "i ii iii iv v vi vii viii ix x xi xii one two three four five six seven eight nine ten first second"
    " third fourth fifth sixth seventh eighth ninth tenth no not non without never nor neither cannot cant"
    " isnt arent dont doesnt wont reply response rebuttal comment comments correction corrigendum erratum"
    " addendum withdrawn retracted revisited"
)
_FUNCTION = "a an the of for in on to and or with by from at as via its is are s"
#: what a listing adds to a title's end
_LABELS = (
    "extended abstract only invited tutorial panel demo demonstration poster paper talk slides short long"
    " version preprint experience industrial session keynote book review a the"
)
#: what columns and front matter are called
_HEADING = (
    "editorial editor editors guest notes note introduction foreword preface keynote address book review"
    " reviews column panel session special issue section letter letters chair chairs message welcome"
    " contents announcements news abstracts index title summary workshop report"
)
_DISTINCT_WORDS, _FUNCTION_WORDS = frozenset(_DISTINCT.split()), frozenset(_FUNCTION.split())
_LABEL_WORDS, _HEADING_WORDS = frozenset(_LABELS.split()), frozenset(_HEADING.split())
_FEWEST_TELLING = 4
_SHORTEST_FOR_SLIP = 30
_FEWEST_FOR_SLIP = 5
_LONG_WORD = 7
#: from here on a letter is a word or a syllable, and another one is no typing error
_LAST_ALPHABET = "\u10ff"


@dataclass(frozen=True, slots=True)
class Wording:
    """A title as it is compared."""

    #: without what a listing adds at the end, such as "(extended abstract)"
    words: tuple[str, ...]
    #: letters, digits, `+` and `#` without anything between them, as in a title's key
    letters: str
    #: what must be equal in titles of one paper: numerals, `+` and `#`, ordinals, negations
    marks: tuple[str, ...]
    #: the heading of a column (`Editorial`), which many papers have
    is_heading: bool
    #: few telling words, so that two papers may well have them
    is_short: bool

    @property
    def is_family(self) -> bool:
        """Whether the title may be that of one model of several."""
        return bool(self.marks) or "report" in self.words

    def likeness(self, other: Wording, *, at_least: float) -> float:
        """0 to 100, in whatever order the words stand; 0 below `at_least`."""
        if self.letters == other.letters or self.words == other.words:
            return 100.0
        from rapidfuzz import fuzz  # noqa: PLC0415 - heavy

        found = fuzz.ratio("".join(self.words), "".join(other.words), score_cutoff=at_least)
        one, two = " ".join(sorted(self.words)), " ".join(sorted(other.words))
        return max(found, fuzz.ratio(one, two, score_cutoff=max(at_least, found)))


@dataclass(frozen=True, slots=True)
class Difference:
    """What only one of two titles has."""

    #: words that carry meaning and have no counterpart, for each title
    content: tuple[tuple[str, ...], tuple[str, ...]]
    #: pairs of words that differ by a typing error or in number
    errors: tuple[tuple[str, str], ...]
    #: function words that one of them lacks
    small: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether no word that carries meaning differs."""
        return not any(self.content)

    @property
    def added(self) -> int | None:
        """How many words one title has more than the other, or `None` where words were replaced."""
        left, right = map(len, self.content)
        return None if left and right else left + right

    @property
    def is_one_letter(self) -> bool:
        """Whether one word was replaced by another that differs in one letter only."""
        left, right = self.content
        if len(left) != 1 or len(right) != 1 or max(left[0] + right[0]) > _LAST_ALPHABET:
            return False
        return _distance(left[0], right[0], 1) == 1


@lru_cache(maxsize=2048)
def wording(title: str) -> Wording:
    """How `title` is compared, clipped to a length that no real title has."""
    plain = plain_title(title[:LONGEST_TITLE]).replace("'", "").replace("’", "")
    words = tuple(_WORD.findall(plain))
    letters = _APART.sub("", plain)
    marks = _MARK.findall(plain) + [
        w for w in words if w in _DISTINCT_WORDS or (len(w) == 1 and w not in _FUNCTION_WORDS)
    ]
    content = {w for w in words if w not in _FUNCTION_WORDS}
    return Wording(
        words=_without_labels(tuple(_WORD.findall(_IN_BRACKETS.sub(_unless_label, plain)))),
        letters=letters or plain,
        marks=tuple(sorted(marks)),
        is_heading=content <= _HEADING_WORDS,
        is_short=len(content) < _FEWEST_TELLING,
    )


def _unless_label(found: re.Match[str]) -> str:
    return " " if _LABEL_WORDS.issuperset(_WORD.findall(found[1])) else found[0]


def _without_labels(words: tuple[str, ...]) -> tuple[str, ...]:
    end = len(words)
    while end > 1 and words[end - 1] in _LABEL_WORDS:
        end -= 1
    return words[:end]


def difference(one: Wording, other: Wording) -> Difference:
    """What is left of two titles when the words they share are taken away."""
    if other.words < one.words:  # the same for both orders
        one, other = other, one
    left, right = Counter(one.words), Counter(other.words)
    mine, theirs = list((left - right).elements()), list((right - left).elements())
    if "".join(mine) == "".join(theirs):  # written apart in one of them
        return Difference(((), ()), (), ())
    small = [w for w in mine + theirs if w in _FUNCTION_WORDS]
    mine, theirs = ([w for w in some if w not in _FUNCTION_WORDS] for some in (mine, theirs))
    errors = []
    for word in list(mine):
        twin = next((t for t in theirs if _is_error(word, t)), None)
        if twin:
            errors.append((word, twin))
            mine.remove(word)
            theirs.remove(twin)
    return Difference((tuple(mine), tuple(theirs)), tuple(errors), tuple(small))


def is_slip(one: Wording, other: Wording) -> bool:
    """Whether two long titles are the same but for one letter of one long word, or for blanks."""
    found = difference(one, other)
    return (
        found.is_nothing
        and not found.small
        and len(found.errors) <= 1
        and min(len(one.letters), len(other.letters)) >= _SHORTEST_FOR_SLIP
        and min(len(one.words), len(other.words)) >= _FEWEST_FOR_SLIP
        and _distance(one.letters, other.letters, 1) <= 1
        and all(min(len(a), len(b)) >= _LONG_WORD for a, b in found.errors)
    )


def _is_error(left: str, right: str) -> bool:
    """Whether two words are one, typed wrongly or in another number."""
    shorter = min(len(left), len(right))
    if shorter < 4 or left[0] != right[0] or any(c.isdigit() or c > _LAST_ALPHABET for c in left + right):
        return False
    if left.removesuffix("y") + "ies" == right or right.removesuffix("y") + "ies" == left:
        return True
    allowed = 1 if shorter < 9 else 2
    return _distance(left, right, allowed) <= allowed


def _distance(left: str, right: str, most: int) -> int:
    """How many letters were added, lost, replaced or swapped; `most + 1` for more than `most`."""
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 - heavy

    return DamerauLevenshtein.distance(left, right, score_cutoff=most)
