"""The grammar of answers in harmony that call tools, in llguidance's Lark."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..grammars.tool_parameters import arguments_schema, name_of
from ..lark.lark_text import lark_text
from .messages import CALL, CHANNEL, CONSTRAIN, END, MESSAGE, START


def harmony_grammar(
    tools: Sequence[dict[str, Any]],
    *,
    choice: Literal["auto", "required"],
    special_tokens: Mapping[str, int],
) -> str:
    """A model calls one function and ends, so there is no more than one call."""

    def words(text: str) -> str:
        return lark_text(text, special_tokens)

    either = " | ".join(f"call_{place}" for place in range(len(tools)))
    next_message = words(f"{END}{START}assistant")
    begun = words(CHANNEL)
    rules = [
        "start: (thought | said)* (call | final)" if choice == "auto" else "start: thought* call",
        r"text: /(.|\n)*/",
        f'thought: {begun} "analysis" {words(MESSAGE)} text {next_message}',
        f'said: {begun} "commentary" {words(MESSAGE)} text {next_message}',
        f'final: {begun} "final" form? {words(MESSAGE)} text',
        f'form: " "? {words(CONSTRAIN)} "json" | " json"',
        f"call: ({either}) {words(CALL)}?",
    ]
    for place, tool in enumerate(tools):
        to = json.dumps(f" to=functions.{name_of(tool)}")
        schema = json.dumps(arguments_schema(tool, place))
        rules += [
            f"call_{place}: to_{place} form? {words(MESSAGE)} %json {schema}",
            f'to_{place}: {begun} ("commentary" | "analysis") {to} '
            f'| {to} {begun} ("commentary" | "analysis")',
        ]
    return "\n".join(["%llguidance {}", *rules])
