#!/usr/bin/env bash
# behaviour: mx.quantize with mode="nvfp4" has a scale for each 16 numbers in 8 bits and none for
# the whole tensor, as the format has elsewhere: whatever is beyond 6 * 448 = 2,688 is clipped to
# it without a word. mode="mxfp4", with the same number of bits, holds it.
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


def there_and_back(number, mode):
    packed = mx.quantize(mx.full((1, 64), number), mode=mode)
    return len(packed), mx.dequantize(*packed, mode=mode)[0, 0].item()


seen = {mode: there_and_back(49152.0, mode) for mode in ("nvfp4", "mxfp4")}
for mode, (parts, number) in seen.items():
    print(f"{mode}: {parts} arrays, 49152 comes back as {number:g}")
sys.exit(not (seen == {"nvfp4": (2, 2688.0), "mxfp4": (2, 49152.0)}))
PYTHON
