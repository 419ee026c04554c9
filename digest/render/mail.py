"""An issue as a mail's subject, text and HTML, small enough to be shown whole."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import RenderError
from digest.model import Issue
from digest.render.fit import ROOMS, Cut, cut_down, largest, parts_of
from digest.render.marks import safe
from digest.render.quoted import Quoted
from digest.render.settings import RenderSettings, Unsubscribe
from digest.render.templates import Templates
from digest.render.view import IssueView, view_of

_SUBJECT_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """What a reader sees of a mail, its two bodies encoded already."""

    subject: str
    quoted_text: Quoted
    quoted_html: Quoted

    @classmethod
    def of(cls, *, subject: str, text: str, html: str) -> MailParts:
        """The same from plain texts."""
        return cls(subject=subject, quoted_text=Quoted.of(text), quoted_html=Quoted.of(html))

    @property
    def text(self) -> str:
        """The text part; its lines end at LF."""
        return self.quoted_text.text

    @property
    def html(self) -> str:
        """The HTML part; its lines end at LF."""
        return self.quoted_html.text


def mail(
    templates: Templates, issue: Issue, settings: RenderSettings, unsubscribe: Unsubscribe
) -> tuple[Issue, MailParts]:
    """The issue as really shown, and its mail.

    Where the HTML would be longer than `settings.max_html_bytes`, Also new shrinks first, then the
    abstracts, then Trending, then the weakest picks are left out; the counts follow. Raises
    `RenderError` when a template is broken or too long by itself.
    """
    press = _Press(templates, issue, settings, unsubscribe)
    cut = press.fitting()
    return press.issue(cut), press.parts(cut)


class _Press:
    """Renders one issue in one cut or another, each once."""

    def __init__(
        self, templates: Templates, issue: Issue, settings: RenderSettings, unsubscribe: Unsubscribe
    ) -> None:
        self._templates = templates
        self._issue = issue
        self._settings = settings
        self._unsubscribe = unsubscribe
        self._whole = parts_of(issue)
        self._views: dict[Cut, IssueView] = {}
        self._html: dict[Cut, Quoted] = {}

    def fitting(self) -> Cut:
        """The least cut whose HTML is short enough."""
        whole = self._whole
        if self._fits(whole):
            return whole
        cut = largest(whole, "also_new", self._fits)
        for room in range(1, len(ROOMS)):
            if not self._fits(cut):
                cut = cut.with_(room=room)
        for part in ("trending", "picks"):
            if not self._fits(cut):
                cut = largest(cut, part, self._fits)
        if not self._fits(cut):
            size, limit = self._render(cut).size, self._settings.max_html_bytes
            raise RenderError(f"email/digest/body.mjml.j2:1: empty it makes {size} bytes, more than {limit}")
        return cut

    def issue(self, cut: Cut) -> Issue:
        """The issue that is left after `cut`."""
        return self._issue if cut is self._whole else cut_down(self._issue, cut)

    def parts(self, cut: Cut) -> MailParts:
        """The finished mail after `cut`."""
        view = self._view(cut)
        subject = self._templates.fill("email/digest/subject.txt.j2", v=view)
        return MailParts(
            subject=safe(subject, _SUBJECT_LONGEST),
            quoted_text=self._templates.written("email/digest/body.txt.j2", v=view).tidied(),
            quoted_html=self._render(cut),
        )

    def _fits(self, cut: Cut) -> bool:
        return self._render(cut).size <= self._settings.max_html_bytes

    def _render(self, cut: Cut) -> Quoted:
        if cut not in self._html:
            self._html[cut] = self._templates.written_mjml("email/digest/body.mjml.j2", v=self._view(cut))
        return self._html[cut]

    def _view(self, cut: Cut) -> IssueView:
        if cut not in self._views:
            shortened = self._whole.picks - cut.picks
            self._views[cut] = view_of(
                self.issue(cut),
                self._settings,
                self._unsubscribe,
                ROOMS[cut.room],
                shortened,
                self._templates.cards,
            )
        return self._views[cut]
