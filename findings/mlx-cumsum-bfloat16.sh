#!/usr/bin/env bash
# behaviour: in MLX, mx.sum of bfloat16 numbers adds them in a wider type, and mx.cumsum does not:
# the last running total of 1,000 ones is 256, from where on adding one changes nothing, while
# their sum is 1,000. Nucleus sampling and losses that cumsum in half precision lose their tail.
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
ones = mx.ones((1000,), dtype=mx.bfloat16)
total, last = mx.sum(ones).item(), mx.cumsum(ones)[-1].item()
print("sum:", total, "last of cumsum:", last)
sys.exit(not (total == 1000 and last == 256))
PYTHON
