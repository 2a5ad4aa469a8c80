"""A draft model changes how many passes a row takes, never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mlx_runtime.generation import Refused
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireSampling

from ..models import tiny_model
from ..serving import Served, greedy, make_generator, random_prompt, serve, step_by_step
from .draft_models import attach, run, texts

pytestmark = pytest.mark.usefixtures("drafting_always_pays")

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
