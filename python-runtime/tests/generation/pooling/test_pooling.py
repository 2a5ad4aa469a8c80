"""Texts that are read and not continued, against numpy over mlx-lm's own passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.generation import Generator, Refused, generator_for
from mlx_runtime.generation.pooling.scoring import Scoring
from mlx_runtime.pooling import EmbeddingTraits, EmbedTexts, RerankTexts, ScoreTexts
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

from ..models import CONFIGURATIONS, VOCABULARY, tiny_model
from ..serving import NO_CACHE, greedy, make_generator, random_prompt, serve
from .support import TEXTS, assert_close, begin, hidden_states, read


@pytest.mark.parametrize("family", CONFIGURATIONS)
def test_vectors_of_a_batch_are_those_of_the_texts_alone(family: str) -> None:
    model = tiny_model(family)
    generator = make_generator(model)

    means = read(generator, EmbedTexts(TEXTS, "mean", normalize=False)).vectors
    lasts = read(generator, EmbedTexts(TEXTS, "last", normalize=False)).vectors

    for text, mean, last in zip(TEXTS, means, lasts, strict=True):
        states = hidden_states(model, text)
        assert_close(mean, states.mean(axis=0), tolerance=2e-3)
        assert_close(last, states[-1], tolerance=2e-3)


def test_a_text_that_is_read_in_pieces_has_the_same_vector(llama: Any) -> None:
    """Beside a running row the pieces are small."""
    generator = make_generator(llama)
    text = random_prompt(900, 3)
    generator.submit(Request("row", random_prompt(4, 9), greedy(200)))
    for _ in range(3):
        generator.step()
    before = generator.stats().counters.decode_steps
    outcome = begin(generator, EmbedTexts([text], "mean", normalize=False))

    serve(generator)

    assert generator.stats().counters.decode_steps - before > 3
    states = hidden_states(llama, text)
    assert_close(outcome.result.vectors[0], states.mean(axis=0))


def test_vectors_are_shortened_and_then_scaled_to_length_one(
    llama: Any, generator: Generator
) -> None:
    (vector,) = read(generator, EmbedTexts(TEXTS[:1], "last", dimensions=10)).vectors

    expected = hidden_states(llama, TEXTS[0])[-1][:10]
    assert_close(vector, expected / np.linalg.norm(expected))


def test_more_dimensions_than_there_are_is_refused(generator: Generator) -> None:
    with pytest.raises(RpcError) as refused:
        begin(generator, EmbedTexts(TEXTS, dimensions=65))

    assert refused.value.param == "dimensions"
    assert "64" in refused.value.message


def test_the_model_s_own_pooling_is_used_when_none_is_asked_for(llama: Any) -> None:
    own = generator_for(
        llama,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=2048,
        batching=NO_CACHE,
        embedding=EmbeddingTraits("last"),
    )

    assert read(own, EmbedTexts(TEXTS[:1])).pooling == "last"
    assert read(make_generator(llama), EmbedTexts(TEXTS[:1])).pooling == "mean"


def test_a_model_that_must_not_embed_says_why(llama: Any) -> None:
    generator = generator_for(
        llama,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=2048,
        batching=NO_CACHE,
        embedding=EmbeddingTraits(refusal="it reads both ways"),
    )

    with pytest.raises(RpcError, match="it reads both ways"):
        begin(generator, EmbedTexts(TEXTS))
    assert generator.pooler.embedding_size is None


def test_a_model_without_an_inner_module_says_so() -> None:
    class Headless:
        """Gives logits and hides what they come from."""

        def __init__(self, model: Any) -> None:
            self.layers = model.layers
            self._hidden = model

        def __call__(self, inputs: Any, cache: Any) -> Any:
            return self._hidden(inputs, cache=cache)

    generator = make_generator(Headless(tiny_model("llama")))

    with pytest.raises(RpcError, match="no module that ends before the head"):
        begin(generator, EmbedTexts(TEXTS))


def test_a_model_that_cannot_batch_reads_one_text_after_the_other(llama: Any) -> None:
    generator = make_generator(llama)
    generator.pooler._passes._most_rows = 1

    vectors = read(generator, EmbedTexts(TEXTS, "last", normalize=False)).vectors

    for text, vector in zip(TEXTS, vectors, strict=True):
        assert_close(vector, hidden_states(llama, text)[-1])


def test_rows_beside_texts_say_the_same_as_alone(llama: Any) -> None:
    requests = [Request(f"row-{n}", random_prompt(20 + n, n), greedy(40)) for n in range(3)]
    alone = serve(make_generator(llama), requests)
    generator = make_generator(llama)
    long_texts = [random_prompt(150, seed) for seed in range(12)]
    tasks = [EmbedTexts(long_texts), ScoreTexts(long_texts), RerankTexts(long_texts, yes=1, no=2)]
    outcomes = [
        begin(generator, task, stream_id=f"texts-{index}") for index, task in enumerate(tasks)
    ]

    together = serve(generator, requests)

    assert {name: row.tokens for name, row in together.items()} == {
        name: row.tokens for name, row in alone.items()
    }
    assert all(outcome.result is not None for outcome in outcomes)


def test_a_cancelled_task_ends_within_a_pass(generator: Generator) -> None:
    outcome = begin(generator, ScoreTexts([random_prompt(1500, 1)] * 20), stream_id="long")
    generator.step()

    generator.pooler.cancel("long")
    generator.pooler.cancel("unknown")

    assert outcome.failure is not None
    generator.step()
    assert not generator.has_work()


def test_jobs_of_the_same_kind_share_passes(generator: Generator) -> None:
    outcomes = [
        begin(generator, EmbedTexts([random_prompt(8, seed)]), f"texts-{seed}") for seed in range(6)
    ]
    steps = 0
    while generator.has_work():
        generator.step()
        steps += 1

    assert all(outcome.result is not None for outcome in outcomes)
    assert steps <= 4


def test_numbers_that_are_not_finite_fail_their_task_alone(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Scoring.start

    def start_broken(*given: Any) -> list[Any]:
        return [output * float("nan") for output in start(*given)]

    monkeypatch.setattr(Scoring, "start", start_broken)
    good = begin(generator, EmbedTexts(TEXTS[:1]), "good")
    broken = begin(generator, ScoreTexts(TEXTS[:1]), "broken")

    serve(generator)

    assert broken.failure is not None
    assert broken.failure.type == "non_finite_logits"
    assert good.result is not None


@pytest.mark.parametrize("moment", ["start", "finish"])
def test_a_model_that_raises_fails_its_task_alone(
    generator: Generator, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def explode(*_: object) -> None:
        raise ValueError("no such layer")

    monkeypatch.setattr(Scoring, moment, explode)
    broken = begin(generator, ScoreTexts(TEXTS[:1]))

    served = serve(generator, [Request("row", random_prompt(4, 9), greedy(5))])

    assert broken.failure is not None
    assert "no such layer" in broken.failure.message
    assert len(served["row"].tokens) == 5


def test_more_tasks_than_may_wait_are_refused(llama: Any) -> None:
    generator = make_generator(llama, WireBatching(max_queued_requests=1))
    begin(generator, EmbedTexts(TEXTS))

    with pytest.raises(Refused) as refused:
        begin(generator, EmbedTexts(TEXTS), "another")

    assert refused.value.failure.type == "queue_full"
