"""Our batch step beside mlx-lm's `BatchGenerator`, in one process on one device.

For machines that the other benchmarks do not reach: needs MLX, mlx-lm and this
project's runtime on the path, and no model, tokenizer, Node or network. Weights
are random, so texts mean nothing and times mean what they always do.

Each side serves the same prompts, sides in turn. mlx-lm gets a sampler per row,
as its server gives it one. Two rates are told, in tokens per second: `decode`,
while every row is being decoded, and `total`, from the first prompt to the last
token.

usage: device_batches.py NAME [NAME...] [--rounds N] [--tokens N] [--shrink N]
  sampled   1B bf16, 64 rows, temperature 0.7 and top_p 0.9, same weights
  greedy    the same, greedy
  weights   8B stored in 4 bits, 32 rows sampled: mlx-lm computes with what is
            stored, ours with what its policy `auto` makes of it on this device
--shrink divides the models' sizes, to try the benchmark itself.
Prints one JSON line per round and benchmark.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mlx.core as mx
import numpy as np
from mlx import nn
from mlx_lm.generate import BatchGenerator
from mlx_lm.models import llama
from mlx_lm.sample_utils import make_sampler
from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.generation.arrays import on_gpu
from mlx_runtime.model.cuda import lay_out_for_gpu
from mlx_runtime.model.device import describe_device, prepare_device
from mlx_runtime.model.weights import MemoryNeed, choose_dtype, make_dense
from mlx_runtime.requests import Request, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

PROMPT = 128
VOCABULARY = 128_256
LLAMA_1B = {
    "hidden_size": 2048,
    "num_hidden_layers": 16,
    "intermediate_size": 8192,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
}
LLAMA_8B = {
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "intermediate_size": 14_336,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
}

Steps = Iterator[Sequence[int]]
"""Per step, the rows that got a token."""


def make_model(sizes: dict[str, int], shrink: int) -> Any:
    shape = {name: max(1, size // shrink) for name, size in sizes.items()}
    heads = shape["num_attention_heads"] = shape["num_key_value_heads"] * 4
    shape["hidden_size"] = heads * 64 if shrink > 1 else shape["hidden_size"]
    arguments = llama.ModelArgs.from_dict(
        {
            **shape,
            "model_type": "llama",
            "vocab_size": VOCABULARY // shrink,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": True,
            "max_position_embeddings": 8192,
        }
    )
    model = llama.Model(arguments)
    # On a CPU, where this is only tried out, bfloat16 is scalar code.
    model.set_dtype(mx.bfloat16 if on_gpu() else mx.float32)
    mx.eval(model.parameters())
    return model


def as_loaded(model: Any) -> Any:
    """A model of its own with these weights, laid out as the loader does on this device."""
    loaded = copy.deepcopy(model)
    if on_gpu():
        lay_out_for_gpu(loaded)
    mx.eval(loaded.parameters())
    return loaded


def prompts(rows: int, vocabulary: int, round_: int) -> list[list[int]]:
    random = np.random.default_rng(round_)
    return random.integers(0, vocabulary, (rows, PROMPT)).tolist()


def theirs(model: Any, sampled: bool, rows: list[list[int]], tokens: int) -> Steps:
    generator = BatchGenerator(model, max_tokens=tokens, completion_batch_size=len(rows))
    samplers = [make_sampler(temp=0.7, top_p=0.9) for _ in rows] if sampled else None
    uids = generator.insert(rows, [tokens] * len(rows), samplers=samplers)
    index = {uid: place for place, uid in enumerate(uids)}
    left = len(rows)
    while left:
        _, responses = generator.next()
        left -= sum(response.finish_reason is not None for response in responses)
        yield [index[response.uid] for response in responses]
    generator.close()


def ours(generator: Generator, sampled: bool, rows: list[list[int]], tokens: int) -> Steps:
    for place, prompt in enumerate(rows):
        warm = {"temperature": 0.7, "top_p": 0.9, "seed": place} if sampled else {"temperature": 0}
        sampling = WireSampling(max_tokens=tokens, **warm)
        generator.submit(Request(str(place), prompt, sampling, credit=tokens + 1))
    while generator.has_work():
        outputs = generator.step()
        yield [
            int(output.stream_id)
            for output in outputs
            if isinstance(output, StepOutput) and output.token is not None
        ]


def our_generator(model: Any, rows: int, vocabulary: int) -> Generator:
    return generator_for(
        as_loaded(model),
        eos_token_ids=(),
        vocab_size=vocabulary,
        context_length=8192,
        batching=WireBatching(max_batch_size=rows, prompt_cache_bytes=0),
    )


@dataclass(frozen=True)
class Rates:
    decode: float
    total: float


def measure(steps: Steps, rows: int, tokens: int) -> Rates:
    started = time.perf_counter()
    counts = [0] * rows
    moments: list[tuple[float, int]] = []
    for step in steps:
        for row in step:
            counts[row] += 1
        if step:
            everyone = min(counts) > 0 and max(counts) < tokens
            moments.append((time.perf_counter(), sum(counts) if everyone else 0))
    together = [moment for moment in moments if moment[1]]
    total = sum(counts) / (moments[-1][0] - started)
    if len(together) < 2:
        return Rates(float("nan"), total)
    (first, before), (last, after) = together[0], together[-1]
    return Rates((after - before) / (last - first), total)


Side = Callable[[list[list[int]], int], Steps]


def same_weights(sampled: bool, shrink: int) -> tuple[int, int, Side, Side]:
    model = make_model(LLAMA_1B, shrink)
    vocabulary = model.args.vocab_size
    generator = our_generator(model, 64, vocabulary)
    return 64, vocabulary, partial(ours, generator, sampled), partial(theirs, model, sampled)


def stored_weights(shrink: int) -> tuple[int, int, Side, Side]:
    stored = make_model(LLAMA_8B, shrink)
    parameters = sum(value.size for _, value in nn.utils.tree_flatten(stored.parameters()))
    nn.quantize(stored, group_size=64, bits=4)
    mx.eval(stored.parameters())
    loaded = llama.Model(stored.args)
    nn.quantize(loaded, group_size=64, bits=4)
    loaded.update(stored.parameters())
    need = MemoryNeed(parameters // 2, parameters, cache_bytes=8 * 2**30)
    dtype = choose_dtype("auto", describe_device(), need)
    if dtype is not None:
        make_dense(loaded, dtype)
        mx.eval(loaded.parameters())
    vocabulary = stored.args.vocab_size
    generator = our_generator(loaded, 32, vocabulary)
    return 32, vocabulary, partial(ours, generator, True), partial(theirs, stored, True)


BENCHMARKS = {
    "sampled": partial(same_weights, True),
    "greedy": partial(same_weights, False),
    "weights": stored_weights,
}


def run(name: str, rounds: int, tokens: int, shrink: int) -> None:
    rows, vocabulary, our_side, their_side = BENCHMARKS[name](shrink)
    for side in (our_side, their_side):
        measure(side(prompts(rows, vocabulary, 10_000), 16), rows, 16)
    for round_ in range(rounds):
        sides = {"ours": our_side, "theirs": their_side}
        rates: dict[str, Rates] = {}
        for side in sorted(sides, reverse=bool(round_ % 2)):
            prompt = prompts(rows, vocabulary, round_)
            rates[side] = measure(sides[side](prompt, tokens), rows, tokens)
        result = {
            "benchmark": name,
            "rows": rows,
            "round": round_,
            **{
                f"{side}_{rate}": round(getattr(rates[side], rate), 1)
                for side in sides
                for rate in ("decode", "total")
            },
            "decode_ratio": round(rates["ours"].decode / rates["theirs"].decode, 3),
            "total_ratio": round(rates["ours"].total / rates["theirs"].total, 3),
            "peak_gib": round(mx.get_peak_memory() / 2**30, 1),
        }
        print(json.dumps(result), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="+", choices=BENCHMARKS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--shrink", type=int, default=1)
    options = parser.parse_args()
    device = describe_device()
    prepare_device(device)
    print(json.dumps({"device": device.name, "mlx": mx.__version__}), flush=True)
    for name in options.names:
        run(name, options.rounds, options.tokens, options.shrink)
        mx.clear_cache()


if __name__ == "__main__":
    main()
