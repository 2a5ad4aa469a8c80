#!/usr/bin/env bash
# behaviour: mx.arange of int64 goes through floating point: beyond 2^53 it gives one number again
# and again instead of counting, and not as often as was asked, though the type holds them all.
# It says nothing. Seeds, hashes and offsets counted up in it collide.
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
start = 2**53 + 1
counted = mx.arange(start, start + 3, dtype=mx.int64).tolist()
added = (mx.array(start, dtype=mx.int64) + mx.arange(3, dtype=mx.int64)).tolist()
print("arange:", counted)
print("added: ", added)
sys.exit(not (counted == [2**53] * 4 and added == [start, start + 1, start + 2]))
PYTHON
