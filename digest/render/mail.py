"""An issue as a mail's subject, text and HTML, small enough to be shown whole."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import RenderError
from digest.model import Issue
from digest.render.fit import ROOMS, Cut, cut_down, largest, parts_of
from digest.render.marks import safe
from digest.render.settings import RenderSettings, Unsubscribe
from digest.render.templates import Templates
from digest.render.view import IssueView, view_of

_SUBJECT_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """What a reader sees of a mail; lines end at LF."""

    subject: str
    text: str
    html: str


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
        self._html: dict[Cut, str] = {}

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
            size, limit = len(self._render(cut).encode()), self._settings.max_html_bytes
            raise RenderError(f"email/digest/body.mjml.j2:1: empty it makes {size} bytes, more than {limit}")
        return cut

    def issue(self, cut: Cut) -> Issue:
        """The issue that is left after `cut`."""
        return self._issue if cut is self._whole else cut_down(self._issue, cut)

    def parts(self, cut: Cut) -> MailParts:
        """The finished mail after `cut`."""
        view = self._view(cut)
        text = self._templates.fill("email/digest/body.txt.j2", v=view)
        subject = self._templates.fill("email/digest/subject.txt.j2", v=view)
        return MailParts(
            subject=safe(subject, _SUBJECT_LONGEST),
            text=_tidy(text),
            html=self._render(cut),
        )

    def _fits(self, cut: Cut) -> bool:
        return len(self._render(cut).encode()) <= self._settings.max_html_bytes

    def _render(self, cut: Cut) -> str:
        if cut not in self._html:
            self._html[cut] = self._templates.fill_mjml("email/digest/body.mjml.j2", v=self._view(cut))
        return self._html[cut]

    def _view(self, cut: Cut) -> IssueView:
        if cut not in self._views:
            shortened = self._whole.picks - cut.picks
            self._views[cut] = view_of(
                self.issue(cut), self._settings, self._unsubscribe, ROOMS[cut.room], shortened
            )
        return self._views[cut]


def _tidy(text: str) -> str:
    """`text` with one blank line where templates leave several."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip("\n") + "\n"
