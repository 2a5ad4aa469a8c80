#!/usr/bin/env bash
# behaviour: on a CPU, mx.softmax of half precision gives probabilities that do not add up to 1: over
# 49,152 equal logits they add up to 192 in bfloat16 and to 24 in float16, and over 4,096 random ones
# to more than 2. `precise=True`, whose name promises the last digits, is what makes them
# probabilities. mx.logsumexp of the same numbers is right, so the two disagree about one row.
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


def in_all(logits, **precision):
    return mx.softmax(logits, **precision).astype(mx.float32).sum().item()


def by_logsumexp(logits):
    wide = logits.astype(mx.float32)
    return mx.exp(wide - mx.logsumexp(logits).astype(mx.float32)).sum().item()


flat = [mx.zeros((49_152,), dtype=dtype) for dtype in (mx.float16, mx.bfloat16)]
drawn = mx.random.normal((4096,), key=mx.random.key(0)).astype(mx.bfloat16)
plain, precise = [in_all(each) for each in flat], [in_all(each, precise=True) for each in flat]
random = in_all(drawn), in_all(drawn, precise=True), by_logsumexp(drawn)
print("49,152 equal logits, float16 and bfloat16:", *plain, "precise:", *precise)
print("4,096 random ones in bfloat16: {:.2f}, precise: {:.2f}, by logsumexp: {:.2f}".format(*random))
sys.exit(not (plain == [24, 192] and all(abs(total - 1) < 0.02 for total in (*precise, *random[1:]))
              and random[0] > 1.5))
PYTHON
