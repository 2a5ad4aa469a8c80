#!/usr/bin/env bash
# behaviour: affine quantisation of MLX can be off by a whole step, not by half a one as rounding to the
# nearest would be: it shifts each group's steps until 0 and the end farther from it are exact, and
# clips what the shift pushes out at the other end. With 4 bits that happens in three groups of ten of
# normal random weights, with 2 bits in seven. The largest weight of a group is exact; the average
# error hardly shows the rest.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mlx.core as mx
import numpy as np

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"), "numpy", np.__version__)
weights = np.random.default_rng(0).normal(size=(4096, 64)).astype(np.float32)
largest = np.abs(weights).argmax(axis=1, keepdims=True)
ends = np.take_along_axis(weights, largest, axis=1)
seen = {}
for bits in (2, 4, 8):
    packed, scales, biases = mx.quantize(mx.array(weights), group_size=64, bits=bits)
    again = mx.dequantize(packed, scales, biases, group_size=64, bits=bits)
    steps = np.abs(np.array(again) - weights) / np.abs(np.array(scales))
    far = steps > 0.51
    groups = far.any(axis=1).mean()
    at_the_end = np.take_along_axis(steps, largest, axis=1).max()
    at_the_other = (np.sign(weights) != np.sign(ends))[far].all()
    seen[bits] = (groups, steps.max(), at_the_end, at_the_other)
    print(
        f"  {bits} bits: off by up to {steps.max():.2f} steps, by more than half a step in"
        f" {groups:.0%} of the groups, all at the end nearer to 0: {at_the_other};"
        f" the largest weights by up to {at_the_end:.4f}"
    )
often = {2: 0.6, 4: 0.25, 8: 0.2}
sys.exit(
    not all(
        groups > often[bits] and most > 0.9 and at_the_end < 0.01 and at_the_other
        for bits, (groups, most, at_the_end, at_the_other) in seen.items()
    )
)
PYTHON
