#!/usr/bin/env bash
# behaviour: MLX takes a NumPy array beside one of its own for a plain Python number: it casts it to the
# type of the MLX array before it computes. 1 times 0.5 is therefore 0, 1 divided by 0.5 infinite, and
# 1 not below 1.5; float16 times 70,000 is infinite, and int32 plus 2^40 is what it was. The same
# numbers in an mx.array are promoted, and nothing warns. A Python number that does not fit is
# refused; a NumPy one wraps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import operator
import sys
from importlib.metadata import version

import mlx.core as mx
import numpy as np

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"), "numpy", np.__version__)
INF = float("inf")
halves = np.array([0.5, 1.5], dtype=np.float32)
CASES = {
    "int32 times halves": (operator.mul, mx.array([1, 2]), halves, [0, 2]),
    "int32 divided by halves": (operator.truediv, mx.array([1, 2]), halves, [INF, 2.0]),
    "int32 below 1.5": (operator.lt, mx.array([1, 1]), np.float32([1.5, 1.5]), [False, False]),
    "bool times halves": (operator.mul, mx.array([True, False]), halves, [True, False]),
    "float16 times 70,000": (operator.mul, mx.array([1.0], dtype=mx.float16), np.float32([7e4]), [INF]),
    "int32 plus 2^40": (operator.add, mx.array([1]), np.array([2**40]), [1]),
    "uint8 100 plus 200": (operator.add, mx.array([100], dtype=mx.uint8), np.int64(200), [44]),
}
as_seen, promoted = [], []
for name, (operate, left, right, expected) in CASES.items():
    mixed = operate(left, right)
    both_mlx = operate(left, mx.array(right))
    as_seen.append(mixed.tolist() == expected)
    promoted.append(mixed.tolist() != both_mlx.tolist())
    print(f"  {name}: {mixed.tolist()}, with mx.array {both_mlx.tolist()}")
try:
    mx.array([100], dtype=mx.uint8) + 400
    refused = False
except ValueError as error:
    refused = True
    print("  uint8 plus Python's 400:", error)
sys.exit(not (all(as_seen) and all(promoted) and refused))
PYTHON
