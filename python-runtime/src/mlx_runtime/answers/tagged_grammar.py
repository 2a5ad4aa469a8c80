"""The grammar of calls whose arguments come in tags."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from .lark_text import lark_text
from .parameters import Parameter
from .text_value import text_value
from .tool_format import TaggedLayout


def tagged_calls(
    layout: TaggedLayout,
    end: str,
    functions: Sequence[tuple[str, Sequence[Parameter]]],
    special_tokens: Mapping[str, int],
    *,
    parallel: bool,
) -> list[str]:
    """Rules of which `calls` is the first. `end`: the end marker."""
    several = "(break call)*" if layout.several and parallel else ""
    either = " | ".join(f"call_{place}" for place in range(len(functions)))
    rules = [
        f"calls: break call {several} break {lark_text(end, special_tokens)}",
        f"call: {either}",
        'break: "\\n"?',
    ]
    for place, (name, parameters) in enumerate(functions):
        opening = lark_text(f"{layout.opening}{name}{layout.middle}", special_tokens)
        arguments = [
            f"(break argument_{place}_{number}){'' if parameter.required else '?'}"
            for number, parameter in enumerate(parameters)
        ]
        closing = f"break {lark_text(layout.closing, special_tokens)}" if layout.closing else ""
        rules.append(f"call_{place}: {opening} {' '.join(arguments)} {closing}")
        for number, parameter in enumerate(parameters):
            rules += _argument(layout, f"{place}_{number}", parameter, special_tokens)
    return rules


def _argument(
    layout: TaggedLayout, place: str, parameter: Parameter, special_tokens: Mapping[str, int]
) -> list[str]:
    before = lark_text(f"{layout.before_name}{parameter.name}{layout.behind_name}", special_tokens)
    if not parameter.is_text:
        behind = lark_text(layout.behind_value, special_tokens)
        return [f"argument_{place}: {before} %json {json.dumps(parameter.schema)} {behind}"]
    end, behind = _up_to_special(layout.behind_value, special_tokens)
    return [
        f"argument_{place}: {before} TEXT_{place} {lark_text(behind, special_tokens)}",
        f"TEXT_{place}: {text_value(parameter.schema, end)}",
    ]


def _up_to_special(text: str, special_tokens: Mapping[str, int]) -> tuple[str, str]:
    """What of a text is written like any other, and the rest: no text has a special token in it."""
    places = [place for token in special_tokens if (place := text.find(token)) >= 0]
    place = min(places, default=len(text))
    return text[:place], text[place:]
