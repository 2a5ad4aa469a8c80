"""Long prompts in one process, with random weights of SmolLM2-135M's shape.

Needs the sidecar's environment (`mlx-engine info --json` tells its Python and variables).
Counts are exact and the same on every machine; times are told with what they are to be
compared with, from the same run.

usage: long_prompts.py [beside] [kept] [conversations] [look-up]
  beside         a 3,000-token prompt alone and beside 8 streams: its first token, their gaps
  kept           bytes kept of 16 answers over one system prompt of 1,000 tokens
  conversations  64 conversations over one such prompt in 512 MB: tokens reused by second turns
  look-up        a prompt of 16,000 tokens among 10,000 kept texts
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import mlx.core as mx
import numpy as np
from mlx_lm.models import llama
from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.generation.arrays import on_gpu
from mlx_runtime.generation.prefix_cache.radix_tree import RadixTree
from mlx_runtime.model.cpu import lay_out_by_input
from mlx_runtime.model.device import describe_device, prepare_device
from mlx_runtime.requests import Request, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

VOCABULARY = 49_152
SHAPE = {
    "model_type": "llama",
    "vocab_size": VOCABULARY,
    "hidden_size": 576,
    "num_hidden_layers": 30,
    "intermediate_size": 1536,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 8192,
    "rope_theta": 100_000.0,
    "tie_word_embeddings": True,
}
ROUNDS = 3
NEW_TURN = 30
"""Tokens of a second turn's question."""
_random = np.random.default_rng(0)


def tokens(count: int) -> list[int]:
    return _random.integers(0, VOCABULARY, count).tolist()


def make_model(**changes: Any) -> Any:
    mx.random.seed(0)
    model = llama.Model(llama.ModelArgs.from_dict({**SHAPE, **changes}))
    if on_gpu():
        model.set_dtype(mx.bfloat16)
    else:
        lay_out_by_input(model)
    cast("Any", mx).eval(model.parameters())
    return model


def make_generator(model: Any, **batching: Any) -> Generator:
    return generator_for(
        model,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=8192,
        batching=WireBatching(**batching),
    )


def request(name: str, prompt: Sequence[int], answer: int) -> Request:
    sampling = WireSampling(max_tokens=answer, temperature=0)
    return Request(name, list(prompt), sampling, prompt_lookup=False, credit=answer + 1)


def steps(generator: Generator) -> Iterator[tuple[float, list[StepOutput]]]:
    """Per step, when it was over and the tokens it had."""
    while generator.has_work():
        outputs = [each for each in generator.step() if isinstance(each, StepOutput)]
        yield time.perf_counter(), [each for each in outputs if each.token is not None]


def run(generator: Generator, requests: Sequence[Request]) -> dict[str, list[int]]:
    answers: dict[str, list[int]] = {each.stream_id: [] for each in requests}
    for each in requests:
        generator.submit(each)
    for _, outputs in steps(generator):
        for output in outputs:
            answers[output.stream_id].append(cast("int", output.token))
    return answers


def beside() -> None:
    """First token and gaps, three rounds in turn."""
    model = make_model()
    for round_ in range(ROUNDS):
        generator = make_generator(model, prompt_cache_bytes=0)
        run(generator, [request("warm", tokens(300), 4)])
        started = time.perf_counter()
        run(generator, [request("alone", tokens(3000), 1)])
        alone = time.perf_counter() - started
        for index in range(8):
            generator.submit(request(str(index), tokens(40), 4000))
        before, during = [], []
        last = submitted = first = 0.0
        for now, outputs in steps(generator):
            names = {output.stream_id for output in outputs}
            if "0" in names:
                if last:
                    (during if submitted else before).append(now - last)
                last = now
            if len(before) == 30 and not submitted:
                submitted = now
                generator.submit(request("long", tokens(3000), 1))
            if "long" in names:
                first = now - submitted
                break
        for index in range(8):
            generator.cancel(str(index))
        gap = np.quantile(during, 0.95) / np.quantile(before, 0.95)
        print(
            f"round {round_ + 1}: alone {alone:.1f} s, beside 8 {first:.1f} s, "
            f"{first / alone:.2f}x; gaps p50 {np.median(during) * 1000:.0f} ms, "
            f"p95 {np.quantile(during, 0.95) * 1000:.0f}, longest {max(during) * 1000:.0f}, "
            f"before p95 {np.quantile(before, 0.95) * 1000:.0f}, {gap:.2f}x",
            flush=True,
        )


