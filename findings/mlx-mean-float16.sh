#!/usr/bin/env bash
# behaviour: mx.mean of float16 numbers is infinite as soon as their sum is beyond 65,504, however small
# the mean is: of 100 times 1,000 it says infinity, and mx.var, which begins with the mean, too.
# NumPy keeps the sum in float32 and says 1,000. bfloat16 has the range, and mx.fast.rms_norm and
# layer_norm compute in float32.
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
numbers = mx.full((100,), 1_000, dtype=mx.float16)
seen = {
    "mean": mx.mean(numbers),
    "var": mx.var(numbers),
    "mean in bfloat16": mx.mean(numbers.astype(mx.bfloat16)),
    "layer_norm": mx.fast.layer_norm(numbers, None, None, 1e-5).max(),
    "rms_norm": mx.fast.rms_norm(numbers, None, 1e-5).max(),
}
for name, value in seen.items():
    print(f"  MLX, {name}: {value.item()}")
by_numpy = np.mean(np.array(numbers))
print("  NumPy, mean:", by_numpy)
overflows = [not np.isfinite(value.item()) for value in seen.values()]
sys.exit(not (overflows == [True, True, False, False, False] and by_numpy == 1_000))
PYTHON
