"""Cards: what a listing page shows of one paper, gathered part by part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from digest.model import Paper
from digest.sources.plain_text import pairs
from digest.sources.renderings.parts import Part
from digest.sources.shape import Entry

#: shorter texts may be an organisation
_LONGEST_NAME = 100
#: a title that ends in a full stop
_LONGEST_STOPPED = 120
#: far longer than any title that was ever seen
_LONGEST_TITLE = 400
_FEWEST_LETTERS = 3
_MARKS = ("](", "][", "://", "# ", "Submitted by ")
_SENTENCE_ENDS = (".", "!", "?", "。", ":", ")", "…")
_PICTURE = re.compile(r"(?:\[[^\[\]]{0,80}\]\s*)+(?=\S)")
#: a link whose target is torn, or that lost its end
_TORN = re.compile(
    r"\[(?P<inner>[^\n]{1,20000}?)\]\(\S{0,2000}(?:\s[\"'][^\"']{0,300}[\"']?)?|\[(?P<open>[^\[\]]{0,20000})\]?"
)


@dataclass(slots=True, kw_only=True)
class Card:
    """The facts of one paper, growing while its part of the page is read."""

    #: of the title, from 1
    line: int
    title: str = ""
    #: arXiv id
    paper: str | None = None
    #: where the title leads to
    target: str | None = None
    upvotes: int | None = None
    comments: int | None = None
    authors: int | None = None
    stars: int | None = None
    organization: str | None = None
    code_url: str | None = None
    project_url: str | None = None
    #: the paper's own date as printed
    published: str | None = None
    #: paragraphs of the abstract or summary
    body: list[str] = field(default_factory=list)
    #: short text that is the organisation if a dot or date follows
    held: str | None = None
    #: whether it has what papers have, and sections of other documents have not
    proven: bool = False
    #: whether something follows that is no part of it
    complete: bool = False
    #: whether its text is over
    in_tail: bool = False
    #: the paragraph of the last fact below the text
    tail_block: int = -1

    def add_text(self, part: Part, *, sure: bool) -> None:
        """A paragraph below the title: of the text, unless it may be the organisation."""
        if self.held and self.held.endswith(_SENTENCE_ENDS):
            self.body.append(self.held)
        self.held = None
        if sure or is_long(part.text):
            self.body.append(unlinked(part.text))
        else:
            self.held = part.text

    def name(self) -> None:
        """A dot or date follows: the text that waits is the organisation."""
        if self.held and not self.in_tail and self.organization is None:
            self.organization = unpictured(self.held)
        self.held = None

    def settle(self) -> None:
        """No dot follows: the text that waits belongs to the abstract, or to nothing."""
        if self.held and not self.in_tail and self.held.endswith(_SENTENCE_ENDS):
            self.body.append(self.held)
        self.held = None

    def prove(self, part: Part) -> None:
        """`part` is a fact that only papers have."""
        self.settle()
        self.in_tail, self.proven, self.tail_block = True, True, part.block

    def entry(self, *, summaries: bool) -> Entry:
        """The record that this card makes; `summaries` says that its text is no abstract."""
        text = " ".join(self.body)
        facts = Paper(
            title="",
            author_count=self.authors,
            organization=self.organization,
            arxiv_id=self.paper,
            url=self._url(),
            code_url=self.code_url,
            project_url=self.project_url,
            stars=self.stars,
            upvotes=self.upvotes,
            comments=self.comments,
            summary=(text or None) if summaries else None,
        )
        return Entry(
            raw_title=self.title,
            raw_abstract="" if summaries else text,
            line=self.line,
            facts=facts,
            published_label=self.published,
        )

    def _url(self) -> str | None:
        if self.paper:
            return f"https://huggingface.co/papers/{self.paper}"
        link = self.target or ""
        return link if link.startswith(("https://", "http://")) else None


def merged(first: Entry, again: Entry) -> Entry:
    """One entry of two cards of the same paper: the first, with what only the second one shows."""
    ours, theirs = first.facts, again.facts
    facts = replace(
        ours,
        author_count=_either(ours.author_count, theirs.author_count),
        organization=ours.organization or theirs.organization,
        arxiv_id=ours.arxiv_id or theirs.arxiv_id,
        url=(theirs.url if theirs.arxiv_id and not ours.arxiv_id else ours.url) or theirs.url,
        code_url=ours.code_url or theirs.code_url,
        project_url=ours.project_url or theirs.project_url,
        stars=_either(ours.stars, theirs.stars),
        upvotes=_either(ours.upvotes, theirs.upvotes),
        comments=_either(ours.comments, theirs.comments),
        summary=ours.summary or theirs.summary,
    )
    return replace(
        first,
        raw_abstract=first.raw_abstract or again.raw_abstract,
        facts=facts,
        published_label=first.published_label or again.published_label,
    )


def _either(ours: int | None, theirs: int | None) -> int | None:
    return theirs if ours is None else ours


def is_long(text: str) -> bool:
    """Whether `text` is longer than any name, or has sentences."""
    return len(text) > _LONGEST_NAME or pairs.likeness(text) > 0


def is_title(text: str) -> bool:
    """Whether `text` may be a title; some end in a full stop."""
    return pairs.likeness(text) < 0 or (len(text) < _LONGEST_STOPPED and ". " not in text)


def is_torn(title: str) -> bool:
    """Whether no page shows `title` as one: it has marks of links or headings, or hardly a letter."""
    marked = any(mark in title for mark in _MARKS)
    return (
        marked
        or len(title) > _LONGEST_TITLE
        or sum(map(str.isalpha, title[:_LONGEST_NAME])) < _FEWEST_LETTERS
    )


def is_open(text: str) -> bool:
    """Whether `text` is the beginning of a link whose end is missing."""
    return text.startswith("[") and _TORN.fullmatch(text) is not None


def unpictured(text: str) -> str:
    """A name without the picture before it, which text browsers show as `[name]`."""
    return _PICTURE.sub("", text) or text


def unlinked(text: str) -> str:
    """`text` without the marks of a link that was torn."""
    found = _TORN.fullmatch(text) if text.startswith("[") else None
    return (found["inner"] or found["open"] or "").strip() if found else text
