"""What the functions of a request take, as far as a layout can tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

from ...errors import invalid_param
from ...grammar.faults import InvalidGrammar
from ...grammar.json_schema import JSON_OPTIONS
from ...grammar.keywords import make_obeyed
from ..tool_formats.tool_format import TaggedLayout
from .parameters import Parameter, parameters_of


@dataclass(frozen=True, slots=True)
class Told:
    schema: dict[str, Any]
    """Of all arguments together."""
    parameters: Sequence[Parameter] | None
    """None: they cannot be told one by one."""


def told_one_by_one(layout: object, tools: Sequence[dict[str, Any]]) -> Mapping[str, Told] | None:
    """By function; None where one of them cannot be written in tags."""
    if not isinstance(layout, TaggedLayout):
        return None
    found: dict[str, Told] = {}
    for place, tool in enumerate(tools):
        schema = arguments_schema(tool, place)
        parameters = parameters_of(schema, typed=layout.is_typed)
        if parameters is None and layout.whole is None:
            return None
        found[name_of(tool)] = Told(schema, parameters)
    return found


def name_of(tool: dict[str, Any]) -> str:
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
