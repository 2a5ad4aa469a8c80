#!/usr/bin/env bash
# behaviour: mx.load reads a safetensors tensor of type F8_E4M3 as the raw bytes in uint8, without
# a word: 1.0 becomes 56. F8_E5M2 of the same file format is refused, and so is F64. A checkpoint
# in 8-bit floats therefore loads, with weights between 0 and 255.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4'
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import json
import struct
import sys
from importlib.metadata import version
from pathlib import Path

import mlx.core as mx

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"))


def load(dtype, data):
    header = json.dumps({"w": {"dtype": dtype, "shape": [1], "data_offsets": [0, len(data)]}})
    file = Path(f"{dtype}.safetensors")
    file.write_bytes(struct.pack("<Q", len(header)) + header.encode() + data)
    try:
        weights = mx.load(str(file))["w"]
    except RuntimeError as error:
        return str(error)
    return f"{weights.dtype} {weights.item()}"


ONE = {"F8_E4M3": b"\x38", "F8_E5M2": b"\x3c", "F64": struct.pack("<d", 1.0)}
seen = {dtype: load(dtype, data) for dtype, data in ONE.items()}
for dtype, what in seen.items():
    print(f"1.0 as {dtype}: {what}")
refused = all("unsupported dtype" in seen[dtype] for dtype in ("F8_E5M2", "F64"))
sys.exit(not (seen["F8_E4M3"] == "mlx.core.uint8 56" and refused))
PYTHON
