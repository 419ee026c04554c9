"""MJML in, HTML out: the only place that knows which compiler is used.

Two packages share the import name `mjml`. `mjml-python` (Rust) offers `mjml2html`, the pure-Python
`mjml` offers `mjml_to_html`; whichever is installed is used.
"""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import mjml

#: a Jinja tag that was hidden in a comment, so that no HTML parser moves it out of a table
_HIDDEN_TAG = re.compile(r"<!--\s*(\{[%#].*?[%#]\})\s*-->", re.DOTALL)
_STRAY = re.compile(r"<(?![a-zA-Z/!?])")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)
_JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


class BrokenMjml(ValueError):  # noqa: N818 - named for what it says
    """The source is not MJML; `line` is where it first goes wrong, as well as can be told."""

    def __init__(self, what: str, line: int) -> None:
        self.line = line
        super().__init__(what)


def check_nesting(source: str) -> None:
    """Raise `BrokenMjml` where a tag of MJML is closed that is not open, or never closed.

    Some compilers pass over this and lose what stands between.
    """
    nesting = _Nesting()
    nesting.feed(_without_jinja(source))
    if nesting.fault:
        raise BrokenMjml("a tag is closed here that is not open", nesting.fault)
    if nesting.unclosed:
        raise BrokenMjml("this tag is never closed", nesting.unclosed)


def compile_mjml(source: str) -> str:
    """`source`, which includes nothing any more, as HTML with its Jinja tags untouched.

    Raises `BrokenMjml`.
    """
    try:
        html = _compile(_REMARK.sub("", source).strip())
    except Exception as error:
        check_nesting(source)
        raise BrokenMjml(str(error), _likely_line(source)) from error
    return _HIDDEN_TAG.sub(r"\1", html)


def _compile(source: str) -> str:
    if (python := getattr(mjml, "mjml_to_html", None)) is not None:
        return str(python(io.StringIO(source)).html)
    # without the last, naming a font such as Roboto makes every mail load it from elsewhere
    return str(mjml.mjml2html(source, fonts={}))


def _likely_line(source: str) -> int:
    """Compilers say what is wrong but not where; mostly it is a stray `<`."""
    blank = _without_jinja(source)
    stray = _STRAY.search(blank)
    return blank.count("\n", 0, stray.start()) + 1 if stray else 1


def _without_jinja(source: str) -> str:
    """`source` with its Jinja tags blanked out, line for line."""
    return _JINJA.sub(lambda tag: re.sub(r"[^\n]", " ", tag.group()), source)


class _Nesting(HTMLParser):
    """Follows `mjml` and `mj-` tags only; what stands inside them may be any HTML."""

    def __init__(self) -> None:
        super().__init__()
        #: the line of the first tag closed out of turn, or 0
        self.fault = 0
        self._open: list[tuple[str, int]] = []

    @property
    def unclosed(self) -> int:
        """The line of the innermost tag never closed, or 0."""
        return self._open[-1][1] if self._open else 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Remember an opening tag."""
        if tag.startswith("mj"):
            self._open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over `<mj-thing/>`."""

    def handle_endtag(self, tag: str) -> None:
        """Match a closing tag with the last one opened."""
        if not tag.startswith("mj") or self.fault:
            return
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        else:
            self.fault = self.getpos()[0]
