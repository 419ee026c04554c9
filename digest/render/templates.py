"""The templates by name, filled; MJML is compiled once, whoever gets the mail.

Operators' templates run in Jinja's sandbox. HTML, XML and MJML are escaped automatically; text
templates are not, and are only ever given text that passed `digest.text.printable`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from digest.errors import RenderError
from digest.render.cards import Cards
from digest.render.folders import Folders
from digest.render.mjml import BrokenMjml, check_nesting, compile_mjml
from digest.render.once import Once, OnceGenerator
from digest.render.quoted import Pieces, Quoted, encoded, joined

_ESCAPED = (".html.j2", ".xml.j2", ".mjml.j2", ".mjml")
_T = TypeVar("_T")
_INCLUDE = re.compile(r"<mj-include\s+path=[\"']([^\"']+)[\"']\s*(?:/>|>\s*</mj-include>)")


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    filename: str


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox with a short way to the public fields of our own frozen views, and with `once`."""

    code_generator_class = OnceGenerator
    concat = staticmethod(joined)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - the type of Jinja itself
        """A field of `obj`, or what the sandbox says of it."""
        if attribute in _FIELDS[type(obj)]:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class _Fields(dict[type[Any], Collection[str]]):
    """By class what templates may ask of our own views: looked at once and asked for all the time."""

    def __missing__(self, kind: type[Any]) -> Collection[str]:
        named: Collection[str] = getattr(kind, "FIELDS", ()) or getattr(kind, "__dataclass_fields__", ())
        self[kind] = found = frozenset(name for name in named if not name.startswith("_"))
        return found


_FIELDS: Final = _Fields()


class Templates:
    """Every template by its name, such as `feed/rss.xml.j2`.

    A file in `override` replaces the default one of the same name; what it does not have comes from
    the default folder. Each file is read once, so that one object makes all of a run's mails alike.
    Broken ones raise `RenderError` with file and line. What stands inside `{% once %}` is kept for
    the next mails unless `keep` says otherwise, which changes nothing but the time it takes.
    """

    def __init__(self, override: Path | None = None, *, keep: bool = True) -> None:
        self._folders = Folders(override)
        self._environment = _Sandbox(
            loader=self._folders,
            autoescape=lambda name: name is not None and name.endswith(_ESCAPED),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        once = Once(self._environment)
        #: what it makes of cards is kept with them
        self.cards = Cards()
        once.grew = self.cards.grew if keep else None
        self._environment.extensions[Once.identifier] = once
        self._environment.filters["wrapped"] = _wrapped
        self._compiled: dict[str, jinja2.Template] = {}

    def fill(self, name: str, **values: object) -> str:
        """Template `name` filled with `values`."""
        try:
            return self._made(self._environment.get_template(name), values, joined)
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            self._refuse(name, error)

    def written(self, name: str, **values: object) -> Quoted:
        """The same, encoded for a mail."""
        try:
            return self._made(self._environment.get_template(name), values, encoded)
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            self._refuse(name, error)

    def fill_mjml(self, name: str, **values: object) -> str:
        """MJML template `name` as HTML, filled with `values`."""
        template = self._once_compiled(name)
        try:
            return self._made(template, values, joined)
        except Exception as fault:  # noqa: BLE001 - as above
            self._refuse_compiled(name, fault, values)

    def written_mjml(self, name: str, **values: object) -> Quoted:
        """The same, encoded for a mail."""
        template = self._once_compiled(name)
        try:
            return self._made(template, values, encoded)
        except Exception as fault:  # noqa: BLE001 - as above
            self._refuse_compiled(name, fault, values)

    def _made(
        self, template: jinja2.Template, values: Mapping[str, object], made_of: Callable[[Pieces], _T]
    ) -> _T:
        """What is made of the pieces of a filled template."""
        try:
            # shared: so that all names are not copied again
            context = template.new_context({**self._environment.globals, **values}, shared=True)
            return made_of(template.root_render_func(context))
        except Exception:  # noqa: BLE001 - a template can raise anything
            self._environment.handle_exception()

    def compile_filled(self, name: str, **values: object) -> str:
        """The same by filling first and compiling each time: slow, and what tests compare with."""
        return self._compile(name, self.fill(name, **values))

    def _once_compiled(self, name: str) -> jinja2.Template:
        if name not in self._compiled:
            parts: dict[str, _Source] = {}
            source = self._expanded(name, name, parts, ())
            self._compiled[name] = self._adopt(name, source, parts)
        return self._compiled[name]

    def _expanded(self, name: str, part: str, parts: dict[str, _Source], around: tuple[str, ...]) -> str:
        """The source of `part` with its partials in their places; `parts` gathers all that were read.

        Done here, so that no compiler ever opens a file: some would open any.
        """
        if part in around:
            raise RenderError(f"{parts[part].filename}:1: this template includes itself")
        parts[part] = found = self._source(part)
        try:
            check_nesting(found.text)
        except BrokenMjml as error:
            raise RenderError(f"{found.filename}:{error.line}: {error}") from error
        inside = (*around, part)
        return _INCLUDE.sub(
            lambda tag: self._expanded(name, _beside(name, tag.group(1)), parts, inside), found.text
        )

    def _adopt(self, name: str, source: str, parts: Mapping[str, _Source]) -> jinja2.Template:
        try:
            html = self._compile(name, source)
            code = self._environment.compile(html, name, f"{parts[name].filename} (compiled)")
        except (jinja2.TemplateError, RenderError) as error:
            for part, found in parts.items():  # compiled HTML has other lines: the source has the right one
                self._check_syntax(part, found)
            self._refuse(name, error)
        names = self._environment.make_globals(None)
        return self._environment.template_class.from_code(self._environment, code, names)

    def _check_syntax(self, part: str, found: _Source) -> None:
        try:
            self._environment.parse(found.text, part, found.filename)
        except jinja2.TemplateError as error:
            self._refuse(part, error)

    def _compile(self, name: str, source: str) -> str:
        try:
            return compile_mjml(source)
        except BrokenMjml as error:
            where = f"{self._source(name).filename}:{error.line}"
            raise RenderError(f"{where}: this is not MJML that can be compiled: {error}") from error

    def _source(self, name: str) -> _Source:
        try:
            return _Source(*self._folders.get_source(self._environment, name)[:2])
        except jinja2.TemplateError as error:
            self._refuse(name, error)

    def _refuse_compiled(self, name: str, fault: Exception, values: Mapping[str, object]) -> NoReturn:
        # compiled HTML has other lines: the same fault raised by the source has the right one
        self.fill(name, **values)
        raise RenderError(f"{name}:1: fails only once compiled: {fault}") from fault

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


@lru_cache(maxsize=256)
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
