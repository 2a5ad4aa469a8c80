"""Write a copy of a model with dense weights of one type.

Both sides of a benchmark must compute with the same numbers. Our runtime turns
stored weights into the type that suits the device when it loads them; mlx-lm
computes with what is stored. This writes, once, what our runtime computes with.

usage: dense_weights.py SOURCE DESTINATION {float32,bfloat16}
"""

from __future__ import annotations

import sys

import mlx.core as mx
from mlx_lm.utils import dequantize_model, load, save


def main(source: str, destination: str, dtype: str) -> None:
    model, tokenizer, config = load(source, return_config=True)
    wanted = {"float32": mx.float32, "bfloat16": mx.bfloat16}[dtype]
    # Scales are widened first: quantised values are then exact to the new type.
    model.set_dtype(wanted)
    model = dequantize_model(model)
    model.set_dtype(wanted)
    mx.eval(model.parameters())
    config.pop("quantization", None)
    config.pop("quantization_config", None)
    config["torch_dtype"] = dtype
    save(destination, source, model, tokenizer, config)


if __name__ == "__main__":
    main(*sys.argv[1:])
