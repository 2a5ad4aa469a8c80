"""Kimi K3's and MiniCPM5's calls, whose arguments come in tags of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tokenizers import Tokenizer

from mlx_runtime.answers.traits import AnswerTraits

from ..grammars.grammar_walk import writer_of
from ..support import cut, read
from ..tool_formats.test_native_formats import native
from .tagged import Arguments, lets_through, required, tool

KIMI_SPECIAL = ["<|open|>", "<|close|>", "<|sep|>", "<|end_of_msg|>"]
BOUNDED = tool(
    "city",
    "nights",
    city={"type": "string", "minLength": 2, "maxLength": 8},
    nights={"type": "integer", "minimum": 1, "maximum": 30},
    room={"enum": ["single", "<big>"]},
    code={"type": "string", "pattern": "^[A-Z]{2}/[0-9]$"},
    guest={
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 4}},
        "required": ["name"],
        "additionalProperties": False,
    },
    pets={"type": "array", "items": {"enum": ["cat", "dog"]}, "maxItems": 2},
    note={"anyOf": [{"type": "string", "maxLength": 4}, {"type": "null"}]},
)
BOUNDED["function"]["parameters"]["additionalProperties"] = False


def kimi_k3(*pieces: str) -> str:
    """Pieces have single quotes where the model writes double ones."""
    text = "".join(pieces).replace("'", '"').replace("[", "<|").replace("]", "|>")
    return (
        '<|open|>tools<|sep|><|open|>call tool="book" index="1"<|sep|>'
        f"{text}<|close|>call<|sep|><|close|>tools<|sep|>"
    )


def kimi_argument(name: str, kind: str, value: str) -> str:
    return f"[open]argument key='{name}' type='{kind}'[sep]{value}[close]argument[sep]"


def minicpm5(**values: str) -> str:
    inside = "".join(f'<param name="{key}">{value}</param>' for key, value in values.items())
    return f'<function name="book">{inside}</function>'


ROME = (kimi_argument("city", "string", "Rome"), kimi_argument("nights", "integer", "2"))


@pytest.mark.parametrize(
    ("family", "text", "arguments"),
    [
        ("kimi_k3", kimi_k3(*ROME), {"city": "Rome", "nights": 2}),
        (
            "kimi_k3",
            kimi_k3(*ROME, kimi_argument("note", "string", "null")),
            {"city": "Rome", "nights": 2, "note": "null"},
        ),
        (
            "kimi_k3",
            kimi_k3(*ROME, kimi_argument("note", "null", "null")),
            {"city": "Rome", "nights": 2, "note": None},
        ),
        (
            "kimi_k3",
            kimi_k3(
                *ROME,
                kimi_argument("code", "string", "AB/1"),
                kimi_argument("guest", "object", "{'name': 'é'}"),
            ),
            {"city": "Rome", "nights": 2, "code": "AB/1", "guest": {"name": "é"}},
        ),
        (
            "kimi_k3",
            kimi_k3("[open]json type='object'[sep]{'city': 'Rome', 'nights': 2}[close]json[sep]"),
            {"city": "Rome", "nights": 2},
        ),
        ("minicpm5", minicpm5(city="Rome", nights="2"), {"city": "Rome", "nights": 2}),
        (
            "minicpm5",
            minicpm5(city="<![CDATA[ <a> & ]]>", nights="2", room="<![CDATA[<big>]]>"),
            {"city": " <a> & ", "nights": 2, "room": "<big>"},
        ),
        (
            "minicpm5",
            minicpm5(city="Rome", nights="2", guest='<![CDATA[{"name": "<"}]]>', pets='["cat"]'),
            {"city": "Rome", "nights": 2, "guest": {"name": "<"}, "pets": ["cat"]},
        ),
    ],
)
@pytest.mark.parametrize("special", [[], KIMI_SPECIAL])
def test_other_families_arguments_are_read_as_their_own_parsers_do(
    tokenizer: Tokenizer, family: str, text: str, arguments: Arguments, special: list[str]
) -> None:
    writer = writer_of(tokenizer, *special)
    grammar = required(BOUNDED, native(family), **writer.special)

    assert writer.lets_through(grammar, text)
    assert read_both_ways(family, text) == arguments


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("kimi_k3", kimi_k3()),
        ("kimi_k3", kimi_k3(ROME[0])),
        ("kimi_k3", kimi_k3(ROME[0], kimi_argument("nights", "string", "2"))),
        ("kimi_k3", kimi_k3(ROME[0], kimi_argument("nights", "integer", "31"))),
        ("kimi_k3", kimi_k3(kimi_argument("city", "string", "R"), ROME[1])),
        ("kimi_k3", kimi_k3(kimi_argument("city", "object", "{}"), ROME[1])),
        ("kimi_k3", kimi_k3(*ROME, kimi_argument("note", "string", "plain"))),
        ("kimi_k3", kimi_k3(*ROME, kimi_argument("note", "integer", "1"))),
        ("kimi_k3", kimi_k3(*ROME, kimi_argument("view", "string", "sea"))),
        ("kimi_k3", kimi_k3("[open]json type='object'[sep]{'city': 'Rome'}[close]json[sep]")),
        ("minicpm5", minicpm5(city="Rome")),
        ("minicpm5", minicpm5(city="R", nights="2")),
        ("minicpm5", minicpm5(city=" Rome", nights="2")),
        ("minicpm5", minicpm5(city="Rome", nights="31")),
        ("minicpm5", minicpm5(city="Rome", nights="two")),
        ("minicpm5", minicpm5(city="<![CDATA[R]]>", nights="2")),
        ("minicpm5", minicpm5(city="<![CDATA[Rome", nights="2")),
        ("minicpm5", minicpm5(city="Rome", nights="2", room="double")),
        ("minicpm5", minicpm5(city="Rome", nights="2", view="sea")),
        ("minicpm5", minicpm5(city="Rome", nights="2", guest="{}")),
    ],
)
def test_other_families_invalid_arguments_are_not_let_through(
    tokenizer: Tokenizer, family: str, text: str
) -> None:
    for special in ([], KIMI_SPECIAL):
        writer = writer_of(tokenizer, *special)
        assert not writer.lets_through(required(BOUNDED, native(family), **writer.special), text)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("family", ["kimi_k3", "minicpm5"])
def test_whatever_is_written_under_the_grammar_is_read_and_valid(
    tokenizer: Tokenizer, family: str, seed: int
) -> None:
    writer = writer_of(tokenizer, *(KIMI_SPECIAL if seed % 2 else []))
    text = writer.write(required(BOUNDED, native(family), **writer.special), seed)

    arguments = read_both_ways(family, text)

    assert writer.fits(arguments, BOUNDED["function"]["parameters"])


@pytest.mark.parametrize(
    "schema",
    [
        {"patternProperties": {"^a": {"type": "string"}}, "required": ["a"]},
    ],
    ids=json.dumps,
)
def test_kimi_k3_writes_arguments_that_have_no_form_in_tags_as_one_object(
    tokenizer: Tokenizer, schema: Any
) -> None:
    odd = {"type": "function", "function": {"name": "book", "parameters": schema}}
    grammar = required(odd, native("kimi_k3"))

    text = kimi_k3("[open]json type='object'[sep]{'a': 'b@c.de'}[close]json[sep]")
    assert lets_through(tokenizer, grammar, text)
    assert read_both_ways("kimi_k3", text, odd) == {"a": "b@c.de"}
    assert not lets_through(tokenizer, grammar, kimi_k3(kimi_argument("a", "string", "b@c.de")))
    assert not lets_through(tokenizer, grammar, text.replace('"a"', '"b"'))


def read_both_ways(family: str, text: str, tool: dict[str, Any] = BOUNDED) -> Arguments:
    """As it is read while it is written, and by mlx-lm's parser."""
    traits = AnswerTraits(tools=native(family))
    found: list[Arguments] = []
    for held, size in ((True, 1), (True, 1000), (False, 1000)):
        answer = read(traits, cut(text, [size]), tools=[tool], held_to_layout=held)
        assert answer.mismatches == []
        ((_, arguments),) = answer.called
        found.append(arguments)
    streamed, whole, parsed = found
    assert streamed == whole
    if family == "minicpm5":
        # Its parser takes the quotes for part of a string where null is allowed beside it.
        parsed = {**parsed, **({"note": whole["note"]} if "note" in whole else {})}
    assert whole == parsed
    return whole
