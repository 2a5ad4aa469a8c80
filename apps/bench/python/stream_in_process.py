"""mlx-lm without a server: the ceiling that a server's single stream is held against.

Reads one JSON request per line from stdin, `{"messages": [...], "max_tokens": n}`,
generates greedily with `mlx_lm.stream_generate` and answers with one JSON line.
Ends when stdin does, so that it cannot outlive the benchmark.

usage: stream_in_process.py MODEL_DIRECTORY
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from mlx_lm import load, stream_generate


def main(model_directory: str) -> None:
    model, tokenizer = load(model_directory)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(model, tokenizer, json.loads(line))), flush=True)


def answer(model: Any, tokenizer: Any, request: dict[str, Any]) -> dict[str, Any]:
    prompt = tokenizer.apply_chat_template(request["messages"], add_generation_prompt=True)
    started = time.perf_counter()
    times: list[float] = []
    text = ""
    last = None
    for last in stream_generate(model, tokenizer, prompt, max_tokens=request["max_tokens"]):
        times.append(time.perf_counter())
        text += last.text
    if last is None:
        raise SystemExit("mlx-lm generated nothing")
    return {
        "text": text,
        "promptTokens": last.prompt_tokens,
        "completionTokens": last.generation_tokens,
        "firstTokenSeconds": times[0] - started,
        "decodeSeconds": times[-1] - times[0],
        "finishReason": last.finish_reason,
    }


if __name__ == "__main__":
    main(sys.argv[1])
