#!/usr/bin/env bash
# behaviour: since 0.8.0, save_file of safetensors.numpy writes an array's memory as it lies and its shape as
# if it lay in C's order: a matrix in Fortran's order, contiguous and dense as the module asks, is read
# again with its numbers scrambled, and so is a transposed one. 0.7.0 wrote both right, and neither
# warns. numpy.ascontiguousarray before it helps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >seen.py <<'PYTHON'
import sys
from importlib.metadata import version

import numpy as np
from safetensors.numpy import load_file, save_file

print("safetensors", version("safetensors"), "numpy", np.__version__)
matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
arrays = {
    "C's order": matrix,
    "Fortran's order": np.asfortranarray(matrix),
    "transposed": matrix.T,
    "transposed, made contiguous": np.ascontiguousarray(matrix.T),
}
kept = []
for name, array in arrays.items():
    save_file({"w": array}, "w.safetensors")
    read = load_file("w.safetensors")["w"]
    kept.append(np.array_equal(read, array))
    print(f"  {name}: {array.tolist()} is read as {read.tolist()}")
sys.exit(kept != [True, sys.argv[1] == "right", sys.argv[1] == "right", True])
PYTHON
for expected in 0.7.0:right 0.8.0:scrambled; do
  python3 -m venv --clear venv
  venv/bin/pip install --quiet --disable-pip-version-check "safetensors==${expected%:*}" 'numpy==2.3.5'
  venv/bin/python seen.py "${expected#*:}"
done
