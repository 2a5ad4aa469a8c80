"""One model over two devices beside the same on one, with random weights.

Needs what `device_batches.py` needs, and two devices (or a CPU, to try it). One
process holds both: the whole model on its own device, and the first half of the
same one, whose other half a second process has. They take turns.

Told are: whether greedy texts of 64 tokens are equal at 1 and at 32 rows, and if
not, where they part first and how they do with float32 weights; whether a
cancelled row leaves the others as they were, and a kept prefix is gone on from;
decode steps at 1, 32 and 64 rows and the first token of a long prompt, and the
bytes of each; what it takes to come back after a rank was killed; and the same
numbers of a mixture of experts with 30 billion parameters, over two devices.

usage: device_ranks.py [--rounds N] [--shrink] [--only PART...]
  --shrink  tiny models, to try the benchmark itself
  --only    of: same, speed, killed, experts
Prints one JSON line per finding.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx_runtime.generation.arrays import on_gpu
from mlx_runtime.model.device import describe_device, prepare_device

from random_ranks import use_random_weights
from rank_side import ANSWER, Side, answers, first_token_s, step_ms

RANKS = 2
PARTS = ("same", "speed", "killed", "experts")
LLAMA_8B = {
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "intermediate_size": 14_336,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128_256,
    "rms_norm_eps": 1e-5,
    "rope_theta": 500_000.0,
    "tie_word_embeddings": False,
    "max_position_embeddings": 16_384,
}
EXPERTS_30B = {
    "model_type": "qwen3_moe",
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "norm_topk_prob": True,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "vocab_size": 151_936,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1_000_000.0,
    "tie_word_embeddings": False,
    "max_position_embeddings": 16_384,
}
TINY = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "intermediate_size": 128,
    "moe_intermediate_size": 32,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_experts": 8,
    "num_experts_per_tok": 2,
    "head_dim": 16,
    "vocab_size": 512,
}


def tell(**finding: Any) -> None:
    print(json.dumps(finding), flush=True)


def parting(one: dict[str, list[int]], two: dict[str, list[int]]) -> dict[str, int] | None:
    """The first place where texts part, and how many of them do."""
    places = {
        name: next(
            (
                i
                for i, pair in enumerate(zip(one[name], two[name], strict=False))
                if len({*pair}) > 1
            ),
            None,
        )
        for name in one
    }
    found = {name: place for name, place in places.items() if place is not None}
    return {"rows": len(found), "first_at": min(found.values())} if found else None


def same(one: Side, two: Side, dtype: str) -> bool:
    parted = False
    for rows in (1, 32):
        place = parting(answers(one, rows), answers(two, rows))
        parted = parted or place is not None
        tell(part="same", dtype=dtype, rows=rows, tokens=ANSWER, parts=place)
    whole, rest = answers(two, 4), answers(two, 4, "1")
    others = all(rest[name] == whole[name] for name in ("0", "2", "3"))
    tell(part="cancel", dtype=dtype, others_unchanged=others, cancelled_at=len(rest["1"]))
    reused = two.generator.stats().counters.reused_tokens
    again = answers(two, 4)
    reused = two.generator.stats().counters.reused_tokens - reused
    tell(part="prefix", dtype=dtype, equal=parting(whole, again) is None, reused_tokens=reused)
    return parted


def speed(one: Side, two: Side, rounds: int, shrink: bool) -> None:
    tokens, length = (30, 200) if shrink else (200, 8000)
    for each in (one, two):
        step_ms(each, 2, 12)
        first_token_s(each, length, 1)
    for round_ in range(rounds):
        for rows in (1, 32, 64):
            took = [step_ms(each, rows, tokens) for each in (one, two)]
            tell(part="step", round=round_, rows=rows, one_ms=took[0], two_ms=took[1])
        took = [first_token_s(each, length, 10 + round_) for each in (one, two)]
        tell(part="prompt", round=round_, tokens=length, one_s=took[0], two_s=took[1])


def experts(config: dict[str, Any], dtype: str, shrink: bool) -> None:
    side = Side(config, dtype, RANKS)
    tell(part="experts", load_s=round(side.seconds_to_load, 1), bytes=side.bytes)
    rows, context = (4, 100) if shrink else (32, 8000)
    for rows_now, length in ((1, 128), (rows, 128), (rows, context)):
        took = step_ms(side, rows_now, 24, length)
        tell(part="experts", rows=rows_now, context=length, step_ms=took)
    others = [] if side.led is None else side.led.other_bytes()
    tell(part="experts", peak_bytes=mx.get_peak_memory(), others=others)
    side.close()


def killed(shrink: bool) -> None:
    """A process of its own leads; its follower is killed in the middle of an answer."""
    said: list[list[int]] = []
    for life in range(2):
        command = [sys.executable, __file__, "--lead", *(["--shrink"] if shrink else [])]
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said.append(json.loads(process.stdout.readline()))
            seconds = round(time.perf_counter() - started, 2)
            for pid in _children(process.pid):
                os.kill(pid, signal.SIGKILL)
            died = time.perf_counter()
            code = process.wait(30)
        tell(
            part="killed",
            life=life,
            answered_after_s=seconds,
            exit=code,
            ended_after_s=round(time.perf_counter() - died, 3),
        )
    tell(part="killed", same_text=said[0] == said[1])


def lead(config: dict[str, Any], dtype: str) -> None:
    side = Side(config, dtype, RANKS)
    print(json.dumps(answers(side, 1)["0"]), flush=True)
    while True:
        answers(side, 4)


def _children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--lead", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    use_random_weights()
    prepare_device(describe_device())
    dtype = "bfloat16" if on_gpu() else "float32"
    llama, moe = ({**each, **(TINY if options.shrink else {})} for each in (LLAMA_8B, EXPERTS_30B))
    if options.lead:
        lead(llama, dtype)
    parted = False
    if {"same", "speed"} & {*options.only}:
        one, two = Side(llama, dtype, 1), Side(llama, dtype, RANKS)
        tell(part="memory", one_bytes=one.bytes, share_bytes=two.bytes)
        parted = "same" in options.only and same(one, two, dtype)
        if "speed" in options.only:
            speed(one, two, options.rounds, options.shrink)
        one.close()
        two.close()
        del one, two
    if "killed" in options.only:
        killed(options.shrink)
    if "experts" in options.only:
        experts(moe, dtype, options.shrink)
    if parted and dtype != "float32":
        one, two = Side(llama, "float32", 1), Side(llama, "float32", RANKS)
        same(one, two, "float32")
        two.close()


if __name__ == "__main__":
    main()
