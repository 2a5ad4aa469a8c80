"""With a draft model, what is sampled is what the target and its grammar allow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grammar.vocabulary import byte_source, piece_text
from mlx_runtime.generation import Generator
from mlx_runtime.grammar import GrammarCompiler, Vocabulary
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireGrammarJsonSchema, WireSampling

from ..models import tiny_model
from ..serving import Served, greedy, make_generator, random_prompt, serve
from .chi_squared import BIAS, assert_sampled_behind
from .draft_models import attach, run, texts

pytestmark = pytest.mark.usefixtures("drafting_always_pays")


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
    bias = {str(first): BIAS}
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

    assert_sampled_behind(model, [*prompt, first], first, seconds, kept)
