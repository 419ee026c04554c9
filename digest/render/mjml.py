"""MJML in, HTML out: the only place that knows which compiler is used.

Two packages share the import name `mjml`. `mjml-python` (Rust) offers `mjml2html`, the pure-Python
`mjml` offers `mjml_to_html`; whichever is installed is used.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib import metadata

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


def compiler() -> str:
    """Name and version of the compiler, such as `mjml-python 1.4.2`: part of every cache key."""
    name = "mjml-python" if hasattr(mjml, "mjml2html") else "mjml"
    return f"{name} {metadata.version(name)}"


def compile_mjml(source: str, include: Callable[[str], str]) -> str:
    """`source` as HTML, Jinja tags untouched; `include` returns the text of an `mj-include` path.

    Raises `BrokenMjml`.
    """
    blank = _JINJA.sub(lambda tag: re.sub(r"[^\n]", " ", tag.group()), source)
    nesting = _Nesting()
    nesting.feed(blank)
    if nesting.fault:
        # some compilers pass over this and lose what stands between
        raise BrokenMjml("a tag is closed here that is not open", nesting.fault)
    try:
        html = _compile(_REMARK.sub("", source).strip(), include)
    except Exception as error:
        stray = _STRAY.search(blank)
        line = blank.count("\n", 0, stray.start()) + 1 if stray else nesting.unclosed
        raise BrokenMjml(str(error), line) from error
    return _HIDDEN_TAG.sub(r"\1", html)


def _compile(source: str, include: Callable[[str], str]) -> str:
    if (rust := getattr(mjml, "mjml2html", None)) is not None:
        # without this, naming a font such as Roboto makes every mail load it from elsewhere
        return str(rust(source, include_loader=include, fonts={}))
    return str(mjml.mjml_to_html(io.StringIO(source)).html)  # type: ignore[attr-defined]


class _Nesting(HTMLParser):
    """Follows `mjml` and `mj-` tags only; what stands inside them may be any HTML."""

    def __init__(self) -> None:
        super().__init__()
        #: the line of the first tag closed out of turn, or 0
        self.fault = 0
        self._open: list[tuple[str, int]] = []

    @property
    def unclosed(self) -> int:
        """The line of the innermost tag never closed, or 1."""
        return self._open[-1][1] if self._open else 1

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
