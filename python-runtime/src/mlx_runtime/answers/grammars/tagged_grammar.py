"""The grammar of calls whose arguments come in tags."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..lark.lark_text import lark_text, with_places
from ..lark.text_value import Around, having, text_value
from ..tool_formats.tool_format import PLACEHOLDERS, TaggedLayout
from .parameters import NAME, Parameter
from .tool_parameters import Told

_TYPES = "/number|integer|boolean|object|array|null/"
"""What `{type}` may say of JSON; the value itself says it better."""


def tagged_calls(
    layout: TaggedLayout,
    end: str,
    functions: Sequence[tuple[str, Told]],
    special_tokens: Mapping[str, int],
    *,
    parallel: bool,
) -> list[str]:
    """Rules of which `calls` is the first. `end`: the end marker."""
    several = "(break call)*" if layout.several and parallel else ""
    either = " | ".join(f"call_{place}" for place in range(len(functions)))
    first = "" if layout.inline else "break"
    rules = [
        f"calls: {first} call {several} break {lark_text(end, special_tokens)}",
        f"call: {either}",
        'break: "\\n"?',
    ]
    writer = _Tags(layout, special_tokens)
    for place, (name, told) in enumerate(functions):
        opening = with_places(
            f"{layout.opening}{name}{layout.middle}", special_tokens, PLACEHOLDERS
        )
        closing = f"break {lark_text(layout.closing, special_tokens)}" if layout.closing else ""
        rules.append(f"call_{place}: {opening} arguments_{place} {closing}")
        rules += writer.arguments(place, told)
    return rules


class _Tags:
    def __init__(self, layout: TaggedLayout, special_tokens: Mapping[str, int]) -> None:
        self._layout = layout
        self._special_tokens = special_tokens

    def arguments(self, place: int, told: Told) -> list[str]:
        forms: list[str] = []
        rules: list[str] = []
        if told.parameters is not None:
            arguments = [
                f"(break argument_{place}_{number}){'' if parameter.required else '?'}"
                for number, parameter in enumerate(told.parameters)
            ]
            forms.append(" ".join(arguments) or '""')
            for number, parameter in enumerate(told.parameters):
                rules += self._argument(f"{place}_{number}", parameter)
        elif self._layout.whole is None:
            forms.append(f"(break argument_{place})*")
            rules += self._any_argument(str(place))
        if self._layout.whole is not None:
            before, behind = map(self._text, self._layout.whole)
            forms.append(f"break {before} %json {json.dumps(told.schema)} {behind}")
        return [f"arguments_{place}: {' | '.join(forms)}", *rules]

    def _argument(self, place: str, parameter: Parameter) -> list[str]:
        forms: list[str] = []
        rules: list[str] = []
        if parameter.text is not None:
            rules = self._texts(place, parameter.text)
            _, behind = self._up_to_special(self._layout.behind_value)
            texts = " | ".join(rule.partition(":")[0] for rule in rules)
            forms.append(f"{self._before(parameter, 'string')} ({texts}) {self._text(behind)}")
        if parameter.other is not None:
            value = self._json(parameter.other)
            behind = self._text(self._layout.behind_value)
            forms.append(f"{self._before(parameter, None)} {value} {behind}")
        return [f"argument_{place}: {' | '.join(forms)}", *rules]

    def _any_argument(self, place: str) -> list[str]:
        """Of any name and value."""
        layout = self._layout
        end, behind = self._up_to_special(layout.behind_value)
        before, between = self._text(layout.before_name), self._text(layout.behind_name)
        named = f"{before} /{NAME.pattern}/ {between}"
        return [
            f"argument_{place}: {named} TEXT_{place} {self._text(behind)}",
            f"TEXT_{place}: {text_value({}, Around(end))}",
        ]

    def _before(self, parameter: Parameter, type: str | None) -> str:
        """`type`: None for JSON."""
        layout = self._layout
        text = f"{layout.before_name}{parameter.name}{layout.behind_name}"
        before, _, behind = text.partition("{type}")
        if not layout.is_typed:
            return self._text(text)
        said = _TYPES if type is None else json.dumps(type)
        return f"{self._text(before)} {said} {self._text(behind)}"

    def _texts(self, place: str, schema: dict[str, Any]) -> list[str]:
        end, _ = self._up_to_special(self._layout.behind_value)
        forms = [Around(end)]
        if self._layout.shield is not None:
            opening, closing = self._layout.shield
            bare = (r"\s(.|\n)*", r"(.|\n)*\s", rf"{re.escape(opening)}(.|\n)*")
            shielded = Around(f"{closing}{end}", opening, (having(end), having(closing)))
            forms = [Around(end, unlike=bare), shielded]
        values = [text_value(schema, form) for form in forms]
        found = [value for value in values if value] or [self._bare(schema, end)]
        return [f"TEXT_{place}_{way}: {value}" for way, value in enumerate(found)]

    @staticmethod
    def _bare(schema: dict[str, Any], end: str) -> str:
        """Any text where none that follows the schema can be told from the tags around it."""
        return text_value(schema, Around(end)) or text_value({}, Around(end)) or '""'

    def _json(self, schema: dict[str, Any]) -> str:
        value = f"%json {json.dumps(schema)}"
        if self._layout.shield is None:
            return value
        opening, closing = map(self._text, self._layout.shield)
        return f"({value} | {opening} {value} {closing})"

    def _text(self, text: str) -> str:
        return lark_text(text, self._special_tokens)

    def _up_to_special(self, text: str) -> tuple[str, str]:
        """What of a text is written like any other, and the rest: no text has a special token
        in it."""
        places = [place for token in self._special_tokens if (place := text.find(token)) >= 0]
        place = min(places, default=len(text))
        return text[:place], text[place:]
