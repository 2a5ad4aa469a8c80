"""Rows with a grammar beside rows without, sampled on the host and on the device."""

from __future__ import annotations

import json
import re
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from grammar.vocabulary import byte_source, piece_text
from mlx_runtime.grammar import Constraint, GrammarCompiler, Vocabulary
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireGrammar, WireGrammarChoice, WireGrammarJsonSchema, WireSampling

from .models import tiny_model
from .serving import make_generator, random_prompt, serve

SOURCE = byte_source()
(END,) = SOURCE.eos_token_ids
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]{1,6}$"},
        "tags": {"type": "array", "items": {"enum": ["x", "yy"]}, "maxItems": 3},
    },
    "required": ["name", "tags"],
    "additionalProperties": False,
}

on_both_samplers = pytest.mark.parametrize("on_device", [False, True], ids=["host", "device"])


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama", vocab_size=SOURCE.size)


@pytest.fixture(scope="module")
def compiler() -> GrammarCompiler:
    return GrammarCompiler(Vocabulary.of(SOURCE))


def constraint_of(compiler: GrammarCompiler, schema: Any = SCHEMA) -> Constraint:
    return compiler.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))


def warm(seed: int, **options: Any) -> WireSampling:
    settings: dict[str, Any] = {"max_tokens": 100, "temperature": 1, "seed": seed, **options}
    return WireSampling(**settings)


@on_both_samplers
def test_constrained_answers_are_valid_whatever_their_sampling(
    model: Any, compiler: GrammarCompiler, on_device: bool
) -> None:
    settings = [
        warm(1),
        warm(2, temperature=0),
        warm(3, temperature=2, top_p=0.5),
        warm(4, top_k=3, min_p=0.1),
        warm(5, presence_penalty=1, frequency_penalty=2, repetition_penalty=1.5),
        warm(6, logit_bias={str(token): 50 for token in range(5)}),
        warm(7, logprobs=True, top_logprobs=3),
    ]
    requests = [
        Request(str(index), random_prompt(9, index), sampling, constraint_of(compiler))
        for index, sampling in enumerate(settings)
    ]
    generator = make_generator(
        model, eos=[END], vocab_size=SOURCE.size, samples_on_device=on_device
    )
    for served in serve(generator, requests).values():
        answer = json.loads(piece_text(SOURCE, served.tokens))
        assert served.finish.reason == "stop"
        assert re.fullmatch("[a-z]{1,6}", answer["name"])
        assert set(answer["tags"]) <= {"x", "yy"}


@on_both_samplers
def test_plain_rows_answer_as_alone_beside_constrained_ones(
    model: Any, compiler: GrammarCompiler, on_device: bool
) -> None:
    def plain(name: str, seed: int) -> Request:
        return Request(name, random_prompt(9, seed), warm(seed, max_tokens=40, ignore_eos=True))

    def fresh() -> Any:
        return make_generator(model, eos=[END], vocab_size=SOURCE.size, samples_on_device=on_device)

    alone = {name: serve(fresh(), [plain(name, seed)])[name] for seed, name in enumerate("abc")}
    constrained = [
        Request(f"formed {seed}", random_prompt(9, seed), warm(seed), constraint_of(compiler))
        for seed in range(4)
    ]
    together = serve(fresh(), [*constrained, *(plain(n, s) for s, n in enumerate("abc"))])

    for name, served in alone.items():
        assert together[name].tokens == served.tokens


def test_both_samplers_choose_the_same_tokens(model: Any, compiler: GrammarCompiler) -> None:
    answers: list[list[int]] = []
    for on_device in (False, True):
        generator = make_generator(
            model, eos=[END], vocab_size=SOURCE.size, samples_on_device=on_device
        )
        request = Request("a", random_prompt(9, 3), warm(3), constraint_of(compiler))
        answers.append(serve(generator, [request])["a"].tokens)

    assert answers[0] == answers[1]


@on_both_samplers
def test_an_answer_that_is_whole_ends_at_once(
    model: Any, compiler: GrammarCompiler, on_device: bool
) -> None:
    grammar: WireGrammar = WireGrammarChoice(choices=("one",))
    generator = make_generator(
        model, eos=[END], vocab_size=SOURCE.size, samples_on_device=on_device
    )
    exact = warm(1, max_tokens=3)
    request = Request("a", random_prompt(9, 3), exact, compiler.constraint(grammar))
    served = serve(generator, [request])["a"]

    assert piece_text(SOURCE, served.tokens) == "one"
    assert served.finish.reason == "stop"
    assert served.outputs[-1].token is not None


def test_running_out_of_tokens_inside_an_answer_is_its_length(
    model: Any, compiler: GrammarCompiler
) -> None:
    request = Request("a", random_prompt(9, 3), warm(1, max_tokens=4), constraint_of(compiler))
    generator = make_generator(model, eos=[END], vocab_size=SOURCE.size)

    assert serve(generator, [request])["a"].finish.reason == "length"


@on_both_samplers
def test_a_grammar_that_fails_ends_its_own_row_only(
    model: Any, compiler: GrammarCompiler, on_device: bool
) -> None:
    broken = constraint_of(compiler)

    def break_it(step: int) -> None:
        if step == 3:
            broken.advance(END)

    generator = make_generator(
        model, eos=[END], vocab_size=SOURCE.size, samples_on_device=on_device
    )
    requests = [
        Request("broken", random_prompt(9, 1), warm(1), broken),
        Request("plain", random_prompt(9, 2), warm(2, max_tokens=30, ignore_eos=True)),
        Request("formed", random_prompt(9, 3), warm(3), constraint_of(compiler)),
    ]
    served = serve(generator, requests, before_step=break_it)

    failure = served["broken"].finish.failure
    assert failure is not None
    assert (failure.type, failure.code) == ("grammar_failed", -32004)
    assert len(served["plain"].tokens) == 30
    assert served["formed"].finish.reason == "stop"


def test_a_row_whose_possible_tokens_cannot_be_computed_fails_alone(
    compiler: GrammarCompiler,
) -> None:
    class Blind:
        """Gives every token but the first minus infinity."""

        def __init__(self, model: Any) -> None:
            self._model = model
            self.layers = model.layers
            self.active = False

        def __call__(self, inputs: Any, cache: Any) -> Any:
            logits = self._model(inputs, cache=cache)
            hidden = mx.arange(logits.shape[-1]) > 0 if self.active else mx.array(False)
            return mx.where(hidden, -mx.inf, logits)

    model = Blind(tiny_model("llama", vocab_size=SOURCE.size))
    generator = make_generator(model, eos=[END], vocab_size=SOURCE.size)
    model.active = True
    requests = [
        Request("formed", random_prompt(9, 1), warm(1, top_p=0.5), constraint_of(compiler)),
        Request("plain", random_prompt(9, 2), warm(2, max_tokens=5)),
    ]
    served = serve(generator, requests)

    assert served["formed"].finish.reason == "error"
    assert served["plain"].tokens == [0] * 5


def test_top_logprobs_name_only_what_is_possible(model: Any, compiler: GrammarCompiler) -> None:
    grammar = WireGrammarChoice(choices=("yes", "no"))
    sampling = warm(1, logprobs=True, top_logprobs=5)
    generator = make_generator(model, eos=[END], vocab_size=SOURCE.size)
    request = Request("a", random_prompt(9, 1), sampling, compiler.constraint(grammar))
    first = serve(generator, [request])["a"].outputs[0]

    assert len(first.top_logprobs) == 2
    total = sum(float(np.exp(entry.logprob)) for entry in first.top_logprobs)
    assert total == pytest.approx(1, abs=1e-5)
