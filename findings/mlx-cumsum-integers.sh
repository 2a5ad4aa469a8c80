#!/usr/bin/env bash
# behaviour: mx.sum and mx.prod of small integers count in 32 bits, and mx.cumsum and mx.cumprod in the type
# they are given: a mask of 300 ones in uint8 sums to 300, and its running total ends in 44. So do
# positions that are counted up from a mask. Of booleans cumsum counts in 32 bits again, and NumPy
# does for all of them.
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
seen = {}
for dtype in (mx.uint8, mx.int8, mx.bool_, mx.int32):
    mask = mx.ones((300,), dtype=dtype)
    in_all, running = mx.sum(mask).item(), mx.cumsum(mask)[-1].item()
    by_numpy = int(np.cumsum(np.array(mask))[-1])
    seen[dtype] = (in_all, running, by_numpy)
    print(f"  {dtype}: sum {in_all}, last of cumsum {running}, last of NumPy's {by_numpy}")
products = mx.full((2,), 16, dtype=mx.uint8)
product = (mx.prod(products).item(), mx.cumprod(products)[-1].item())
print("  16 times 16 in uint8: prod", product[0], "last of cumprod", product[1])
expected = {
    mx.uint8: (300, 44, 300),
    mx.int8: (300, 44, 300),
    mx.bool_: (300, 300, 300),
    mx.int32: (300, 300, 300),
}
sys.exit(not (seen == expected and product == (256, 0)))
PYTHON
