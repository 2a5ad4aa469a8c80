"""Rows in a batch produce what they produce alone, on every kind of cache."""

from __future__ import annotations

import pytest

from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .models import CONFIGURATIONS, tiny_model
from .serving import greedy, make_generator, random_prompt, reference, serve

LENGTHS = (1, 4, 33, 70, 12, 2, 50)
TOKENS = 12


@pytest.fixture(scope="module", params=CONFIGURATIONS)
def model(request: pytest.FixtureRequest) -> object:
    return tiny_model(request.param)


def test_greedy_rows_of_unequal_length_match_mlx_lm(model: object) -> None:
    prompts = {f"row-{index}": random_prompt(n, index) for index, n in enumerate(LENGTHS)}
    requests = [Request(name, prompt, greedy(TOKENS)) for name, prompt in prompts.items()]
    batching = WireBatching(max_batch_size=4, prefill_step_size=32, prompt_cache_bytes=0)

    served = serve(make_generator(model, batching), requests)

    for name, prompt in prompts.items():
        assert served[name].tokens == reference(model, prompt, TOKENS)


@pytest.mark.parametrize("running", [(9, 14), (9,), (1, 1)])
def test_a_prompt_of_one_token_joins_rows_that_run(model: object, running: tuple[int, ...]) -> None:
    generator = make_generator(model)
    requests = [
        Request(f"row-{index}", random_prompt(length, index), greedy(TOKENS), prompt_lookup=False)
        for index, length in enumerate(running)
    ]
    late = Request("late", [7], greedy(TOKENS), prompt_lookup=False)

    def join(step: int) -> None:
        if step == 6:
            assert generator.stats().rows.decoding == len(running)
            generator.submit(late)

    served = serve(generator, requests, before_step=join)

    for each in [*requests, late]:
        assert served[each.stream_id].tokens == reference(model, list(each.prompt_tokens), TOKENS)


def test_sampled_rows_match_their_solo_runs(model: object) -> None:
    requests = [
        Request(
            f"row-{index}",
            random_prompt(length, index),
            WireSampling(max_tokens=TOKENS, temperature=0.9, top_p=0.9, seed=index),
        )
        for index, length in enumerate(LENGTHS)
    ]
    together = serve(make_generator(model), requests)

    for request in requests:
        alone = serve(make_generator(model), [request])[request.stream_id]
        assert together[request.stream_id].tokens == alone.tokens


def test_a_paused_row_continues_as_if_it_had_not_been(model: object) -> None:
    prompt = random_prompt(30, 3)
    generator = make_generator(model)
    other = Request("other", random_prompt(9, 4), greedy(40))
    paused = Request("paused", prompt, greedy(TOKENS), credit=3)

    def grant(step: int) -> None:
        if step == 15:
            assert generator.stats().rows.paused == 1
            generator.add_credit("paused", 100)

    served = serve(generator, [paused, other], before_step=grant)

    assert served["paused"].tokens == reference(model, prompt, TOKENS)
    assert served["other"].tokens == reference(model, list(other.prompt_tokens), 40)


def test_a_stream_resumes_where_an_earlier_one_stopped(model: object) -> None:
    sampling = WireSampling(max_tokens=TOKENS, temperature=0.8, seed=7, presence_penalty=0.5)
    prompt = random_prompt(20, 5)
    whole = serve(make_generator(model), [Request("a", prompt, sampling)])["a"].tokens

    rest = serve(make_generator(model), [Request("b", prompt, sampling, resume_tokens=whole[:5])])[
        "b"
    ]

    assert whole[:5] + rest.tokens == whole
    assert rest.finish.usage.completion_tokens == TOKENS


def test_rows_that_start_alike_read_the_common_part_once(model: object) -> None:
    common = random_prompt(60, 8)
    prompts = [common + random_prompt(5 + index, 20 + index) for index in range(4)]
    requests = [
        Request(f"row-{index}", prompt, greedy(TOKENS)) for index, prompt in enumerate(prompts)
    ]
    generator = make_generator(model)

    served = serve(generator, requests)

    for index, prompt in enumerate(prompts):
        assert served[f"row-{index}"].tokens == reference(model, prompt, TOKENS)
    counters = generator.stats().counters
    assert counters.prefilled_tokens == 60 + sum(len(prompt) - 61 for prompt in prompts)
    assert counters.reused_tokens == 3 * 60


def test_a_second_turn_reuses_the_first(model: object) -> None:
    first = random_prompt(40, 9)
    generator = make_generator(model, WireBatching())
    answer = serve(generator, [Request("first", first, greedy(TOKENS))])["first"].tokens
    second = [*first, *answer, *random_prompt(10, 10)]

    served = serve(generator, [Request("second", second, greedy(TOKENS))])["second"]

    assert served.tokens == reference(model, second, TOKENS)
    assert served.finish.usage.cached_tokens >= 39


def test_a_common_start_is_kept_for_requests_that_come_later(model: object) -> None:
    common = random_prompt(60, 8)
    generator = make_generator(model, WireBatching())
    cached: list[int] = []
    for index in range(3):
        prompt = common + random_prompt(12, 30 + index)
        served = serve(generator, [Request("a", prompt, greedy(4))])["a"]
        assert served.tokens == reference(model, prompt, 4)
        cached.append(served.finish.usage.cached_tokens)
    # Caches that cannot be cut back are kept at the border that the second request showed.
    assert cached[2] >= 60


def test_cancelled_rows_leave_their_neighbours_alone(model: object) -> None:
    batching = WireBatching(max_batch_size=4, prefill_step_size=16)
    generator = make_generator(model, batching)
    stays = Request("stays", random_prompt(30, 1), greedy(30))
    others = [
        Request("decoding", random_prompt(4, 2), greedy(500)),
        Request("paused", random_prompt(6, 3), greedy(500), credit=2),
        Request("reading", random_prompt(900, 4), greedy(500)),
        Request("queued", random_prompt(4, 5), greedy(500), priority=-1),
        Request("queued-too", random_prompt(4, 6), greedy(500), priority=-2),
    ]

    def cancel(_: int) -> None:
        rows = generator.stats().rows
        if rows.prefilling == rows.paused == 1:
            for request in others:
                generator.cancel(request.stream_id)

    served = serve(generator, [stays, *others], before_step=cancel)

    assert served["stays"].tokens == reference(model, list(stays.prompt_tokens), 30)
    assert {served[request.stream_id].finish.reason for request in others} == {"cancelled"}
    stats = generator.stats()
    assert (stats.counters.finished, stats.counters.cancelled) == (1, len(others))
    rows = stats.rows
    assert rows.queued == rows.prefilling == rows.decoding == rows.paused == 0
    # Whatever a cancelled row left behind is as good as what a finished one leaves.
    again = serve(generator, [Request("again", others[0].prompt_tokens, greedy(6))])["again"]
    assert again.tokens == reference(model, list(others[0].prompt_tokens), 6)
