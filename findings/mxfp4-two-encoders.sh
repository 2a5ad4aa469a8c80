#!/usr/bin/env bash
# behaviour: MLX and the gguf package encode the same block differently as MXFP4. MLX rounds the
# shared exponent up once the largest number passes what the smaller scale holds, so that small
# numbers become 0; gguf rounds it down and clips the largest one to 6 times the scale. Of blocks
# of normal random numbers nearly a third differ, so weights quantised by one are not those of
# the other, though both are the same format.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'mlx[cpu]==0.32.4' 'gguf==0.19.0' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mlx.core as mx
import numpy as np
from gguf import GGMLQuantizationType, quants

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"), "gguf", version("gguf"))


def by_mlx(blocks):
    packed = mx.quantize(mx.array(blocks), mode="mxfp4")
    return np.array(mx.dequantize(*packed, mode="mxfp4").astype(mx.float32))


def by_gguf(blocks):
    kind = GGMLQuantizationType.MXFP4
    return quants.dequantize(quants.quantize(blocks, kind), kind)


block = np.full((1, 32), 0.5, dtype=np.float32)
block[0, 0] = 7.0
print("7 and 0.5; mlx:", by_mlx(block)[0, :2], "gguf:", by_gguf(block)[0, :2])
blocks = np.random.default_rng(0).normal(size=(4096, 32)).astype(np.float32)
different = float(np.mean(np.any(by_mlx(blocks) != by_gguf(blocks), axis=1)))
print(f"blocks that differ: {different:.1%}")
same = by_mlx(block)[0, :2].tolist() == [6.0, 0.0] and by_gguf(block)[0, :2].tolist() == [6.0, 0.5]
sys.exit(not (same and 0.25 < different < 0.35))
PYTHON
