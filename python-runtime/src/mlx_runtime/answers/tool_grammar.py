"""The grammar of answers that call tools, in llguidance's Lark.

With `auto` it is lazy: text is free until a call begins; from there on the
call has to be one of a declared function, its arguments valid for the
function's JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal, cast

from ..errors import invalid_param
from ..grammar.faults import InvalidGrammar
from ..grammar.json_schema import JSON_OPTIONS
from ..grammar.keywords import make_obeyed
from .lark_text import lark_text
from .parameters import Parameter, parameters_of
from .tagged_grammar import tagged_calls
from .tool_format import FreeLayout, JsonLayout, TaggedLayout, ToolFormat

ToolChoice = Literal["auto", "required"]

_ANYTHING = r"/(.|\n)*/"


def tool_grammar(
    form: ToolFormat,
    tools: Sequence[dict[str, Any]],
    *,
    choice: ToolChoice,
    parallel: bool,
    special_tokens: Mapping[str, int],
) -> str | None:
    """None: these calls can only be parsed. `tools` are in OpenAI's shape;
    `special_tokens` are those that no text is tokenised to."""
    functions = told_one_by_one(form.layout, tools)
    free = form.layout.free if isinstance(form.layout, TaggedLayout) else form.layout
    if choice == "auto" and functions is None and isinstance(free, FreeLayout):
        return None
    words = _Words(special_tokens)
    rules = [_start(choice, parallel=parallel, special=form.start in special_tokens)]
    rules += [f"text: {_ANYTHING}", f"begin: {words.text(form.start)}"]
    rules.append(f"led[lazy]: {_ANYTHING} {words.text(form.start)}")
    if functions is not None and isinstance(form.layout, TaggedLayout):
        named = [(_name(tool), functions[_name(tool)]) for tool in tools]
        rules += tagged_calls(form.layout, form.end, named, special_tokens, parallel=parallel)
    elif isinstance(free, JsonLayout):
        rules += _json_calls(form, free, tools, words, parallel=parallel)
    else:
        rules += _free_calls(form, free, tools, words)
    return "\n".join(["%llguidance {}", *rules])


class _Words:
    def __init__(self, special_tokens: Mapping[str, int]) -> None:
        self._special_tokens = special_tokens

    def text(self, *parts: str) -> str:
        return lark_text("".join(parts), self._special_tokens)

    def is_special(self, text: str) -> bool:
        return text in self._special_tokens


def _start(choice: ToolChoice, *, parallel: bool, special: bool) -> str:
    """Between calls there may be line breaks, which trained models write."""
    if choice == "required":
        return "start: begin calls" + (r" (/\n*/ begin calls)*" if parallel else "")
    led = "text begin calls" if special else "led calls"
    return f"start: ({led})* text" if parallel else f"start: text | {led}"


def _json_calls(
    form: ToolFormat,
    layout: JsonLayout,
    tools: Sequence[dict[str, Any]],
    words: _Words,
    *,
    parallel: bool,
) -> list[str]:
    several = layout.joint is not None and parallel
    more = f"({words.text(layout.joint or '')} call)*" if several else ""
    rules = [
        f"calls: {words.text(layout.head)} call {more} {words.text(layout.tail, form.end)}",
        f"call: {_either('call', tools)}",
    ]
    # The number in the middle of a call is as good as any other.
    before, numbered, after = layout.middle.partition("{index}")
    for place, tool in enumerate(tools):
        opening = words.text(layout.opening, _name(tool), before)
        number = f"/[0-9]+/ {words.text(after)}" if numbered else ""
        schema = json.dumps(arguments_schema(tool, place))
        rules.append(
            f"call_{place}: {opening} {number} %json {schema} {words.text(layout.closing)}"
        )
    return rules


def _free_calls(
    form: ToolFormat, layout: FreeLayout, tools: Sequence[dict[str, Any]], words: _Words
) -> list[str]:
    """Holds a call to a declared name; the rest is the model's own affair."""
    rules = [f"calls: {_either('call', tools)}"]
    for place, tool in enumerate(tools):
        opening = words.text(layout.opening, _name(tool), layout.middle)
        rules.append(f"call_{place}: {opening} rest")
    if words.is_special(form.end):
        rules.append(f"rest: text {words.text(form.end)}")
    else:
        rules.append(f"rest[lazy]: {_ANYTHING} {words.text(layout.closing, form.end)}")
    return rules


def told_one_by_one(
    layout: object, tools: Sequence[dict[str, Any]]
) -> Mapping[str, Sequence[Parameter]] | None:
    """The parameters of each function; None where one of them cannot be written in tags."""
    if not isinstance(layout, TaggedLayout):
        return None
    found: dict[str, Sequence[Parameter]] = {}
    for place, tool in enumerate(tools):
        parameters = parameters_of(arguments_schema(tool, place))
        if parameters is None:
            return None
        found[_name(tool)] = parameters
    return found


def _either(rule: str, tools: Sequence[object]) -> str:
    return " | ".join(f"{rule}_{place}" for place in range(len(tools)))


def _name(tool: dict[str, Any]) -> str:
    return tool["function"]["name"]


def arguments_schema(tool: dict[str, Any], place: int) -> dict[str, Any]:
    """The JSON Schema of a function's arguments, which are an object; raises RpcError."""
    declared: Any = tool["function"].get("parameters")
    if declared is None:
        declared = {"properties": {}, "additionalProperties": False}
    if not isinstance(declared, dict):
        raise invalid_param(f"prompt.tools.{place}.parameters", "Must be a JSON Schema object")
    schema = _obeyed(cast("dict[str, Any]", declared), place)
    if schema.get("type", "object") != "object":
        raise invalid_param(f"prompt.tools.{place}.parameters.type", "Arguments are an object")
    return {**schema, "type": "object", "x-guidance": JSON_OPTIONS}


def _obeyed(declared: dict[str, Any], place: int) -> dict[str, Any]:
    try:
        schema = deepcopy(declared)
        make_obeyed(schema)
    except InvalidGrammar as refused:
        raise invalid_param(f"prompt.tools.{place}.parameters", refused.message) from refused
    except RecursionError as error:
        message = "The schema is nested too deeply"
        raise invalid_param(f"prompt.tools.{place}.parameters", message) from error
    return schema
