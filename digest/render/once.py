"""`{% once card %} … {% endonce %}`: a part of a template that is filled and encoded once for each card.

Whatever stands inside depends on the one named value and nothing else, so what it comes to is kept for
other mails that hold the same value: the very same object, not an equal one. Such a part stands on
lines of its own: a line break is put before and behind it where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final, Protocol

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser

from digest.render.quoted import Fragment

#: names of filters that no template can spell
_PREFIX: Final = "once "
#: of all parts of all templates: a value may be shown by several
_numbers = count(1)


class OnceGenerator(CodeGenerator):
    """Writes templates' code so that a fragment comes out as it is, and not as text."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401
        if _is_once(node):
            self.write("(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401
        if _is_once(node):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


def _is_once(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name.startswith(_PREFIX)


class Remembering(Protocol):
    """A value that remembers what parts of templates made of it, or of others that look like it."""

    #: by the number of the part
    made: dict[int, Fragment]

    def remember(self, number: int, made: Fragment) -> None:
        """Keep it, if there is room."""


class Once(Extension):
    """The tag. What it makes is kept by the values it is made from (`Remembering`)."""

    tags = {"once"}  # noqa: RUF012 - as Jinja declares it
    #: whether anything is kept; else everything is filled anew
    keeps = True

    def parse(self, parser: Parser) -> nodes.Node:
        """See `jinja2.ext.Extension.parse`."""
        line = next(parser.stream).lineno
        value = parser.parse_assign_target(name_only=True)
        body = parser.parse_statements(("name:endonce",), drop_needle=True)
        number = next(_numbers)
        self.environment.filters[f"{_PREFIX}{number}"] = self._filler(number, value.name, body, parser, line)
        shown = nodes.Filter(nodes.Name(value.name, "load"), f"{_PREFIX}{number}", [], [], None, None)
        return nodes.Output([shown]).set_lineno(line, override=True)

    def _filler(
        self, number: int, name: str, body: Sequence[nodes.Node], parser: Parser, line: int
    ) -> Callable[[object], Fragment]:
        """What fills the part for a value."""
        inside = nodes.Template(list(body), lineno=line).set_environment(self.environment)
        others = find_undeclared_variables(inside) - {name} - self.environment.globals.keys()
        if others:
            parser.fail(
                f"inside {{% once {name} %}} only {name} can be used, not {', '.join(sorted(others))}: what "
                "stands there is kept for other mails",
                line,
            )
        code = self.environment.compile(inside, parser.name, parser.filename)
        names = self.environment.make_globals(None)
        template = self.environment.template_class.from_code(self.environment, code, names)

        def make(value: object) -> Fragment:
            context = template.new_context({name: value})
            return Fragment.of(self.environment.concat(template.root_render_func(context)))

        def fill(value: Remembering) -> Fragment:
            made = value.made.get(number)
            if made is None:
                made = make(value)
                value.remember(number, made)
            return made

        def fill_any(value: Any) -> Fragment:  # noqa: ANN401 - whatever a template names
            return fill(value) if self.keeps and hasattr(value, "remember") else make(value)

        return fill_any
