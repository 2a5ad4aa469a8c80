"""Conversations with tools, and what models make of them."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

from .client import Frame, Sidecar, TokenStream
from .tiny_model import write_tiny_model

UNIT = {"type": "string", "enum": ["celsius", "fahrenheit"]}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "enum": ["Paris", "Rome"]},
                "days": {"type": "integer", "minimum": 1, "maximum": 9},
                "unit": UNIT,
            },
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
    },
}
PING = {"type": "function", "function": {"name": "ping"}}


def chat(*tools: Frame, content: str = "How is the weather in Paris?") -> Frame:
    messages = [{"role": "user", "content": content}]
    return {"type": "chat", "messages": messages, **({"tools": list(tools)} if tools else {})}


def calls_of(stream: TokenStream) -> list[tuple[str, Any]]:
    calls: list[list[str]] = []
    for row in stream.rows:
        call = row.get("toolCall")
        if call is None:
            continue
        if "name" in call:
            assert call["index"] == len(calls)
            assert call["id"]
            calls.append([call["name"], ""])
        calls[call["index"]][1] += call["arguments"]
    return [(name, json.loads(text)) for name, text in calls]


def reasoning_of(stream: TokenStream) -> str:
    return "".join(row.get("reasoning", "") for row in stream.rows)


def assert_valid(call: tuple[str, Any]) -> None:
    name, arguments = call
    if name == "ping":
        assert arguments == {}
        return
    assert name == "get_weather"
    assert {"city", "unit"} <= arguments.keys() <= {"city", "days", "unit"}
    assert arguments["city"] in ("Paris", "Rome")
    assert arguments["unit"] in UNIT["enum"]
    assert 1 <= arguments.get("days", 1) <= 9


def serving(directory: Path, tokenizer_of: Path, template: str) -> Generator[Sidecar]:
    """A random model with that chat template, loaded."""
    write_tiny_model(directory, tokenizer_of)
    (directory / "chat_template.jinja").write_text(template)
    with Sidecar() as process:
        process.initialize()
        process.capabilities = process.load(directory)["capabilities"]
        yield process
