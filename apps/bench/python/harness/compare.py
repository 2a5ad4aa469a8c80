"""lm-evaluation-harness by two ways: through an OpenAI-compatible server, and with mlx-lm itself.

Both score the task of this folder. Every log-probability that the harness was given is
compared, and so are the metrics that it made of them.

usage: compare.py ORIGIN MODEL MODEL_DIRECTORY
ORIGIN serves MODEL; MODEL_DIRECTORY has the weights that it computes with. Runs in this
script's folder. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import lm_eval
from lm_eval.models.openai_completions import LocalCompletionsAPI
from lm_eval.tasks import TaskManager
from mlx_lm.evaluate import MLXLM

TASK = "facts"
METRICS = ("acc,none", "acc_norm,none")


def evaluated(model: Any) -> dict[str, Any]:
    found = lm_eval.simple_evaluate(
        model=model,
        tasks=[TASK],
        task_manager=TaskManager(include_path=".", include_defaults=False),
        log_samples=True,
        bootstrap_iters=0,
    )
    if found is None:
        raise SystemExit("Nothing was evaluated")
    return found


def log_probabilities(found: dict[str, Any]) -> list[tuple[float, bool]]:
    """Of every choice of every question, with whether it is the likeliest text."""
    samples = sorted(found["samples"][TASK], key=lambda sample: sample["doc_id"])
    pairs = [pair for sample in samples for pair in sample["filtered_resps"]]
    return [(float(value), str(greedy) == "True") for value, greedy in pairs]


def main(origin: str, model: str, directory: str) -> None:
    through_server = LocalCompletionsAPI(
        model=model,
        base_url=f"{origin}/v1/completions",
        tokenizer=directory,
        tokenizer_backend="huggingface",
        num_concurrent=4,
        max_retries=1,
    )
    served = evaluated(through_server)
    own = evaluated(MLXLM(directory, use_chat_template=False))
    ours, theirs = log_probabilities(served), log_probabilities(own)
    print(
        json.dumps(
            {
                "texts": len(theirs),
                "largest_difference": max(
                    abs(a - b) for (a, _), (b, _) in zip(ours, theirs, strict=True)
                ),
                "greedy_differs": sum(a != b for (_, a), (_, b) in zip(ours, theirs, strict=True)),
                "metrics": {
                    metric: [each["results"][TASK][metric] for each in (served, own)]
                    for metric in METRICS
                },
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
