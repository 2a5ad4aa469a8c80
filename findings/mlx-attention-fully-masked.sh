#!/usr/bin/env bash
# behaviour: mx.fast.scaled_dot_product_attention gives a query that may see no key the plain
# average of all values, the hidden ones too, where the mask is boolean; the same mask written as
# -inf gives NaN. `mask="causal"` with more queries than keys averages too: its first query sees
# nothing. So padding rows stay finite and hold what they were not to see.
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
HEAD = 64
values = mx.broadcast_to(mx.arange(4.0).reshape(1, 1, 4, 1), (1, 1, 4, HEAD))


def attend(queries, keys, mask):
    rows = (mx.zeros((1, 1, queries, HEAD)), mx.ones((1, 1, keys, HEAD)), values[:, :, :keys])
    return mx.fast.scaled_dot_product_attention(*rows, scale=1.0, mask=mask)[0, 0, :, 0].tolist()


boolean = attend(1, 4, mx.zeros((1, 1, 1, 4), dtype=mx.bool_))
additive = attend(1, 4, mx.full((1, 1, 1, 4), -mx.inf))
causal = attend(3, 2, "causal")
print("values 0 1 2 3, nothing visible; boolean:", boolean, "additive:", additive)
print("values 0 1, three causal queries:", causal)
sys.exit(not (boolean == [1.5] and math.isnan(additive[0]) and causal == [0.5, 0.0, 0.5]))
PYTHON
