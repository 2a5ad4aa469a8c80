#!/usr/bin/env bash
# behaviour: mx.random.randint draws a float32 and scales it, so that large ranges have gaps: of the
# 100 integers from 2^30 on it gives only the first and the last, numbers below 2^31 that are
# larger than 2^30 are all multiples of 64, and below 12,582,912 those that 3 divides come a sixth
# too seldom. Nothing says so. Seeds and shuffles drawn from it are fewer than their range.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'mlx[cpu]==0.32.4' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mlx.core as mx
import numpy as np

mx.set_default_device(mx.cpu)
mx.random.seed(0)
print("mlx", version("mlx"))
START = 2**30
narrow = np.unique(np.array(mx.random.randint(START, START + 100, (100_000,)))) - START
wide = np.array(mx.random.randint(0, 2**31 - 1, (100_000,)))
multiples = bool(np.all(wide[wide > START] % 64 == 0))
by_three = np.bincount(np.array(mx.random.randint(0, 3 * 2**22, (3_000_000,))) % 3) / 3_000_000
print("100 integers from 2^30:", narrow.tolist())
print("above 2^30 all multiples of 64:", multiples)
print("remainders by 3:", by_three.round(3).tolist())
sys.exit(not (narrow.tolist() == [0, 99] and multiples and by_three[0] < 0.3))
PYTHON
