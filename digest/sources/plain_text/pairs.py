"""Titles and abstracts by turns: which block is which, and what is missing.

A page alternates: title, abstract, title, abstract. Where a piece is missing, plain counting would
give every later paper its neighbour's abstract. So the cheapest reading of the whole page is
looked for: a block in a role that it does not look like costs a little, a break of the alternation
costs more, and only evidence from several blocks (or from the last few) pays for a break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from digest.model import Severity
from digest.sources.plain_text.lines import Block
from digest.sources.shape import Entry, Finding
from digest.text import clip, printable

#: a block that looks like the opposite of its role
_MISFIT = 4.0
#: a block that is a title by all its marks, as the abstract among many full abstracts
_STRONG_MISFIT = 12.0
#: a title without its abstract, before another title
_NO_ABSTRACT = 5.5
#: an abstract after an abstract: a second paragraph, or a title is missing
_NO_TITLE = 4.5
#: a title at the end of the page
_CUT = 3.0

#: in 32,000 arXiv papers no title was longer than 221 characters
_LONGEST_TITLE = 240
_ORDINARY_TITLE = 150
#: arXiv's limit is 1920 characters; two abstracts together nearly always exceed it
_LONGEST_ABSTRACT = 2000
#: longer than any text that a person wrote as a title or an abstract
_ABSURD = 100_000
_SAMPLE = 4000
#: likeness of an abstract of several sentences, and of a short phrase
_FULL, _TITLE = 1.0, -1.0
_FEWEST_BLANKS = 3
#: so many full abstracts, and such a share of the page, show what its abstracts look like
_MANY_FULL, _FULL_SHARE = 8, 1 / 3
_CLOSERS = ")]}\"'”’"

ABSTRACT = 1


def likeness(text: str) -> float:
    """How much `text` looks like an abstract (1) or like a title (-1), from length and full stops."""
    sample = text[:_SAMPLE]
    closed = text[-8:].rstrip(_CLOSERS).endswith((".", "。"))
    stops = sample.count(". ") + sample.count("。") + closed
    if len(text) > _LONGEST_TITLE:
        return (0.0, 0.75, _FULL)[min(stops, 2)]
    if closed:
        return 0.75 if len(text) >= _LONGEST_TITLE // 2 else 0.5
    if stops == 0:
        sure = len(text) <= _ORDINARY_TITLE and text.count(" ") >= _FEWEST_BLANKS
        return _TITLE if sure else -0.75
    return -0.5 if stops == 1 else 0.5


def assign(likes: Sequence[float]) -> tuple[float, bytearray]:
    """The cost of the cheapest reading, and for each block 1 if it is an abstract, 0 if a title.

    Two states (the last block was a title, or not) make this linear in time; ties keep alternation.
    """
    full = sum(like == _FULL for like in likes)
    strict = full >= _MANY_FULL and full > _FULL_SHARE * len(likes)
    after_title, after_abstract = float("inf"), 0.0
    to_title, to_abstract = bytearray(), bytearray()  # 1 where the block before was an abstract
    for like in likes:
        again_title, again_abstract = after_title + _NO_ABSTRACT, after_abstract + _NO_TITLE
        as_title = _MISFIT * max(like, 0.0)
        as_abstract = _STRONG_MISFIT if strict and like == _TITLE else _MISFIT * max(-like, 0.0)
        to_title.append(after_abstract <= again_title)
        to_abstract.append(again_abstract < after_title)
        after_title, after_abstract = (
            min(after_abstract, again_title) + as_title,
            min(after_title, again_abstract) + as_abstract,
        )
    cut = after_title + _CUT
    role = int(after_abstract <= cut)
    roles = bytearray(len(likes))
    for i in range(len(likes) - 1, -1, -1):
        roles[i] = role
        role = to_abstract[i] if role else to_title[i]
    return min(after_abstract, cut), roles


def misfits(likes: Sequence[float], roles: Sequence[int]) -> int:
    """How many blocks look like the opposite of their role or break the alternation."""
    against = sum(like < 0 if role == ABSTRACT else like > 0 for like, role in zip(likes, roles, strict=True))
    return against + sum(a == b for a, b in pairwise(roles))


def pair(blocks: Sequence[Block], roles: Sequence[int]) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """The entries that `blocks` make in these roles, and a finding for each piece left over."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    for title, abstracts in _groups(blocks, roles):
        used = 0
        if title and not abstracts:
            end = "the file ends after this title" if title is blocks[-1] else "a title without an abstract"
            findings.append(_finding(Severity.LOST, end, title))
        elif title and max(len(title.text), len(abstracts[0].text)) > _ABSURD:
            findings.append(_finding(Severity.LOST, f"longer than {_ABSURD:,} characters", title))
            used = 1
        elif title:
            raw, used = _abstract(abstracts)
            entries.append(Entry(line=title.line, raw_title=title.text, raw_abstract=raw))
            second = "read as a further paragraph of the abstract above"
            findings += [_finding(Severity.NOTE, second, block) for block in abstracts[1:used]]
        orphan = "an abstract without a title"
        findings += [_finding(Severity.LOST, orphan, block) for block in abstracts[used:]]
    return tuple(entries), tuple(findings)


def _groups(blocks: Sequence[Block], roles: Sequence[int]) -> Iterator[tuple[Block | None, list[Block]]]:
    title: Block | None = None
    abstracts: list[Block] = []
    for block, role in zip(blocks, roles, strict=True):
        if role == ABSTRACT:
            abstracts.append(block)
            continue
        if title or abstracts:
            yield title, abstracts
        title, abstracts = block, []
    if title or abstracts:
        yield title, abstracts


def _abstract(blocks: Sequence[Block]) -> tuple[str, int]:
    """The text of an abstract whose first paragraph is the first block, and how many blocks it took."""
    text = blocks[0].text
    for used, block in enumerate(blocks[1:], 1):
        if len(text) + len(block.text) > _LONGEST_ABSTRACT and not block.text[0].islower():
            return text, used
        text = f"{text} {block.text}"
    return text, len(blocks)


def _finding(severity: Severity, what: str, block: Block) -> Finding:
    return Finding(what=f"{what}: “{beginning(block.text)}”", severity=severity, line=block.line)


def beginning(text: str) -> str:
    """The first words of `text`, safe to show."""
    return clip(printable(text[:200]), 60)
