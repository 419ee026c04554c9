"""Parts of a listing page to cards, one for each paper.

A card is upvotes, title, text, organisation or number of authors, date, comments, in this order,
and any of them may be missing. Pages of one day have `Submitted by` above and no text; trending
pages have one sentence, and upvotes below it. A bare number is told by where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digest.model import Severity
from digest.sources.links import code_link
from digest.sources.plain_text import header, pairs
from digest.sources.renderings.cards import Card, is_long, is_open, is_title, is_torn, unlinked, unpictured
from digest.sources.renderings.parts import Part
from digest.sources.renderings.patience import Patience
from digest.sources.renderings.signs import Kind, Sign, profile, sign_of
from digest.sources.shape import Finding

#: phrases that stand at the top of a page and nowhere else
_TOP = frozenset({"promotion", "author"})
SECOND_HEADER = "a second page header: the papers below count under the first page's date"


class Assembler:
    """Reads parts in order. `level` is that of the headings that are titles; 0 where titles are links."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._card: Card | None = None
        self._cards = 0
        #: bare numbers since the last other part
        self._numbers: list[int] = []
        #: upvotes that wait for their title, with the paper's id where the link has it
        self._vote: tuple[str | None, int] | None = None
        self._votes_first: bool | None = None
        #: where `Submitted by` waits for its title
        self._submitted: Part | None = None
        #: what the part before announced
        self._expected: tuple[Kind, Part] | None = None
        self._patience = Patience()
        self.day_label: str | None = None
        self.findings: list[Finding] = []
        #: how many papers had nothing left but who submitted them
        self.only_submitted = 0
        #: the first long text that belongs to no title
        self.stray: Part | None = None
        #: such text since the last card
        self._astray: Part | None = None
        self._take = {
            Kind.TEXT: self._text,
            Kind.EMPTY: self._thumbnail,
            Kind.NUMBER: self._number,
            Kind.UPVOTES: self._upvotes,
            Kind.COMMENTS: self._comments,
            Kind.AUTHORS: self._authors,
            Kind.DATE: self._date,
            Kind.DOT: self._dot,
            Kind.CODE: self._code,
            Kind.ELSEWHERE: self._elsewhere,
            Kind.SUBMITTED: self._submitter,
            Kind.PROFILE: self._profile,
            Kind.HEADER: self._frame,
            Kind.FRAME: self._frame,
        }

    def cards(self, parts: Iterable[Part]) -> Iterator[Card]:
        """The cards that have a title, each as soon as the next one begins."""
        last = None
        for last in parts:
            if self._is_endless(last):
                break
            sign = sign_of(last)
            if self._was_expected(last, sign):
                continue
            if self._opens(last, sign):
                yield from self._finish(next_begins=True)
                self._begin(last, sign)
                continue
            if sign.kind is Kind.HEADER and header.phrases(last.text) & _TOP:
                yield from self._finish(next_begins=False)
            self._take[sign.kind](last, sign)
        yield from self._end(last)

    def _is_endless(self, part: Part) -> bool:
        if not self._patience.is_over(part):
            return False
        what = "the page goes on for very long without a paper: not read from here on"
        self.findings.append(Finding(what=what, severity=Severity.LOST, line=part.line))
        return True

    def _opens(self, part: Part, sign: Sign) -> bool:
        if part.heading:
            return sign.kind is Kind.TEXT and (part.heading == self._level or sign.paper is not None)
        if self._level or not sign.paper or (self._card and self._card.paper == sign.paper):
            return False
        if sign.kind is Kind.TEXT:
            return is_title(part.text)
        return sign.kind in {Kind.EMPTY, Kind.UPVOTES}

    def _begin(self, part: Part, sign: Sign) -> None:
        if self._astray and self._cards:
            self._lose("text that belongs to no title", self._astray.line, self._astray.text)
        self._astray = None
        self._card = card = Card(line=part.line, paper=sign.paper)
        self._patience = Patience()
        if sign.kind is Kind.UPVOTES:
            card.upvotes, card.proven = sign.count, True
        elif sign.kind is Kind.TEXT:
            self._entitle(card, part)

    def _entitle(self, card: Card, part: Part) -> None:
        card.line, card.title, card.target = part.line, part.text, part.target
        if self._vote and (not card.paper or self._vote[0] in {None, card.paper}):
            card.paper = card.paper or self._vote[0]
            card.upvotes, card.proven = self._vote[1], True
        elif self._numbers and card.upvotes is None:
            card.upvotes = self._numbers[-1]
        self._vote, self._submitted = None, None
        self._numbers.clear()

    def _finish(self, *, next_begins: bool) -> Iterator[Card]:
        card, self._card = self._card, None
        if card is None or not card.title:
            return
        if next_begins and len(self._numbers) > 1 and card.in_tail and card.comments is None:
            card.comments = self._numbers[-2]
        card.settle()
        card.complete = True
        yield from self._sound(card)

    def _end(self, last: Part | None) -> Iterator[Card]:
        """The last card, unless the file ends in the middle of its title."""
        card = self._card
        if self._submitted:
            self.only_submitted += 1
            self._title_lost(self._submitted)
        if card is None or not card.title or last is None:
            return
        if last.text == card.title and is_open(last.text):
            self._lose("the file ends in this title", card.line, last.text)
            return
        if is_open(last.text) and not card.in_tail:
            card.body.clear()
            self._lose("the file ends in this paper's text", card.line, card.title)
        card.complete = card.in_tail and last.block != card.tail_block
        card.settle()
        yield from self._sound(card)

    def _sound(self, card: Card) -> Iterator[Card]:
        title = unlinked(card.title)
        if is_torn(title):
            self._lose("a title that is torn", card.line, card.title)
            return
        card.title = title
        self._cards += 1
        yield card

    def _title_lost(self, part: Part) -> None:
        self._lose("a paper whose title was lost on the way here", part.line, part.text)

    def _lose(self, what: str, line: int, text: str) -> None:
        what = f"{what}: “{pairs.beginning(text)}”"
        self.findings.append(Finding(what=what, severity=Severity.LOST, line=line))

    # parts that announce the next one

    def _was_expected(self, part: Part, sign: Sign) -> bool:
        """Whether `part` is what the part before announced; then it is dealt with."""
        if self._expected is None:
            return False
        if sign.kind is Kind.EMPTY and not sign.paper:
            return True  # a picture or a rule between
        (kind, announcing), self._expected = self._expected, None
        if kind is Kind.SUBMITTED:
            return not part.heading and not sign.paper and sign.kind is not Kind.SUBMITTED
        if sign.kind is not Kind.NUMBER:
            return False
        self._take[kind](announcing, Sign(kind=kind, count=sign.count, paper=sign.paper))
        return True

    # what stands above a title

    def _number(self, part: Part, sign: Sign) -> None:
        card, count = self._card, sign.count or 0
        if card and card.in_tail and card.comments is None and card.tail_block == part.block:
            card.comments = count
        else:
            self._numbers.append(count)

    def _upvotes(self, part: Part, sign: Sign) -> None:
        card = self._card if self._card and self._card.title else None
        if sign.count is None:
            self._expected = Kind.UPVOTES, part
            return
        if self._votes_first is None:
            self._votes_first = card is None
        if card and self._is_own(card, sign):
            card.prove(part)
            card.upvotes = sign.count if card.upvotes is None else card.upvotes
            return
        if card:
            card.in_tail = True
        self._vote = (sign.paper, sign.count)

    def _is_own(self, card: Card, sign: Sign) -> bool:
        """Whether upvotes below a title are its own, and not the next one's."""
        if card.paper and sign.paper:
            return card.paper == sign.paper
        return not self._votes_first

    def _submitter(self, part: Part, sign: Sign) -> None:
        if self._submitted:
            self.only_submitted += 1
            self._title_lost(self._submitted)
        self._submitted = part
        if sign.label is None:
            self._expected = Kind.SUBMITTED, part
        if self._card:
            self._card.in_tail = True

    def _thumbnail(self, _part: Part, sign: Sign) -> None:
        card = self._card
        if card and card.title and sign.paper and sign.paper != card.paper:
            card.in_tail = True

    def _frame(self, part: Part, _sign: Sign) -> None:
        kinds = header.phrases(part.text)
        if kinds & _TOP and self._cards and all(f.what != SECOND_HEADER for f in self.findings[-1:]):
            note = Finding(what=SECOND_HEADER, severity=Severity.NOTE, line=part.line)
            self.findings.append(note)
        if self._card and self._card.body:
            self._card.in_tail = True
        self._numbers.clear()

    # what stands below a title

    def _text(self, part: Part, sign: Sign) -> None:
        self._numbers.clear()
        card = self._card
        if card is None or card.in_tail or (sign.paper and card.paper and sign.paper != card.paper):
            if is_long(part.text):
                self._astray = self._astray or part
                self.stray = self.stray or part
            return
        if not card.title:
            self._untitled(card, part, sign)
            return
        elsewhere = part.target and not sign.paper and not is_long(part.text)
        if not elsewhere and any(map(str.isalnum, part.text)):
            card.proven = card.proven or sign.paper is not None
            card.add_text(part, sure=sign.paper is not None)

    def _untitled(self, card: Card, part: Part, sign: Sign) -> None:
        """Text in a card that began with upvotes or a picture: its title, or what is left without it."""
        if sign.paper and is_title(part.text):
            self._entitle(card, part)
        elif is_long(part.text):
            self._title_lost(part)
            self._card = None

    def _authors(self, part: Part, sign: Sign) -> None:
        if card := self._of(sign):
            card.prove(part)
            card.authors = sign.count
        self._numbers.clear()

    def _comments(self, part: Part, sign: Sign) -> None:
        if (card := self._of(sign)) and sign.count is not None:
            card.prove(part)
            card.comments = sign.count
            self._numbers.clear()

    def _date(self, part: Part, sign: Sign) -> None:
        card = self._card
        if card is None and not self._cards:
            self.day_label = self.day_label or sign.label
        if card and card.title and card.published is None:
            card.name()
            card.prove(part)
            card.published = sign.label
        self._numbers.clear()

    def _dot(self, part: Part, _sign: Sign) -> None:
        if self._card and self._card.title:
            self._card.name()
            self._card.in_tail, self._card.tail_block = True, part.block

    def _profile(self, part: Part, _sign: Sign) -> None:
        card = self._card
        if card is None or not card.title or self._submitted:
            return
        is_picture = card.organization == profile(part.target or "")
        if card.organization is None or is_picture:
            card.organization = unpictured(part.text)
            card.prove(part)

    def _code(self, part: Part, sign: Sign) -> None:
        card = self._card
        if card is None or not card.title:
            return
        link = code_link(part.target) if part.target else None
        card.code_url = card.code_url or link
        card.stars = sign.count if card.stars is None else card.stars
        if sign.count is None:
            self._expected = Kind.CODE, part
        elif card.code_url:
            card.prove(part)
        self._numbers.clear()

    def _elsewhere(self, part: Part, sign: Sign) -> None:
        card = self._card
        if card is None or not card.title or not part.target:
            return
        card.in_tail = True
        card.paper = card.paper or sign.paper
        if "project" in part.text.lower() and part.target.startswith(("https://", "http://")):
            card.project_url = card.project_url or part.target

    def _of(self, sign: Sign) -> Card | None:
        """The open card, if it may be that of the paper which `sign` names."""
        card = self._card
        if card is None or not card.title:
            return None
        card.paper = card.paper or sign.paper
        return card if sign.paper in {None, card.paper} else None
