"""Whether two records without a common key are one paper nevertheless.

Merging two different papers loses one for ever, so a likeness needs a reason: nearly the same title, and
abstract or authors that confirm it; a title alone must be the same but for a slip of the pen. What
tells papers apart in a title (numerals, `++`, "Part II", "without") must be equal always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from digest.identity.abstracts import likeness_of_abstracts
from digest.identity.authors import likeness_of_authors
from digest.identity.naming import conflict, ids
from digest.identity.wording import Wording, difference, is_slip, wording
from digest.model import Paper

#: titles less alike than this are not looked at further; 0 to 100
_LEAST_TITLE = 85.0
#: the same where the abstracts are the same; not much less, or a site's own text that stands in place of
#: all abstracts would make one paper of many
_LEAST_TITLE_WITH_ABSTRACT = 75.0
_SAME_ABSTRACT = 90.0
_OTHER_ABSTRACT = 60.0
_SAME_AUTHORS = 0.5
#: for titles of which one has words more, of papers published on one day
_ALL_AUTHORS = 0.75
_MOST_ADDED = 2
#: a paper and its later edition, or last year's column of the same name, are two
_MOST_DAYS_APART = 300


class Confirmation(StrEnum):
    """What says that two records of like titles are one paper."""

    ABSTRACT = "abstract"
    AUTHORS = "authors"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Why two records are one paper though they share no key."""

    #: how alike the titles are, 0 to 100
    title: float
    confirmed_by: Confirmation
    #: how alike what confirms it is: abstracts or titles 0 to 100, authors the percentage in common
    confirmation: float


def same(left: Paper, right: Paper) -> Likeness | None:
    """The likeness that makes two records one paper, or `None`; symmetric.

    Ids only forbid: two arXiv ids or two DOIs are never one paper. Equal ids are not looked at. A heading
    such as `Editorial` is no likeness, whatever else is equal.
    """
    one, other = wording(left.title), wording(right.title)
    if one.is_heading or other.is_heading or (one.marks != other.marks and one.letters != other.letters):
        return None
    title = one.likeness(other, at_least=_LEAST_TITLE_WITH_ABSTRACT)
    if title < _LEAST_TITLE_WITH_ABSTRACT or conflict(ids(left), ids(right)):
        return None
    abstract = likeness_of_abstracts(left.abstract, right.abstract)
    if abstract is not None and abstract >= _SAME_ABSTRACT:
        return Likeness(title=title, confirmed_by=Confirmation.ABSTRACT, confirmation=abstract)
    if title < _LEAST_TITLE or _far_apart(left, right):
        return None
    if abstract is not None and abstract < _OTHER_ABSTRACT and one.letters != other.letters:
        return None
    return _by_authors(left, right, title) or _by_title(left, right, title)


def differ(left: Paper, right: Paper) -> bool:
    """Whether two records of one title are two papers all the same; symmetric.

    So are an `Editorial` and the next one. Only a heading or a very short title is doubted, and only for
    a reason: other authors, another year, another abstract.
    """
    both = wording(left.title), wording(right.title)
    heading = any(title.is_heading for title in both)
    if not heading and not any(title.is_short for title in both):
        return False
    abstract = likeness_of_abstracts(left.abstract, right.abstract)
    if abstract is not None and abstract >= _SAME_ABSTRACT:
        return False
    if left.authors and right.authors and likeness_of_authors(left.authors, right.authors) == 0:
        return True
    return heading and (_far_apart(left, right) or (abstract is not None and abstract < _OTHER_ABSTRACT))


def strangers(record: Paper, others: Mapping[int, Paper]) -> set[int]:
    """Those of the papers with the record's title that are not it, nor the same as those before them.

    `others` are looked at in their order; whoever differs from the record or from one that was not
    sorted out is a stranger, so that no record ties two columns of one heading together.
    """
    kept, found = [record], set()
    for number, paper in others.items():
        if any(differ(one, paper) for one in kept):
            found.add(number)
        else:
            kept.append(paper)
    return found


def _far_apart(left: Paper, right: Paper) -> bool:
    if left.published is None or right.published is None:
        return False
    return abs((left.published - right.published).days) > _MOST_DAYS_APART


def _by_authors(left: Paper, right: Paper, title: float) -> Likeness | None:
    one, other = wording(left.title), wording(right.title)
    short, equal = one.is_short or other.is_short, difference(one, other).is_nothing
    if not equal and (short or not _small_change(one, other, left, right)):
        return None
    authors = likeness_of_authors(left.authors, right.authors, of_longer=short or not equal)
    if authors < (_SAME_AUTHORS if equal else _ALL_AUTHORS):
        return None
    return Likeness(title=title, confirmed_by=Confirmation.AUTHORS, confirmation=100 * authors)


def _small_change(one: Wording, other: Wording, left: Paper, right: Paper) -> bool:
    """Whether titles of papers of one day differ by a word or two that one has more, or by a letter.

    Not the titles of a family of models, which often appear together: `X 3 Nano`, `X Omni Technical Report`.
    """
    if left.published is None or left.published != right.published or one.is_family:
        return False
    found = difference(one, other)
    return found.is_one_letter or (found.added is not None and found.added <= _MOST_ADDED)


def _by_title(left: Paper, right: Paper, title: float) -> Likeness | None:
    one, other = wording(left.title), wording(right.title)
    unsure = left.authors and right.authors
    if one.letters == other.letters:
        # few papers share a long title, whatever a listing says of their authors
        found = not unsure or not one.is_short
    else:
        found = not unsure and is_slip(one, other)
    return Likeness(title=title, confirmed_by=Confirmation.TITLE, confirmation=title) if found else None
