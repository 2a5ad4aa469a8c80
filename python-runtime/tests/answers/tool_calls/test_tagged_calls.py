"""Calls whose arguments come in tags: what the grammar lets through, and what is read of it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer
from tokenizers import AddedToken, Tokenizer

from mlx_runtime.answers.tool_formats.tool_format import ToolFormat
from mlx_runtime.answers.tool_grammar import tool_grammar
from mlx_runtime.answers.traits import AnswerTraits

from ..grammars.grammar_walk import writer_of
from ..support import cut, read
from ..tool_formats.test_native_formats import native

Arguments = dict[str, Any]


def tool(*required: str, definitions: Any = None, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    if definitions is not None:
        parameters["$defs"] = definitions
    return {"type": "function", "function": {"name": "book", "parameters": parameters}}


BOOK = tool(
    "city",
    "nights",
    city={"type": "string", "minLength": 2, "maxLength": 8},
    nights={"type": "integer", "minimum": 1, "maximum": 30},
    room={"enum": ["single", "double"]},
    code={"type": "string", "pattern": "^[A-Z]{2}/[0-9]$"},
    guest={"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    note={"anyOf": [{"type": "string"}, {"type": "null"}]},
)


def written(**values: str) -> str:
    """As Qwen's coders write it."""
    inside = "".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in values.items())
    return f"<tool_call>\n<function=book>\n{inside}</function>\n</tool_call>"


@pytest.fixture(scope="module")
def tokenizer(model_directory: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model_directory / "tokenizer.json"))


def lets_through(tokenizer: Tokenizer, grammar: str | None, text: str) -> bool:
    assert grammar is not None
    matcher = LLMatcher(_tokens_of(tokenizer), grammar)
    assert not matcher.is_error(), matcher.get_error()
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


@lru_cache(maxsize=4)
def _tokens_of(tokenizer: Tokenizer) -> LLTokenizer:
    return LLTokenizer(tokenizer.to_str(), n_vocab=tokenizer.get_vocab_size())


def required(tool: dict[str, Any], form: ToolFormat | None = None, **special: int) -> str | None:
    return tool_grammar(
        form or native("qwen3_coder"),
        [tool],
        choice="required",
        parallel=False,
        special_tokens=special,
    )


def arguments_of(text: str, tool: dict[str, Any], size: int) -> Arguments:
    traits = AnswerTraits(tools=native("qwen3_coder"))
    answer = read(traits, cut(text, [size]), tools=[tool], held_to_layout=True)
    assert answer.mismatches == []
    ((_, arguments),) = answer.called
    return arguments


GOOD: list[tuple[dict[str, str], Arguments]] = [
    ({"city": "Rome", "nights": "2"}, {"city": "Rome", "nights": 2}),
    (
        {"city": "12", "nights": "2", "room": "double", "code": "AB/1", "note": "null"},
        {"city": "12", "nights": 2, "room": "double", "code": "AB/1", "note": None},
    ),
    (
        {"city": 'a "\n<b>', "nights": "30", "guest": '{"name": "\\n</parameter>"}', "note": '"x"'},
        {"city": 'a "\n<b>', "nights": 30, "guest": {"name": "\n</parameter>"}, "note": "x"},
    ),
]


@pytest.mark.parametrize(("values", "arguments"), GOOD)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_valid_arguments_are_let_through_and_read_as_what_they_are(
    tokenizer: Tokenizer, values: dict[str, str], arguments: Arguments, size: int
) -> None:
    text = written(**values)

    assert lets_through(tokenizer, required(BOOK), text)
    assert arguments_of(text, BOOK, size) == arguments


@pytest.mark.parametrize(
    "values",
    [
        {"nights": "2"},
        {"city": "Rome"},
        {"nights": "2", "city": "Rome"},
        {"city": "R", "nights": "2"},
        {"city": "Rome is far", "nights": "2"},
        {"city": "Rome", "nights": "31"},
        {"city": "Rome", "nights": "two"},
        {"city": "Rome", "nights": "2", "room": "triple"},
        {"city": "Rome", "nights": "2", "code": "AB1"},
        {"city": "Rome", "nights": "2", "guest": "{}"},
        {"city": "Rome", "nights": "2", "note": "plain"},
        {"city": "Rome", "nights": "2", "view": "sea"},
        {"city": "Rome", "nights": "2", "code": "AB/1\n</parameter>\n<parameter=room>\nany"},
    ],
)
def test_invalid_arguments_are_not_let_through(
    tokenizer: Tokenizer, values: dict[str, str]
) -> None:
    assert not lets_through(tokenizer, required(BOOK), written(**values))


