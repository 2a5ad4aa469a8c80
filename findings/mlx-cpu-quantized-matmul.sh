#!/usr/bin/env bash
# behaviour: on a CPU, MLX's quantised product adds up in the type of its input, where its dense
# product adds up in float32: 4,096 times 1 x 1 in bfloat16 is 256, and random numbers come out some
# 6 % off, 40 times as far as the dense product of the same dequantised weights. In float32 both
# agree to the last digits. Scales and inputs cast to float32 are thus worth their memory, and are
# several times as fast here besides.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mlx.core as mx

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"))
WIDTH = 4096


def of_ones(dtype):
    packed = mx.quantize(mx.ones((32, WIDTH), dtype=dtype))
    return mx.quantized_matmul(mx.ones((1, WIDTH), dtype=dtype), *packed)[0, 0].item()


def errors(dtype):
    keys = mx.random.split(mx.random.key(0))
    weights, given = (mx.random.normal((32, WIDTH), key=key).astype(dtype) for key in keys)
    packed = mx.quantize(weights)
    dense = mx.dequantize(*packed)
    exact = given.astype(mx.float32) @ dense.astype(mx.float32).T
    products = mx.quantized_matmul(given, *packed), given @ dense.T
    return [(mx.linalg.norm(each - exact) / mx.linalg.norm(exact)).item() for each in products]


ones = [of_ones(dtype) for dtype in (mx.float32, mx.float16, mx.bfloat16)]
print("sum of 4,096 ones in float32, float16, bfloat16:", *ones)
single, brain = errors(mx.float32), errors(mx.bfloat16)
print("float32: quantised off by {:.2%}, dense by {:.2%}".format(*single))
print("bfloat16: quantised off by {:.2%}, dense by {:.2%}".format(*brain))
sys.exit(not (ones == [4096, 2048, 256] and max(single) < 1e-5
              and 0.03 < brain[0] and brain[1] < 0.003))
PYTHON
