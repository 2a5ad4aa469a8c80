"""What the functions of a request take, as far as a layout can tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from ...errors import invalid_param
from ...grammar.faults import InvalidGrammar
from ...grammar.json_schema import json_notation, json_schema_grammar
from ...grammar.schema.simplify import simplified
from ..tool_formats.tool_format import TaggedLayout
from .parameters import Parameter, parameters_of


@dataclass(frozen=True, slots=True)
class Told:
    schema: dict[str, Any]
    """Of all arguments together."""
    parameters: Sequence[Parameter] | None
    """None: they cannot be told one by one, and no value is held to its schema."""

    @property
    def texts(self) -> frozenset[str] | None:
        """Those whose values are strings without quotes; None: it is not known."""
        if self.parameters is None:
            return None
        return frozenset(each.name for each in self.parameters if each.is_text)


def told_one_by_one(layout: TaggedLayout, tools: Sequence[dict[str, Any]]) -> Mapping[str, Told]:
    """By function."""
    found: dict[str, Told] = {}
    for place, tool in enumerate(tools):
        schema = arguments_schema(tool, place)
        found[name_of(tool)] = Told(schema, parameters_of(schema, typed=layout.is_typed))
    return found


def name_of(tool: dict[str, Any]) -> str:
    return tool["function"]["name"]


_NONE: dict[str, Any] = {"properties": {}, "additionalProperties": False}
_ANY: dict[str, Any] = {"type": "object"}
_OPEN = frozenset({"additionalProperties", "patternProperties", "propertyNames", "$ref"}) | {
    "allOf",
    "anyOf",
    "oneOf",
    "unevaluatedProperties",
    "if",
    "dependentSchemas",
    "dependencies",
    "required",
    "minProperties",
}
"""Keywords by which an object may have properties that it does not name."""


def arguments_schema(tool: dict[str, Any], place: int) -> dict[str, Any]:
    """The JSON Schema of a function's arguments, which are an object.

    A tool that is strict is refused where its schema cannot be held, with
    RpcError; of any other, what cannot be held is left to whoever reads the call.
    """
    function: dict[str, Any] = tool["function"]
    declared: Any = function.get("parameters")
    schema = _NONE if declared is None else declared
    fault = _fault(schema, strict=function.get("strict") is True)
    if fault is not None:
        raise invalid_param(
            f"prompt.tools.{place}.parameters", f"The tool '{function['name']}': {fault}"
        )
    return {**_object(schema), "type": "object"}


def _fault(schema: Any, *, strict: bool) -> str | None:
    if not strict:
        return None
    if not isinstance(schema, dict):
        return "its parameters must be a JSON Schema object"
    keywords = cast("dict[str, Any]", schema)
    if keywords.get("type", "object") != "object":
        return "arguments are an object"
    text = msgspec.json.encode(keywords).decode()
    try:
        json_schema_grammar(text, json_notation(escapes=True), strict=True)
    except InvalidGrammar as refused:
        return refused.message
    return None


def _object(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return _ANY
    keywords = cast("dict[str, Any]", schema)
    try:
        made = simplified(keywords)
    except RecursionError:
        return _ANY
    types = made.get("type", "object")
    if types != "object" and "object" not in (types if isinstance(types, list) else ()):
        return _ANY
    # Nothing is named and nothing says that there is more: there are no arguments.
    if made.get("properties") == {} and not made.keys() & _OPEN:
        return {**made, "additionalProperties": False}
    return made
