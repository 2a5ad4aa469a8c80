#!/usr/bin/env bash
# behaviour: mlx-lm's make_sampler cuts by top_p before the temperature has changed the
# probabilities, where Transformers and vLLM divide by the temperature first. Of 50, 30, 15 and
# 5 % with top_p 0.9 and temperature 2 it keeps three tokens at any temperature; the other order
# keeps all four. top_p is thus a different setting in either, except at temperature 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'mlx[cpu]==0.32.4' 'mlx-lm==0.32.2' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mlx.core as mx
from mlx_lm.sample_utils import make_sampler

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"), "mlx-lm", version("mlx-lm"))
PROBABILITIES = mx.array([0.5, 0.3, 0.15, 0.05])


def tempered_first(top_p, temperature):
    tempered = mx.softmax(mx.log(PROBABILITIES) / temperature)
    before = mx.cumsum(tempered) - tempered
    return int(mx.sum(before < top_p).item())


def by_mlx_lm(top_p, temperature):
    mx.random.seed(0)
    logits = mx.broadcast_to(mx.log(PROBABILITIES), (20_000, 4))
    return len(set(make_sampler(temp=temperature, top_p=top_p)(logits).tolist()))


seen = [(t, by_mlx_lm(0.9, t), tempered_first(0.9, t)) for t in (1.0, 2.0)]
for temperature, ours, theirs in seen:
    print(f"temperature {temperature}: mlx-lm keeps {ours} tokens, temperature first keeps {theirs}")
sys.exit(seen != [(1.0, 3, 3), (2.0, 3, 4)])
PYTHON
