"""Reads scripted answers through a splitter, in pieces of any size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlx_runtime.answers.make_splitter import CallRules, make_splitter
from mlx_runtime.answers.parts import CallDelta, Content, Mismatch, Part, Reasoning
from mlx_runtime.answers.traits import AnswerTraits


@dataclass
class Call:
    name: str
    id: str
    text: str = ""

    @property
    def arguments(self) -> Any:
        return json.loads(self.text)


@dataclass
class Answer:
    """The parts of an answer, put together as a client would."""

    content: str = ""
    reasoning: str = ""
    calls: list[Call] = field(default_factory=list[Call])
    mismatches: list[Mismatch] = field(default_factory=list[Mismatch])

    def add(self, parts: Iterable[Part]) -> None:
        for part in parts:
            match part:
                case Content():
                    self.content += part.text
                case Reasoning():
                    self.reasoning += part.text
                case Mismatch():
                    self.content += part.text
                    self.mismatches.append(part)
                case CallDelta():
                    if part.name is not None:
                        assert part.index == len(self.calls)
                        assert part.id
                        self.calls.append(Call(part.name, part.id))
                    self.calls[part.index].text += part.arguments

    @property
    def called(self) -> list[tuple[str, Any]]:
        return [(call.name, call.arguments) for call in self.calls]


def tool(name: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TOOLS = [
    tool("get_weather", city={"type": "string"}, days={"type": "integer"}),
    tool("get_time", zone={"type": "string"}),
]


def cut(text: str, sizes: Sequence[int]) -> list[str]:
    """Pieces of the given sizes, taken in turn."""
    pieces: list[str] = []
    position = index = 0
    while position < len(text):
        size = sizes[index % len(sizes)]
        pieces.append(text[position : position + size])
        position, index = position + size, index + 1
    return pieces


def read(
    traits: AnswerTraits,
    pieces: Iterable[str],
    *,
    tools: Sequence[dict[str, Any]] | None = None,
    held_to_layout: bool = False,
    parallel: bool = True,
    thinking_opened: bool = False,
    was_cut: bool = False,
) -> Answer:
    rules = None if tools is None else CallRules(tools, parallel, held_to_layout)
    splitter = make_splitter(traits, rules, thinking_opened=thinking_opened)
    assert splitter is not None
    answer = Answer()
    for piece in pieces:
        answer.add(splitter.push(piece))
    answer.add(splitter.flush(cut=was_cut))
    return answer
