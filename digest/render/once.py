"""`{% once card %} … {% endonce %}`: a part of a template that is filled and encoded once for each card.

Whatever stands inside depends on the one named value and nothing else, so what it comes to is kept for
other mails that show the same. `{% once head = card.head %}` gives a part of it a name, and keeps that by
itself: cards that differ may have it in common. Such parts stand on lines of their own: a line break is
put before and behind them where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser

from digest.render.cards import Card, Shown
from digest.render.quoted import Fragment, fragment

#: names of filters that no template can spell
_PREFIX: Final = "once "
#: what remembers the parts that were made of it
_KEEPING: Final = (Card, Shown)
#: of all parts of all templates: a value may be shown by several
_numbers = count(1)


class OnceGenerator(CodeGenerator):
    """Writes templates' code so that a fragment comes out as it is, and not as text."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - Jinja's own
        if _is_once(node):
            self.write("(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401 - Jinja's own
        if _is_once(node):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


def _is_once(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name.startswith(_PREFIX)


class Once(Extension):
    """The tag. What it makes of cards, lines and their parts is kept by them (`render.cards.Shown`)."""

    tags = {"once"}  # noqa: RUF012 - as Jinja declares it
    #: is told of what is kept beside a value, in bytes; where it is `None` everything is filled anew
    grew: Callable[[Shown, int], None] | None = None

    def parse(self, parser: Parser) -> nodes.Node:
        """See `jinja2.ext.Extension.parse`."""
        line = next(parser.stream).lineno
        target = parser.parse_assign_target(name_only=True)
        named = parser.stream.skip_if("assign")
        value = parser.parse_expression() if named else nodes.Name(target.name, "load")
        body = parser.parse_statements(("name:endonce",), drop_needle=True)
        number = next(_numbers)
        self.environment.filters[f"{_PREFIX}{number}"] = self._filler(number, target.name, body, parser, line)
        shown = nodes.Filter(value, f"{_PREFIX}{number}", [], [], None, None)
        return nodes.Output([shown]).set_lineno(line, override=True)

    def _filler(
        self, number: int, name: str, body: Sequence[nodes.Node], parser: Parser, line: int
    ) -> Callable[[object], Fragment]:
        """What fills the part for a value."""
        inside = nodes.Template(list(body), lineno=line)
        inside.set_environment(self.environment)
        others = find_undeclared_variables(inside) - {name} - self.environment.globals.keys()
        if others:
            parser.fail(
                f"inside {{% once {name} %}} only {name} can be used, not {', '.join(sorted(others))}: what "
                "stands there is kept for other mails",
                line,
            )
        code = self.environment.compile(inside, parser.name, parser.filename)
        template = self.environment.template_class.from_code(self.environment, code, {})
        names = dict(self.environment.globals)

        def make(value: object) -> Fragment:
            context = template.new_context({**names, name: value}, shared=True)
            return fragment(template.root_render_func(context))

        def fill(value: object) -> Fragment:
            if self.grew is None or not isinstance(value, _KEEPING):
                return make(value)
            look = value.look
            made = look.made.get(number)
            if made is None:
                made = look.made[number] = make(value)
                self.grew(look, made.own)
            return made

        return fill
