"""A Jinja environment for templates that come with a model and are not trusted.

On top of Jinja's immutable sandbox: processor time, output and intermediate
texts are capped. Time is checked on every turn of a loop and every call, so
no thread or process is needed to stop a template. What is left to a hostile
template is bounded by its process, which serves that one model only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sized
from contextvars import ContextVar
from typing import Any, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import loopcontrols
from jinja2.filters import do_format, do_indent
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .template_helpers import FILTERS, GLOBALS, GenerationBlock

SECONDS = 1.0
"""Processor time that one rendering may take."""
MAX_CHARACTERS = 16 * 1024 * 1024
"""Longest output, and longest text that an expression may build on the way."""
MAX_INTEGER_BITS = 4096
_PADDING_METHODS = frozenset({"center", "expandtabs", "ljust", "rjust", "zfill"})
_WIDTH = re.compile(r"[^%a-zA-Z]*(\d{5}|\*)")
_BRACE_WIDTH = re.compile(r"\{[^{}]*:[^{}]*(\d{5}|\{)")
_BRACE_IN_KEY = re.compile(r"\{([^{}\[]|\[[^\]{}]*\])*\[[^\]{}]*[{}]")
"""It ends no field for `str.format`, and what is behind it could be a width."""

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


class TemplateLimitExceeded(SecurityError):
    """The template took too long or built too much text."""


def check_time() -> None:
    if time.thread_time() > _deadline.get():
        raise TemplateLimitExceeded(f"The chat template ran for more than {SECONDS:g} s")


def check_length(length: int) -> None:
    if length > MAX_CHARACTERS:
        raise TemplateLimitExceeded(
            f"The chat template built a text of more than {MAX_CHARACTERS} characters"
        )


def _each(iterable: Iterable[Any]) -> Iterator[Any]:
    for item in iterable:
        check_time()
        yield item


def _join(parts: list[Any]) -> str:
    texts = [str(part) for part in parts]
    check_length(sum(map(len, texts)))
    return "".join(texts)


def _indent(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    """Jinja's own, of a bounded length."""
    text = str(text)
    added = width if isinstance(width, int) else len(width)
    check_length(len(text) + added * (len(text.splitlines()) + 1))
    return do_indent(text, width, first, blank)


def _format(text: str, *values: Any, **named: Any) -> str:
    """Jinja's own, which pads within bounds."""
    _check_padding(str(text))
    return do_format(text, *values, **named)


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            # Constant folding would run expressions before any limit applies.
            optimized=False,
            extensions=[GenerationBlock, loopcontrols],
        )
        filters = cast("dict[str, Any]", self.filters)
        filters.update(FILTERS, _each=_each, _join=_join, indent=_indent, format=_format)
        for unbounded in ("center", "wordwrap", "xmlattr", "urlize"):
            filters.pop(unbounded)
        self.globals.update(GLOBALS)

    def compile_limited(self, source: str) -> Any:
        """Compiles a template whose loops and `~` go through the limits."""
        tree = self.parse(source)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = _filtered(loop.iter, "_each")
        for concatenation in list(tree.find_all(nodes.Concat)):
            parts = nodes.List(concatenation.nodes, lineno=concatenation.lineno)
            concatenation.nodes = [_filtered(parts, "_join")]
        return self.template_class.from_code(self, self.compile(tree), self.make_globals(None))

    def render_limited(self, template: Any, variables: dict[str, Any]) -> str:
        """Raises TemplateLimitExceeded, and whatever the template raises."""
        token = _deadline.set(time.thread_time() + SECONDS)
        try:
            pieces: list[str] = []
            length = 0
            for piece in template.generate(variables):
                check_time()
                length += len(piece)
                check_length(length)
                pieces.append(piece)
            return "".join(pieces)
        finally:
            _deadline.reset(token)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        check_time()
        return super().call(context, obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str) and attr in _PADDING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:
        text = getattr(value, "__self__", None)
        if isinstance(text, str) and (_BRACE_WIDTH.search(text) or _BRACE_IN_KEY.search(text)):
            raise TemplateLimitExceeded("The chat template pads a text without bound")
        return super().wrap_str_format(value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        check_time()
        _check_operands(operator, left, right)
        return super().call_binop(context, operator, left, right)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(cast(nodes.Expr, node), name, [], [], None, None, lineno=node.lineno)


def _check_operands(operator: str, left: Any, right: Any) -> None:
    if operator == "%":
        if isinstance(left, str):
            _check_padding(left)
        return
    if isinstance(left, int) and isinstance(right, int):
        _check_integers(operator, left, right)
    elif operator == "+":
        check_length(_length(left) + _length(right))
    elif operator == "*":
        times = left if isinstance(left, int) else right
        check_length(max(_length(left), _length(right)) * (times if isinstance(times, int) else 1))


def _check_padding(form: str) -> None:
    """Of a text with `%`."""
    place = 0
    while (place := form.find("%", place)) >= 0:
        place = _behind_key(form, place + 1)
        if _WIDTH.match(form, place):
            raise TemplateLimitExceeded("The chat template pads a text without bound")


def _behind_key(form: str, place: int) -> int:
    """Where a conversion goes on behind the name of its value, if it has one."""
    if not form.startswith("(", place):
        return place
    depth = 0
    for end in range(place, len(form)):
        depth += (form[end] == "(") - (form[end] == ")")
        if depth == 0:
            return end + 1
    return len(form)


def _check_integers(operator: str, left: int, right: int) -> None:
    bits = {
        "+": max(left.bit_length(), right.bit_length()),
        "*": left.bit_length() + right.bit_length(),
        "**": left.bit_length() * abs(right),
    }[operator]
    if bits > MAX_INTEGER_BITS:
        raise TemplateLimitExceeded("The chat template computes with huge numbers")


def _length(value: Any) -> int:
    return len(cast(Sized, value)) if isinstance(value, (str, bytes, list, tuple)) else 0
