"""docs/TOOLS.md shows a call in every format; each of them is let through and read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from mlx_runtime.answers.harmony.messages import HARMONY
from mlx_runtime.answers.tool_formats.generic import GENERIC_TOOLS
from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.tool_grammar import tool_grammar
from mlx_runtime.answers.traits import AnswerTraits

from ..grammars.grammar_walk import Writer
from ..support import cut, read
from .test_native_formats import FAMILIES, native

PAGE = Path(__file__).parents[4] / "docs" / "TOOLS.md"
ROW = re.compile(r"^\| `(\w+)` +\| [^|]+\| `((?:[^`|]|\\\|)+)`", re.MULTILINE)
EXAMPLES = {
    name: example.replace("\\|", "|").replace("⏎", "\n")
    for name, example in ROW.findall(PAGE.read_text("utf-8"))
    if name != "toolFormat"
}
FUNCTION: dict[str, Any] = {
    "name": "f",
    "parameters": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "n": {"type": "integer", "maximum": 5}},
        "required": ["a"],
        "additionalProperties": False,
    },
}
TOOLS: list[dict[str, Any]] = [{"type": "function", "function": FUNCTION}]
OURS = {"generic": GENERIC_TOOLS, "harmony": HARMONY}


@pytest.fixture(scope="module")
def writer(model_directory: Path) -> Writer:
    return Writer(Tokenizer.from_file(str(model_directory / "tokenizer.json")))


def form_of(name: str) -> ToolFormat:
    return OURS.get(name) or native(name)


def test_every_format_is_in_the_table() -> None:
    assert EXAMPLES.keys() == {*(family.split()[0] for family in FAMILIES), *OURS}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_call_in_the_table_is_let_through_and_read(writer: Writer, name: str) -> None:
    form, text = form_of(name), EXAMPLES[name]
    grammar = tool_grammar(form, TOOLS, choice="required", parallel=False, special_tokens={})
    assert writer.lets_through(grammar, text)
    for bad in (text.replace("1", "6"), text.replace("f", "g", 1)):
        assert not writer.lets_through(grammar, bad)

    traits = AnswerTraits(tools=form, harmony=form is HARMONY)
    for held in (True, False):
        for size in (1, 1000):
            answer = read(
                traits,
                cut(text, [size]),
                tools=TOOLS,
                held_to_layout=held,
                # Its answers begin with a header.
                thinking_opened=form is HARMONY,
            )
            assert answer.called == [("f", {"a": "x", "n": 1})]
            assert answer.content == ""
