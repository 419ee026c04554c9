"""The templates by name, filled; MJML is compiled once per version of its template.

Operators' templates run in Jinja's sandbox. HTML, XML and MJML are escaped automatically; text
templates are not, and are only ever given text that passed `digest.text.printable`.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from digest.errors import RenderError
from digest.render.folders import Folders
from digest.render.mjml import BrokenMjml, compile_mjml, compiler

_ESCAPED = (".html.j2", ".xml.j2", ".mjml.j2", ".mjml")
_INCLUDE = re.compile(r"<mj-include\b[^>]*?\bpath\s*=\s*[\"']([^\"']+)")


@dataclass(frozen=True, slots=True)
class _Compiled:
    version: str
    fresh: tuple[Callable[[], bool], ...]
    template: jinja2.Template


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox with a short way to the public fields of our own frozen views."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - the type of Jinja itself
        """A field of `obj`, or what the sandbox says of it."""
        if attribute[:1] != "_" and attribute in getattr(type(obj), "__dataclass_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class Templates:
    """Every template by its name, such as `feed/rss.xml.j2`.

    A file in `override` replaces the default one of the same name; what it does not have comes from
    the default folder. Changed files are noticed. Broken ones raise `RenderError` with file and line.
    """

    def __init__(self, override: Path | None = None) -> None:
        self._folders = Folders(override)
        self._environment = _Sandbox(
            loader=self._folders,
            autoescape=lambda name: name is not None and name.endswith(_ESCAPED),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters["wrapped"] = _wrapped
        self._compiled: dict[str, _Compiled] = {}

    def fill(self, name: str, **values: object) -> str:
        """Template `name` filled with `values`."""
        try:
            return self._environment.get_template(name).render(values)
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            self._refuse(name, error)

    def fill_mjml(self, name: str, **values: object) -> str:
        """MJML template `name` as HTML, filled with `values`."""
        template = self._once_compiled(name)
        try:
            return template.render(values)
        except Exception as fault:
            # compiled HTML has other lines: the same fault raised by the source has the right one
            self.fill(name, **values)
            raise RenderError(f"{name}:1: fails only once compiled: {fault}") from fault

    def compile_filled(self, name: str, **values: object) -> str:
        """The same by filling first and compiling each time: slow, and what tests compare with."""
        return self._compile(name, self.fill(name, **values))

    def _once_compiled(self, name: str) -> jinja2.Template:
        known = self._compiled.get(name)
        if known and all(fresh() for fresh in known.fresh):
            return known.template
        sources = self._with_partials(name)
        version = hashlib.sha256("\0".join([compiler(), *(s for s, _, _ in sources)]).encode()).hexdigest()
        if known and known.version == version:
            template = known.template
        else:
            source, filename, _ = sources[0]
            template = self._compile_once(name, source, filename)
        self._compiled[name] = _Compiled(version, tuple(fresh for _, _, fresh in sources), template)
        return template

    def _compile_once(self, name: str, source: str, filename: str) -> jinja2.Template:
        try:
            self._environment.parse(source, name, filename)
            html = self._compile(name, source)
            code = self._environment.compile(html, name, f"{filename} (compiled)")
        except jinja2.TemplateError as error:
            self._refuse(name, error)
        names = self._environment.make_globals(None)
        return self._environment.template_class.from_code(self._environment, code, names)

    def _compile(self, name: str, source: str) -> str:
        try:
            return compile_mjml(source, lambda path: self._source(_beside(name, path))[0])
        except BrokenMjml as error:
            where = f"{self._source(name)[1]}:{error.line}"
            raise RenderError(f"{where}: this is not MJML that can be compiled: {error}") from error

    def _with_partials(self, name: str) -> list[tuple[str, str, Callable[[], bool]]]:
        """The source of `name` and of everything it includes, each once, in order."""
        found: dict[str, tuple[str, str, Callable[[], bool]]] = {}
        waiting = [name]
        while waiting:
            part = waiting.pop(0)
            if part not in found:
                found[part] = self._source(part)
                waiting += [_beside(name, path) for path in _INCLUDE.findall(found[part][0])]
        return list(found.values())

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            return self._folders.get_source(self._environment, name)
        except jinja2.TemplateError as error:
            self._refuse(name, error)

    def _refuse(self, name: str, error: Exception) -> NoReturn:
        if isinstance(error, RenderError):
            raise error
        if isinstance(error, jinja2.TemplateNotFound):
            what = "this template is nowhere to be found"
            raise RenderError(f"{_place(error, self._folders.opened) or error.name}: {what}") from error
        if isinstance(error, jinja2.TemplateSyntaxError):
            where = f"{error.filename or error.name or name}:{error.lineno}"
        else:
            where = _place(error, self._folders.opened) or f"{name}:1"
        raise RenderError(f"{where}: {error or type(error).__name__}") from error


def _beside(name: str, path: str) -> str:
    """The template that `path` means in `name` or in a partial of it: paths count from `name`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _place(error: BaseException, files: set[str]) -> str | None:
    """`file:line` of the innermost template in the traceback of `error`."""
    where, trace = None, error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename in files:
            where = f"{filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where


@lru_cache(maxsize=4_096)
def _wrapped(text: str, indent: int = 0, width: int = 72) -> str:
    """`text` in lines of at most `width` characters, all indented; words and URLs stay whole."""
    lines: list[str] = []
    line = margin = " " * indent
    for word in text.split():
        if len(line) + len(word) >= width and line != margin:
            lines.append(line)
            line = margin
        line += word if line == margin else f" {word}"
    return "\n".join([*lines, line])
