"""The grammar of calls whose arguments come in a notation of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..lark.lark_text import lark_text
from ..tool_formats.notation import NoForm
from ..tool_formats.tool_format import WrittenLayout
from .tool_parameters import arguments_schema, name_of
from .written_values import ValueRules


def written_calls(
    layout: WrittenLayout,
    end: str,
    tools: Sequence[dict[str, Any]],
    special_tokens: Mapping[str, int],
    *,
    parallel: bool,
) -> Sequence[str] | None:
    """Rules of which `calls` is the first; None where a function's arguments have no form.
    `end`: the end marker."""

    def words(*parts: str) -> str:
        return lark_text("".join(parts), special_tokens)

    several = layout.joint is not None and parallel
    more = f"({layout.joint} call)*" if several else ""
    either = " | ".join(f"call_{place}" for place in range(len(tools)))
    rules = [
        f"calls: {words(layout.head)} call {more} {words(layout.tail, end)}",
        f"call: {either}",
    ]
    values = ValueRules(layout.notation, special_tokens, "value")
    for place, tool in enumerate(tools):
        schema = arguments_schema(tool, place)
        name = name_of(tool)
        try:
            arguments = values.arguments(schema)
        except (NoForm, RecursionError):
            return None
        if not layout.notation.is_name(name):
            return None
        opening = words(layout.opening, name, layout.middle)
        rules.append(f"call_{place}: {opening} {arguments} {words(layout.closing)}")
    return [*rules, *values.rules]