def test_a_reference_is_written_as_what_it_refers_to(tokenizer: Tokenizer) -> None:
    definitions = {"mood": {"enum": ["glad", "sad"]}, "more": {"type": "array", "items": {}}}
    moody = tool(
        "mood",
        "list",
        definitions=definitions,
        mood={"$ref": "#/$defs/mood"},
        list={"type": "array", "items": {"$ref": "#/$defs/mood"}},
    )
    text = written(mood="glad", list='["sad"]')

    assert lets_through(tokenizer, required(moody), text)
    assert not lets_through(tokenizer, required(moody), written(mood="glad", list='["mad"]'))
    assert arguments_of(text, moody, 3) == {"mood": "glad", "list": ["sad"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a>b": {"type": "string"}}, "required": ["a>b"]},
        {"type": "object", "properties": {"a": {"items": {"$ref": "#"}}}},
        {"type": "object", "patternProperties": {"^a": {"type": "string"}}},
    ],
    ids=json.dumps,
)
def test_what_has_no_form_in_tags_is_held_to_the_layout_and_the_rest_to_its_schema(
    tokenizer: Tokenizer, schema: Any
) -> None:
    odd = {"type": "function", "function": {"name": "look", "parameters": schema}}
    grammar = tool_grammar(
        native("qwen3_coder"), [odd, BOOK], choice="required", parallel=False, special_tokens={}
    )

    text = written(a="anything").replace("book", "look")
    assert lets_through(tokenizer, grammar, text)
    assert not lets_through(tokenizer, grammar, text.replace("look", "cook"))
    assert not lets_through(tokenizer, grammar, text.replace("</function>", ""))
    assert not lets_through(tokenizer, grammar, written(city="Rome", nights="99"))
    assert lets_through(tokenizer, grammar, written(city="Rome", nights="9"))


def test_values_that_no_grammar_held_are_read_by_their_schema() -> None:
    properties = {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"$ref": "#"}}
    odd = tool(**properties)
    text = written(a="12", b="12", c="[1]")

    assert arguments_of(text, odd, 7) == {"a": "12", "b": 12, "c": [1]}


def test_tags_may_be_tokens_that_no_text_has(tokenizer: Tokenizer) -> None:
    names = ["<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>"]
    names.append("</arg_value>")
    own = Tokenizer.from_str(tokenizer.to_str())
    own.add_special_tokens([AddedToken(name, special=True) for name in names])
    special = {name: own.token_to_id(name) or 0 for name in names}
    nights = tool("nights", nights={"type": "integer"}, city={"type": "string", "maxLength": 5})
    grammar = required(nights, native("glm47"), **special)

    def call(nights: str, city: str) -> str:
        pairs = {"nights": nights, "city": city}.items()
        inside = "".join(
            f"<arg_key>{key}</arg_key><arg_value>{value}</arg_value>" for key, value in pairs
        )
        return f"<tool_call>book{inside}</tool_call>"

    assert lets_through(own, grammar, call("2", "Rome"))
    assert not lets_through(own, grammar, call("2", "Florence"))
    assert not lets_through(own, grammar, call("x", "Rome"))


def test_a_family_s_line_breaks_between_name_and_value_are_those_of_its_template() -> None:
    from mlx_runtime.answers.tool_formats.native import native_tool_format

    broken = native_tool_format("<arg_key>{{ k }}</arg_key>\n<arg_value>", set(), None)
    assert broken is not None
    text = "<tool_call>book\n<arg_key>city</arg_key>\n<arg_value>Rome</arg_value>\n</tool_call>"
    one = tool(city={"type": "string"})

    answer = read(AnswerTraits(tools=broken), cut(text, [2]), tools=[one], held_to_layout=True)

    assert answer.called == [("book", {"city": "Rome"})]


def test_a_function_without_parameters_is_called_with_an_empty_object(
    tokenizer: Tokenizer,
) -> None:
    bare = {"type": "function", "function": {"name": "book"}}

    assert lets_through(tokenizer, required(bare), written())
    assert arguments_of(written(), bare, 4) == {}


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
