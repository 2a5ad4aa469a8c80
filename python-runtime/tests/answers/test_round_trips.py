"""Any JSON value that a schema names comes back equal from a writer that is free to choose.

The writer draws each token from those that are allowed, so that it also writes
escapes and blanks that nobody would. ROUND_TRIP_VALUES says how many values are
tried; the formats of tool calls get one in ten of them each.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from tokenizers import Tokenizer

from mlx_runtime.answers.tool_formats.generic import GENERIC_TOOLS
from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.tool_grammar import tool_grammar
from mlx_runtime.answers.traits import AnswerTraits
from mlx_runtime.grammar import Constraint, Vocabulary
from mlx_runtime.grammar.constraint import bitmask_words
from mlx_runtime.grammar.json_schema import json_notation
from mlx_runtime.grammar.matching import compile_matcher
from mlx_runtime.grammar.sources import grammar_source
from mlx_runtime.grammar.vocabulary import VocabularySource
from mlx_runtime.wire import WireGrammar, WireGrammarJsonSchema, WireGrammarLark

from .support import read
from .tool_formats.test_native_formats import FAMILIES, native

_VALUES = int(os.environ.get("ROUND_TRIP_VALUES", "100"))
_LONGEST = 20_000
"""Tokens of one answer: each byte of a long text may be escaped."""
_NOTATIONS_OF_NAMES = ("function_gemma", "gemma4")
"""Formats in which properties have names without quotes."""
_WITHOUT_FORM = {"minimax_m2": "</parameter>"}
"""What a format has no way to write, in any text of a value."""
_MARKERS = (
    '"',
    "\\",
    "/",
    "\n",
    "\t",
    "\0",
    "</parameter>",
    "<tool_call>",
    "<|im_end|>",
    "😀",
    "ß",
)


Names = Callable[[random.Random], str]


def any_value(draw: random.Random, names: Names, depth: int = 0) -> Any:
    """`names`: of properties."""
    kinds: list[Callable[[], Any]] = [
        lambda: None,
        lambda: draw.random() < 0.5,
        lambda: draw.randint(-(2**63), 2**63 - 1),
        lambda: draw.randint(-100, 100),
        lambda: draw.uniform(-1e6, 1e6),
        lambda: draw.uniform(-1, 1) * 10.0 ** draw.randint(-30, 30),
        lambda: any_text(draw),
        lambda: any_text(draw),
    ]
    if depth < 12:
        # Deep values have one member, wide ones are flat.
        size = draw.choice((0, 1, 1, 2, 3)) if depth < 3 else draw.choice((0, 1, 1))
        kinds += [
            lambda: [any_value(draw, names, depth + 1) for _ in range(size)],
            lambda: {names(draw): any_value(draw, names, depth + 1) for _ in range(size)},
        ] * 2
    return draw.choice(kinds)()


def any_text(draw: random.Random) -> str:
    length = draw.choice((0, 1, 3, 8, 8, 60))
    return "".join(any_character(draw) for _ in range(length))


def plain_name(draw: random.Random) -> str:
    return "".join(draw.choice("abz_") for _ in range(6))


def any_character(draw: random.Random) -> str:
    match draw.randrange(4):
        case 0:
            return draw.choice(_MARKERS)
        case 1:
            return chr(draw.randrange(0x80))
        case 2:
            return chr(draw.choice((draw.randrange(0xD800), draw.randrange(0xE000, 0x10000))))
        case _:
            return chr(draw.randrange(0x10000, 0x110000))


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in cast("list[Any]", value):
                yield from texts_in(each)
        case dict():
            for name, each in cast("dict[str, Any]", value).items():
                yield from (name, *texts_in(each))
        case _:
            pass


def spelt(value: Any) -> Any:
    """The same for equal values, and for no others: `True` is not 1, and 1.0 is."""
    match value:
        case bool() | None | str():
            return (type(value).__name__, value)
        case int() | float():
            return ("number", value)
        case list():
            return tuple(map(spelt, cast("list[Any]", value)))
        case _:
            members = cast("dict[str, Any]", value).items()
            return frozenset((name, spelt(each)) for name, each in members)


class Writer:
    def __init__(self, directory: Path) -> None:
        definition = (directory / "tokenizer.json").read_text(encoding="utf-8")
        self._tokenizer = Tokenizer.from_str(definition)
        end = self._tokenizer.token_to_id("<|im_end|>") or 0
        size = self._tokenizer.get_vocab_size()
        self._vocabulary = Vocabulary.of(VocabularySource(definition, size, (end,)))
        self._size = size

    def has_tokens_for(self, value: Any) -> bool:
        """Not every byte is a token of a small vocabulary, and not every text can be escaped."""
        text = "".join(texts_in(value))
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return self._tokenizer.decode(ids, skip_special_tokens=False) == text

    def write(self, grammar: WireGrammar, seed: int) -> str:
        """A whole answer of tokens drawn from those that are allowed."""
        draw = random.Random(seed)
        source = grammar_source(grammar, json_notation(escapes=True), strict=False).source
        matcher, fault = compile_matcher(self._vocabulary.tokens, source)
        assert fault is None, fault
        vocabulary = self._vocabulary
        ends = vocabulary.source.eos_token_ids
        constraint = Constraint(matcher, special=vocabulary.special, ends=ends)
        written: list[int] = []
        while not constraint.may_end:
            assert len(written) < _LONGEST
            words = np.zeros(bitmask_words(self._size), dtype=np.uint32)
            constraint.write_mask(words)
            bits = np.unpackbits(words.view(np.uint8), bitorder="little")
            written.append(int(draw.choice(np.flatnonzero(bits))))
            constraint.advance(written[-1])
            assert constraint.fault is None, constraint.fault
        return self._tokenizer.decode(written, skip_special_tokens=False)


pytestmark = pytest.mark.timeout(120 + _VALUES)


@pytest.fixture(scope="module")
def writer(model_directory: Path) -> Writer:
    return Writer(model_directory)


def test_any_value_comes_back_from_its_own_schema(writer: Writer) -> None:
    for seed in range(_VALUES):
        value = any_value(random.Random(seed), any_text)
        grammar = WireGrammarJsonSchema(schema=json.dumps({"const": value}))
        assert spelt(json.loads(writer.write(grammar, seed))) == spelt(value), seed


@pytest.mark.parametrize("family", ["generic", *FAMILIES])
def test_any_value_comes_back_as_the_argument_of_a_call(writer: Writer, family: str) -> None:
    form = GENERIC_TOOLS if family == "generic" else native(family)
    names = plain_name if family in _NOTATIONS_OF_NAMES else any_text
    for seed in range(_VALUES // 10):
        value = any_value(random.Random(seed), names)
        unwritable = re.search(_WITHOUT_FORM.get(family, "(?!)"), "".join(texts_in(value)))
        if writer.has_tokens_for(value) and not unwritable:
            assert spelt(argument_of_call(writer, form, value, seed)) == spelt(value), seed


def argument_of_call(writer: Writer, form: ToolFormat, value: Any, seed: int) -> Any:
    parameters = {
        "type": "object",
        "properties": {"value": {"const": value}},
        "required": ["value"],
        "additionalProperties": False,
    }
    tools = [{"type": "function", "function": {"name": "keep", "parameters": parameters}}]
    grammar = tool_grammar(form, tools, choice="required", parallel=False, special_tokens={})
    assert grammar is not None
    text = writer.write(WireGrammarLark(grammar=grammar), seed)
    answer = read(AnswerTraits(tools=form), [text], tools=tools, held_to_layout=True)
    [(name, arguments)] = answer.called
    assert name == "keep"
    return arguments["value"]
