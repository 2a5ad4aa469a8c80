"""How steps are planned, started and read, on a runner that computes nothing."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.scheduling.token_budget import TokenBudget
from mlx_runtime.requests import Request, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

from .fake_runner import FakeRunner, fake_generator
from .serving import serve

PROMPT = list(range(1, 9))


def request(name: str, tokens: int = 4, **settings: object) -> Request:
    prompt = [*PROMPT, ord(name[0]) % 50]
    return Request(name, prompt, WireSampling(max_tokens=tokens), **settings)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("overlaps", [True, False])
def test_every_sequence_gets_all_of_its_tokens_in_order(blocks: bool, overlaps: bool) -> None:
    runner = FakeRunner(launching_blocks=blocks, overlaps=overlaps)
    served = serve(fake_generator(runner), [request(name, 5) for name in "abc"])
    assert {name: stream.tokens for name, stream in served.items()} == {
        name: [10, 11, 12, 13, 14] for name in "abc"
    }
    assert {stream.finish.reason for stream in served.values()} == {"length"}
    assert runner.running == []
    assert runner.kv_caches == {}


def test_a_prompt_is_prefilled_but_for_its_last_token_before_it_decodes() -> None:
    runner = FakeRunner()
    served = serve(fake_generator(runner), [request("a", 2)])
    assert runner.log == ["prefill a", "decode a", "decode a"]
    assert served["a"].progress[-1].done == len(PROMPT)


def test_only_as_many_run_at_once_as_may() -> None:
    runner = FakeRunner()
    batching = WireBatching(max_batch_size=2, prompt_cache_bytes=0)
    most = 0

    def watch(_: int) -> None:
        nonlocal most
        most = max(most, len(runner.running))

    serve(fake_generator(runner, batching), [request(n) for n in "abcde"], before_step=watch)
    assert most == 2


def test_unmergeable_models_run_one_sequence_at_a_time() -> None:
    runner = FakeRunner()
    serve(fake_generator(runner, mergeable=False), [request(name, 2) for name in "ab"])
    assert [line for line in runner.log if line.startswith("decode")] == [
        "decode a",
        "decode a",
        "decode b",
        "decode b",
    ]


@pytest.mark.parametrize(("overlaps", "depth"), [(False, 1), (True, 2)])
def test_a_step_starts_before_the_one_before_it_is_read_where_nothing_depends_on_it(
    overlaps: bool, depth: int
) -> None:
    runner = FakeRunner(launching_blocks=False, overlaps=overlaps)
    serve(fake_generator(runner), [request("a", 8)])
    assert runner.most_in_flight == depth


def test_tokens_are_read_before_the_prefill_behind_their_step() -> None:
    runner = FakeRunner(launching_blocks=False)
    batching = WireBatching(prefill_step_size=2, prompt_cache_bytes=0)
    generator = fake_generator(runner, batching)
    generator.submit(request("a", 20))
    while generator.stats().counters.generated_tokens < 2:
        generator.step()
    generator.submit(request("b"))
    told: list[str] = []
    while runner.log[-1] != "prefill b":
        told = [output.stream_id for output in generator.step()]

    assert told == ["a"]
    assert runner.in_flight == 1


def test_where_launching_does_not_block_prefill_and_decode_run_behind_one_another() -> None:
    runner = FakeRunner(launching_blocks=False)
    generator = fake_generator(runner, WireBatching(prefill_step_size=2, prompt_cache_bytes=0))
    generator.submit(request("a", 20))
    while not runner.running:
        generator.step()
    generator.submit(request("b"))
    before = len(runner.log)
    while generator.stats().rows.decoding < 2:
        generator.step()
        assert runner.in_flight == 1

    assert runner.log[before:][:6] == ["prefill b", "decode a"] * 3
    assert runner.most_in_flight == 2


@pytest.mark.parametrize("phase", ["queued", "prefilling", "decoding", "paused"])
@pytest.mark.parametrize("overlaps", [True, False])
def test_a_cancelled_sequence_ends_once_and_holds_nothing(phase: str, overlaps: bool) -> None:
    runner = FakeRunner(launching_blocks=False, overlaps=overlaps)
    batching = WireBatching(max_batch_size=1, prefill_step_size=2, prompt_cache_bytes=0)
    generator = fake_generator(runner, batching)
    if phase == "queued":
        generator.submit(request("other", 30))
        generator.step()
    generator.submit(request("a", 30, credit=3))
    while getattr(generator.stats().rows, phase) == 0:
        generator.step()

    generator.cancel("a")
    served = serve(generator)

    assert served["a"].finish.reason == "cancelled"
    assert served["a"].tokens == []
    assert runner.running == []
    assert runner.kv_caches == {}
    assert runner.in_flight == 0


@pytest.mark.parametrize("overlaps", [True, False])
def test_a_sequence_without_credit_pauses_and_goes_on_where_it_was(overlaps: bool) -> None:
    runner = FakeRunner(overlaps=overlaps)
    generator = fake_generator(runner)
    generator.submit(request("a", 6, credit=2))
    first = serve(generator)
    assert first["a"].tokens == [10, 11]
    assert generator.stats().rows.paused == 1
    assert not generator.has_work()

    generator.add_credit("a", 10)

    assert serve(generator)["a"].tokens == [12, 13, 14, 15]


def test_a_finished_stream_is_told_no_more() -> None:
    generator = fake_generator(FakeRunner(launching_blocks=False, overlaps=True))
    generator.submit(request("a", 50))
    outputs: list[StepOutput] = []
    while not outputs:
        outputs = [each for each in generator.step() if isinstance(each, StepOutput)]

    usage = generator.finish("a")

    assert usage is not None
    assert usage.completion_tokens == 1
    assert serve(generator) == {}


@pytest.mark.parametrize("overlaps", [True, False])
def test_logits_that_are_no_numbers_end_their_sequence_alone(overlaps: bool) -> None:
    runner = FakeRunner(
        overlaps=overlaps,
        sample=lambda sequence, at: None if sequence.stream_id == "bad" and at == 2 else 10 + at,
    )
    served = serve(fake_generator(runner), [request("bad", 5), request("good", 5)])
    assert served["bad"].tokens == [10, 11]
    failure = served["bad"].finish.failure
    assert failure is not None
    assert failure.type == "non_finite_logits"
    assert served["good"].tokens == [10, 11, 12, 13, 14]


def test_a_prompt_that_another_one_computes_is_prefilled_once() -> None:
    runner = FakeRunner()
    prompt = list(range(1, 60))
    requests = [Request(name, prompt, WireSampling(max_tokens=2)) for name in "ab"]
    served = serve(fake_generator(runner), requests)
    assert served["b"].finish.usage.cached_tokens == len(prompt) - 1
    assert [line for line in runner.log if line.startswith("prefill")] == ["prefill a"]


def test_closing_drops_everything() -> None:
    runner = FakeRunner(launching_blocks=False)
    generator = fake_generator(runner)
    generator.submit(request("a"))
    generator.step()
    generator.close()
    assert runner.running == []
    assert runner.kv_caches == {}


@pytest.mark.parametrize("blocks", [True, False])
def test_a_prompt_beside_others_is_prefilled_in_passes_of_few_sizes_where_both_are_in_flight(
    blocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def budget(_: TokenBudget, running: int, waiting: int) -> int:
        return 1000

    monkeypatch.setattr(TokenBudget, "prefill_budget", budget)
    runner = FakeRunner(launching_blocks=blocks)
    generator = fake_generator(runner)
    generator.submit(request("a", 40))
    while not runner.running:
        generator.step()
    generator.submit(Request("b", [1] * 2001, WireSampling(max_tokens=1)))
    for _ in range(20):
        generator.step()
    beside = [tokens for running, tokens in runner.chunks if running]
    assert beside == ([1000, 1000] if blocks else [512, 512, 512, 464])
