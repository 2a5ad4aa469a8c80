#!/usr/bin/env bash
# behaviour: Gemma 2 of mlx-lm lays the mask of a batch along its heads. It computes the query heads
# of a group in a dimension of their own, where a mask of (rows, 1, tokens, places) broadcasts as if
# rows were key heads. As many rows as key heads give other logits than each row alone, without an
# error: a row is hidden what another's padding hides. Any other number of rows raises ValueError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check --no-deps \
  'mlx[cpu]==0.32.4' mlx-cpu==0.32.4 mlx-lm==0.32.2 numpy==2.4.2
cat >seen.py <<'PYTHON'
import sys
import types
from importlib.metadata import version
from pathlib import Path

# The package itself imports what only its commands need.
package = types.ModuleType("mlx_lm")
package.__path__ = [str(Path(path) / "mlx_lm") for path in sys.path if (Path(path) / "mlx_lm").is_dir()]
sys.modules["mlx_lm"] = package

import mlx.core as mx
from mlx_lm.models import gemma2
from mlx_lm.models.cache import BatchKVCache, KVCache

print("python", sys.version.split()[0], "mlx", version("mlx"), "mlx-lm", version("mlx-lm"))
mx.random.seed(0)
KEY_HEADS = 2
model = gemma2.Model(
    gemma2.ModelArgs(
        model_type="gemma2", vocab_size=256, hidden_size=64, num_hidden_layers=2,
        intermediate_size=96, num_attention_heads=4, num_key_value_heads=KEY_HEADS, head_dim=16,
        rms_norm_eps=1e-5, query_pre_attn_scalar=16,
    )
)
texts = [[7, 11, 13, 17, 19, 23, 29, 31], [37, 41, 43], [47, 53, 59, 61, 67]]


def together(rows):
    longest = max(map(len, rows))
    padding = [longest - len(row) for row in rows]
    caches = [BatchKVCache(padding) for _ in model.layers]
    tokens = mx.array([[0] * pad + row for pad, row in zip(padding, rows)])
    return model(tokens, cache=caches)[:, -1]


def alone(row):
    return model(mx.array([row]), cache=[KVCache() for _ in model.layers])[0, -1]


logits = together(texts[:KEY_HEADS])
differences = []
for row, found in zip(texts, logits):
    own = alone(row)
    differences.append(float(mx.abs(own - found).max() / mx.abs(own).max()))
print(f"{KEY_HEADS} rows, {KEY_HEADS} key heads: relative difference of the logits to each row alone:",
      ", ".join(f"{difference:.3f}" for difference in differences))
try:
    mx.eval(together(texts))
    raised = "nothing"
except ValueError as error:
    raised = f"ValueError: {str(error)[:60]}"
print(f"{len(texts)} rows, {KEY_HEADS} key heads raise {raised}")
sys.exit(0 if max(differences) > 0.01 and raised.startswith("ValueError") else 1)
PYTHON
environment/bin/python seen.py
