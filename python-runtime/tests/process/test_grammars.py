"""Structured output, from a real process. A model without sense chooses among what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from .client import Frame, RpcFailed, Sidecar, text

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "mood": {"enum": ["glad", "sad"]},
    },
    "required": ["name", "age", "mood"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> Generator[Sidecar]:
    with Sidecar() as process:
        process.initialize()
        process.load(tiny_model)
        yield process


def json_schema(schema: Any) -> Frame:
    return {"type": "json_schema", "schema": json.dumps(schema)}


@pytest.mark.model
def test_the_default_model_answers_in_the_form_of_a_schema(sidecar: Sidecar) -> None:
    question = "Describe a person as JSON."
    stream = sidecar.generate("person", question, grammar=json_schema(PERSON), maxTokens=120)

    finish = stream.finish()
    person = json.loads(stream.text)

    assert finish["reason"] == "stop"
    assert list(person) == ["name", "age", "mood"]
    assert person["mood"] in ("glad", "sad")
    assert 0 <= person["age"] <= 120
    assert finish["usage"]["completionTokens"] == len(stream.tokens)


@pytest.mark.parametrize(
    ("grammar", "pattern"),
    [
        ({"type": "regex", "pattern": r"[A-Z][a-z]{2,8}-\d{3}"}, r"[A-Z][a-z]{2,8}-\d{3}"),
        (
            {"type": "choice", "choices": ['say "hi"\n', "Grüße 🥐", "\\d"]},
            r"say \"hi\"\n|Grüße 🥐|\\d",
        ),
        ({"type": "lark", "grammar": 'start: "a" ("b" | "c")+ "."'}, r"a[bc]+\."),
    ],
    ids=["regex", "choice", "lark"],
)
def test_every_kind_of_grammar_is_followed(tiny: Sidecar, grammar: Frame, pattern: str) -> None:
    stream = tiny.generate(
        f"kind-{grammar['type']}", "Go on.", grammar=grammar, temperature=1, seed=1, maxTokens=200
    )

    assert stream.finish()["reason"] == "stop"
    assert re.fullmatch(pattern, stream.text)


def test_stop_tokens_that_the_model_does_not_have_never_come(tiny: Sidecar) -> None:
    grammar = {"type": "choice", "choices": ["yes", "no"]}
    stream = tiny.generate("beyond", "Well?", grammar=grammar, stopTokenIds=[2_000_000_000])

    assert stream.finish()["reason"] == "stop"
    assert stream.text in ("yes", "no")


def test_an_object_cut_by_its_token_limit_says_so(tiny: Sidecar) -> None:
    stream = tiny.generate("cut", "A person?", grammar=json_schema(PERSON), maxTokens=3)

    assert stream.finish()["reason"] == "length"
    assert len(stream.tokens) == 3


def test_a_resumed_row_goes_on_inside_its_object(tiny: Sidecar) -> None:
    options: dict[str, Any] = {
        "grammar": json_schema(PERSON),
        "temperature": 1,
        "seed": 11,
        "maxTokens": 120,
    }
    whole = tiny.generate("whole", "A person?", **options)
    usage = whole.finish()["usage"]
    begun = whole.tokens[:6]
    rest = tiny.generate("rest", "A person?", resumeTokens=begun, **options)
    rest.finish()
    ended = tiny.generate("ended", "A person?", resumeTokens=whole.tokens, **options)
    finish = ended.finish()

    assert begun + rest.tokens == whole.tokens
    assert finish["reason"] == "stop"
    assert ended.tokens == []
    for count in ("promptTokens", "completionTokens"):
        assert finish["usage"][count] == usage[count]


def test_resumed_tokens_that_break_the_grammar_are_refused(tiny: Sidecar) -> None:
    with pytest.raises(RpcFailed) as refused:
        tiny.generate("broken", "A?", resumeTokens=[5, 6], grammar=json_schema(PERSON))

    assert refused.value.data["type"] == "invalid_grammar"


def test_log_probabilities_are_those_of_the_tokens_that_are_possible(tiny: Sidecar) -> None:
    stream = tiny.generate(
        "chosen",
        "Yes or no?",
        grammar={"type": "choice", "choices": ["yes", "no"]},
        logprobs=True,
        topLogprobs=5,
    )
    stream.finish()
    first = stream.rows[0]["logprobs"][0]

    assert 1 <= len(first["top"]) <= 5
    assert {entry["text"] for entry in first["top"]} <= {"y", "ye", "yes", "n", "no"}
    assert first["top"][0]["logprob"] == first["logprob"]


def test_penalties_and_bias_shape_what_the_grammar_leaves_open(tiny: Sidecar) -> None:
    answer = {"type": "choice", "choices": ["yes", "no"]}
    tokens = [
        tiny.request("tokenize", prompt={**text(word), "addSpecialTokens": False})["tokens"][0]
        for word in ("yes", "no")
    ]
    for favoured, other, word in ((*tokens, "yes"), (*reversed(tokens), "no")):
        stream = tiny.generate(
            f"biased-{word}",
            "Yes or no?",
            grammar=answer,
            logitBias={str(favoured): 90, str(other): -90, "40": 100},
            frequencyPenalty=1,
            temperature=1,
        )
        stream.finish()
        assert stream.text == word


HOSTILE: dict[str, Frame] = {
    "not a schema": {"type": "json_schema", "schema": '{"type": "wat"}'},
    "not JSON": {"type": "json_schema", "schema": "{"},
    "unsatisfiable": json_schema({"type": "integer", "minimum": 3, "maximum": 2}),
    "never": json_schema(False),
    "bad regex": {"type": "regex", "pattern": "(a"},
    "bad lark": {"type": "lark", "grammar": "start: %%"},
    "no start": {"type": "lark", "grammar": 'begin: "a"'},
    "endless work": json_schema({"type": "integer", "multipleOf": 999_983}),
    "product": json_schema(
        {
            "allOf": [
                {
                    "anyOf": [
                        {"properties": {f"{a}{b}": {"type": "integer"}}, "required": [f"{a}{b}"]}
                        for b in "abcd"
                    ]
                }
                for a in "stuvwx"
            ]
        }
    ),
    "nested text": {"type": "json_schema", "schema": '{"items":' * 9000 + "{}" + "}" * 9000},
    "temperature": {"type": "lark", "grammar": 'start[temperature=0.5]: "a"'},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_grammar_is_refused_and_the_next_one_served(tiny: Sidecar, name: str) -> None:
    with pytest.raises(RpcFailed) as refused:
        tiny.generate(f"bad {name}", "Hi.", grammar=HOSTILE[name])
    after = tiny.generate(f"after {name}", "Hi.", grammar={"type": "choice", "choices": ["ok"]})

    assert refused.value.code == -32004
    assert refused.value.data == {"type": "invalid_grammar", "param": "grammar"}
    assert len(refused.value.message) < 400
    assert after.finish()["reason"] == "stop"
    assert after.text == "ok"


def test_a_chain_of_9000_references_is_followed(tiny: Sidecar) -> None:
    links = {f"a{n}": {"$ref": f"#/$defs/a{n + 1}"} for n in range(9000)}
    schema = {"$defs": {**links, "a9000": {"const": "end"}}, "$ref": "#/$defs/a0"}
    stream = tiny.generate("chain", "Hi.", grammar=json_schema(schema))

    assert stream.finish()["reason"] == "stop"
    assert stream.text == '"end"'


def test_a_stream_goes_on_and_says_the_same_while_a_grammar_is_tried(tiny: Sidecar) -> None:
    options: dict[str, Any] = {"maxTokens": 250, "temperature": 1, "seed": 5, "ignoreEos": True}
    alone = tiny.generate("undisturbed", "Go on.", **options)
    alone.finish()
    beside = tiny.generate("disturbed", "Go on.", **options)
    beside.next()
    with pytest.raises(RpcFailed, match="too large or too complex"):
        # New to the compiler, which remembers what it refused.
        tiny.generate("endless", "Hi.", grammar=json_schema({"multipleOf": 999_979}))
    written_meanwhile = beside.waiting
    beside.finish()

    assert written_meanwhile > 0
    assert beside.tokens == alone.tokens


def test_a_grammar_and_ignoring_the_end_contradict_each_other(tiny: Sidecar) -> None:
    with pytest.raises(RpcFailed) as refused:
        tiny.generate("both", "Hi.", grammar=json_schema(PERSON), ignoreEos=True)

    assert refused.value.data["param"] == "sampling.ignoreEos"
