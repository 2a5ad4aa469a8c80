#!/usr/bin/env bash
# behaviour: mx.grad takes integer arguments and gives the gradient as integers, cut towards 0: of 2.5 x
# it is 2, and of 0.75 x it is 0. JAX and PyTorch refuse to differentiate by an integer. A parameter
# that was written [1, 2] instead of [1.0, 2.0] thus learns wrongly, or not at all, and says nothing;
# beside floats in one tree of parameters it is the same.
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
seen = []
for slope in (2.5, 0.75, -1.5):
    gradient = mx.grad(lambda x: (slope * x).sum())
    by_integers, by_floats = gradient(mx.array([1, 2])), gradient(mx.array([1.0, 2.0]))
    seen.append((by_integers.tolist(), by_floats.tolist()))
    print(f"  of {slope} x: {by_integers.tolist()} for integers, {by_floats.tolist()} for floats")
tree = {"written as floats": mx.array([1.0]), "written as integers": mx.array([1])}
gradients = mx.grad(lambda tree: sum((0.75 * x).sum() for x in tree.values()))(tree)
together = [gradient.item() for gradient in gradients.values()]
print("  of 0.75 x in one tree:", together)
expected = [([2, 2], [2.5, 2.5]), ([0, 0], [0.75, 0.75]), ([-1, -1], [-1.5, -1.5])]
sys.exit(not (seen == expected and together == [0.75, 0]))
PYTHON
