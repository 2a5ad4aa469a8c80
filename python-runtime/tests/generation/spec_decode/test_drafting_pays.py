"""Whatever passes are measured to cost, drafting does not lose what it should win."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from mlx_runtime.generation.sequence import Sequence
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from ..fake_runner import VOCABULARY, Sample, fake_generator
from ..serving import serve
from ..timed_runner import TimedRunner

ANSWER = 120
PROMPT = 90
Device = Callable[[int, int], float]


def _noise(name: str, position: int, kinds: int) -> int:
    return random.Random(f"{name} {position}").randrange(kinds)


def _copies(sequence: Sequence, position: int) -> int:
    """The prompt again, but for a token now and then."""
    if position % 17 == 16:
        return _noise(sequence.stream_id, position, VOCABULARY)
    return sequence.request.prompt_tokens[position % PROMPT]


def _quotes(sequence: Sequence, position: int) -> int:
    """The prompt again, word for word."""
    return sequence.request.prompt_tokens[position % PROMPT]


def _loops(sequence: Sequence, position: int) -> int:
    return position % 7 if position > 20 else _noise(sequence.stream_id, position, VOCABULARY)


def _chance(sequence: Sequence, position: int) -> int:
    """So few tokens that look-ups find places which foretell nothing."""
    return _noise(sequence.stream_id, position, 9)


def _runs(sequence: Sequence, position: int) -> int:
    """Passages of the prompt which break off soon."""
    run, place = divmod(position, 5)
    return sequence.request.prompt_tokens[(37 * run + place) % PROMPT]


TEXTS = {"quotes": _quotes, "copies": _copies, "loops": _loops, "chance": _chance, "runs": _runs}


def gpu(sequences: int, width: int) -> float:
    """As fast for 64 tokens as for one."""
    return 0.003 * max(1.0, sequences * width / 64)


def cpu(sequences: int, width: int) -> float:
    return 0.08 + 0.0024 * sequences * width


def steep(sequences: int, width: int) -> float:
    return 0.01 + 0.01 * sequences * width


def sloped(sequences: int, width: int) -> float:
    """As the default model on two cores: a token costs a seventh of the weights."""
    return 0.03 + 0.0045 * sequences * width


def disturbed(device: Device, *, prepares: bool, seed: int = 0) -> Device:
    """Passes take up to a fifth longer, one of eight four times as long, and the first of each
    shape twenty times, if the device prepares it."""
    dice, shapes = random.Random(seed), set[tuple[int, int]]()

    def seconds(sequences: int, width: int) -> float:
        first = prepares and (sequences, width) not in shapes
        shapes.add((sequences, width))
        hiccup = 20.0 if first else 4.0 if dice.random() < 0.125 else 1.0
        return device(sequences, width) * hiccup * (1 + 0.2 * dice.random())

    return seconds


def served_in(
    monkeypatch: pytest.MonkeyPatch,
    device: Device,
    text: Sample,
    rows: int,
    *,
    blocks: bool,
    host_seconds: float = 0.0,
    lookup: bool = True,
    measured: Device | None = None,
    answers: int = 3,
) -> float:
    """Seconds on the device and the host, as if nothing had disturbed it. `measured`: what the
    clock shows of a pass, if that is not what it takes."""
    taken = 0.0

    def seconds(sequences: int, width: int) -> float:
        nonlocal taken
        taken += device(sequences, width)
        return (measured or device)(sequences, width)

    runner = TimedRunner(
        launching_blocks=blocks,
        overlaps=True,
        sample=text,
        seconds=seconds,
        prefill_seconds=lambda tokens: device(1, tokens),
        host_seconds=host_seconds,
    )
    runner.use_clock(monkeypatch)
    probes = [(tokens, min((measured or device)(1, tokens) for _ in range(2))) for tokens in (1, 8)]
    batching = WireBatching(prompt_cache_bytes=0)
    generator = fake_generator(runner, batching, can_roll_back=True, step_timings=probes)
    taken, began = 0.0, runner.now
    for answer in range(answers):
        prompts = [
            [_noise(f"{answer} {row}", i, VOCABULARY) for i in range(PROMPT)] for row in range(rows)
        ]
        sampling = WireSampling(max_tokens=ANSWER, temperature=0, ignore_eos=True)
        serve(
            generator,
            [
                Request(f"{answer}-{row}", prompt, sampling, credit=1000, prompt_lookup=lookup)
                for row, prompt in enumerate(prompts)
            ],
        )
    return taken if measured else runner.now - began


@pytest.mark.parametrize("rows", [1, 16])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("device", "blocks", "host_seconds"),
    [(gpu, False, 0.0015), (cpu, True, 0.001), (steep, True, 0.0)],
)
def test_it_never_costs_more_than_a_little(
    monkeypatch: pytest.MonkeyPatch,
    device: Device,
    blocks: bool,
    host_seconds: float,
    text: str,
    rows: int,
) -> None:
    plain, drafted = (
        served_in(
            monkeypatch,
            device,
            TEXTS[text],
            rows,
            blocks=blocks,
            host_seconds=host_seconds,
            lookup=lookup,
        )
        for lookup in (False, True)
    )
    assert plain / drafted >= 0.97


@pytest.mark.parametrize(("rows", "gain"), [(1, 2.0), (4, 1.4), (8, 1.2)])
def test_answers_that_quote_gain_where_each_token_costs_time(
    monkeypatch: pytest.MonkeyPatch, rows: int, gain: float
) -> None:
    plain, drafted = (
        served_in(monkeypatch, sloped, _quotes, rows, blocks=True, lookup=lookup)
        for lookup in (False, True)
    )
    assert plain / drafted >= gain


@pytest.mark.parametrize("rows", [1, 16])
@pytest.mark.parametrize("text", ["copies", "loops"])
@pytest.mark.parametrize(("device", "blocks"), [(gpu, False), (cpu, True)])
def test_a_clock_that_is_disturbed_changes_little(
    monkeypatch: pytest.MonkeyPatch, device: Device, blocks: bool, text: str, rows: int
) -> None:
    clean, noisy = (
        served_in(monkeypatch, device, TEXTS[text], rows, blocks=blocks, measured=measured)
        for measured in (device, disturbed(device, prepares=not blocks))
    )
    assert noisy / clean <= 1.4
