#!/usr/bin/env bash
# behaviour: mx.quantize makes finite weights of a NaN. In mode "affine" it becomes a number among its
# neighbours, in "mxfp4" and "nvfp4" its whole group becomes 0, and in "mxfp8" its neighbours of
# 1 become 896. Infinities end like that too, but for "affine", where the group becomes NaN. So a
# model that has diverged is clean after quantisation, and looking for NaN has to come before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4'
"$folder/venv/bin/python" - <<'PYTHON'
import math
import sys
from importlib.metadata import version

import mlx.core as mx

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"))


def group_with(number, mode):
    packed = mx.quantize(mx.array([[number] + [1.0] * 63]), mode=mode)
    back = mx.dequantize(*packed, mode=mode).astype(mx.float32).tolist()[0]
    return back[0], back[1]


seen = {}
for mode in ("affine", "mxfp4", "nvfp4", "mxfp8"):
    for number in (math.nan, math.inf):
        seen[mode, number] = group_with(number, mode)
        print(f"{mode}: {number} becomes {seen[mode, number][0]}, its neighbours of 1", seen[mode, number][1])
nan = [seen[mode, math.nan] for mode in ("affine", "mxfp4", "nvfp4", "mxfp8")]
infinite = [seen[mode, math.inf] for mode in ("mxfp4", "nvfp4", "mxfp8")]
sys.exit(not (nan == [(1, 1), (0, 0), (0, 0), (896, 896)] and infinite == [(0, 0), (0, 0), (896, 896)]
              and all(math.isnan(number) for number in seen["affine", math.inf])))
PYTHON
