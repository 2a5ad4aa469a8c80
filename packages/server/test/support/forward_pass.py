"""What mlx-lm's own forward pass says of texts, without any of this project's code.

usage: forward_pass.py MODEL_DIRECTORY < TOKENS
TOKENS: a JSON list of lists of token ids. Prints for each list, from its second token on, the
token's log-probability and the id of the likeliest one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn
from mlx_lm.utils import load_model


def main(directory: str) -> None:
    model, _ = load_model(Path(directory))
    model.set_dtype(mx.float32)
    print(json.dumps([told(model, tokens) for tokens in json.load(sys.stdin)]))


def told(model: Any, tokens: list[int]) -> list[tuple[float, int]]:
    scores = nn.log_softmax(model(mx.array([tokens]))[0, :-1], axis=-1)
    own = mx.take_along_axis(scores, mx.array(tokens[1:])[:, None], axis=-1)[:, 0]
    likeliest = mx.argmax(scores, axis=-1)
    return list(zip(own.tolist(), likeliest.tolist(), strict=True))


if __name__ == "__main__":
    main(sys.argv[1])
