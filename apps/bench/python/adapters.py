"""Sixteen rows with eight adapters of rank 16 beside sixteen rows without, in one process.

Needs the sidecar's environment (`mlx-engine info --json` tells its Python and variables).
Random weights of SmolLM2-135M's shape; every number is told with those of the same run: the
model alone, and mlx-lm, which computes with one adapter at a time and swaps between them.

usage: adapters.py [attention] [all] [--ours]
  attention  adapters of the queries and values, as PEFT makes them where nothing is said
  all        adapters of every linear layer
  --ours     without mlx-lm, whose rounds take most of the time
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import mlx.core as mx
from mlx_lm.generate import BatchGenerator
from mlx_lm.tuner import utils
from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.generation.arrays import on_gpu
from mlx_runtime.model.adapters import AdapterSet, open_adapter_directory, read_adapter
from mlx_runtime.model.cuda import lay_out_for_gpu
from mlx_runtime.model.device import describe_device, prepare_device
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from long_prompts import VOCABULARY, make_model, tokens

ROWS, ADAPTERS, RANK = 16, 8, 16
PROMPT, ANSWER = 16, 32
ROUNDS = 5
LAYERS = {
    "attention": ["self_attn.q_proj", "self_attn.v_proj"],
    "all": [
        *(f"self_attn.{name}_proj" for name in "qkvo"),
        *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
    ],
}
PARAMETERS = {"rank": RANK, "scale": 2.0, "dropout": 0.0}
PROMPTS = [tokens(PROMPT) for _ in range(ROWS)]


class Spent(NamedTuple):
    wall: float
    cpu: float
    """Seconds of all threads: steadier where others use the machine."""


def write_adapter(directory: Path, keys: Sequence[str], seed: int) -> Path:
    model = make_model()
    mx.random.seed(seed)
    parameters = {**PARAMETERS, "keys": keys}
    utils.linear_to_lora_layers(model, -1, parameters)
    weights = {
        f"{path}.{name}": mx.random.normal(module[name].shape) * 0.02
        for path, module in model.named_modules()
        if hasattr(module, "lora_a")
        for name in ("lora_a", "lora_b")
    }
    directory.mkdir()
    mx.save_safetensors(str(directory / "adapters.safetensors"), weights)
    config = {"fine_tune_type": "lora", "num_layers": -1, "lora_parameters": parameters}
    (directory / "adapter_config.json").write_text(json.dumps(config))
    return directory


def make_generator(directories: Sequence[Path]) -> Generator:
    model = make_model()
    if on_gpu():
        lay_out_for_gpu(model)
    adapters = AdapterSet(model)
    generator = generator_for(
        model,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=8192,
        batching=WireBatching(prompt_cache_bytes=0),
        prompt_lookup=False,
        adapters=adapters,
    )
    for path in directories:
        directory = open_adapter_directory(str(path))
        generator.adapter_slot.add(adapters.read(path.name, directory.key, read_adapter(directory)))
    return generator


def ours(generator: Generator, names: Sequence[str | None]) -> None:
    sampling = WireSampling(max_tokens=ANSWER, temperature=0)
    for row, prompt in enumerate(PROMPTS):
        adapter = names[row % len(names)]
        generator.submit(Request(str(row), prompt, sampling, adapter=adapter, credit=10_000))
    while generator.has_work():
        generator.step()


def swapping(model: Any, directories: Sequence[Path]) -> None:
    """Two rows of each adapter at a time, whose weights take the place of the last one's."""
    for place, directory in enumerate(directories):
        model.load_weights(str(directory / "adapters.safetensors"), strict=False)
        batch = BatchGenerator(model, max_tokens=ANSWER)
        batch.insert(PROMPTS[place::ADAPTERS])
        while any(batch.next()):
            pass
        batch.close()


def measure(run: Callable[[], None]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def compare(kind: str, folder: Path, *, beside: bool) -> None:
    """`beside`: mlx-lm takes part."""
    paths = [write_adapter(folder / f"a{seed}", LAYERS[kind], seed) for seed in range(ADAPTERS)]
    generator = make_generator(paths)
    runs: dict[str, Callable[[], None]] = {
        "model alone": lambda: ours(generator, [None]),
        "8 adapters": lambda: ours(generator, [path.name for path in paths]),
    }
    if beside:
        model = make_model()
        utils.linear_to_lora_layers(model, -1, {**PARAMETERS, "keys": LAYERS[kind]})
        runs["mlx-lm, swapping"] = lambda: swapping(model, paths)
    spent: dict[str, list[Spent]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            spent[name].append(measure(run))
    base = spent["model alone"]
    for name, times in spent.items():
        speed = ROWS * ANSWER / statistics.median(each.wall for each in times)
        wall, cpu = (
            [one[place] / other[place] for one, other in zip(base, times, strict=True)]
            for place in range(2)
        )
        print(
            f"{kind}: {name}: {speed:.1f} tok/s, {statistics.median(wall):.2f}x of the model alone "
            f"({min(wall):.2f} to {max(wall):.2f}, "
            f"{statistics.median(cpu):.2f}x by processor time)",
            flush=True,
        )


def main(arguments: Sequence[str]) -> None:
    prepare_device(describe_device())
    kinds = [kind for kind in arguments if kind != "--ours"]
    for kind in kinds or list(LAYERS):
        with tempfile.TemporaryDirectory() as folder:
            compare(kind, Path(folder), beside="--ours" not in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
