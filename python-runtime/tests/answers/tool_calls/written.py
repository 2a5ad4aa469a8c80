"""Calls of a function `book`, as models write them in notations of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast


def as_gemma4(value: Any) -> str:
    match value:
        case str():
            return f'<|"|>{value}<|"|>'
        case list():
            return f"[{','.join(map(as_gemma4, cast('list[Any]', value)))}]"
        case dict():
            members = cast("dict[str, Any]", value).items()
            return f"{{{','.join(f'{key}:{as_gemma4(part)}' for key, part in members)}}}"
        case _:
            return json.dumps(value)


def as_function_gemma(value: Any) -> str:
    return as_gemma4(value).replace('<|"|>', "<escape>")


def in_gemma(arguments: dict[str, Any], write: Callable[[Any], str]) -> str:
    return ",".join(f"{key}:{write(value)}" for key, value in arguments.items())


def in_python(arguments: dict[str, Any], write: Callable[[Any], str]) -> str:
    inside = ", ".join(f"{key}={write(value)}" for key, value in arguments.items())
    return f"<|tool_call_start|>[book({inside})]<|tool_call_end|>"


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


WRITERS: dict[str, list[Callable[[dict[str, Any]], str]]] = {
    "gemma4": [
        lambda arguments: f"<|tool_call>call:book{{{in_gemma(arguments, as_gemma4)}}}<tool_call|>"
    ],
    "function_gemma": [
        lambda arguments: (
            f"<start_function_call>call:book{{{in_gemma(arguments, as_function_gemma)}}}"
            "<end_function_call>"
        )
    ],
    # Python's own way, and with values as templates render them.
    "pythonic": [
        lambda arguments: in_python(arguments, repr),
        lambda arguments: in_python(arguments, as_json),
    ],
}
