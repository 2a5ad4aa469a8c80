"""A draft model changes how many passes a row takes, never what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
import numpy as np
import pytest
from mlx import utils

from grammar.vocabulary import byte_source, piece_text
from mlx_runtime.generation import DraftCandidate, Generator, Refused
from mlx_runtime.grammar import GrammarCompiler, Vocabulary
from mlx_runtime.requests import Request
from mlx_runtime.slices import run_through
from mlx_runtime.wire import WireBatching, WireGrammarJsonSchema, WireSampling

from ..models import VOCABULARY, tiny_model
from ..serving import (
    NO_CACHE,
    Served,
    greedy,
    make_generator,
    random_prompt,
    serve,
    step_by_step,
)

TOKENS = 28
SAMPLINGS = (
    greedy(TOKENS),
    WireSampling(max_tokens=TOKENS, temperature=0.7, seed=1),
    WireSampling(max_tokens=TOKENS, temperature=1, top_p=0.9, top_k=40, seed=2),
    WireSampling(max_tokens=TOKENS, temperature=0, frequency_penalty=0.2, logprobs=True),
    WireSampling(max_tokens=TOKENS, temperature=1.3, seed=3, min_p=0.02, logit_bias={"7": 4.0}),
    WireSampling(max_tokens=TOKENS // 3, temperature=0.8, seed=4, repetition_penalty=1.05),
)
DRAFTS = ("same", "perturbed", "unrelated", "smaller")


@pytest.fixture(scope="module")
def drafts() -> dict[str, Any]:
    return {
        "same": tiny_model("llama"),
        "perturbed": perturbed(tiny_model("llama"), 0.05),
        "unrelated": tiny_model("llama", seed=9),
        # Another family, and fewer logits than the target has.
        "smaller": tiny_model("qwen3", num_hidden_layers=1, vocab_size=VOCABULARY - 6),
    }


@pytest.fixture(autouse=True)
def _drafting_always_pays(drafting_is_free: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "mlx_runtime.generation.spec_decode.draft_model.DraftModel.seconds", _costs_little
    )


def _costs_little(_: object, count: int) -> float:
    return 0.03 * count


def perturbed(model: Any, amount: float) -> Any:
    """The same model with noise on its weights, relative to their size."""
    keys = iter(mx.random.split(mx.random.key(5), 1000))

    def disturb(value: mx.array) -> mx.array:
        noise = mx.random.normal(value.shape, key=next(keys))
        return value + amount * mx.abs(value).mean() * noise

    trees: Any = utils
    model.update(trees.tree_map(disturb, model.parameters()))
    cast(Any, mx).eval(model.parameters())
    return model


def attach(
    generator: Generator, draft: Any, context_length: int = 2048, vocab_size: int = VOCABULARY
) -> None:
    candidate = DraftCandidate(draft, vocab_size, context_length, weight_bytes=0)
    generator.draft_slot.attach(candidate, run_through(generator.draft_slot.probing(candidate)))


def requests_of(
    samplings: Sequence[WireSampling], *, draft_model: str | None = "d", credit: int = 256
) -> list[Request]:
    return [
        Request(
            str(index),
            random_prompt(1 + 7 * index, index),
            sampling,
            credit=credit,
            prompt_lookup=False,
            draft_model=draft_model,
        )
        for index, sampling in enumerate(samplings)
    ]


def run(
    model: Any,
    draft: Any,
    requests: Sequence[Request],
    *,
    samples_on_device: bool = False,
    batching: WireBatching = NO_CACHE,
) -> tuple[dict[str, Served], Generator]:
    generator = make_generator(model, batching, samples_on_device=samples_on_device)
    if draft is not None:
        attach(generator, draft)
    return serve(generator, requests), generator


def texts(served: dict[str, Served]) -> dict[str, list[int]]:
    return {name: stream.tokens for name, stream in served.items()}


@pytest.mark.parametrize("samples_on_device", [False, True])
@pytest.mark.parametrize("kind", DRAFTS)
def test_rows_of_all_kinds_say_the_same_with_and_without_a_draft_model(
    model: Any, drafts: dict[str, Any], kind: str, samples_on_device: bool
) -> None:
    requests = requests_of(SAMPLINGS)
    plain, _ = run(model, None, requests, samples_on_device=samples_on_device)
    drafted, generator = run(model, drafts[kind], requests, samples_on_device=samples_on_device)

    assert texts(drafted) == texts(plain)
    for name, stream in drafted.items():
        expected = [output.logprob for output in plain[name].outputs]
        assert [output.logprob for output in stream.outputs] == pytest.approx(expected, abs=1e-4)
    counters = generator.stats().counters
    assert counters.drafted_tokens > 0
    assert generator.draft_slot.num_sequences == 0
    if kind == "same":
        assert counters.accepted_tokens > 0.6 * counters.drafted_tokens
        # Some passes are plain or narrow: none may take much longer than a plain one.
        assert counters.decode_steps < 0.75 * TOKENS
    if kind == "perturbed":
        assert counters.accepted_tokens > 0.3 * counters.generated_tokens


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_row_alone_says_what_it_says_in_a_batch(
    model: Any, drafts: dict[str, Any], sampling: WireSampling
) -> None:
    requests = requests_of([sampling, *SAMPLINGS[:3]])
    together, _ = run(model, drafts["perturbed"], requests)
    alone, _ = run(model, drafts["perturbed"], requests[:1])
    assert alone["0"].tokens == together["0"].tokens


def test_rows_with_and_without_a_draft_share_a_batch(model: Any, drafts: dict[str, Any]) -> None:
    requests = [
        *requests_of(SAMPLINGS[:2]),
        Request("plain", random_prompt(30, 5), greedy(TOKENS), prompt_lookup=False),
        Request("late", random_prompt(700, 6), greedy(TOKENS), draft_model="d"),
    ]
    plain, _ = run(model, None, requests)
    drafted, _ = run(model, drafts["perturbed"], requests)
    assert texts(drafted) == texts(plain)
    assert drafted["plain"].finish.usage.drafted_tokens == 0
    assert drafted["late"].finish.usage.accepted_tokens > 0


def test_a_row_ends_exactly_at_its_stop_token_within_an_accepted_draft(
    model: Any, drafts: dict[str, Any]
) -> None:
    prompt = random_prompt(9, 1)

    def tokens_of(sampling: WireSampling) -> Served:
        return run(model, drafts["same"], [Request("a", prompt, sampling, draft_model="d")])[0]["a"]

    whole = tokens_of(greedy(60)).tokens
    for stop in {whole[20], whole[33], whole[59]}:
        served = tokens_of(WireSampling(max_tokens=60, temperature=0, stop_token_ids=(stop,)))
        assert served.tokens == whole[: whole.index(stop)]
        assert served.finish.stop_token_id == stop
    for limit in range(20, 30):
        assert tokens_of(greedy(limit)).tokens == whole[:limit]


def test_cancelled_rows_leave_nothing_behind_and_their_neighbours_as_they_are(
    model: Any, drafts: dict[str, Any]
) -> None:
    requests = requests_of([greedy(TOKENS)] * 5)
    plain, _ = run(model, None, requests)
    generator = make_generator(model)
    attach(generator, drafts["unrelated"])
    held: list[int] = []

    def before_step(step: int) -> None:
        held.append(generator.draft_slot.num_sequences)
        if step == 14:
            for row in range(3):
                generator.cancel(str(row))

    served = serve(generator, requests, before_step=before_step)
    assert [served[str(row)].finish.reason for row in range(3)] == ["cancelled"] * 3
    assert max(held) == 5
    assert held[-1] == generator.draft_slot.num_sequences == 0
    assert all(served[name].tokens == plain[name].tokens for name in ("3", "4"))


def test_a_row_that_is_paused_goes_on_as_before(model: Any, drafts: dict[str, Any]) -> None:
    plain, _ = run(model, None, requests_of(SAMPLINGS))
    generator = make_generator(model)
    attach(generator, drafts["perturbed"])
    requests = requests_of(SAMPLINGS, credit=5)

    def before_step(step: int) -> None:
        if step % 3 == 2:
            for request in requests:
                generator.add_credit(request.stream_id, 4)

    *_, received = step_by_step(generator, requests, 200, before_step)
    assert received == texts(plain)
    assert generator.stats().counters.accepted_tokens > 0


def test_a_draft_model_that_is_taken_away_leaves_rows_as_they_are(
    model: Any, drafts: dict[str, Any]
) -> None:
    requests = requests_of(SAMPLINGS)
    plain, _ = run(model, None, requests)
    generator = make_generator(model)
    attach(generator, drafts["same"])

    def before_step(step: int) -> None:
        if step == 3:
            generator.draft_slot.detach()
        if step == 5:
            attach(generator, drafts["perturbed"])

    assert texts(serve(generator, requests, before_step=before_step)) == texts(plain)


def test_a_text_longer_than_the_draft_model_s_context_goes_on_without_it(
    model: Any, drafts: dict[str, Any]
) -> None:
    request = Request("a", random_prompt(20, 1), greedy(120), prompt_lookup=False, draft_model="d")
    plain, _ = run(model, None, [request])
    generator = make_generator(model)
    attach(generator, drafts["same"], context_length=100)
    served = serve(generator, [request])["a"]
    assert served.tokens == plain["a"].tokens
    assert 0 < served.finish.usage.accepted_tokens < 80


@pytest.mark.parametrize("samples_on_device", [False, True])
def test_grammars_draft_too_and_keep_their_text(samples_on_device: bool) -> None:
    source = byte_source()
    (end,) = source.eos_token_ids
    compiler = GrammarCompiler(Vocabulary.of(source))
    schema = {
        "type": "object",
        "properties": {"surname": {"enum": ["Lovelace", "Hopper"]}, "born": {"type": "integer"}},
        "required": ["surname", "born"],
        "additionalProperties": False,
    }
    target = tiny_model("llama", vocab_size=source.size)

    def answers(*, lookup: bool, draft: Any) -> tuple[dict[str, Served], Generator]:
        generator = make_generator(
            target, eos=[end], vocab_size=source.size, samples_on_device=samples_on_device
        )
        if draft is not None:
            attach(generator, draft)
        return serve(
            generator,
            [
                Request(
                    str(seed),
                    random_prompt(5, seed),
                    WireSampling(max_tokens=60, temperature=0.9, seed=seed),
                    constraint=compiler.constraint(
                        WireGrammarJsonSchema(schema=json.dumps(schema))
                    ),
                    prompt_lookup=lookup,
                    draft_model=None if draft is None else "d",
                )
                for seed in range(4)
            ],
        ), generator

    plain, slow = answers(lookup=False, draft=None)
    forced, quick = answers(lookup=True, draft=None)
    same, quickest = answers(lookup=False, draft=tiny_model("llama", vocab_size=source.size))
    other, _ = answers(lookup=True, draft=tiny_model("llama", seed=3, vocab_size=source.size))
    assert texts(forced) == texts(same) == texts(other) == texts(plain)
    assert any(json.loads(piece_text(source, row.tokens)) for row in plain.values())
    steps = [g.stats().counters.decode_steps for g in (slow, quick, quickest)]
    assert steps[1] < steps[0]
    assert steps[2] < steps[0]


def test_answers_sampled_with_a_draft_model_follow_the_target_s_distribution(
    model: Any, drafts: dict[str, Any]
) -> None:
    """Pearson's chi-squared over the second token, where the first one was drafted."""
    runs, kept = 500, 6
    prompt = random_prompt(12, 3)
    first = run(model, None, [Request("a", prompt, greedy(1), prompt_lookup=False)])[0]["a"].tokens[
        0
    ]
    bias = {str(first): 30.0}
    batching = WireBatching(max_batch_size=32, max_queued_requests=runs, prompt_cache_bytes=0)
    requests = [
        Request(
            str(seed),
            prompt,
            WireSampling(max_tokens=2, top_k=kept, seed=seed, logit_bias=bias),
            prompt_lookup=False,
            draft_model="d",
        )
        for seed in range(runs)
    ]
    served, generator = run(model, drafts["perturbed"], requests, batching=batching)
    seconds = [stream.tokens[1] for stream in served.values() if stream.tokens[0] == first]
    assert generator.stats().counters.accepted_tokens > 0.5 * runs
    assert len(seconds) > 0.9 * runs

    logits = np.array(model(mx.array([[*prompt, first]]))[0, -1]).astype(np.float64)
    logits[first] += 30.0
    best = np.argsort(-logits)[:kept]
    weights = np.exp(logits[best] - logits[best].max())
    expected = len(seconds) * weights / weights.sum()
    observed = np.array([seconds.count(token) for token in best])
    assert observed.sum() == len(seconds)
    common = expected >= 5
    statistic = float(((observed - expected)[common] ** 2 / expected[common]).sum())
    assert statistic < common.sum() + 5 * np.sqrt(2 * common.sum())


@pytest.mark.parametrize("family", ["gemma3_text", "mamba2"])
def test_a_draft_model_whose_caches_cannot_be_rewound_is_refused(model: Any, family: str) -> None:
    generator = make_generator(model)
    with pytest.raises(Refused, match="take tokens back"):
        attach(generator, tiny_model(family))


def test_a_predicted_answer_takes_few_passes_and_changes_nothing(model: Any) -> None:
    prompt = random_prompt(20, 4)
    plain, _ = run(model, None, [Request("a", prompt, greedy(60), prompt_lookup=False)])
    answer = plain["a"].tokens
    wrong = [*answer[:30], 1, 2, 3, *answer[30:]]
    for prediction in (answer, wrong, random_prompt(40, 8)):
        request = Request("a", prompt, greedy(60), prediction=prediction)
        served, generator = run(model, None, [request])
        assert served["a"].tokens == answer
        if prediction is not wrong:
            continue
        assert generator.stats().counters.decode_steps < 30
