#!/usr/bin/env bash
# behaviour: under mx.vmap, `x[0] = 9` and `x.at[0].add(1)` reach the first row of a batch alone; all
# others come back as they were, without an error. It is so where the value is the same for every
# row; a value that comes from a mapped argument reaches each row, and so does a place that is
# given as an mx.array, even the same one.
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
rows = mx.array([[1, 2], [3, 4], [5, 6]])


def assigned(row, _):
    copy = row + 0
    copy[0] = 9
    return copy


WAYS = {
    "row[0] = 9": assigned,
    "row.at[0].add(1)": lambda row, _: row.at[0].add(1),
    "row.at[:1].multiply(2)": lambda row, _: row.at[:1].multiply(2),
    "row.at[0].add(mapped)": lambda row, value: row.at[0].add(value),
    "row.at[mx.array([0])].add(1)": lambda row, _: row.at[mx.array([0])].add(1),
}
values = mx.array([10, 20, 30])
right = []
for name, update in WAYS.items():
    mapped = mx.vmap(update)(rows, values).tolist()
    in_a_loop = [update(row, value).tolist() for row, value in zip(rows, values)]
    right.append(mapped == in_a_loop)
    print(f"  {name}: {mapped}, in a loop {in_a_loop}")
sys.exit(right != [False, False, False, True, True])
PYTHON