def kept() -> None:
    model = make_model(num_hidden_layers=2)
    generator = make_generator(model)
    system = tokens(1000)
    mx.clear_cache()
    before = mx.get_active_memory()
    for index in range(16):
        run(generator, [request(str(index), [*system, *tokens(20)], 32)])
    held = mx.get_active_memory() - before
    per_token = generator.traits.footprint.nbytes(1)
    copies = 16 * (1000 + 20 + 31) * per_token
    print(
        f"16 answers over 1,000 tokens: {generator.stats().prefix_cache.bytes:,} bytes kept, "
        f"{held:,} held, {copies:,} in whole copies: {held / copies:.3f}x"
    )


def conversations() -> None:
    """Two layers stand for thirty; the budget is that much smaller."""
    model = make_model(num_hidden_layers=2)
    budget = 512 * 10**6 * 2 // 30
    for together in (False, True):
        generator = make_generator(model, prompt_cache_bytes=budget)
        system = tokens(1000)
        prompts = [[*system, *tokens(200)] for _ in range(64)]
        turns = [request(str(index), prompt, 16) for index, prompt in enumerate(prompts)]
        answers: dict[str, list[int]] = {}
        for turn in turns:
            answers |= run(generator, [turn])
        first = generator.stats().prefix_cache.hit_tokens
        second = [
            request(f"again-{index}", [*prompt, *answers[str(index)], *tokens(NEW_TURN)], 16)
            for index, prompt in enumerate(prompts)
        ]
        for batch in [second] if together else [[each] for each in second]:
            run(generator, batch)
        reused = generator.stats().prefix_cache.hit_tokens - first
        print(
            f"second turns of 64 conversations, {'at once' if together else 'one by one'}: "
            f"{reused:,} of {sum(len(each.prompt_tokens) for each in second):,} tokens reused, "
            f"{reused - 64 * 1000:,} of them behind the system prompt"
        )


@dataclass(frozen=True)
class _Block:
    length: int
    complete: bool = True

    @property
    def nbytes(self) -> int:
        return self.length

    def split(self, at: int) -> tuple[_Block, _Block]:
        return _Block(at), _Block(self.length - at)

    def part(self, begin: int, end: int) -> _Block:
        return _Block(end - begin)


def _rest(end: int, begin: int) -> list[_Block]:
    return [_Block(end - begin)] if end > begin else []


def look_up() -> None:
    """Texts that part from one of 15,000 tokens at 40 places, and others."""
    tree: RadixTree[_Block, None] = RadixTree(2**60)
    base = np.array(tokens(15_000), dtype=np.int32)
    for index in range(10_000):
        shared = 375 * (index % 40 + 1) if index % 2 else 0
        text = np.concatenate([base[:shared], np.array(tokens(200), dtype=np.int32)])
        tree.insert("", text, partial(_rest, len(text)))
    prompt = [*base.tolist(), *tokens(1000)]
    times: list[float] = []
    for _ in range(101):
        started = time.perf_counter()
        tree.find("", np.asarray(prompt, dtype=np.int32), 1)
        times.append(time.perf_counter() - started)
    print(
        f"look-up of {len(prompt):,} tokens among {tree.leaves:,} texts: "
        f"{np.median(times) * 1000:.2f} ms (p95 {np.quantile(times, 0.95) * 1000:.2f})"
    )


BENCHMARKS = {"beside": beside, "kept": kept, "conversations": conversations, "look-up": look_up}


def main() -> None:
    prepare_device(describe_device())
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
